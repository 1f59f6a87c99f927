"""How far customers who answer others are trusted, from the ledger of their points."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from cxcrm.core.clock import now
from feedback.logic.reputation import Earned, Standing, Why, reputation, standing
from feedback.models import ReputationPoint
from tenants.staff.selectors.firm import firm_zone


@dataclass(frozen=True)
class Reputation:
    points: float = 0.0
    level: Standing = Standing.MEMBER


def standing_of(customer_id: UUID) -> Reputation:
    """Of one customer, now."""
    return standings_of([customer_id]).get(customer_id, Reputation())


def standings_of(customer_ids: Iterable[UUID]) -> dict[UUID, Reputation]:
    """Customer → points and level; who never earned any is missing. One query."""
    zone, at = firm_zone(), now()
    earned: dict[UUID, list[Earned]] = {}
    rows = ReputationPoint.objects.filter(customer__in=list(customer_ids), taken_back_at=None)
    for customer_id, why, earned_at in rows.values_list("customer_id", "why", "earned_at"):
        one = Earned(Why(why), earned_at, earned_at.astimezone(zone).date())
        earned.setdefault(customer_id, []).append(one)
    found = {customer_id: reputation(each, at) for customer_id, each in earned.items()}
    return {customer_id: Reputation(points, standing(points)) for customer_id, points in found.items()}
