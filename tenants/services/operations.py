"""What operators may do to a firm, and the plans firms are on."""

from uuid import UUID

from django.db import transaction

from cxcrm.core.configuration import keep, record
from cxcrm.core.errors import NotFound
from tenants.models import Plan, Tenant


@transaction.atomic
def set_paused(*, tenant_id: UUID, paused: bool) -> Tenant:
    """Stop or resume everything due for one firm; nothing is lost meanwhile. Raises NotFound."""
    tenant = Tenant.objects.select_for_update().filter(pk=tenant_id).first()
    if tenant is None:
        raise NotFound
    if tenant.paused == paused:
        return tenant
    # A registry row refuses to be saved from inside the operators' schema, so the column is set by itself.
    Tenant.objects.filter(pk=tenant.pk).update(paused=paused)
    tenant.paused = paused
    record(tenant, "paused" if paused else "resumed")
    return tenant


@transaction.atomic
def save_plan(*, plan: Plan) -> Plan:
    """Keep a plan; the one marked default takes the mark from the one before, so there is always exactly one."""
    if plan.is_default:
        Plan.objects.select_for_update().filter(is_default=True).exclude(pk=plan.pk).update(is_default=False)
    return keep(plan)
