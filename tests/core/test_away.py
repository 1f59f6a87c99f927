"""A database that is away costs its own firms a 503 and a time to come back; what it refuses stays what it is."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client

from cxcrm.core.db.away import is_away
from tests.conftest import FirmClient


def error_of(kind: type[DatabaseError], cause: Exception | None = None) -> DatabaseError:
    error = kind("x")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (error_of(OperationalError, psycopg.OperationalError("connection refused")), True),
        (error_of(OperationalError, psycopg.errors.lookup("08006")("x")), True),
        (error_of(OperationalError, psycopg.errors.AdminShutdown("x")), True),
        (error_of(OperationalError, psycopg.errors.TooManyConnections("x")), True),
        (error_of(InterfaceError, psycopg.InterfaceError("connection already closed")), True),
        (error_of(OperationalError, psycopg.errors.QueryCanceled("x")), False),
        (error_of(OperationalError, psycopg.errors.LockNotAvailable("x")), False),
        (error_of(OperationalError, psycopg.errors.DeadlockDetected("x")), False),
        (error_of(DatabaseError), False),
        (RuntimeError("x"), False),
        (None, False),
    ],
)
def test_away_or_refused(error: Any, away: bool) -> None:
    assert is_away(error) is away


@pytest.fixture
def gone() -> Iterator[Callable[[], None]]:
    """The database stops answering when called, and is back when the test ends."""
    before = connection.settings_dict["PORT"]

    def go() -> None:
        connection.close()
        connection.settings_dict["PORT"] = 1

    yield go
    connection.close()
    connection.settings_dict["PORT"] = before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/api/v1/customers/", "/api/v1/customers/?tag=vip", "/admin/login/", "/c/"])
def test_firms_of_a_node_that_is_down_are_told_to_come_back(
    path: str, api_alpha: Callable[..., FirmClient], gone: Callable[[], None]
) -> None:
    client = api_alpha(["customers:read"])
    client.raise_request_exception = False
    assert client.get(path).status_code in {200, 302}
    gone()
    answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    if path.startswith("/api/"):
        assert answer.json() == {"code": "unavailable", "message": answer.json()["message"], "data": {}}
    else:
        assert "Please try again in a few seconds" in answer.content.decode()
    health = Client(HTTP_HOST="anything").get("/healthz")
    assert (health.status_code, health.json()["database"]) == (503, False)


@pytest.mark.django_db(transaction=True)
def test_the_next_request_finds_the_database_again(api_alpha: Callable[..., FirmClient]) -> None:
    """Its connection was ended between two requests: nobody sees that, whichever way the list is answered."""
    client = api_alpha(["customers:read"])
    for path in ("/api/v1/customers/", "/api/v1/me/"):
        assert client.get(path).status_code == 200
        other = psycopg.connect(connection.connection.info.dsn, password=connection.settings_dict["PASSWORD"])
        with other:
            other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        connection.health_check_done = False  # as at the start of a request
        connection.health_check_enabled = True
        assert client.get(path).status_code == 200
