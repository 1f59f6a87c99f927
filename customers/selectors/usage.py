"""How products are used: what for, by how many customers of each persona, as they told it or we saw it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import connection

from customers.logic.personas import KNOWN_FROM
from customers.logic.shares import SHOWN_FROM
from customers.models import Fact
from customers.selectors.personas import live_personas

SHOWN: Final = 40
# Of each kind the latest so many are looked through for words to offer: it is asked on every customer's page.
LATEST: Final = 300
OFFERED: Final = 30


@dataclass(frozen=True)
class Part:
    """``n`` of the ``of`` customers of one persona (None: of all) who told how they use it."""

    persona: UUID | None
    n: int
    of: int

    @property
    def percent(self) -> int | None:
        """None where fewer than five told."""
        return round(100 * self.n / self.of) if self.of >= SHOWN_FROM else None


@dataclass(frozen=True)
class Mode:
    """One way to use a product; ``mode`` "" gathers what nobody named yet. ``unexpected`` customers surprised us."""

    mode: str
    everybody: Part
    parts: list[Part]
    unexpected: int


@dataclass
class Used:
    """A product, how many customers told of it, and what for, the most first; ``personas`` are those who told."""

    about: str
    customers: int
    personas: list[tuple[UUID, str]]
    modes: list[Mode] = field(default_factory=list)


@dataclass(frozen=True)
class Usage:
    """``unplaced`` facts name no product, ``more`` products are not shown."""

    products: list[Used]
    unplaced: int
    more: int


_COUNTED: Final = """
WITH told AS (
    SELECT f.customer_id, btrim(f.about) AS called, lower(btrim(f.about)) AS product,
        lower(btrim(f.mode)) AS mode,
        f.kind = 'unexpected_use' AS odd
    FROM customers_fact f WHERE f.kind = ANY(%(kinds)s) AND f.withdrawn_at IS NULL AND f.source <> 'guess'
), known AS (
    SELECT cp.customer_id, cp.persona_id FROM customers_customerpersona cp
    JOIN customers_persona p ON p.id = cp.persona_id AND p.state = 'live' WHERE cp.confidence >= %(sure)s
)
SELECT product, mode, persona_id, grouping(mode), grouping(persona_id), count(DISTINCT told.customer_id),
    count(DISTINCT told.customer_id) FILTER (WHERE odd), count(*),
    min(called)
FROM told LEFT JOIN known USING (customer_id)
GROUP BY GROUPING SETS ((product), (product, persona_id), (product, mode), (product, mode, persona_id))
"""


def usage() -> Usage:
    """Two queries, whatever there is; customers are counted once each, guesses and what is withdrawn not at all."""
    personas = list(live_personas().values_list("pk", "name"))
    whole: dict[str, tuple[int, str]] = {}
    of_persona: dict[tuple[str, Any], int] = {}
    modes: dict[tuple[str, str], tuple[int, int]] = {}
    cells: dict[tuple[str, str, Any], int] = {}
    unplaced = 0
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"kinds": [kind.value for kind in Fact.USING], "sure": KNOWN_FROM})
        for product, mode, persona, of_all_modes, of_everybody, n, odd, facts, called in cursor.fetchall():
            if not product:
                unplaced = facts if of_all_modes and of_everybody else unplaced
            elif of_all_modes and of_everybody:
                whole[product] = n, called
            elif of_all_modes:
                of_persona[product, persona] = n
            elif of_everybody:
                modes[product, mode] = n, odd
            else:
                cells[product, mode, persona] = n
    products = {
        name: Used(called, n, [one for one in personas if of_persona.get((name, one[0]))])
        for name, (n, called) in sorted(whole.items(), key=lambda pair: (-pair[1][0], pair[0]))[:SHOWN]
    }
    # Named ways by how many, what nobody named yet at the end.
    for (product, mode), (n, odd) in sorted(modes.items(), key=lambda pair: (not pair[0][1], -pair[1][0], pair[0][1])):
        if product in products:
            parts = [
                Part(pk, cells.get((product, mode, pk), 0), of_persona[product, pk])
                for pk, _name in products[product].personas
            ]
            products[product].modes.append(Mode(mode, Part(None, n, whole[product][0]), parts, odd))
    return Usage(list(products.values()), unplaced, len(whole) - len(products))


def modes_said() -> list[str]:
    """Ways of use named lately, the most frequent first, so that the next one is named alike; one query."""
    latest = [
        Fact.objects.filter(kind=kind).order_by("-confirmed_at", "-id").values_list("mode", flat=True)[:LATEST]
        for kind in Fact.USING
    ]
    named = Counter(mode.strip().lower() for mode in latest[0].union(*latest[1:], all=True) if mode)
    return [mode for mode, _n in sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))[:OFFERED]]
