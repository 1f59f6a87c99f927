"""The firm's own row."""

from typing import Any

from django.db.models import DateField, DateTimeField, Func, Subquery, Value
from django.db.models.functions import Cast

from cxcrm.core.clock import now
from cxcrm.core.once import once
from tenants.staff.models import Firm


@once
def the_firm() -> Firm:
    """The one Firm of this tenant. Raises Firm.DoesNotExist before the defaults are laid in."""
    return Firm.objects.select_related("chief", "default_executive").get()


def currency() -> str:
    """What the firm counts in, for fields that read amounts."""
    return str(the_firm().currency)


def today_in_sql() -> Any:
    """The firm's calendar day as an expression, for conditions that must not cost a query of their own."""
    zone, at = Subquery(Firm.objects.values("time_zone")[:1]), Cast(Value(now()), DateTimeField())
    return Cast(Func(zone, at, function="timezone", output_field=DateTimeField()), DateField())
