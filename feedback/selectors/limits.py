"""How much of the plan is left."""

from uuid import UUID
from zoneinfo import ZoneInfo

from cxcrm.core.clock import now
from feedback.models import Invitation
from tenants.models import Tenant
from tenants.staff.selectors.firm import the_firm


def invitations_left(tenant_id: UUID) -> int | None:
    """Invitations the plan still allows this calendar month (firm's time zone); None when it sets no limit."""
    allowed = Tenant.objects.values_list("plan__max_invitations_per_month", flat=True).get(pk=tenant_id)
    if allowed is None:
        return None
    today = now().astimezone(ZoneInfo(the_firm().time_zone))
    first = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    used = Invitation.objects.filter(created_at__gte=first).exclude(state=Invitation.State.SKIPPED).count()
    return max(allowed - used, 0)
