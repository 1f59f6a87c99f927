"""Tasks enter exactly one tenant or refuse."""

from uuid import uuid4

import pytest
from celery import shared_task
from django.db import connection

from cxcrm.core.context import SYSTEM, Actor, acting_as, current_actor, current_tenant
from cxcrm.core.errors import NoTenant
from tenants.context import enter
from tenants.models import Tenant
from tenants.tasking import PublicTask, TenantSuspended, TenantTask

pytestmark = pytest.mark.django_db


@shared_task(name="test.whoami", base=TenantTask)
def whoami(fail: bool = False) -> tuple[str, Actor]:
    if fail:
        raise ValueError("inside")
    return current_tenant().slug, current_actor()


@shared_task(name="test.nobody", base=PublicTask)
def nobody() -> str:
    with pytest.raises(NoTenant):
        current_tenant()
    return connection.schema_name


def test_a_tenant_task_runs_in_its_tenant_as_the_system(alpha, beta):
    enter(beta)
    with acting_as(Actor("user", uuid4(), "someone")):
        assert whoami(str(alpha.id)) == ("alpha", SYSTEM)
    assert connection.schema_name == "public"


def test_it_leaves_when_the_body_raises(alpha):
    with pytest.raises(ValueError, match="inside"):
        whoami(str(alpha.id), fail=True)
    assert connection.schema_name == "public"


@pytest.mark.parametrize("ident", ["", "public", "alpha", "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d10", None])
def test_it_refuses_without_a_real_tenant(ident, alpha):
    with pytest.raises(NoTenant):
        whoami(ident)


def test_it_refuses_a_suspended_tenant(alpha):
    Tenant.objects.filter(pk=alpha.id).update(state=Tenant.State.SUSPENDED)
    with pytest.raises(TenantSuspended):
        whoami(str(alpha.id))


def test_a_public_task_starts_and_ends_outside(alpha):
    enter(alpha)
    assert nobody() == "public"
    assert connection.schema_name == "public"
