"""Who may leave, as it is read: one customer, those at risk with the largest first, the forecast and its proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from customers.logic.backtest import mean_of
from customers.models import ChurnModel, CustomerHealth
from customers.selectors.customers import Reader, visible_to

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
