"""Who may leave, as it is read: one customer, those at risk with the largest first, the forecast and its proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from customers.logic.backtest import mean_of
from customers.logic.health import GRACE
from customers.logic.shares import SHOWN_FROM, Comparison, compare_shares
from customers.models import ChurnModel, CustomerHealth, Purchase, RiskSpell
from customers.selectors.customers import Reader, visible_to
from cxcrm.core.clock import now
from tenants.staff.selectors.firm import firm_zone

YEAR: Final = timedelta(days=365)
Band = CustomerHealth.Band


def current_model() -> ChurnModel | None:
    """The forecast in use: the latest that was trained."""
    return ChurnModel.objects.filter(trained_at__isnull=False).first()


def health_of(customer_id: UUID) -> CustomerHealth | None:
    """Where one customer stands, None where they have no number."""
    return CustomerHealth.objects.select_related("model").filter(customer_id=customer_id).first()


def standing_health(user: Reader) -> "QuerySet[CustomerHealth]":
    """The health of every customer ``user`` may see."""
    return CustomerHealth.objects.filter(customer__in=visible_to(user))


def at_risk(user: Reader) -> "QuerySet[CustomerHealth]":
    """Whom to look after: at risk and not left alone by chance, whoever spent most first.

    A flag is never left alone: somebody who is wronged is helped, whatever is to be learned.
    """
    found = standing_health(user).filter(band=Band.AT_RISK).exclude(is_held_out=True, flag="")
    return found.select_related("customer", "customer__branch", "customer__owner").order_by("-spent", "-id")


@dataclass(frozen=True)
class Bands:
    """How many customers stand where, what those at risk spent in a year, and how many are left alone by chance."""

    healthy: int
    watch: int
    at_risk: int
    spent_at_risk: Any
    held_out: int

    @property
    def total(self) -> int:
        return self.healthy + self.watch + self.at_risk


def bands(user: Reader) -> Bands:
    """Counts over the customers ``user`` may see; one query."""
    counts: Any = {one.value: Count("pk", filter=Q(band=one)) for one in Band}
    risky = Q(band=Band.AT_RISK)
    return Bands(
        **standing_health(user).aggregate(
            **counts,
            spent_at_risk=Sum("spent", filter=risky, default=0),
            held_out=Count("pk", filter=risky & Q(is_held_out=True, flag="")),
        )
    )


class Came(NamedTuple):
    """``came`` of ``n`` bought again, or were under contract at the end."""

    came: int
    n: int


@dataclass(frozen=True)
class Trial:
    """What became of those at risk within a horizon, those listed beside those left alone.

    ``difference`` is listed less left alone, in points, with Newcombe's 95 % interval; None under five on a side.
    Chance chose who is listed, so the difference is what being listed does, whether they were called or not.
    """

    listed: Came
    left_alone: Came
    running: int
    next_over: datetime | None

    @property
    def difference(self) -> Comparison | None:
        if min(self.listed.n, self.left_alone.n) < SHOWN_FROM:
            return None
        return compare_shares(self.listed, self.left_alone)


def trial() -> Trial:
    """Over the whole firm, spells that ended within a year; one query. Merged and erased customers are left out.

    Who was under contract when the spell ended came, too: their plan was renewed, or had never ended.
    """
    at = now()
    spells = RiskSpell.objects.order_by().filter(customer__merged_into=None, customer__erased_at=None)
    bought = Purchase.objects.filter(
        customer=OuterRef("customer"),
        state__in=Purchase.COUNTED,
        occurred_at__gt=OuterRef("began_at"),
        occurred_at__lte=OuterRef("ends_at"),
    )
    covered = Purchase.objects.filter(
        customer=OuterRef("customer"),
        state__in=Purchase.COUNTED,
        occurred_at__lte=OuterRef("ends_at"),
        covers_until__gte=OuterRef("last_day") - timedelta(days=GRACE),
    )
    judged = spells.filter(ends_at__gt=at - YEAR).annotate(
        is_over=Q(ends_at__lte=at),
        last_day=TruncDate(F("ends_at"), tzinfo=firm_zone()),
        came=Exists(bought) | Exists(covered),
    )
    counts = judged.values_list("is_over", "is_held_out").annotate(
        bought=Count("pk", filter=Q(came=True)), n=Count("pk"), first=Min("ends_at")
    )
    over: dict[bool, Came] = {}
    running: list[tuple[int, datetime]] = []
    for is_over, is_held_out, came, n, first in counts:
        if is_over:
            over[is_held_out] = Came(came, n)
        else:
            running.append((n, first))
    return Trial(
        listed=over.get(False, Came(0, 0)),
        left_alone=over.get(True, Came(0, 0)),
        running=sum(n for n, _first in running),
        next_over=min((first for _n, first in running), default=None),
    )


def summary(report: Sequence[Mapping[str, Any]]) -> dict[str, float] | None:
    """The forecast, the rule of thumb and chance over all cut-offs, weighted by their customers; None without any."""
    if not report:
        return None
    simple = [{**cut["simple"], "customers": cut["customers"]} for cut in report]
    return {
        "auc": mean_of(report, "auc"),
        "auc_simple": mean_of(simple, "auc"),
        "precision": mean_of(report, "precision"),
        "precision_simple": mean_of(simple, "precision"),
        "lift": mean_of(report, "lift"),
        "observed": mean_of(report, "observed"),
    }
