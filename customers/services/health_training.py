"""Training on a firm's own past: a sample of its customers is read once, their experience once per cut-off."""

from datetime import date, datetime
from typing import Any, Final

from customers.logic.forecasting import Outcome, run
from customers.services.health_reading import day_of, end_of, pasts_of, some_repeating
from customers.services.health_sources import said_of

# Customers read: enough to tell a tenth of them to a point or two, few enough for a worker's memory and time.
SAMPLE: Final = 4_000


def trained(at: datetime) -> Outcome:
    """Train and test as of the day before ``at``, the last one that is over."""
    ids = some_repeating(SAMPLE)
    people = pasts_of(ids)
    last = day_of(at) - 1
    first = min((one.day for comings in people.values() for one in comings), default=last)
    known: dict[int, Any] = {}

    def said(day: int) -> Any:
        if day not in known:
            known[day] = said_of(ids, end_of(day))
        return known[day]

    outcome = run(people, said, first, last)
    for cut in outcome.cuts:
        for name in ("trained", "tested"):
            cut[name] = date.fromordinal(cut[name]).isoformat()
    return outcome
