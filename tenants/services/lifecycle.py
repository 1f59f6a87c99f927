"""The life of a firm after its birth: suspended and resumed, moved to another address, closed and dropped.

Every verb may be repeated. What the database must do later is an item on the operators' agenda, because a firm that
is not active has nothing carried out.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from cxcrm.core.clock import db_now, now
from cxcrm.core.configuration import record
from cxcrm.core.errors import InvalidInput, NotFound
from tenants.context import in_tenant, ref_of
from tenants.errors import AddressTaken, NotInThisState, OperatorsOwn
from tenants.models import AgendaItem, Domain, SentRecord, SignUp, Tenant, Usage
from tenants.selectors.hosts import forget_hosts
from tenants.selectors.schemas import old_schemas_of
from tenants.services import agenda
from tenants.services.domains import check_slug, host_for
from tenants.services.templates import drop_schema

REDIRECTS_FOR = timedelta(days=90)
NOTICE = timedelta(days=30)
# Other processes remember for some seconds who a host belongs to; only then is the ground taken away.
FORGOTTEN_AFTER = timedelta(seconds=30)
FREE_ADDRESS, DROP = "tenants.free_address", "tenants.drop_closed"

_State = Tenant.State


@transaction.atomic
def suspend(*, tenant_id: UUID, reason: str) -> Tenant:
    """Stop log-in, API and everything due; pages of customers stay open. Staff who are logged in read ``reason``.

    Raises NotFound, InvalidInput without a reason, NotInThisState unless the firm is active or suspended already.
    """
    if not reason.strip():
        raise InvalidInput(code="tenant.no_reason")
    tenant = _locked(tenant_id, _State.ACTIVE, _State.SUSPENDED)
    return _change(tenant, "suspended", state=_State.SUSPENDED, suspension_reason=reason.strip()[:200])


@transaction.atomic
def resume(*, tenant_id: UUID) -> Tenant:
    """Go on: what became due meanwhile is carried out now. Raises NotFound, NotInThisState unless suspended."""
    tenant = _locked(tenant_id, _State.SUSPENDED, _State.ACTIVE)
    return _change(tenant, "resumed", state=_State.ACTIVE, suspension_reason="")


@transaction.atomic
def rename_address(*, tenant_id: UUID, slug: str) -> Tenant:
    """Answer at ``slug`` at once; for ``REDIRECTS_FOR`` the old address leads there and is nobody else's.

    Raises NotFound, AddressInvalid, AddressTaken, NotInThisState when the firm is closing.
    """
    slug = check_slug(slug)
    tenant = _locked(tenant_id, _State.ACTIVE, _State.SUSPENDED)
    if slug == tenant.slug:
        return tenant
    until = now() + REDIRECTS_FOR
    try:
        with transaction.atomic():
            for old in Domain.objects.filter(tenant_id=tenant.pk, is_primary=True):
                Domain.objects.filter(pk=old.pk).update(is_primary=False, redirects_until=until)
                _later(FREE_ADDRESS, old.pk, until)
            returned = Domain.objects.filter(tenant_id=tenant.pk, domain=host_for(slug))
            if not returned.update(is_primary=True, redirects_until=None):
                Domain.objects.bulk_create([Domain(tenant_id=tenant.pk, domain=host_for(slug), is_primary=True)])
            return _change(tenant, "moved", slug=slug)
    except IntegrityError as error:
        raise AddressTaken(slug=slug) from error


@agenda.agenda_kind(FREE_ADDRESS, outside=True)
@transaction.atomic
def free_address(domain_id: UUID) -> agenda.Later | None:
    """Let go of an old address once nobody is led on from it any more."""
    domain = Domain.objects.select_for_update().filter(pk=domain_id, is_primary=False).first()
    if domain is None or domain.redirects_until is None:
        return None
    if domain.redirects_until > db_now():
        return agenda.Later(domain.redirects_until)
    domain.delete()
    return None


@transaction.atomic
def raise_epoch(*, tenant_id: UUID) -> Tenant:
    """Kill every session, mailed link, password link and API key of the firm, within seconds. Raises NotFound."""
    tenant = Tenant.objects.select_for_update(no_key=True).filter(pk=tenant_id).first()
    if tenant is None:
        raise NotFound
    return _change(tenant, "credentials_revoked", epoch=F("epoch") + 1)


@transaction.atomic
def close_firm(*, tenant_id: UUID, notice: timedelta = NOTICE) -> Tenant:
    """Close for good after ``notice``; until then the firm rests and may be reopened. Repeating sets a new day.

    Raises NotFound, NotInThisState for a firm that is closed or not set up.
    """
    tenant = _locked(tenant_id, _State.ACTIVE, _State.SUSPENDED, _State.CLOSING, _State.FAILED)
    at = db_now() + notice
    _later(DROP, tenant.pk, at)
    return _change(tenant, "closing", state=_State.CLOSING, closes_at=at)


@transaction.atomic
def reopen(*, tenant_id: UUID) -> Tenant:
    """Take the closing back; a firm that was suspended before is so again. Raises NotFound, NotInThisState."""
    tenant = _locked(tenant_id, _State.CLOSING)
    state = _State.SUSPENDED if tenant.suspension_reason else _State.ACTIVE
    return _change(tenant, "reopened", state=state, closes_at=None)


@agenda.agenda_kind(DROP, outside=True)
@transaction.atomic
def drop_closed(tenant_id: UUID) -> agenda.Later | None:
    """Carry a closing out: first nobody is let in, then, when every process knows, the firm's data is dropped.

    A row without personal data stays, so that neither the schema's name nor a credential is ever good again.
    """
    tenant = Tenant.objects.select_for_update().filter(pk=tenant_id).first()
    if tenant is None:
        return None
    if tenant.state == _State.CLOSED:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
        for schema in (tenant.schema_name, *old_schemas_of(tenant.pk)):
            drop_schema(schema)
        return None
    if tenant.state != _State.CLOSING or tenant.closes_at is None:
        return None
    if tenant.closes_at > db_now():
        return agenda.Later(tenant.closes_at)
    for model in (Domain, SentRecord, SignUp, Usage, AgendaItem):
        model._default_manager.filter(tenant_id=tenant.pk).delete()
    _change(
        tenant,
        "closed",
        state=_State.CLOSED,
        slug=f"x--{tenant.pk.hex}",  # no firm can ask for an address with two hyphens
        owner_email="",
        owner_name="",
        suspension_reason="",
        epoch=F("epoch") + 1,
    )
    return agenda.Later(db_now() + FORGOTTEN_AFTER)


@transaction.atomic
def note(tenant: Tenant, action: str) -> None:
    """Write to the operators' audit log what was done to a firm, through whichever door."""
    platform = Tenant.objects.filter(is_platform=True, state=_State.ACTIVE).first()
    if platform is not None:
        with in_tenant(ref_of(platform)):
            record(tenant, action)


def _locked(tenant_id: UUID, *states: str) -> Tenant:
    # A weaker lock than an item of the agenda takes would hold the firm up.
    tenant = Tenant.objects.select_for_update(no_key=True).filter(pk=tenant_id).first()
    if tenant is None:
        raise NotFound
    if tenant.is_platform:
        raise OperatorsOwn
    if tenant.state not in states:
        raise NotInThisState(state=tenant.state)
    return tenant


def _change(tenant: Tenant, action: str, **values: Any) -> Tenant:
    """Set columns by themselves: a registry row refuses to be saved from inside the operators' schema."""
    Tenant.objects.filter(pk=tenant.pk).update(**values)
    tenant.refresh_from_db()
    note(tenant, action)
    transaction.on_commit(forget_hosts)
    return tenant


def _later(kind: str, ref: UUID, due_at: Any) -> None:
    platform_id = Tenant.objects.values_list("pk", flat=True).get(is_platform=True)
    agenda.enqueue(kind, ref, due_at=due_at, tenant_id=platform_id, reschedule=True)
