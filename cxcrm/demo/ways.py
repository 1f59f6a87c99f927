"""Where the demo firms' customers were on their way: what its app and page tell, and what the till and cases show.

The story: many buy without looking for anything first, whoever had trouble buys again without a word, and friends are
told by those who love the place, not by those who collect points.
"""

import random
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from customers.models import Customer
from cxcrm.core.clock import now
from cxcrm.demo.firms import DemoFirm
from journeys.models import Stage, VisitReading, VisitRule
from journeys.selectors.journeys import default_journey
from journeys.services.visit_reading import go_on
from journeys.services.visits import Told, add_visit_rule, tell_visits
from tenants.staff.models import User

READERS: Final = {"suongmai": "nam", "kestrel": "chloe"}
PEOPLE: Final = 900
# Told up to so many at once, as the API takes them.
_AT_ONCE: Final = 500
# From each stage: where to next, and of a hundred how many; the rest is not heard of again.
NEXT: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "aware": (("notice", 74),),
    "notice": (("interest", 66),),
    "interest": (("search", 44), ("choose_buy_use", 31)),
    "search": (("choose_buy_use", 58), ("interest", 14)),
    "choose_buy_use": (("after_sales", 17), ("perceive", 48)),
    "after_sales": (("perceive", 24), ("choose_buy_use", 38)),
    "perceive": (("love", 41), ("choose_buy_use", 30)),
    "love": (("loyal", 37), ("advocate", 26)),
    "loyal": (("choose_buy_use", 52),),
    "advocate": (),
}
BEGINS: Final = ("aware", "aware", "aware", "notice", "interest", "choose_buy_use")


def lay_ways(demo: DemoFirm) -> None:
    """Write the rules, tell the visits and count, once."""
    journey = default_journey()
    if demo.slug not in READERS or journey is None:
        return
    if not VisitRule.objects.exists():
        _tell(demo, {stage.code: stage for stage in Stage.objects.filter(journey=journey)})
    for reading in VisitReading.objects.filter(finished_at=None):
        go_on(reading_id=reading.pk, budget=120)


@transaction.atomic
def _tell(demo: DemoFirm, stages: dict[str, Stage]) -> None:
    rng = random.Random(demo.slug)
    reader = User.objects.get(email=demo.email(READERS[demo.slug]))
    add_visit_rule(kind="order", stage_id=stages["choose_buy_use"].pk)
    add_visit_rule(kind="complaint")
    people = Customer.objects.filter(kind=Customer.Kind.PERSON).order_by("sort_key").values_list("pk", flat=True)
    told: list[Told] = []
    for customer in rng.sample(list(people), min(PEOPLE, len(people))):
        at = now() - timedelta(days=rng.uniform(2, 88))
        for code in _walk(rng):
            if at >= now():
                break
            told.append(_visit(customer, stages[code], at, len(told)))
            at += timedelta(days=rng.triangular(0.1, 9, 1))
    for first in range(0, len(told), _AT_ONCE):
        tell_visits(visits=told[first : first + _AT_ONCE], reader=reader)


def _visit(customer: object, stage: Stage, at: datetime, number: int) -> Told:
    return {
        "customer_id": customer,  # type: ignore[typeddict-item] # an id read from the database
        "stage_id": stage.pk,
        "visited_at": at,
        "source": "app",
        "external_id": f"GH{number:06d}",
    }


def _walk(rng: random.Random) -> list[str]:
    way = [rng.choice(BEGINS)]
    while len(way) < 10:
        lot = rng.uniform(0, 100)
        for code, percent in NEXT[way[-1]]:
            if lot < percent:
                way.append(code)
                break
            lot -= percent
        else:
            break
    return way
