"""Planted faults: each wall taken down, and the test of it seen to fail. A test that cannot fail proves nothing."""

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType, ContentTypeManager
from django.db import connection
from django.db.models import QuerySet
from django_tenants.postgresql_backend import base as upstream

from cxcrm.core.db.backend.base import DatabaseWrapper
from cxcrm.core.models import TenantModel, TenantQuerySet
from tenants.context import enter, in_tenant
from tenants.staff.models import Department, Firm, User
from tests.core.test_content_types import look_up_in_two_threads
from tests.support.storm import NAMES, Storm

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def upstream_backend(monkeypatch):
    """django-tenants' own behaviour: a failed SET is swallowed."""
    monkeypatch.setattr(DatabaseWrapper, "_handle_search_path", upstream.DatabaseWrapper._handle_search_path)


def cancel_every_set(monkeypatch) -> None:
    """What a well-timed cancel does: the SET fails, the connection lives, the next statement runs."""
    connection.ensure_connection()
    cursor_type = type(connection.connection.cursor())
    real = cursor_type.execute

    def cancelled(self, query, *args, **kwargs):
        if str(query).startswith("SET search_path"):
            raise psycopg.errors.QueryCanceled("canceling statement due to user request")
        return real(self, query, *args, **kwargs)

    monkeypatch.setattr(cursor_type, "execute", cancelled)


def test_the_upstream_backend_reads_and_writes_another_firm(alpha, beta, upstream_backend, monkeypatch):
    with in_tenant(alpha):
        assert Firm.objects.get().name == NAMES["alpha"]
    enter(alpha)
    Firm.objects.exists()
    enter(beta)
    with monkeypatch.context() as patch:
        cancel_every_set(patch)
        assert Firm.objects.get().name == NAMES["alpha"]  # in beta!
        assert Firm.objects.update(phone="0900 000 000") == 1
    with in_tenant(alpha):
        assert Firm.objects.get().phone == "0900 000 000"
    with in_tenant(beta):
        assert Firm.objects.get().phone == ""


@pytest.mark.faults
def test_the_upstream_backend_fails_the_storm_of_cancels(alpha, beta, upstream_backend):
    """Whether a cancel meets a SET is chance, so it may take a few rounds."""
    assert any(Storm(alpha, beta).run(operations=400, hits=60, seconds=20, kinds=["read"]).wrong for _round in range(5))


@pytest.mark.faults
def test_our_backend_stands_a_long_storm(alpha, beta):
    storm = Storm(alpha, beta).run(operations=20_000, hits=400, seconds=240, workers=3, terminate=0.25, timeouts=0.02)
    print(f"{storm.operations:,} operations {dict(storm.done)}, hit {dict(storm.hits)}")  # noqa: T201 - for pytest -s
    assert (storm.wrong, storm.lost) == ([], [])
    assert storm.operations >= 20_000
    assert storm.hits.total() >= 400


def test_a_cache_of_content_types_shared_by_threads_gives_wrong_ids(alpha, beta, monkeypatch):
    """Django's own cache, one dictionary for all threads. Races are chance, so it may take a few rounds."""
    monkeypatch.setattr(ContentTypeManager, "_cache", {}, raising=False)
    ContentType.objects._cache.clear()
    try:
        assert any(look_up_in_two_threads(alpha, beta, lookups=1_800)[1] > 0 for _round in range(10))
    finally:
        monkeypatch.undo()
        ContentType.objects.clear_cache()


def test_a_query_without_its_guard_reads_the_other_firm(alpha, beta, monkeypatch):
    with in_tenant(alpha):
        people = User.objects.all()
    monkeypatch.setattr(TenantQuerySet, "_stay_home", lambda _rows: None)
    with in_tenant(beta):
        assert [user.email for user in people] == ["owner@beta.example"]


def test_a_plain_queryset_has_no_guard(alpha, beta):
    """Why the base manager of every model is checked: one plain queryset is enough."""
    with in_tenant(alpha):
        people = QuerySet(User)
    with in_tenant(beta):
        assert [user.email for user in people] == ["owner@beta.example"]


def test_a_row_without_its_guard_lands_in_the_other_firm(alpha, beta, monkeypatch):
    with in_tenant(alpha):
        department = Department.objects.create(name="Quầy")
    monkeypatch.setattr(TenantModel, "_stay_home", lambda _row: None)
    with in_tenant(beta):
        department.save(force_insert=True)
        assert Department.objects.get(name="Quầy") == department
