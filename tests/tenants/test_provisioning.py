"""A firm comes into being in one transaction; only a release without a template leaves it to a worker."""

from uuid import uuid4

import pytest
from django.db import connection

from tenants.context import in_tenant, ref_of
from tenants.errors import AddressInvalid, AddressTaken
from tenants.models import AgendaItem, Domain, Plan, SpareSchema, Tenant
from tenants.selectors.hosts import tenant_at
from tenants.services import agenda, defaults, fingerprints, provisioning, spares, templates
from tenants.services.domains import check_slug, free_slug_like, host_for, slug_from, url_for
from tenants.services.running import run_now
from tenants.staff.models import Firm, User
from workflows.models import Calendar, Message

pytestmark = pytest.mark.django_db
FIRM = {"name": " Gamma ", "owner_email": "Chi@Gamma.example", "owner_name": "Đỗ Thị Chi"}


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%'")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def no_template(monkeypatch):
    """A release nobody has bootstrapped; taken back by calling it."""
    monkeypatch.setattr(templates, "ready_template", lambda: None)
    return monkeypatch.undo


def test_a_firm_is_there_when_the_call_returns(db):
    tenant = provisioning.request_firm(slug="Gamma", **FIRM)
    tenant.refresh_from_db()
    assert (tenant.name, tenant.slug, tenant.owner_email) == ("Gamma", "gamma", "chi@gamma.example")
    assert tenant.state == Tenant.State.ACTIVE
    assert tenant.schema_name.startswith("t_")
    assert len(tenant.schema_name) == 34
    assert tenant.fingerprint == fingerprints.current()
    assert fingerprints.is_current(tenant)
    assert Domain.objects.get(tenant=tenant).domain == "gamma.localhost"
    assert Domain.objects.get(tenant=tenant).is_primary
    assert Plan.objects.get(is_default=True) == tenant.plan
    assert not AgendaItem.objects.filter(tenant=tenant, kind=provisioning.KIND).exists()
    with in_tenant(ref_of(tenant)):
        owner, firm = User.objects.get(), Firm.objects.get()
        assert (owner.email, owner.role, owner.has_usable_password()) == ("chi@gamma.example", "owner", False)
        assert (firm.chief, firm.default_executive, firm.currency) == (owner, owner, "VND")
        assert Calendar.objects.get().is_default
        assert Message.objects.get(kind="welcome").user == owner
    assert connection.schema_name == "public"


def test_a_taken_address_is_refused_and_leaves_nothing(alpha):
    before, standing = Tenant.objects.count(), schemas()
    with pytest.raises(AddressTaken) as caught:
        provisioning.request_firm(slug="alpha", **FIRM)
    assert caught.value.data == {"slug": "alpha"}
    assert Tenant.objects.count() == before
    assert schemas() == standing


def test_an_address_that_only_redirects_is_taken_too(alpha):
    Domain.objects.create(tenant_id=alpha.id, domain="delta.localhost", is_primary=False)
    with pytest.raises(AddressTaken):
        provisioning.request_firm(slug="delta", **FIRM)
    assert not Tenant.objects.filter(slug="delta").exists()


def test_a_set_up_that_fails_leaves_nothing_and_gives_the_spare_back(db, settings, monkeypatch):
    settings.SPARE_SCHEMAS = 1
    spares.refill()
    name = SpareSchema.objects.get(defaults=defaults.fingerprint(defaults.Answers())).schema_name
    standing = schemas()

    def killed(*_firm, **_how):
        raise KeyboardInterrupt

    monkeypatch.setattr(defaults, "furnish", killed)
    with pytest.raises(KeyboardInterrupt):
        provisioning.request_firm(slug="gamma", **FIRM)
    assert not Tenant.objects.filter(slug="gamma").exists()
    assert SpareSchema.objects.filter(schema_name=name).exists()
    assert schemas() == standing
    monkeypatch.undo()
    assert provisioning.request_firm(slug="gamma", **FIRM).schema_name == name


def test_a_host_asked_for_in_vain_answers_as_soon_as_it_is_somebodys(db, django_capture_on_commit_callbacks):
    assert tenant_at("gamma.localhost") is None
    with django_capture_on_commit_callbacks(execute=True):
        tenant = provisioning.request_firm(slug="gamma", **FIRM)
    assert tenant_at("gamma.localhost").id == tenant.id


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "a",
        "1a",
        "-a",
        "a-",
        "a--b",
        "www",
        "platform",
        "á",
        "a.b",
        "a" * 41,
        "a\n",
        "xn--caf-dma",
        "cafe\u0301",
        "аlfa",
    ],
)
def test_addresses_that_cannot_be(slug):
    if slug == "a\n":
        assert check_slug("ab\n") == "ab"  # surrounding white space is forgiven
    with pytest.raises(AddressInvalid):
        check_slug(slug)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Cà phê Sương Mai", "ca-phe-suong-mai"),
        ("ĐỒNG NAI & Sons", "dong-nai-sons"),
        ("Trader Joe’s", "trader-joes"),
        ("  7-Eleven 24h ", "eleven-24h"),
        ("ﬁve  stars!", "five-stars"),
        ("xn--caf", "xn-caf"),
        ("晨雾咖啡", ""),
        ("a" * 60, "a" * 40),
        ("a" * 39 + " b", "a" * 39),
    ],
)
def test_what_a_name_suggests(name, slug):
    assert slug_from(name) == slug


def test_the_next_free_address(alpha):
    assert free_slug_like("Gamma") == "gamma"
    assert free_slug_like("alpha") == "alpha-2"
    Domain.objects.create(tenant_id=alpha.id, domain="alpha-2.localhost", is_primary=False)
    assert free_slug_like("alpha") == "alpha-3"
    assert free_slug_like("admin") == "admin-2"
    assert free_slug_like("晨雾咖啡") == ""
    Domain.objects.create(tenant_id=alpha.id, domain=f"{'b' * 40}.localhost", is_primary=False)
    assert free_slug_like("b" * 40) == "b" * 37 + "-2"


def test_addresses_as_the_world_sees_them(settings):
    assert host_for("gamma") == "gamma.localhost"
    settings.PUBLIC_PORT = 8000
    assert url_for("gamma.localhost", "/c/") == "http://gamma.localhost:8000/c/"
    settings.HTTPS, settings.PUBLIC_PORT = True, 443
    assert url_for("gamma.localhost") == "https://gamma.localhost/"


def test_the_platform_tenant_is_made_once(db):
    first = provisioning.ensure_platform("op@example.com", "Operator")
    assert (first.is_platform, first.state) == (True, Tenant.State.ACTIVE)
    assert provisioning.ensure_platform("other@example.com", "Other") == first


def test_the_owner_comes_in_by_choosing_a_password_and_later_by_logging_in(db):
    tenant = provisioning.request_firm(slug="gamma", **FIRM)
    with in_tenant(ref_of(tenant)):
        owner = User.objects.get()
    assert provisioning.entrance_of(tenant).startswith(f"http://gamma.localhost:8000/welcome/{owner.id}/")
    with in_tenant(ref_of(tenant)):
        owner.set_password("mật khẩu dài 2026")
        owner.save()
    assert provisioning.entrance_of(tenant) == "http://gamma.localhost:8000/admin/"
    assert connection.schema_name == "public"


def test_without_a_template_the_address_is_reserved_and_a_worker_sets_up(db, no_template):
    tenant = provisioning.request_firm(slug="gamma", **FIRM)
    assert (tenant.state, tenant.fingerprint) == (Tenant.State.REQUESTED, "")
    assert tenant.schema_name not in schemas()
    item = AgendaItem.objects.get(tenant=tenant)
    assert (item.kind, item.ref, item.lane) == ("tenants.provision", tenant.id, "normal")
    with pytest.raises(AddressTaken):
        provisioning.request_firm(slug="gamma", **FIRM)
    no_template()
    run_now(tenant)
    assert tenant.state == Tenant.State.ACTIVE
    assert fingerprints.is_current(tenant)
    with in_tenant(ref_of(tenant)):
        assert User.objects.get().email == "chi@gamma.example"
    item.refresh_from_db()
    assert item.state == AgendaItem.State.DONE


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("victim", ["ensure_template", "drop_schema", "replay"])
@pytest.mark.parametrize("after", [False, True])
def test_a_killed_set_up_begins_anew(victim, after, no_template, monkeypatch):
    tenant = provisioning.request_firm(slug="gamma", **FIRM)
    no_template()
    # An earlier release made schema and tables in transactions of their own.
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {tenant.schema_name}; CREATE TABLE {tenant.schema_name}.staff_user (half int)")
    Tenant.objects.filter(pk=tenant.pk).update(state=Tenant.State.PROVISIONING)
    real = getattr(templates, victim)

    def killed(*args):
        if after:
            real(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(templates, victim, killed)
    with pytest.raises(KeyboardInterrupt):
        provisioning.provision(tenant.id)
    tenant.refresh_from_db()
    assert tenant.state == Tenant.State.PROVISIONING
    monkeypatch.undo()
    run_now(tenant)
    assert tenant.state == Tenant.State.ACTIVE
    provisioning.provision(tenant.id)  # once more changes nothing
    with in_tenant(ref_of(tenant)):
        assert User.objects.count() == 1
    assert connection.schema_name == "public"


@pytest.mark.django_db(transaction=True)
def test_waiting_for_a_worker_ends_when_the_set_up_is_given_up(no_template):
    tenant = provisioning.request_firm(slug="gamma", **FIRM)
    AgendaItem.objects.filter(tenant=tenant).update(state=AgendaItem.State.DEAD)
    with pytest.raises(TimeoutError, match="gamma"):
        run_now(tenant)


def test_provisioning_an_unknown_firm_waits_for_its_row(db):
    with pytest.raises(agenda.NotYet):
        provisioning.provision(uuid4())
