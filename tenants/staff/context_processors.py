"""What every template of a firm may use."""

from typing import Any

from django.db import connection
from django.http import HttpRequest

from cxcrm.core.context import TenantRef
from tenants.staff.selectors.firm import the_firm


def firm(request: HttpRequest) -> dict[str, Any]:
    """``firm``: the firm's row, read only when a template asks for it; absent on the public host."""
    return {"firm": the_firm if isinstance(getattr(connection, "tenant", None), TenantRef) else None}
