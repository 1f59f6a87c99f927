"""Levels reckoned from items in SQL, for one customer or for a slice of a million; logic.understanding says the same.

Every number of it is written from ``logic.understanding.ITEMS``; a test holds both equal on random rows.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from customers.logic.understanding import DIMENSIONS, FEELING_DAYS, FRESH_QUARTERS, GATE, ITEMS, SEEN, WORTH, Item
from cxcrm.core.db.arrays import uuid_array

_CATALOGUE: Final = ", ".join(
    f"('{item.code}', {item.weight}, {'NULL::int' if item.half_life is None else item.half_life})" for item in ITEMS
)
_CREDIT: Final = """
CASE WHEN i.expires_at <= %(at)s THEN 0 ELSE floor(
    k.weight * 1000.0::float8 * i.share * CASE WHEN k.half_life IS NULL THEN 1.0::float8 ELSE power(
        2.0::float8, -greatest(date_part('day', %(at)s::timestamptz - i.confirmed_at), 0) / k.half_life
    ) END + 0.5
)::int END
"""


def _columns() -> str:
    return ", ".join(
        f"coalesce(max(w.credit) FILTER (WHERE w.item = '{one.code}'), 0) AS c_{one.code}" for one in ITEMS
    )


def _sum(dimension: str) -> str:
    codes = " + ".join(f"c_{item.code}" for item in ITEMS if item.dimension == dimension)
    return f"({codes} + 50) / 100 AS {dimension.lower()}"


def _gain(item: Item) -> str:
    whole, column = item.weight * 1000, f"c_{item.code}"
    gain = f"{WORTH[item.dimension]} * ({whole} - {column})"
    return f"CASE WHEN {column} * 4 >= {whole * FRESH_QUARTERS} THEN 0 ELSE {gain} END AS g_{item.code}"


_ASKED_FOR: Final = [item for item in ITEMS if item.is_asked]
_BEST: Final = f"greatest({', '.join(f'g_{item.code}' for item in _ASKED_FOR)})"
_QUESTION: Final = " ".join(f"WHEN g_{item.code} = best THEN '{item.code}'" for item in _ASKED_FOR)
_PROGRESS: Final = " + ".join(f"{WORTH[dimension]} * {dimension.lower()}" for dimension in DIMENSIONS)


def _stood(asked: str, within: str) -> str:
    """The tables up to ``stood``: where each customer that ``asked`` yields stands at ``at``."""
    return f"""
WITH asked AS ({asked}),
sums AS MATERIALIZED (
    SELECT *, {", ".join(_sum(dimension) for dimension in DIMENSIONS)}
    FROM (
        SELECT a.customer_id, {_columns()},
            max(w.confirmed_at) FILTER (WHERE w.item = 'emotion' AND w.credit > 0) AS felt_at,
            max(w.confirmed_at) FILTER (WHERE w.item = '{SEEN}') AS seen_at
        FROM asked a LEFT JOIN (
            SELECT i.customer_id, i.item, i.confirmed_at, {_CREDIT} AS credit
            FROM customers_understandingitem i
            LEFT JOIN (VALUES {_CATALOGUE}) k(item, weight, half_life) ON k.item = i.item
            WHERE {within}
        ) w ON w.customer_id = a.customer_id
        GROUP BY a.customer_id
    ) c
),
gains AS MATERIALIZED (
    SELECT g.*, {_BEST} AS best FROM (SELECT *, {", ".join(map(_gain, _ASKED_FOR))} FROM sums) g
),
stood AS (
    SELECT customer_id, k / 10.0 AS known, u / 10.0 AS understood, e / 10.0 AS empathised,
        (CASE WHEN seen_at IS NULL THEN 0 ELSE 100 END + ({_PROGRESS} + 5) / 10) / 10.0 AS progress,
        CASE WHEN k < {GATE} THEN 1
            WHEN u >= {GATE} AND e >= {GATE}
                AND greatest(date_part('day', %(at)s::timestamptz - felt_at), 0) <= {FEELING_DAYS}
                AND felt_at IS NOT NULL THEN 4
            WHEN u >= {GATE} AND c_why > 0 THEN 3
            ELSE 2 END AS level,
        CASE WHEN best = 0 THEN '' {_QUESTION} END AS next_question,
        seen_at
    FROM gains
)
"""  # noqa: S608 - constants


_COLUMNS: Final = ("known", "understood", "empathised", "progress", "level", "next_question", "seen_at")
_LISTED: Final = ", ".join(_COLUMNS)
_ASKED: Final = """
SELECT c.id AS customer_id FROM customers_customer c
WHERE c.id = ANY(%(ids)s::uuid[]) AND c.merged_into_id IS NULL AND c.erased_at IS NULL
"""
_INSERT: Final = f"""
INSERT INTO customers_understanding (id, created_at, customer_id, {_LISTED}, as_of)
SELECT uuidv7(), statement_timestamp(), customer_id, {_LISTED}, %(at)s FROM stood
ON CONFLICT (customer_id) DO UPDATE
SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS)}, as_of = EXCLUDED.as_of
"""  # noqa: S608 - constants
_SET: Final = _stood(_ASKED, "i.customer_id = ANY(%(ids)s::uuid[])") + _INSERT
# Whoever was reckoned since the night began knows better, also where it happens while this statement runs.
_SLICE: Final = """
SELECT u.customer_id FROM customers_understanding u
WHERE u.customer_id > %(after)s AND u.customer_id <= %(upto)s AND u.as_of < %(at)s
"""
_UPDATE: Final = f"""
UPDATE customers_understanding u
SET {", ".join(f"{name} = s.{name}" for name in _COLUMNS)}, as_of = %(at)s
FROM stood s
WHERE u.customer_id = s.customer_id AND u.as_of < %(at)s
    AND ({", ".join(f"u.{name}" for name in _COLUMNS)}) IS DISTINCT FROM ({", ".join(f"s.{name}" for name in _COLUMNS)})
"""  # noqa: S608 - constants
_FADE: Final = _stood(_SLICE, "i.customer_id > %(after)s AND i.customer_id <= %(upto)s") + _UPDATE
_UPTO: Final = """
SELECT customer_id FROM customers_understanding WHERE customer_id > %(after)s
ORDER BY customer_id OFFSET %(skip)s LIMIT 1
"""
_LAST: Final = (
    "SELECT customer_id FROM customers_understanding WHERE customer_id > %(after)s ORDER BY customer_id DESC LIMIT 1"
)
_NOBODY: Final = UUID(int=0)


def set_levels(customer_ids: Sequence[UUID], at: datetime) -> None:
    """Reckon these customers from their items; whoever is erased or part of another is left out."""
    _execute(_SET, {"ids": uuid_array(customer_ids), "at": at})


def fade(after: UUID | None, size: int, at: datetime) -> UUID | None:
    """Reckon the next ``size`` customers after ``after`` anew; the last of them, or None when there is none left."""
    start = {"after": after or _NOBODY}
    upto = _one(_UPTO, {**start, "skip": size - 1}) or _one(_LAST, start)
    if upto is not None:
        _execute(_FADE, {**start, "upto": upto, "at": at})
    return upto


def _execute(sql: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _one(sql: str, values: dict[str, Any]) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None
