"""What operators do to a firm, and the plans."""

from uuid import uuid4

import pytest
from django.db import connection

from cxcrm.core.errors import NotFound
from tenants.context import enter
from tenants.models import AgendaItem, Domain, Plan, SentRecord, Tenant
from tenants.services.operations import save_plan, set_paused
from workflows.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def operators(beta):
    """The audit log of the operators is their own tenant's."""
    Tenant.objects.filter(slug="beta").update(is_platform=True)
    enter(beta)
    return beta


def test_pausing_is_recorded_once_and_can_be_undone(alpha, operators):
    assert set_paused(tenant_id=alpha.id, paused=True).paused is True
    set_paused(tenant_id=alpha.id, paused=True)
    assert Tenant.objects.get(pk=alpha.id).paused is True
    assert set_paused(tenant_id=alpha.id, paused=False).paused is False
    changes = Event.objects.filter(name="core.setting_changed").order_by("pk")
    assert [event.payload["model"] for event in changes] == ["tenants.tenant"] * 2


def test_pausing_nobody(operators):
    with pytest.raises(NotFound):
        set_paused(tenant_id=uuid4(), paused=True)


def test_there_is_always_exactly_one_default_plan(operators):
    first = Plan.objects.get(is_default=True)
    second = save_plan(plan=Plan(code="plus", name="Plus", is_default=True))
    assert list(Plan.objects.filter(is_default=True)) == [second]
    save_plan(plan=Plan(code="mini", name="Mini"))
    assert list(Plan.objects.filter(is_default=True)) == [second]
    first.refresh_from_db()
    assert first.is_default is False


def test_rows_of_the_registry_have_names(alpha):
    tenant = Tenant.objects.get(pk=alpha.id)
    assert (str(tenant), str(tenant.plan)) == ("Cà phê Alpha", "Standard")
    assert str(Domain.objects.get(tenant=tenant)) == "alpha.localhost"
    ref = uuid4()
    assert str(AgendaItem(kind="x.y", ref=ref)) == f"x.y {ref}"
    assert str(SentRecord(message_id="<1@x>")) == "<1@x>"
    assert connection.schema_name == "public"
