"""How well customers are understood, as it is read: one customer live, the firm by levels, branches and days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from customers.logic.personas import KNOWN_FROM
from customers.logic.understanding import (
    BY_CODE,
    EMPATHISE,
    ITEMS,
    SEE,
    UNDERSTAND,
    Item,
    Known,
    Standing,
    assess,
    is_fresh,
    next_question,
)
from customers.models import (
    CustomerPersona,
    Persona,
    Understanding,
    UnderstandingBelief,
    UnderstandingDay,
    UnderstandingItem,
)
from customers.selectors.asking import reason_not_to_ask
from cxcrm.core.clock import now

# Who was heard of within this time is a customer at present.
ACTIVE: Final = timedelta(days=180)
TREND: Final = timedelta(days=90)


@dataclass(frozen=True)
class Piece:
    """One item of a customer's understanding; ``credit`` in points, ``state`` is fresh, faded or missing."""

    item: Item
    credit: float
    state: str
    confirmed_at: datetime | None = None
    share: float = 0.0


@dataclass(frozen=True)
class Understood:
    """A customer at this moment. ``question`` is the item to ask for, "" for none; ``hold`` says why not to ask now."""

    standing: Standing
    pieces: Sequence[Piece]
    question: str
    hold: str
    as_of: datetime

    @property
    def points(self) -> dict[str, float]:
        standing = self.standing
        return {"K": standing.known / 10, "U": standing.understood / 10, "E": standing.empathised / 10}


def understanding_of(customer_id: UUID) -> Understood:
    """Where one customer stands now, what is known, what faded, and what to ask next where it may be asked."""
    at = now()
    known = [
        Known(row.item, row.confirmed_at, row.share, row.expires_at)
        for row in UnderstandingItem.objects.filter(customer_id=customer_id)
    ]
    standing = assess(known, at)
    worth = standing.worth
    by_code = {one.code: one for one in known}
    hold = reason_not_to_ask(customer_id) if standing.next_question else ""
    return Understood(
        standing=standing,
        pieces=[_piece(item, by_code.get(item.code), worth.get(item.code, 0)) for item in ITEMS],
        question=next_question(worth, may_survey=not hold),
        hold=hold,
        as_of=at,
    )


def _piece(item: Item, known: Known | None, credit: int) -> Piece:
    state = "missing" if not credit else "fresh" if is_fresh(item.code, credit) else "faded"
    return Piece(item, credit / 1000, state, known.confirmed_at if known else None, known.share if known else 0.0)


@dataclass(frozen=True)
class Spread:
    """Active customers of a firm, a branch or a persona by level (1 to 4)."""

    label: str
    levels: tuple[int, int, int, int] = (0, 0, 0, 0)
    ident: UUID | None = None

    @property
    def total(self) -> int:
        return sum(self.levels)

    @property
    def understood(self) -> int:
        """How many are understood: level 3 or 4."""
        return self.levels[UNDERSTAND - 1] + self.levels[EMPATHISE - 1]

    @property
    def share(self) -> float | None:
        """Per cent understood; None for nobody."""
        return 100 * self.understood / self.total if self.total else None

    @property
    def shares(self) -> list[tuple[int, int, float]]:
        """Level, customers, per cent."""
        return [(level, n, 100 * n / self.total if self.total else 0.0) for level, n in enumerate(self.levels, start=1)]


@dataclass(frozen=True)
class FirmUnderstanding:
    """The firm at this moment: everybody active by level, by branch, day by day, and what the firm believes."""

    whole: Spread
    branches: Sequence[Spread]
    personas: Sequence[Spread]
    days: Sequence[UnderstandingDay]
    belief: UnderstandingBelief | None
    asked: Sequence[tuple[str, int]] = field(default_factory=tuple)
    limit: int = EMPATHISE

    @property
    def reached(self) -> int:
        """The highest level at least half of the active customers have reached."""
        half = [n for n in range(SEE, EMPATHISE + 1) if 2 * sum(self.whole.levels[n - 1 :]) >= self.whole.total]
        return max(half) if self.whole.total else SEE

    @property
    def level(self) -> int:
        """The same, unless something limits the firm as a whole."""
        return min(self.reached, self.limit)

    @property
    def gap(self) -> float | None:
        """How many points what is believed lies above what is counted; None where either is missing."""
        share = self.whole.share
        return None if self.belief is None or share is None else self.belief.share - share


# A level the firm as a whole cannot exceed, or None: whoever decides by the boss's taste does not understand.
Limit = Callable[[], int | None]
_limits: list[Limit] = []


def limits_the_firm(limit: Limit) -> Limit:
    """Register a limit of a floor above, once at start-up (domain page §2.9: how decisions are made)."""
    if limit not in _limits:
        _limits.append(limit)
    return limit


def _ask(limit: Limit) -> int | None:
    return limit()


def heard_of_since(at: datetime) -> "QuerySet[Understanding]":
    """The understanding of everybody heard of after ``at``."""
    return Understanding.objects.filter(seen_at__gt=at)


def heard_of_lately() -> "QuerySet[Understanding]":
    """The understanding of everybody heard of within 180 days."""
    return heard_of_since(now() - ACTIVE)


def firm_understanding() -> FirmUnderstanding:
    """Active customers by level, whole, by home branch and persona, the last 90 days, the belief; five queries."""
    rows: Any = heard_of_lately().order_by().values("customer__branch_id", "customer__branch__name")
    branches = [
        Spread(row["customer__branch__name"] or "", _counts(row), row["customer__branch_id"])
        for row in rows.annotate(**_levels()).order_by("customer__branch__name")
    ]
    see, know, understand, empathise = (sum(one.levels[place] for one in branches) for place in range(4))
    whole = Spread("", (see, know, understand, empathise))
    days = UnderstandingDay.objects.filter(finished_at__isnull=False, day__gt=(now() - TREND).date()).order_by("day")
    asked = heard_of_lately().exclude(next_question="").order_by().values_list("next_question")
    return FirmUnderstanding(
        whole=whole,
        branches=branches,
        personas=_by_persona(),
        days=list(days),
        belief=UnderstandingBelief.objects.select_related("stated_by").first(),
        asked=[
            (code, times)
            for code, times in asked.annotate(times=Count("pk")).order_by("-times", "next_question")[:3]
            if code in BY_CODE
        ],
        limit=min([EMPATHISE, *(limit for limit in map(_ask, _limits) if limit is not None)]),
    )


def _by_persona() -> list[Spread]:
    """Active customers known for a live persona, in the order of the personas."""
    known = CustomerPersona.objects.filter(
        persona__state=Persona.State.LIVE,
        confidence__gte=KNOWN_FROM,
        customer__understanding__seen_at__gt=now() - ACTIVE,
    )
    rows: Any = known.order_by().values("persona_id", "persona__name")
    counted = rows.annotate(**_levels("customer__understanding__level"))
    return [
        Spread(row["persona__name"], _counts(row), row["persona_id"])
        for row in counted.order_by("persona__position", "persona__name")
    ]


def _levels(column: str = "level") -> dict[str, Any]:
    return {f"level_{level}": Count("pk", filter=Q(**{column: level})) for level in Understanding.Level.values}


def _counts(row: dict[str, Any]) -> tuple[int, int, int, int]:
    return (row["level_1"], row["level_2"], row["level_3"], row["level_4"])
