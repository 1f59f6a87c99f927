"""What customers do differently: the hour, the day, the channel, the place and the product, before and now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from customers.logic.habits import Move
from customers.models import Customer
from customers.selectors.worth import READ, one_in
from cxcrm.core.clock import now
from tenants.staff.models import Branch
from tenants.staff.selectors.firm import firm_zone

# Two stretches of this length, side by side.
STRETCH: Final = timedelta(days=90)
# A habit is what somebody did at least so often in a stretch, and so large a share of the time.
LEAST_TIMES: Final = 3
LEAST_SHARE: Final = 0.6
NAMED: Final = 8
MOVES_SHOWN: Final = 6
ASPECTS: Final = ("hour", "day", "channel", "branch", "item")


@dataclass(frozen=True)
class Changed:
    """One move of an aspect, with some of the customers who made it, as (id, name)."""

    move: Move
    customers: Sequence[tuple[UUID, str]]


@dataclass(frozen=True)
class Aspect:
    """``habits`` customers had a habit in both stretches, ``changed`` of them another one; the largest moves first."""

    code: str
    habits: int
    changed: int
    moves: list[Changed]


@dataclass(frozen=True)
class Habits:
    """The stretches are ``before`` to ``middle`` and ``middle`` to now; of ``one_in`` customers one is read."""

    before: datetime
    middle: datetime
    aspects: list[Aspect]
    one_in: int


@dataclass(frozen=True)
class Turned:
    """What one customer does otherwise than before."""

    code: str
    before: str
    after: str


_ONE: Final = "SELECT %(customer)s::uuid AS customer_id"
# Several things may be bought each time: whoever still buys one of them does as before.
# The hour in four parts of a day, as a shop speaks of them.
_SAID: Final = """
WITH asked AS ({asked}), bought AS (
    SELECT p.customer_id, p.occurred_at > %(middle)s AS is_new, p.occurred_at AT TIME ZONE %(zone)s AS at,
        p.channel, p.branch_id, p.items
    FROM customers_purchase p JOIN asked USING (customer_id)
    WHERE p.state IN ('paid', 'open') AND p.occurred_at > %(before)s AND p.occurred_at <= %(at)s
), said AS (
    SELECT customer_id, is_new, what, value FROM bought, LATERAL (VALUES
        ('hour', CASE WHEN extract(hour FROM at) < 11 THEN 'morning' WHEN extract(hour FROM at) < 14 THEN 'noon'
            WHEN extract(hour FROM at) < 17 THEN 'afternoon' ELSE 'evening' END),
        ('day', CASE WHEN extract(isodow FROM at) < 6 THEN 'weekday' ELSE 'weekend' END),
        ('channel', nullif(lower(btrim(channel)), '')),
        ('branch', branch_id::text)
    ) aspects(what, value) WHERE value IS NOT NULL
    UNION ALL
    SELECT customer_id, is_new, 'item', item FROM bought, LATERAL (
        SELECT DISTINCT regexp_replace(lower(btrim(part)), '^[0-9]+[ ]*[x×*]?[ ]*', '') AS item
        FROM regexp_split_to_table(items, '[,;\n]') part
    ) parts WHERE item <> ''
), times AS (
    SELECT customer_id, is_new, count(DISTINCT at) FROM bought WHERE items <> '' GROUP BY 1, 2
), counted AS (
    SELECT s.customer_id, s.is_new, s.what, s.value, count(*) AS n,
        CASE WHEN s.what = 'item' THEN max(t.count) ELSE sum(count(*)) OVER mine END AS whole
    FROM said s LEFT JOIN times t USING (customer_id, is_new)
    GROUP BY 1, 2, 3, 4 WINDOW mine AS (PARTITION BY s.customer_id, s.is_new, s.what)
), habit AS (
    SELECT customer_id, is_new, what, value, n FROM counted WHERE whole >= %(times)s AND n >= %(share)s * whole
), beside AS (
    SELECT customer_id, what, min(old.value) FILTER (WHERE old.value = new.value) AS kept,
        (array_agg(old.value ORDER BY old.n DESC, old.value))[1] AS before,
        (array_agg(new.value ORDER BY new.n DESC, new.value))[1] AS after
    FROM habit old JOIN habit new USING (customer_id, what) WHERE NOT old.is_new AND new.is_new GROUP BY 1, 2
)
SELECT what, coalesce(kept, before), coalesce(kept, after), count(*),
    (array_agg(customer_id ORDER BY customer_id))[:%(named)s]
FROM beside GROUP BY 1, 2, 3
"""


def habits() -> Habits:
    """At most four queries; no more than about 50,000 customers are read, drawn by their id."""
    at, every = now(), one_in()
    rows = _read(READ, at, one_in=every)
    names = _names([pk for _what, _old, _new, _n, who in rows for pk in who])
    branches = _branches(rows)
    return Habits(
        before=at - 2 * STRETCH,
        middle=at - STRETCH,
        aspects=[_aspect(code, [row for row in rows if row[0] == code], names, branches) for code in ASPECTS],
        one_in=every,
    )


def turned(customer_id: UUID) -> list[Turned]:
    """What one customer does otherwise than three months ago; one query, and another where a branch is named."""
    rows = [row for row in _read(_ONE, now(), customer=customer_id) if row[1] != row[2]]
    branches = _branches(rows)
    return [
        Turned(code, branches.get(old, old), branches.get(new, new))
        for code, old, new, _n, _who in sorted(rows, key=lambda row: ASPECTS.index(row[0]))
    ]


def _read(asked: str, at: datetime, **values: Any) -> list[tuple[str, str, str, int, list[UUID]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _SAID.format(asked=asked),
            {
                **values, "at": at, "middle": at - STRETCH, "before": at - 2 * STRETCH, "zone": str(firm_zone()),
                "times": LEAST_TIMES, "share": LEAST_SHARE, "named": NAMED,
            },
        )  # fmt: skip
        return cursor.fetchall()


def _aspect(code: str, rows: list[Any], names: dict[UUID, str], branches: dict[str, str]) -> Aspect:
    counts = {(old, new): n for _what, old, new, n, _who in rows}
    moves = [
        Changed(
            Move(branches.get(old, old), branches.get(new, new), n, counts.get((new, old), 0)),
            [(pk, names[pk]) for pk in who if pk in names],
        )
        for _what, old, new, n, who in rows
        if old != new and (n, old) >= (counts.get((new, old), 0), new)  # each pair once, the way most went
    ]
    moves.sort(key=lambda one: (-(one.move.n - one.move.back), -one.move.n, one.move.before, one.move.after))
    return Aspect(
        code,
        habits=sum(counts.values()),
        changed=sum(n for (old, new), n in counts.items() if old != new),
        moves=moves[:MOVES_SHOWN],
    )


def _names(ids: list[UUID]) -> dict[UUID, str]:
    return dict(Customer.objects.filter(pk__in=ids).values_list("pk", "full_name")) if ids else {}


def _branches(rows: list[Any]) -> dict[str, str]:
    ids = {value for what, old, new, *_rest in rows if what == "branch" for value in (old, new)}
    return {str(pk): name for pk, name in Branch.objects.filter(pk__in=ids).values_list("pk", "name")} if ids else {}
