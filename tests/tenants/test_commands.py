"""The command door: bring an installation up to date, make a firm, work inside one."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cxcrm.core.context import SYSTEM, current_actor, current_tenant
from tenants.management.base import TenantCommand
from tenants.management.commands import bootstrap
from tenants.models import AgendaItem, Domain, Tenant
from tenants.services import provisioning, running, templates

pytestmark = pytest.mark.django_db


class Whoami(TenantCommand):
    def handle_in_tenant(self, tenant: Tenant, **options: object) -> str:
        assert current_actor() == SYSTEM
        if options.get("fail"):
            raise ValueError("inside")
        return current_tenant().slug


def test_a_command_works_inside_its_firm_and_leaves(alpha):
    assert call_command(Whoami(stdout=StringIO()), firm="alpha") == "alpha"
    assert connection.schema_name == "public"
    with pytest.raises(ValueError, match="inside"):
        Whoami().handle(firm="alpha", fail=True)
    assert connection.schema_name == "public"


@pytest.mark.parametrize("slug", ["nobody", "", "ALPHA", "t_1"])
def test_it_refuses_a_firm_that_is_not_there_or_not_active(slug, alpha):
    with pytest.raises(CommandError, match="no active firm"):
        call_command(Whoami(), firm=slug)
    Tenant.objects.filter(slug="alpha").update(state=Tenant.State.SUSPENDED)
    with pytest.raises(CommandError, match="no active firm"):
        call_command(Whoami(), firm="alpha")


def test_a_tenant_command_must_say_what_it_does(alpha):
    with pytest.raises(NotImplementedError):
        call_command(TenantCommand(), firm="alpha")


def test_create_firm_refuses_in_one_sentence(alpha):
    arguments = {"name": "x", "owner_email": "a@x.example", "owner_name": "x"}
    for slug in ("alpha", "admin", "Ä", "a--b"):
        with pytest.raises(CommandError):
            call_command("create_firm", slug, **arguments)
    assert Tenant.objects.count() == 2


def test_create_firm_makes_one_and_says_where(alpha):
    out = StringIO()
    call_command(
        "create_firm",
        "quan-moi",
        name="Quán Mới",
        owner_email="A@X.example",
        owner_name="Lan",
        language="en",
        country="SG",
        stdout=out,
    )
    tenant = Tenant.objects.get(slug="quan-moi")
    assert (tenant.language, tenant.owner_email, tenant.state) == ("en", "a@x.example", "active")
    assert (tenant.country, tenant.time_zone) == ("SG", "Asia/Singapore")
    assert Domain.objects.get(tenant=tenant).domain == "quan-moi.localhost"
    assert "Quán Mới is at http://quan-moi.localhost" in out.getvalue()


def test_a_set_up_that_takes_too_long_is_a_sentence(alpha, monkeypatch):
    monkeypatch.setattr(running, "WAIT_SECONDS", 0)
    monkeypatch.setattr(templates, "ready_template", lambda: None)
    with pytest.raises(CommandError, match="not ready in time"):
        call_command("create_firm", "quan-cham", name="x", owner_email="a@x.example", owner_name="x")


def test_waiting_ends_when_the_set_up_was_given_up(alpha, monkeypatch):
    monkeypatch.setattr(templates, "ready_template", lambda: None)
    monkeypatch.setattr(templates, "ensure_template", lambda: None)
    tenant = provisioning.request_firm(name="x", slug="quan-hong", owner_email="a@x.example", owner_name="x")
    AgendaItem.objects.filter(tenant=tenant).update(state=AgendaItem.State.DEAD)
    with pytest.raises(TimeoutError, match="quan-hong"):
        running.run_now(tenant)


def run_bootstrap(monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    """What it says and which commands it calls; deploys are tested in test_migrations."""
    called: list[str] = []
    monkeypatch.setattr(bootstrap, "call_command", lambda name, **options: called.append(name))
    out = StringIO()
    call_command("bootstrap", stdout=out)
    return out.getvalue(), called


def test_bootstrap_makes_the_operators_tenant_once_and_migrates_everybody(alpha, monkeypatch):
    monkeypatch.setenv("CXCRM_OPERATOR_EMAIL", "op@x.example")
    said, called = run_bootstrap(monkeypatch)
    assert said.splitlines() == ["Shared tables …", "Operators' tenant …", "Ready."]
    assert called == ["migrate_tenants"]
    platform = Tenant.objects.get(is_platform=True)
    assert (platform.slug, platform.owner_email, platform.state) == ("platform", "op@x.example", "active")
    said, called = run_bootstrap(monkeypatch)
    assert said.splitlines() == ["Shared tables …", "Ready."]
    assert called == ["migrate_tenants"]
    assert Tenant.objects.filter(is_platform=True).count() == 1


def test_bootstrap_refuses_a_superuser(alpha, monkeypatch):
    class Cursor:
        def __enter__(self):
            return self

        def __exit__(self, *_exc):
            return None

        def execute(self, _sql):
            return None

        def fetchone(self):
            return (True,)

    class Connection:
        cursor = Cursor

    monkeypatch.setattr(bootstrap, "connection", Connection)
    errors = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("bootstrap", stdout=StringIO(), stderr=errors)
    assert stopped.value.code == 2
    assert "superuser" in errors.getvalue()
    assert not Tenant.objects.filter(is_platform=True).exists()
