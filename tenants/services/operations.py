"""What operators may do: to a firm, to the plans firms are on, to work that was given up, and to everything at once."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cxcrm.core.configuration import keep, record
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from tenants.models import AgendaItem, Pause, Plan, Route, Tenant
from tenants.selectors.usage import forget_allowances
from tenants.services import agenda, control, routes, usage

# Work given up together was often given up for one reason: a handful at a time shows whether the reason is gone.
REPLAYED_AT_ONCE = 200


@transaction.atomic
def set_paused(*, tenant_id: UUID, paused: bool) -> Tenant:
    """Stop or resume everything due for one firm; nothing is lost meanwhile. Raises NotFound."""
    tenant = _locked(tenant_id)
    if tenant.paused == paused:
        return tenant
    # A registry row refuses to be saved from inside the operators' schema, so the column is set by itself.
    Tenant.objects.filter(pk=tenant.pk).update(paused=paused)
    tenant.paused = paused
    record(tenant, "paused" if paused else "unpaused")
    return tenant


@transaction.atomic
def assign_plan(*, tenant_id: UUID, plan_id: UUID) -> Tenant:
    """Put a firm on another plan. What it has stays, also when that is more than the plan allows. Raises NotFound."""
    tenant = _locked(tenant_id)
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan is None:
        raise NotFound
    if tenant.plan_id != plan.pk:
        Tenant.objects.filter(pk=tenant.pk).update(plan=plan)
        tenant.plan = plan
        record(tenant, "plan_changed")
        transaction.on_commit(forget_allowances)
    return tenant


@transaction.atomic
def measure_now(*, tenant_id: UUID) -> None:
    """Have a worker count the firm's customers, staff and megabytes. Raises NotFound."""
    tenant = _locked(tenant_id)
    agenda.enqueue(usage.KIND, tenant.pk, tenant_id=tenant.pk, reschedule=True)


@transaction.atomic
def save_plan(*, plan: Plan) -> Plan:
    """Keep a plan; the one marked default takes the mark from the one before, so there is always exactly one.

    Raises InvalidInput for a plan without room for the owner.
    """
    if plan.max_staff == 0:
        raise InvalidInput(_("Allow at least one member of staff: a firm has an owner."), code="plan.no_staff")
    if plan.is_default:
        Plan.objects.select_for_update().filter(is_default=True).exclude(pk=plan.pk).update(is_default=False)
    transaction.on_commit(forget_allowances)
    return keep(plan)


@transaction.atomic
def hold_back(*, scope: str, name: str = "", reason: str) -> Pause:
    """Hold back work for all firms. Raises InvalidInput without a reason, NotFound for what cannot be held back."""
    if not reason.strip():
        raise InvalidInput(_("Say why, for the operator who comes next."), code="pause.no_reason", field="reason")
    held = control.pause(scope=scope, name=name, reason=reason.strip(), by=current_actor().label)
    record(held, "held_back")
    return held


@transaction.atomic
def let_go_on(*, pause_id: UUID) -> None:
    """End a pause: what became due meanwhile is carried out now. Raises NotFound."""
    held = Pause.objects.select_for_update().filter(pk=pause_id).first()
    if held is None:
        raise NotFound
    control.unpause(scope=held.scope, name=held.name)
    record(held, "let_go_on")


@transaction.atomic
def try_route_again(*, route_id: UUID) -> bool:
    """Let mails by a way out at once that is left alone; True when it was. Raises NotFound."""
    route = Route.objects.filter(pk=route_id).first()
    if route is None:
        raise NotFound
    rested = routes.close_breaker(route.name)
    if rested:
        record(route, "tried_again")
    return rested


@transaction.atomic
def replay_items(*, item_ids: Iterable[UUID]) -> int:
    """Give up to ``REPLAYED_AT_ONCE`` given-up items another start; returns how many there were."""
    replayed = 0
    for item in AgendaItem.objects.filter(pk__in=list(item_ids)[:REPLAYED_AT_ONCE]):
        if agenda.replay(item.pk):
            record(item, "replayed")
            replayed += 1
    return replayed


def _locked(tenant_id: UUID) -> Tenant:
    tenant = Tenant.objects.select_for_update(no_key=True, of=("self",)).filter(pk=tenant_id).first()
    if tenant is None:
        raise NotFound
    return tenant
