"""What firms may use and what was counted of it, for any firm and without entering it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.memory import Memory
from tenants.models import Tenant, Usage

Metric = Usage.Metric

# Which column of the plan limits what.
COLUMNS: dict[str, str] = {
    Metric.CUSTOMERS: "max_customers",
    Metric.STAFF: "max_staff",
    Metric.INVITATIONS: "max_invitations_per_month",
    Metric.STORAGE: "max_storage_mb",
    Metric.API_CALLS: "max_api_calls_per_day",
}
# What exists, as against what passes: counted from the rows themselves, measured nightly for the operators.
STANDING: tuple[str, ...] = (Metric.CUSTOMERS, Metric.STAFF, Metric.STORAGE)
LABELS: dict[str, Any] = {
    Metric.CUSTOMERS: _("customers"),
    Metric.STAFF: _("staff accounts"),
    Metric.INVITATIONS: _("invitations this month"),
    Metric.STORAGE: _("MB of storage"),
    Metric.API_CALLS: _("API calls today"),
}
# From this share of a limit on, people are told.
NEAR = 0.8


@dataclass(frozen=True)
class Allowance:
    """What one firm may use, by metric (None is unlimited), and the clock its months and days follow."""

    tenant_id: UUID
    plan: str
    zone: str
    limits: dict[str, int | None]
    is_platform: bool

    def local(self) -> datetime:
        """Now, where the firm is."""
        return now().astimezone(ZoneInfo(self.zone))

    def period(self, metric: str) -> date:
        """The first day of what is counted now."""
        today = self.local().date()
        return today if metric == Metric.API_CALLS else today.replace(day=1)

    def seconds_left_today(self) -> int:
        """Until the firm's next midnight, at least 1."""
        local = self.local()
        midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return max(1, int(midnight.timestamp() - local.timestamp()))


@dataclass(frozen=True)
class Use:
    """How much of one thing is used; ``limit`` None is unlimited."""

    metric: str
    used: int
    limit: int | None

    @property
    def label(self) -> str:
        """What it is called, where the period matters with it."""
        return str(LABELS[self.metric])

    @property
    def percent(self) -> int | None:
        """Of the limit, rounded down, so that 100 means none is left."""
        if self.limit is None:
            return None
        return 100 * self.used // self.limit if self.limit else 100

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)

    @property
    def is_near(self) -> bool:
        return self.limit is not None and self.used >= NEAR * self.limit

    @property
    def is_reached(self) -> bool:
        return self.limit is not None and self.used >= self.limit


def allowance(tenant_id: UUID) -> Allowance:
    """What the firm's plan allows, read now."""
    row = Tenant.objects.select_related("plan").get(pk=tenant_id)
    limits = {metric: getattr(row.plan, column) for metric, column in COLUMNS.items()}
    return Allowance(row.pk, row.plan.name, row.time_zone, limits, row.is_platform)


_remembered: Memory[Allowance] = Memory(seconds=10, entries=10_000)


def remembered_allowance(tenant_id: UUID) -> Allowance:
    """The same, some seconds old at most: for what is asked at every API call."""
    return _remembered.get(tenant_id, lambda: allowance(tenant_id))


def forget_allowances() -> None:
    """After a plan was changed in this process."""
    _remembered.forget()


def counted(of: Allowance) -> dict[str, int]:
    """What the counters say of the periods running now, by metric; what was never counted is missing."""
    periods = {of.period(metric) for metric in Metric.values}
    rows = Usage.objects.filter(tenant_id=of.tenant_id, period__in=periods).values_list("metric", "period", "amount")
    return {metric: amount for metric, period, amount in rows if period == of.period(metric)}


def usage_of(tenant_id: UUID) -> list[Use]:
    """What a firm uses by its counters: what passes is exact, what exists is as of the last measurement."""
    of = allowance(tenant_id)
    amounts = counted(of) | _measured_last(of)
    return [Use(metric, amounts.get(metric, 0), of.limits[metric]) for metric in COLUMNS]


def _measured_last(of: Allowance) -> dict[str, int]:
    """Customers, staff and storage stay what they were when a new month begins."""
    rows = (
        Usage.objects.filter(tenant_id=of.tenant_id, metric__in=STANDING)
        .order_by("metric", "-period")
        .distinct("metric")
        .values_list("metric", "amount")
    )
    return dict(rows)


def sizes_of(tenant_ids: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """Customers, staff and storage of many firms as measured last, in one query."""
    rows = (
        Usage.objects.filter(tenant_id__in=list(tenant_ids), metric__in=STANDING)
        .order_by("tenant_id", "metric", "-period")
        .distinct("tenant_id", "metric")
        .values_list("tenant_id", "metric", "amount")
    )
    found: dict[UUID, dict[str, int]] = {}
    for tenant_id, metric, amount in rows:
        found.setdefault(tenant_id, {})[metric] = amount
    return found
