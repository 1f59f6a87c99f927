"""What the demo firms sold in eighteen months: mornings from seven to nine, hardly anything at Tết."""

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from uuid import UUID
from zoneinfo import ZoneInfo

from customers.models import Customer, Interaction, Purchase
from customers.services.purchases import purchase_entry
from cxcrm.core.db.copying import copy_objects
from cxcrm.demo.firms import DemoFirm
from tenants.staff.models import Branch

# Chances by hour of the day, from 6 to 21.
HOURS = (4, 22, 20, 9, 6, 6, 8, 6, 4, 5, 5, 6, 6, 7, 5, 2)
WORKSHOP_HOURS = (0, 0, 1, 8, 10, 10, 7, 5, 8, 9, 9, 7, 3, 0, 0, 0)
# Tết of these years with the days around it: shops are closed or empty.
TET = (
    (date(2025, 1, 25), date(2025, 2, 3)),
    (date(2026, 2, 14), date(2026, 2, 23)),
    (date(2027, 2, 4), date(2027, 2, 13)),
)
MENU = (
    ("bạc xỉu", 35), ("cà phê sữa đá", 29), ("cà phê đen", 25), ("latte", 55), ("cold brew", 59), ("matcha", 59),
    ("trà đào", 49), ("bánh mì", 30), ("croissant", 39), ("hạt Cầu Đất 250 g", 165),
)  # fmt: skip
WORKSHOP = (
    ("brake pads", 38), ("chain and fitting", 65), ("inner tube", 18), ("full service", 140), ("wheel truing", 45),
    ("brake bleed", 45),
)  # fmt: skip
# The share of customers who stop coming at some time of these months.
LEAVING = 0.4
# Since so many days students come in the evening, who used to come in the afternoon.
STUDENTS, TURNED = "sinh viên", timedelta(days=90)
CHANNELS = ("tại quán", "mang đi", "app giao đồ ăn")


def lay_purchases(demo: DemoFirm, count: int, rng: random.Random, ends: datetime) -> None:
    """Write ``count`` purchases that end at ``ends``, each with its entry on the timeline, straight into the tables."""
    vietnamese = demo.country == "VN"
    zone = ZoneInfo(demo.time_zone)
    people = list(Customer.objects.filter(kind=Customer.Kind.PERSON).order_by("id"))
    branches = list(Branch.objects.order_by("name"))
    # Few come every day, most now and then.
    weights = list(accumulate(min(rng.paretovariate(1.3), 40) for _person in people))
    gone = _gone(people, ends)
    purchases: list[Purchase] = []
    entries: list[Interaction] = []
    for at in sorted(_moment(rng, ends, zone, vietnamese=vietnamese) for _number in range(count)):
        (person,) = rng.choices(people, cum_weights=weights)
        while person.pk in gone and at > gone[person.pk]:
            (person,) = rng.choices(people, cum_weights=weights)
        if STUDENTS in person.tags and rng.random() < 0.8:
            at = min(ends, at.replace(hour=15 if at < ends - TURNED else 19))
        bought = rng.choices(MENU if vietnamese else WORKSHOP, k=rng.choice((1, 1, 1, 2, 2, 3)))
        branch = person.branch or rng.choice(branches)
        purchase = Purchase(
            customer=person, source="pos", external_id=f"HD{len(purchases) + 1:06d}", occurred_at=at,
            kind=Purchase.Kind.ORDER if vietnamese else Purchase.Kind.VISIT,
            amount=Decimal(sum(price for _what, price in bought) * (1_000 if vietnamese else 1)),
            currency="VND" if vietnamese else "SGD", branch=branch, branch_name=branch.name,
            items=", ".join(what for what, _price in bought), channel=rng.choice(CHANNELS) if vietnamese else "",
            state=Purchase.State.CANCELLED if rng.random() < 0.01 else Purchase.State.PAID, created_at=at,
        )  # fmt: skip
        purchases.append(purchase)
        entries.append(purchase_entry(purchase))
    copy_objects(Purchase, purchases)
    copy_objects(Interaction, entries)


def _gone(people: list[Customer], ends: datetime) -> dict[UUID, datetime]:
    """Some stopped coming one day, as people do; what foresees it can be tested on them."""
    rng = random.Random(f"gone {len(people)}")
    return {person.pk: ends - timedelta(days=rng.uniform(5, 548)) for person in people if rng.random() < LEAVING}


def _moment(rng: random.Random, ends: datetime, zone: ZoneInfo, *, vietnamese: bool) -> datetime:
    """Any opening minute of the last eighteen months; at Tết only one in ten of a Vietnamese firm's stays."""
    while True:
        day = (ends - timedelta(days=rng.uniform(0, 548))).astimezone(zone).date()
        if vietnamese and _is_tet(day) and rng.random() < 0.9:
            continue
        (hour,) = rng.choices(range(6, 22), HOURS if vietnamese else WORKSHOP_HOURS)
        moment = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), zone)
        if moment <= ends:
            return moment


def _is_tet(day: date) -> bool:
    return any(first <= day <= last for first, last in TET)
