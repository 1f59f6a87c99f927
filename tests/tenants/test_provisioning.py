"""A firm comes into being in steps that may be killed and repeated."""

import pytest
from django.db import connection

from tenants.context import in_tenant, ref_of
from tenants.errors import AddressInvalid, AddressTaken
from tenants.models import AgendaItem, Domain, Plan, Tenant
from tenants.services import agenda, provisioning
from tenants.services.domains import check_slug, host_for, url_for
from tenants.services.running import run_now
from tenants.staff.models import Firm, User

pytestmark = pytest.mark.django_db
FIRM = {"name": " Gamma ", "owner_email": "Chi@Gamma.example", "owner_name": "Đỗ Thị Chi"}


def test_a_request_reserves_the_address_and_queues_the_set_up(db):
    tenant = provisioning.request_firm(slug="Gamma", **FIRM)
    assert (tenant.name, tenant.slug, tenant.owner_email) == ("Gamma", "gamma", "chi@gamma.example")
    assert (tenant.state, tenant.step) == (Tenant.State.REQUESTED, Tenant.Step.WAITING)
    assert tenant.schema_name.startswith("t_")
    assert len(tenant.schema_name) == 34
    assert Domain.objects.get(tenant=tenant).domain == "gamma.localhost"
    item = AgendaItem.objects.get(tenant=tenant)
    assert (item.kind, item.ref, item.lane) == ("tenants.provision", tenant.id, "normal")
    assert Plan.objects.get(is_default=True) == tenant.plan


def test_a_taken_address_is_refused_and_leaves_nothing(alpha):
    before = Tenant.objects.count()
    with pytest.raises(AddressTaken) as caught:
        provisioning.request_firm(slug="alpha", **FIRM)
    assert caught.value.data == {"slug": "alpha"}
    assert Tenant.objects.count() == before


@pytest.mark.parametrize("slug", ["", "a", "1a", "-a", "a-", "a--b", "www", "platform", "á", "a.b", "a" * 41, "a\n"])
def test_addresses_that_cannot_be(slug):
    if slug == "a\n":
        assert check_slug("ab\n") == "ab"  # surrounding white space is forgiven
    with pytest.raises(AddressInvalid):
        check_slug(slug)


def test_addresses_as_the_world_sees_them(settings):
    assert host_for("gamma") == "gamma.localhost"
    settings.PUBLIC_PORT = 8000
    assert url_for("gamma.localhost", "/c/") == "http://gamma.localhost:8000/c/"
    settings.HTTPS, settings.PUBLIC_PORT = True, 443
    assert url_for("gamma.localhost") == "https://gamma.localhost/"


def test_the_platform_tenant_is_made_once(db):
    first = provisioning.ensure_platform("op@example.com", "Operator")
    assert first.is_platform
    assert provisioning.ensure_platform("other@example.com", "Other") == first


@pytest.mark.django_db(transaction=True)
def test_a_killed_set_up_continues_where_it_stopped(db, monkeypatch):
    tenant = provisioning.request_firm(slug="gamma", **FIRM)

    def killed(_tenant):
        raise KeyboardInterrupt

    monkeypatch.setattr(provisioning, "lay_defaults", killed)
    with pytest.raises(KeyboardInterrupt):
        provisioning.provision(tenant.id)
    tenant.refresh_from_db()
    assert (tenant.state, tenant.step) == (Tenant.State.PROVISIONING, Tenant.Step.DEFAULTS)
    monkeypatch.undo()
    run_now(tenant)
    assert (tenant.state, tenant.step) == (Tenant.State.ACTIVE, Tenant.Step.DONE)
    provisioning.provision(tenant.id)  # once more changes nothing
    with in_tenant(ref_of(tenant)):
        owner = User.objects.get()
        firm = Firm.objects.get()
        assert (owner.email, owner.role, owner.has_usable_password()) == ("chi@gamma.example", "owner", False)
        assert (firm.chief, firm.default_executive, firm.currency) == (owner, owner, "VND")
    assert connection.schema_name == "public"


@pytest.mark.django_db(transaction=True)
def test_waiting_for_a_worker_ends_when_the_set_up_is_given_up(db, monkeypatch):
    tenant = provisioning.request_firm(slug="gamma", **FIRM)
    AgendaItem.objects.filter(tenant=tenant).update(state=AgendaItem.State.DEAD)
    with pytest.raises(TimeoutError, match="gamma"):
        run_now(tenant)


def test_provisioning_an_unknown_firm_waits_for_its_row(db):
    from uuid import uuid4

    with pytest.raises(agenda.NotYet):
        provisioning.provision(uuid4())


def test_a_firm_is_current_when_every_migration_of_this_release_is_there(alpha):
    tenant = Tenant.objects.get(pk=alpha.id)
    assert provisioning.is_current(tenant)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM \"{tenant.schema_name}\".django_migrations WHERE app = 'workflows'")
    assert not provisioning.is_current(tenant)
    tenant.schema_name = "t_nowhere"
    assert not provisioning.is_current(tenant)
