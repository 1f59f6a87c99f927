"""How complete what we hold of customers is, and what was written down and is never asked for (domain.md §1, 3.3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from django.db import connection

from customers.logic.understanding import ITEMS, Item
from customers.models import Customer, Segment
from customers.selectors.custom_fields import custom_fields
from customers.selectors.duplicates import MAX_PAIRS, duplicate_pairs
from customers.selectors.segment_fields import OWN
from customers.selectors.worth import READ, one_in
from cxcrm.core.clock import now
from tenants.staff.selectors.views import shared_queries

# Filled for so many of 100 customers, a field was worth somebody's while.
KEPT_FROM: Final = 10


@dataclass(frozen=True)
class Complete:
    """``known`` of ``of`` customers have the item of understanding; ``fresh`` of them within its half-life."""

    item: Item
    known: int
    fresh: int
    of: int

    @property
    def percent(self) -> int:
        return round(100 * self.known / self.of) if self.of else 0


@dataclass(frozen=True)
class Filled:
    """A field that holds something for ``n`` of ``of`` customers, and the segments and views that ask for it.

    ``label`` is "" for what the product itself knows by ``code``.
    """

    code: str
    label: str
    n: int
    of: int
    used_in: tuple[str, ...]

    @property
    def percent(self) -> int:
        return round(100 * self.n / self.of) if self.of else 0

    @property
    def is_forgotten(self) -> bool:
        return self.percent >= KEPT_FROM and not self.used_in


@dataclass(frozen=True)
class Records:
    """At most MAX_PAIRS ``duplicates``, ``has_more`` of them; of ``one_in`` customers one is read, ``of`` in all."""

    of: int
    items: list[Complete]
    fields: list[Filled]
    duplicates: int
    has_more: bool
    one_in: int

    @property
    def forgotten(self) -> list[Filled]:
        return [one for one in self.fields if one.is_forgotten]


# The names rules and lists ask for these by (segment_fields, filters of the list of customers).
FIELDS: Final = ("branch", "province", "ward", "tags", "owner", "contact_role")
_FILLED: Final = f"""
WITH asked AS ({READ})
SELECT count(*), count(branch_id), count(*) FILTER (WHERE province_code <> ''), count(*) FILTER (WHERE ward <> ''),
    count(*) FILTER (WHERE tags <> '{{}}'), count(owner_id), count(*) FILTER (WHERE contact_role <> '')
FROM customers_customer c JOIN asked ON asked.customer_id = c.id
"""  # noqa: S608 - constants
_OWN: Final = f"""
WITH asked AS ({READ})
SELECT key, count(*) FROM customers_customer c JOIN asked ON asked.customer_id = c.id, jsonb_each(c.custom)
WHERE c.custom <> '{{}}' AND value NOT IN ('null', '""', '[]') GROUP BY key
"""  # noqa: S608 - constants
_ITEMS: Final = f"""
WITH asked AS ({READ})
SELECT item, count(*), count(*) FILTER (WHERE confirmed_at > %(at)s - make_interval(days => halves.days))
FROM customers_understandingitem JOIN asked USING (customer_id)
JOIN unnest(%(codes)s::text[], %(days)s::int[]) halves(item, days) USING (item)
WHERE expires_at IS NULL OR expires_at > %(at)s GROUP BY item
"""  # noqa: S608 - constants
_FOREVER: Final = 100_000  # days; what does not fade


def records() -> Records:
    """The customers who are not erased; at most about 50,000 of them are read."""
    every = one_in()
    asked = [item for item in ITEMS if item.dimension == "K"]
    with connection.cursor() as cursor:
        cursor.execute(_FILLED, {"one_in": every})
        of, *filled = cursor.fetchone()
        cursor.execute(_OWN, {"one_in": every})
        own: dict[str, int] = dict(cursor.fetchall())
        cursor.execute(
            _ITEMS,
            {
                "one_in": every, "at": now(), "codes": [item.code for item in asked],
                "days": [item.half_life or _FOREVER for item in asked],
            },
        )  # fmt: skip
        known = {code: (n, fresh) for code, n, fresh in cursor.fetchall()}
    pairs = duplicate_pairs()
    uses = _uses()
    fields = [Filled(code, "", n, of, uses.get(code, ())) for code, n in zip(FIELDS, filled, strict=True)]
    fields += [
        Filled(one.key, str(one), own.get(one.key, 0), of, uses.get(OWN + one.key, ())) for one in custom_fields()
    ]
    return Records(
        of=of,
        items=[Complete(item, *known.get(item.code, (0, 0)), of) for item in asked],
        fields=sorted(fields, key=lambda one: (not one.is_forgotten, -one.n, one.code)),
        duplicates=len(pairs),
        has_more=len(pairs) >= MAX_PAIRS,
        one_in=every,
    )


def _uses() -> dict[str, tuple[str, ...]]:
    """Field → names of the segments in use and saved lists of customers that ask for it."""
    found: dict[str, dict[str, None]] = {}
    for name, condition in Segment.objects.filter(is_active=True, kind=Segment.Kind.RULE).values_list(
        "name", "condition"
    ):
        for code in _asked_for(condition):
            found.setdefault(code, {})[name] = None
    for name, query in shared_queries(Customer._meta.label_lower):
        for asked in parse_qs(query):
            found.setdefault(_field_of(asked), {})[name] = None
    return {code: tuple(names) for code, names in found.items()}


def _field_of(parameter: str) -> str:
    """The field a parameter of the list of customers narrows by."""
    if parameter.startswith("own_"):
        return OWN + parameter.removeprefix("own_")
    return "tags" if parameter == "tag" else parameter.partition("__")[0]


def _asked_for(condition: Any) -> Iterable[str]:
    """The fields a rule names, however deep."""
    if isinstance(condition, dict):
        if isinstance(field := condition.get("field"), str):
            yield field
        for part in condition.values():
            yield from _asked_for(part)
    elif isinstance(condition, list):
        for part in condition:
            yield from _asked_for(part)
