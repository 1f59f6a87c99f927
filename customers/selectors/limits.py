"""How many customers the plan allows."""

from cxcrm.core.context import current_tenant
from tenants.models import Tenant


def customer_limit() -> int | None:
    """The plan's number of customers; None is unlimited."""
    limit: int | None = Tenant.objects.values_list("plan__max_customers", flat=True).get(pk=current_tenant().id)
    return limit
