"""The firm's own row."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateField, DateTimeField, Func, Subquery, Value
from django.db.models.functions import Cast

from cxcrm.core.clock import now
from cxcrm.core.once import once
from tenants.staff.models import Firm


@once
def the_firm() -> Firm:
    """The one Firm of this tenant. Raises Firm.DoesNotExist before the defaults are laid in."""
    return Firm.objects.select_related("chief", "default_executive").get()


def self_name(language: str) -> str:
    """What the firm calls itself in ``language``: its own word in its own language, else the plain one."""
    firm = the_firm()
    return str(firm.self_pronoun) if firm.language == language else {"vi": "chúng tôi"}.get(language, "we")


def currency() -> str:
    """What the firm counts in, for fields that read amounts."""
    return str(the_firm().currency)


def firm_zone() -> ZoneInfo:
    """The firm's time zone."""
    return ZoneInfo(the_firm().time_zone)


def firm_midnight(day: date) -> datetime:
    """When ``day`` begins at the firm."""
    return datetime.combine(day, time.min, firm_zone())


def firm_today() -> date:
    """The firm's calendar day, whatever zone the process or the request is in."""
    return now().astimezone(firm_zone()).date()


def today_in_sql() -> Any:
    """The firm's calendar day as an expression, for conditions that must not cost a query of their own."""
    zone, at = Subquery(Firm.objects.values("time_zone")[:1]), Cast(Value(now()), DateTimeField())
    return Cast(Func(zone, at, function="timezone", output_field=DateTimeField()), DateField())
