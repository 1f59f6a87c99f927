"""Who acts and why: restored whatever happens inside, and never shared by threads."""

import asyncio
import threading
from uuid import uuid4

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections

from cxcrm.core.context import SYSTEM, Actor, acting_as, caused_by, current_actor, current_cause, current_tenant
from cxcrm.core.db.here import connection_here
from cxcrm.core.errors import NoTenant
from tenants.context import cache_key, enter, in_tenant, leave, ref_by_id, ref_of
from tenants.models import Domain, Tenant


def break_off(as_it_should_be: bool) -> None:
    """An error in the middle of a block in which all was well."""
    assert as_it_should_be
    raise ValueError("inside")


def test_actors_nest_and_come_back_after_an_error():
    outer, inner = Actor("user", uuid4(), "Lan"), Actor("customer", uuid4(), "Huong")
    with acting_as(outer):
        with pytest.raises(ValueError, match="inside"), acting_as(inner):
            break_off(current_actor() == inner)
        assert current_actor() == outer
    assert current_actor() == SYSTEM == Actor("system", None, "")


def test_causes_come_back_after_an_error():
    cause = uuid4()
    with pytest.raises(ValueError, match="inside"), caused_by(cause, 3):
        break_off(current_cause() == (cause, 4))
    assert current_cause() == (None, 0)


def test_a_thread_starts_as_nobody():
    seen = []
    with acting_as(Actor("user", uuid4(), "Lan")):
        thread = threading.Thread(target=lambda: seen.append(current_actor()))
        thread.start()
        thread.join()
    assert seen == [SYSTEM]


@pytest.mark.django_db
def test_the_connection_at_hand_is_djangos_beside_an_event_loop_too(in_alpha):
    """There Django keeps another connection, and a tenant entered on one is not entered on the other."""

    async def inside():
        assert connection_here() is connections[DEFAULT_DB_ALIAS]
        with pytest.raises(NoTenant):
            current_tenant()

    assert connection_here() is connections[DEFAULT_DB_ALIAS]
    asyncio.run(inside())
    assert current_tenant() is in_alpha


@pytest.mark.django_db
def test_the_tenant_is_what_was_entered_and_nothing_else(alpha, beta):
    with pytest.raises(NoTenant, match="no tenant"):
        current_tenant()
    enter(alpha)
    assert current_tenant() is alpha
    with pytest.raises(ValueError, match="inside"), in_tenant(beta):
        break_off(current_tenant() is beta)
    assert current_tenant() is alpha
    leave()
    assert connection.schema_name == "public"
    with pytest.raises(NoTenant):
        current_tenant()


@pytest.mark.django_db
def test_a_schema_without_a_firm_is_no_tenant(alpha):
    connection.set_schema(alpha.schema_name)
    with pytest.raises(NoTenant):
        current_tenant()


@pytest.mark.django_db
def test_references(alpha):
    assert ref_by_id(alpha.id) == alpha
    with pytest.raises(NoTenant, match="is unknown"):
        ref_by_id(uuid4())
    tenant = Tenant.objects.get(pk=alpha.id)
    assert ref_of(tenant, host="other.example").host == "other.example"
    Domain.objects.filter(tenant=tenant).delete()
    assert ref_of(tenant).host == ""


@pytest.mark.django_db
def test_cache_keys_carry_base_domain_tenant_and_epoch(alpha, beta, settings):
    settings.BASE_DOMAIN = "localhost"
    keys = {cache_key("dash", "", 1)}
    for tenant in (alpha, beta):
        with in_tenant(tenant):
            keys.add(cache_key("dash", "", 1))
    assert keys == {
        "cxcrm:localhost:public::1:dash",
        f"cxcrm:localhost:{alpha.id}.1::1:dash",
        f"cxcrm:localhost:{beta.id}.1::1:dash",
    }
