"""What a firm's plan allows: asked by the services that add something, never by the doors.

What exists (customers, staff, storage) is counted from the rows under a lock of the firm, so it never drifts. What
passes (invitations) is a counter raised by one guarded statement. What customers send in never asks here.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from cxcrm.core.context import current_tenant
from cxcrm.core.ids import new_id
from tenants.errors import PlanLimitReached
from tenants.models import Usage
from tenants.selectors import usage
from tenants.selectors.usage import STANDING, Allowance, Use

Metric = Usage.Metric
KEPT = timedelta(days=90)  # how long calls are known day by day
Measure = Callable[[], int]
_measures: dict[str, Measure] = {}


def measures(metric: str) -> Callable[[Measure], Measure]:
    """Register how many of ``metric`` the current firm has; each room counts its own rows."""

    def register(measure: Measure) -> Measure:
        _measures[metric] = measure
        return measure

    return register


@measures(Metric.STORAGE)
def storage_in_use() -> int:
    """Megabytes of the firm's own tables with their indexes, rounded up."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(ceil(sum(pg_total_relation_size(oid)) / 1048576.0), 0)::bigint FROM pg_class
               WHERE relkind = 'r' AND relnamespace = %s::regnamespace""",
            [connection.ops.quote_name(current_tenant().schema_name)],
        )
        return int(cursor.fetchone()[0])


def allow(metric: str, amount: int = 1) -> None:
    """Take ``amount`` of ``metric`` in the caller's transaction. Raises PlanLimitReached when the plan has no room.

    Callers racing for the last place wait for each other, and exactly as many as fit get in. Raises RuntimeError
    outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"allow({metric}) outside a transaction")
    if amount <= 0:
        return
    of = usage.allowance(current_tenant().id)
    limit = None if of.is_platform else of.limits[metric]
    if metric not in STANDING:
        if _raise_counter(of, metric, amount, limit) is None:
            raise refusal(Use(metric, usage.counted(of).get(metric, 0), limit), amount)
    elif limit is not None:
        use = _counted_under_lock(metric, limit)
        if use.used + amount > limit:
            raise refusal(use, amount)


def room(metric: str) -> int | None:
    """How many more of something that exists the plan takes; None is unlimited.

    Holds off everybody else until the caller's transaction ends, so the answer stays true.
    """
    of = usage.allowance(current_tenant().id)
    limit = None if of.is_platform else of.limits[metric]
    return None if limit is None else _counted_under_lock(metric, limit).left


def give_back(metric: str, *, taken_at: datetime, amount: int = 1) -> None:
    """Return what was taken at ``taken_at`` and not used after all."""
    of = usage.allowance(current_tenant().id)
    period = taken_at.astimezone(ZoneInfo(of.zone)).date().replace(day=1)
    Usage.objects.filter(tenant_id=of.tenant_id, metric=metric, period=period).update(
        amount=Greatest(F("amount") - amount, 0)
    )


def count(metric: str, amount: int = 1) -> None:
    """Count what no plan limits, for the operators."""
    _raise_counter(usage.allowance(current_tenant().id), metric, amount, None)


def usage_of(tenant_id: UUID) -> list[Use]:
    """What any firm uses, by the counters and the last measurement."""
    return usage.usage_of(tenant_id)


def current_use(*, limited_only: bool = False) -> list[Use]:
    """What the current firm uses at this moment, counted anew; unlimited things only when asked for."""
    of = usage.allowance(current_tenant().id)
    shown = [metric for metric in usage.COLUMNS if not limited_only or of.limits[metric] is not None]
    amounts = usage.counted(of) if set(shown) - set(STANDING) else {}
    amounts |= {metric: _measures[metric]() for metric in shown if metric in _measures}
    return [Use(metric, amounts.get(metric, 0), of.limits[metric]) for metric in shown]


def near_limit() -> list[Use]:
    """What the current firm has used to 80 % or more, reached limits first; one query where nothing is limited."""
    if current_tenant().is_platform:
        return []
    near = [use for use in current_use(limited_only=True) if use.is_near]
    return sorted(near, key=lambda use: -(use.percent or 0))


@transaction.atomic
def measure_firm() -> None:
    """Note how large the current firm is, for the operators' lists, which never count rows; forget old days' calls."""
    of = usage.allowance(current_tenant().id)
    for metric in STANDING:
        _set_counter(of, metric, _measures[metric]())
    old = of.local().date() - KEPT
    Usage.objects.filter(tenant_id=of.tenant_id, metric=Metric.API_CALLS, period__lt=old).delete()


def refusal(use: Use, wanted: int) -> PlanLimitReached:
    """The sentence for a limit that is reached or would be passed: what it is, what is used, who may change it."""
    left = use.left or 0
    sentence = _("Your plan allows %(limit)s %(what)s; %(used)s are used and %(wanted)s more were asked for.") % {
        "limit": use.limit,
        "what": use.label,
        "used": use.used,
        "wanted": wanted,
    }
    who = _("An owner of your firm can ask the operators for a larger plan.")
    return PlanLimitReached(
        f"{sentence} {who}", metric=use.metric, limit=use.limit, used=use.used, left=left, wanted=wanted
    )


def _counted_under_lock(metric: str, limit: int) -> Use:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{current_tenant().id}:plan.{metric}"]
        )
    return Use(metric, _measures[metric](), limit)


_RAISE = """
INSERT INTO public.tenants_usage AS u (id, created_at, tenant_id, metric, period, amount)
SELECT %(id)s, statement_timestamp(), %(tenant)s, %(metric)s, %(period)s, %(amount)s
WHERE %(limit)s::bigint IS NULL OR %(amount)s <= %(limit)s
ON CONFLICT (tenant_id, metric, period) DO UPDATE SET amount = u.amount + EXCLUDED.amount
WHERE %(limit)s::bigint IS NULL OR u.amount + EXCLUDED.amount <= %(limit)s
RETURNING amount
"""

_SET = """
INSERT INTO public.tenants_usage AS u (id, created_at, tenant_id, metric, period, amount)
VALUES (%(id)s, statement_timestamp(), %(tenant)s, %(metric)s, %(period)s, %(amount)s)
ON CONFLICT (tenant_id, metric, period) DO UPDATE SET amount = EXCLUDED.amount
WHERE u.amount < EXCLUDED.amount OR NOT %(only_up)s
"""


def _raise_counter(of: Allowance, metric: str, amount: int, limit: int | None) -> int | None:
    """Add to the counter of the running period; its new value, or None when ``limit`` forbids it."""
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, {**_key(of, metric), "amount": amount, "limit": limit})
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _set_counter(of: Allowance, metric: str, amount: int, *, only_up: bool = False) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET, {**_key(of, metric), "amount": amount, "only_up": only_up})


def note_calls(of: Allowance, total: int) -> None:
    """Write down that today's API calls have come to ``total``; a smaller number than the one noted changes nothing."""
    _set_counter(of, Metric.API_CALLS, total, only_up=True)


def _key(of: Allowance, metric: str) -> dict[str, Any]:
    return {"id": new_id(), "tenant": of.tenant_id, "metric": str(metric), "period": of.period(metric)}
