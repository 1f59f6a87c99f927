"""How customers find us: by which way the new ones came, who brought whom, and how much we talk beside listening."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from customers.logic.finding import Came, came
from customers.models import Customer, Fact, Purchase
from tenants.staff.selectors.firm import firm_today, firm_zone

QUARTERS: Final = 6
MONTHS: Final = 6
REFERRERS: Final = 20


@dataclass(frozen=True)
class Quarter:
    """The customers whose first purchase lies in one quarter, by the way they found us and by what convinced them."""

    first_day: date
    found: Came
    convinced: Came


@dataclass(frozen=True)
class Referrer:
    """Somebody who brought others: how many came by their word, and how many of these have bought."""

    id: UUID
    name: str
    came: int
    bought: int


@dataclass(frozen=True)
class Talk:
    """One month: adverts sent, other things we said unasked, and what customers said to us."""

    first_day: date
    adverts: int
    said: int
    heard: int

    @property
    def ratio(self) -> float | None:
        """Things said per thing heard; None where nothing was heard."""
        return (self.adverts + self.said) / self.heard if self.heard else None


_NEW: Final = """
WITH began AS (
    SELECT p.customer_id, min(p.occurred_at) AS at FROM customers_purchase p
    WHERE p.state IN ('paid', 'open') GROUP BY p.customer_id
), known AS (
    SELECT DISTINCT ON (f.customer_id, f.kind) f.customer_id, f.kind, f.way FROM customers_fact f
    WHERE f.kind IN ('first_source', 'convinced_by') AND f.way <> '' AND f.withdrawn_at IS NULL AND f.source <> 'guess'
    ORDER BY f.customer_id, f.kind, f.confirmed_at DESC, f.id DESC
)
SELECT date_trunc('quarter', b.at AT TIME ZONE %(zone)s)::date, coalesce(found.way, ''), coalesce(convinced.way, ''),
    count(*)
FROM began b
JOIN customers_customer c ON c.id = b.customer_id AND c.merged_into_id IS NULL
LEFT JOIN known found ON found.customer_id = b.customer_id AND found.kind = 'first_source'
LEFT JOIN known convinced ON convinced.customer_id = b.customer_id AND convinced.kind = 'convinced_by'
WHERE b.at AT TIME ZONE %(zone)s >= %(since)s
GROUP BY 1, 2, 3
"""


def new_by_quarter() -> list[Quarter]:
    """The last quarters, this one last; one query."""
    first_days = _starts(QUARTERS, 3)
    found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    convinced: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, found_by, convinced_by, n in _rows(_NEW, first_days[0]):
        found[day][found_by] += n
        convinced[day][convinced_by] += n
    return [Quarter(day, _came(found[day]), _came(convinced[day])) for day in first_days]


def together(quarters: Sequence[Came]) -> Came:
    """Several quarters as one."""
    counts: dict[str, int] = defaultdict(int)
    for one in quarters:
        for way, n in one.ways.items():
            counts[way] += n
        counts[""] += one.unknown
    return _came(counts)


def top_referrers() -> list[Referrer]:
    """Who brought most, by how many came and then by name; what those spend ranks nobody. One query."""
    bought = Purchase.objects.filter(customer=OuterRef("referrals__pk"), state__in=Purchase.COUNTED).order_by()
    standing = Q(referrals__merged_into=None)
    rows = (
        Customer.objects.filter(erased_at=None, referrals__isnull=False)
        .annotate(
            came=Count("referrals", filter=standing, distinct=True),
            converted=Count("referrals", filter=standing & Q(Exists(bought)), distinct=True),
        )
        .filter(came__gt=0)
        .order_by("-came", "sort_key", "pk")
        .values_list("pk", "full_name", "came", "converted")
    )
    return [Referrer(*row) for row in rows[:REFERRERS]]


# What comes in by itself counts as heard; what the till writes, and consents, do not.
_TALK: Final = """
SELECT date_trunc('month', i.occurred_at AT TIME ZONE %(zone)s)::date,
    count(*) FILTER (WHERE i.what = 'advert.sent'),
    count(*) FILTER (WHERE i.direction = 'out' AND i.what <> 'advert.sent'
        AND i.kind IN ('survey', 'mail', 'call', 'chat', 'visit')),
    count(*) FILTER (WHERE i.direction = 'in' AND i.kind NOT IN ('consent', 'import', 'order', 'delivery'))
FROM customers_interaction i
WHERE i.direction <> 'internal' AND i.occurred_at AT TIME ZONE %(zone)s >= %(since)s
GROUP BY 1
"""


def talk_and_listen() -> list[Talk]:
    """The last months, this one last; one query."""
    first_days = _starts(MONTHS, 1)
    found = {day: counts for day, *counts in _rows(_TALK, first_days[0])}
    return [Talk(day, *found.get(day, (0, 0, 0))) for day in first_days]


def _came(counts: dict[str, int]) -> Came:
    return came(counts, earned=Fact.EARNED, bought=Fact.BOUGHT)


def _starts(periods: int, months: int) -> list[date]:
    """The first days of the last ``periods`` of so many ``months`` each, the present one last."""
    today = firm_today()
    number = (today.year * 12 + today.month - 1) // months
    return [date(one * months // 12, one * months % 12 + 1, 1) for one in range(number - periods + 1, number + 1)]


def _rows(sql: str, since: date) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"zone": str(firm_zone()), "since": since})
        return cursor.fetchall()
