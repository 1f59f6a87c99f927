"""Spare schemas: filled ahead, adopted by one firm each, never of another release, never left behind."""

from datetime import timedelta

import pytest
from django.db import connection, connections

from cxcrm.core.clock import now
from tenants.context import in_tenant, ref_of
from tenants.models import AgendaItem, SchemaTemplate, SpareSchema, Tenant
from tenants.selectors.operations import pool
from tenants.services import fingerprints, provisioning, spares, templates
from tenants.staff.models import User
from tests.support.race import race

pytestmark = pytest.mark.django_db
FIRM = {"name": "Gamma", "owner_email": "chi@gamma.example", "owner_name": "Đỗ Thị Chi"}


def schemas(prefix: str = "t") -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [f"{prefix}\\_%"])
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def platform(db):
    tenant = provisioning.ensure_platform("op@example.com", "Operator")
    AgendaItem.objects.all().delete()
    return tenant


def make_stale(row: SpareSchema | SchemaTemplate, age: timedelta = timedelta(minutes=10)) -> None:
    built = templates.ready_template().created_at
    type(row).objects.filter(pk=row.pk).update(fingerprint="0" * 64, created_at=built - age)


def test_a_firm_adopts_without_a_single_ddl_statement(db, settings, django_assert_max_num_queries):
    settings.SPARE_SCHEMAS = 2
    assert (spares.refill(), spares.refill()) == (2, 0)
    names = list(SpareSchema.objects.order_by("created_at").values_list("schema_name", flat=True))
    with django_assert_max_num_queries(200) as captured:
        tenant = provisioning.request_firm(slug="gamma", **FIRM)
    assert tenant.schema_name == names[0]
    said = " ".join(query["sql"].upper() for query in captured.captured_queries)
    assert not any(word in said for word in ("CREATE ", "ALTER ", "DROP "))
    assert list(SpareSchema.objects.values_list("schema_name", flat=True)) == names[1:]
    with in_tenant(ref_of(tenant)):
        assert User.objects.get().email == "chi@gamma.example"
    assert spares.refill() == 1


def test_with_an_empty_pool_the_firm_is_made_in_the_request(db):
    assert not SpareSchema.objects.exists()
    tenant = provisioning.request_firm(slug="gamma", **FIRM)
    assert tenant.state == Tenant.State.ACTIVE
    assert tenant.schema_name in schemas()


def test_a_spare_of_another_release_is_never_used(db, settings):
    settings.SPARE_SCHEMAS = 1
    spares.refill()
    SpareSchema.objects.update(fingerprint="0" * 64)
    assert spares.adopt() is None
    tenant = provisioning.request_firm(slug="gamma", **FIRM)
    assert tenant.fingerprint == fingerprints.current()
    assert tenant.schema_name != SpareSchema.objects.get().schema_name


def test_stale_spares_and_templates_are_dropped_and_others_stay(db, settings):
    settings.SPARE_SCHEMAS = 2
    spares.refill()
    stale, fresh = SpareSchema.objects.order_by("created_at")
    make_stale(stale)
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA tpl__old")
    old = SchemaTemplate.objects.create(fingerprint="1" * 64, schema_name="tpl__old", sql="-")
    make_stale(old)
    assert spares.drop_stale() == 2
    assert list(SpareSchema.objects.all()) == [fresh]
    assert stale.schema_name not in schemas()
    assert fresh.schema_name in schemas()
    assert "tpl__old" not in schemas("tpl_")
    assert list(SchemaTemplate.objects.filter(fingerprint=fingerprints.current())) == [templates.ready_template()]
    assert spares.drop_stale() == 0


def test_a_template_stays_while_a_firms_tables_are_of_its_release(db, alpha):
    old = SchemaTemplate.objects.create(fingerprint="1" * 64, schema_name="tpl__old", sql="-")
    make_stale(old)
    Tenant.objects.filter(pk=alpha.id).update(fingerprint="0" * 64)
    assert spares.drop_stale() == 0
    Tenant.objects.filter(pk=alpha.id).update(fingerprint=fingerprints.current())
    assert spares.drop_stale() == 1


def test_what_a_newer_release_has_made_is_left_alone_for_a_day(db, settings):
    settings.SPARE_SCHEMAS = 1
    spares.refill()
    make_stale(SpareSchema.objects.get(), age=-timedelta(minutes=10))
    SpareSchema.objects.update(created_at=now())
    assert spares.drop_stale() == 0
    SchemaTemplate.objects.update(created_at=now() - timedelta(days=3))
    SpareSchema.objects.update(created_at=now() - timedelta(days=1, minutes=1))
    assert spares.drop_stale() == 1


def test_each_adoption_orders_a_refill_and_the_check_comes_back(platform, settings, run_agenda):
    settings.SPARE_SCHEMAS = 1
    provisioning.request_firm(slug="gamma", **FIRM)
    item = AgendaItem.objects.get(kind="tenants.refill_spares")
    assert (item.tenant, item.ref) == (platform, platform.id)
    run_agenda()
    assert SpareSchema.objects.count() == 1
    item.refresh_from_db()
    assert item.state == AgendaItem.State.PENDING
    assert timedelta(minutes=4) < item.due_at - now() <= timedelta(minutes=5)
    provisioning.request_firm(slug="delta", **{**FIRM, "owner_email": "d@delta.example"})
    assert SpareSchema.objects.count() == 0
    item.refresh_from_db()
    assert item.due_at <= now() + timedelta(seconds=5)
    run_agenda()
    assert SpareSchema.objects.count() == 1
    AgendaItem.objects.filter(pk=item.pk).update(state=AgendaItem.State.DEAD)
    spares.order_refill()
    item.refresh_from_db()
    assert item.state == AgendaItem.State.PENDING


def test_without_operators_nothing_is_ordered(db):
    spares.order_refill()
    assert not AgendaItem.objects.exists()


def test_operators_see_the_pool(db, settings):
    settings.SPARE_SCHEMAS = 2
    spares.refill()
    make_stale(SpareSchema.objects.first())
    seen = pool(fingerprints.current())
    assert (seen.ready, seen.stale, seen.template) == (1, 1, True)
    assert not pool("2" * 64).template


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_adopt_ten_different_ones_and_the_eleventh_goes_without(alpha, settings):
    settings.SPARE_SCHEMAS = 5
    spares.refill()
    taken = race(alpha, *[spares.adopt] * 6)
    assert len({name for name in taken if name}) == 5
    assert taken.count(None) == 1
    assert not SpareSchema.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_fill_it_twice(alpha, settings):
    settings.SPARE_SCHEMAS = 3
    made = race(alpha, spares.refill, spares.refill)
    assert sum(made) == 3
    assert SpareSchema.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_builder_whose_connection_is_killed_leaves_nothing(db, settings, monkeypatch):
    settings.SPARE_SCHEMAS = 1
    before = schemas()
    real = spares.replay

    def killed(name):
        real(name)
        killer = connections["default"].copy()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            [pid] = cursor.fetchone()
        with killer.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        killer.close()

    monkeypatch.setattr(spares, "replay", killed)
    with pytest.raises(Exception, match=r"terminat|closed"):
        spares.refill()
    connection.close()
    monkeypatch.undo()
    settings.SPARE_SCHEMAS = 1
    assert schemas() == before
    assert not SpareSchema.objects.exists()
    assert spares.refill() == 1
