"""CarePlan at the workshop: who pays for it month by month or year by year, and who stopped. All invented."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from customers.models import Customer, Interaction, Purchase
from customers.services.purchases import purchase_entry
from cxcrm.core.clock import now
from cxcrm.core.db.copying import copy_objects
from cxcrm.demo.firms import DemoFirm
from tenants.staff.models import Branch

FIRM: Final = "kestrel"
SOURCE: Final = "careplan"
MONTH, YEAR = ("CarePlan month", 29), ("CarePlan year", 290)
# The shares that pay by the year, and pay some days late.
BY_YEAR, LATE = 0.1, 0.15
HISTORY_DAYS: Final = 548


def lay_plans(demo: DemoFirm, ahead: timedelta) -> None:
    """Eighteen months of plans, each with its entry on the timeline, straight into the tables.

    They end ``ahead`` of now, as everything does that is laid before the firm is aged by as much. Days are not aged, only
    moments: what a plan covers is written as it will be then.
    """
    if demo.slug != FIRM:
        return
    rng, zone = random.Random("plans"), ZoneInfo(demo.time_zone)
    today = (now() + ahead).astimezone(zone).date()
    branches = list(Branch.objects.order_by("name"))
    purchases: list[Purchase] = []
    # The list of customers has a note beside who ever took the plan.
    for person in Customer.objects.filter(kind=Customer.Kind.PERSON, note__contains="CarePlan").order_by("id"):
        branch = person.branch or rng.choice(branches)
        items, price = YEAR if rng.random() < BY_YEAR else MONTH
        paid = list(_paid(rng, today, yearly=items == YEAR[0]))
        # Some change their mind after they paid: what was cancelled covers nothing.
        cancelled = len(paid) if rng.random() < 0.04 else 0
        for number, (day, until) in enumerate(paid, start=1):
            at = datetime.combine(day, time(8, rng.randrange(60)), zone)
            purchases.append(
                Purchase(
                    customer=person, source=SOURCE, kind=Purchase.Kind.CONTRACT, occurred_at=at, created_at=at,
                    covers_until=until - ahead, amount=Decimal(price), currency="SGD", branch=branch, branch_name=branch.name,
                    items=items, state=Purchase.State.CANCELLED if number == cancelled else Purchase.State.PAID,
                )
            )  # fmt: skip
    purchases.sort(key=lambda one: one.occurred_at)
    for number, one in enumerate(purchases, start=1):
        one.external_id = f"CP{number:06d}"
    copy_objects(Purchase, purchases)
    copy_objects(Interaction, [purchase_entry(one) for one in purchases])


def _paid(rng: random.Random, today: date, *, yearly: bool) -> Iterator[tuple[date, date]]:
    """The days it was paid and what each covers, until they stop; few leave a firm they know, some never settle in."""
    day = today - timedelta(days=rng.randrange(1, HISTORY_DAYS))
    stops = rng.betavariate(1, 10)
    while day < today:
        until = (_after(day, 12) if yearly else _after(day, 1)) - timedelta(days=1)
        yield day, until
        if rng.random() < stops:
            return
        day = until + timedelta(days=1 + (rng.randrange(1, 10) if rng.random() < LATE else 0))


def _after(day: date, months: int) -> date:
    """The same day so many months later; days there are not in every month end with the 28th."""
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, min(day.day, 28))
