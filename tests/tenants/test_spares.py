"""Spare schemas: filled ahead, adopted by one firm each, never of another release, never left behind."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, connections, models

from cxcrm.core.clock import now
from tenants.context import in_tenant, ref_of
from tenants.models import AgendaItem, SchemaTemplate, SpareSchema, Tenant
from tenants.selectors.operations import pool
from tenants.services import defaults, fingerprints, provisioning, spares, templates
from tenants.services.agenda import enqueue
from tenants.services.defaults import Answers
from tenants.staff.models import User
from tests.support.race import race

pytestmark = pytest.mark.django_db
FIRM = {"name": "Gamma", "owner_email": "chi@gamma.example", "owner_name": "Đỗ Thị Chi"}
USUAL, ENGLISH = Answers(), Answers("en", "SG", "Asia/Singapore")


@pytest.fixture(autouse=True)
def _only_the_usual_answers(monkeypatch):
    monkeypatch.setattr(spares, "OTHER_ANSWERS", 0)


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
    with django_assert_max_num_queries(50) as captured:
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
    assert spares.adopt(USUAL) is None
    tenant = provisioning.request_firm(slug="gamma", **FIRM)
    assert tenant.fingerprint == fingerprints.current()
    assert tenant.schema_name != SpareSchema.objects.get().schema_name


def contents(tenant: Tenant) -> dict[str, list[str]]:
    """Every row of the firm but for keys, times and what is secret or counted."""
    found = {}
    with in_tenant(ref_of(tenant)):
        for model in apps.get_models():
            if model._meta.app_label in {"contenttypes", "auth", "tenants"} or not model._meta.managed:
                continue
            told = [
                field.attname
                for field in model._meta.concrete_fields
                if not isinstance(field, models.UUIDField | models.DateTimeField | models.ForeignKey)
                and field.name not in {"password", "dedupe_key"}
            ]
            rows = model._base_manager.values_list(*told)
            found[model._meta.label] = sorted(re.sub("Decimal|[a-z]{5}-[0-9]", "", str(row)) for row in rows)
    return found


@pytest.mark.parametrize("answers", [USUAL, ENGLISH], ids=["vi", "en"])
def test_a_firm_that_adopts_is_like_one_whose_defaults_are_laid_in_at_once(answers, db, settings, monkeypatch):
    settings.SPARE_SCHEMAS = 1
    monkeypatch.setattr(spares, "usual_answers", lambda: [answers])
    spares.refill()
    given = {"language": answers.language, "country": answers.country, "time_zone": answers.time_zone}
    adopted = provisioning.request_firm(slug="gamma", **FIRM, **given)
    assert not SpareSchema.objects.exists()
    laid = provisioning.request_firm(slug="delta", **FIRM, **given)
    one, other = contents(adopted), contents(laid)
    assert one == other
    assert len(one["staff.Firm"]) == len(one["staff.User"]) == 1
    assert sum(map(len, one.values())) > 60
    kinds = {
        tenant: sorted(AgendaItem.objects.filter(tenant=tenant).values_list("kind", "lane", "state"))
        for tenant in (adopted, laid)
    }
    assert kinds[adopted] == kinds[laid] != []


def test_spares_are_made_for_the_answers_firms_gave_lately(db, settings, monkeypatch):
    """Beta is a firm in Singapore that speaks English."""
    settings.SPARE_SCHEMAS = 1
    monkeypatch.setattr(spares, "OTHER_ANSWERS", 2)
    assert spares.usual_answers() == [USUAL, ENGLISH]
    assert spares.refill() == 2
    other = Answers("en", "VN")
    assert spares.adopt(other) is None
    assert spares.adopt(ENGLISH) is not None
    Tenant.objects.filter(slug="beta").update(created_at=now() - timedelta(days=61))
    assert spares.usual_answers() == [USUAL]


@pytest.mark.parametrize("change", ["code", "year"])
def test_a_spare_with_the_defaults_of_other_code_or_another_year_is_not_used_and_dropped(
    change, db, settings, monkeypatch
):
    settings.SPARE_SCHEMAS = 1
    spares.refill()
    stale = SpareSchema.objects.get()
    if change == "code":
        monkeypatch.setattr(defaults, "_code", lambda: "of tomorrow")
    else:
        monkeypatch.setattr(defaults, "now", lambda: now() + timedelta(days=366))
    assert spares.adopt(USUAL) is None
    assert spares.refill() == 1
    assert spares.drop_stale() == 0, "the other release may still be at work"
    SpareSchema.objects.filter(pk=stale.pk).update(created_at=now() - spares.KEEP_YOUNGER_THAN)
    assert spares.drop_stale() == 1
    assert stale.schema_name not in schemas()
    assert spares.adopt(USUAL) is not None


def test_the_fingerprint_of_defaults_is_of_all_code_and_texts(monkeypatch):
    answers = [USUAL, ENGLISH, Answers("en"), Answers(country="SG")]
    assert len({defaults.fingerprint(one) for one in answers}) == 4
    before = defaults._code.__wrapped__()  # as it is now; somebody may be at work on it
    for name in ("standards.py", "django.po"):
        real = defaults.Path.read_bytes
        with monkeypatch.context() as patch:
            changed = lambda path, name=name, real=real: real(path) + b"#" * (path.name == name)  # noqa: E731
            patch.setattr(defaults.Path, "read_bytes", changed)
            assert defaults._code.__wrapped__() != before


def test_defaults_that_are_of_a_firm_cannot_be_laid_ahead(db, settings, monkeypatch):
    settings.SPARE_SCHEMAS = 1
    before = schemas()
    layers = [*defaults._layers, (9, lambda _answers: enqueue("tenants.night", uuid4()))]
    monkeypatch.setattr(defaults, "_layers", layers)
    with pytest.raises(IntegrityError, match="tenant_id"):
        spares.refill()
    assert (schemas(), SpareSchema.objects.count()) == (before, 0)


def test_operators_never_get_a_spare(db, settings):
    settings.SPARE_SCHEMAS = 1
    spares.refill()
    assert spares.adopt(Answers("en", "VN", "Asia/Ho_Chi_Minh", is_platform=True)) is None
    provisioning.ensure_platform("op@example.com", "Operator")
    assert SpareSchema.objects.count() == 1


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
    taken = race(alpha, *[lambda: spares.adopt(USUAL)] * 6)
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
    monkeypatch.setattr(spares, "replay", real)
    settings.SPARE_SCHEMAS = 1
    assert schemas() == before
    assert not SpareSchema.objects.exists()
    assert spares.refill() == 1
