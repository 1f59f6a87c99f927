"""The probes tell the truth: 503 with what is away, whatever the host; alive is the process alone."""

import pytest
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.django_db


def ask(host: str = "10.0.0.7:8000"):
    return Client(HTTP_HOST=host).get("/healthz")


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "localhost", "alpha.localhost", "nobody.example", ""])
def test_ready_on_any_host_and_never_cached(host, alpha):
    answer = ask(host)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": True, "broker": True})
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis://nobody.invalid:6379/0"])
def test_the_broker_is_away(url, settings):
    settings.REDIS_URL = url
    answer = ask()
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "database": True, "broker": False})


@pytest.mark.django_db(transaction=True)
def test_the_database_is_away_and_comes_back(monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    answer = ask()
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "database": False, "broker": True})
    monkeypatch.undo()
    assert ask().status_code == 200


def test_a_database_without_tables_is_not_ready():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE public.tenants_agendaitem RENAME TO elsewhere")
    answer = ask()
    assert (answer.status_code, answer.json()["database"]) == (503, False)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_ready_by_either_name(path):
    assert Client().get(path).json() == {"status": "ok", "database": True, "broker": True}


def test_alive_though_everything_else_is_away(settings, django_assert_num_queries):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with django_assert_num_queries(0):
        answer = Client(HTTP_HOST="10.0.0.7").get("/livez")
    assert (answer.status_code, answer.json(), answer["Cache-Control"]) == (200, {"status": "ok"}, "no-store")


def test_only_that_path(alpha):
    assert Client(HTTP_HOST="nobody.example").get("/healthz/").status_code == 404
