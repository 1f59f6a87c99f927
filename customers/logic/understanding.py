"""How well one customer is understood: items that fade, three sums, four levels, the next best question.

Domain page §2.9. Credits are whole thousandths of a point and ages whole days, so that the nightly batch, which says
the same in SQL (services.understanding), can agree to the last digit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

Dimension = Literal["K", "U", "E"]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing worth knowing: ``weight`` points of its dimension, halved every ``half_life`` days (None: never).

    ``is_asked`` items can be asked of the customer; those that serve the customer themselves (how to address and reach
    them) also while surveys rest.
    """

    code: str
    dimension: Dimension
    weight: int
    half_life: int | None = None
    is_asked: bool = False
    is_service: bool = False


ITEMS: Final = (
    Item("name", "K", 20, None, is_asked=True, is_service=True),
    Item("contact", "K", 30, 730, is_asked=True, is_service=True),
    Item("place", "K", 15, 1095, is_asked=True, is_service=True),
    Item("birth", "K", 10, None, is_asked=True),
    Item("consent", "K", 15, None, is_asked=True),
    Item("origin", "K", 10, None, is_asked=True),
    Item("purchases", "U", 25, 180),
    Item("preferences", "U", 20, 365, is_asked=True),
    Item("usage", "U", 20, 365, is_asked=True),
    Item("why", "U", 20, 365, is_asked=True),
    Item("persona", "U", 10, 365),
    Item("channel", "U", 5, 730, is_asked=True, is_service=True),
    Item("emotion", "E", 25, 180, is_asked=True),
    Item("need", "E", 20, 365, is_asked=True),
    Item("insight", "E", 20, 365),
    Item("conversation", "E", 15, 180),
    Item("prediction", "E", 10, 365),
    Item("settled", "E", 10, 180, is_asked=True),
)
BY_CODE: Final[Mapping[str, Item]] = {item.code: item for item in ITEMS}
# Not worth points: when the customer was last heard of; it opens the first step and tells who is active.
SEEN: Final = "seen"
DIMENSIONS: Final[tuple[Dimension, ...]] = ("K", "U", "E")
# Tenths: what a point of each dimension is worth in the progress, and so in choosing the next question.
WORTH: Final[Mapping[Dimension, int]] = {"K": 2, "U": 3, "E": 4}
# Tenths of a point every dimension of a level needs; a feeling may be this old for the fourth.
GATE: Final = 600
FEELING_DAYS: Final = 365
# What still has this many quarters of its weight is fresh: nobody is asked again what they said a month ago.
FRESH_QUARTERS: Final = 3
SEE, KNOW, UNDERSTAND, EMPATHISE = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Known:
    """One item as it was last confirmed. ``share`` of it is known (0 to 1); after ``expires_at`` nothing is."""

    code: str
    confirmed_at: datetime
    share: float = 1.0
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one customer stands. Sums and progress are tenths of a point, ``worth`` thousandths by item code."""

    known: int
    understood: int
    empathised: int
    progress: int
    level: int
    next_question: str
    worth: Mapping[str, int] = field(default_factory=dict)


def age_days(confirmed_at: datetime, at: datetime) -> int:
    """Whole days from one moment to the other, 0 where it lies ahead."""
    return max(0, (at - confirmed_at) // timedelta(days=1))


def credit(known: Known, at: datetime) -> int:
    """Thousandths of a point ``known`` is worth: weight · share · 2^(−age ÷ half-life), nothing once expired."""
    item = BY_CODE.get(known.code)
    if item is None or (known.expires_at is not None and known.expires_at <= at):
        return 0
    fading = 1.0 if item.half_life is None else 2.0 ** (-age_days(known.confirmed_at, at) / item.half_life)
    return int(item.weight * 1000.0 * known.share * fading + 0.5)


def assess(items: Iterable[Known], at: datetime, *, may_survey: bool = True) -> Standing:
    """Level, sums and next question of a customer of whom ``items`` are known, each code at most once.

    Without ``may_survey`` only what serves the customer is asked.
    """
    found = {known.code: known for known in items}
    worth = {code: credit(known, at) for code, known in found.items() if code in BY_CODE}
    known, understood, empathised = (_sum(dimension, worth) for dimension in DIMENSIONS)
    points = {"K": known, "U": understood, "E": empathised}
    progress = (sum(WORTH[dimension] * points[dimension] for dimension in DIMENSIONS) + 5) // 10
    feeling = found.get("emotion")
    is_felt = feeling is not None and worth["emotion"] > 0 and age_days(feeling.confirmed_at, at) <= FEELING_DAYS
    return Standing(
        known=known,
        understood=understood,
        empathised=empathised,
        progress=progress + (100 if SEEN in found else 0),
        level=_level(known, understood, empathised, has_why=worth.get("why", 0) > 0, is_felt=is_felt),
        next_question=next_question(worth, may_survey=may_survey),
        worth=worth,
    )


def next_question(worth: Mapping[str, int], *, may_survey: bool = True) -> str:
    """The item whose asking would add most to the progress, "" when nothing is missing; the first of equals."""
    best, code = 0, ""
    for item in ITEMS:
        if not item.is_asked or not (may_survey or item.is_service):
            continue
        gain = _gain(item, worth.get(item.code, 0))
        if gain > best:
            best, code = gain, item.code
    return code


def is_fresh(code: str, amount: int) -> bool:
    """Does an item worth ``amount`` thousandths still have three quarters of its weight?"""
    return amount * 4 >= BY_CODE[code].weight * 1000 * FRESH_QUARTERS


def _gain(item: Item, amount: int) -> int:
    return 0 if is_fresh(item.code, amount) else WORTH[item.dimension] * (item.weight * 1000 - amount)


def _sum(dimension: Dimension, worth: Mapping[str, int]) -> int:
    thousandths = sum(amount for code, amount in worth.items() if BY_CODE[code].dimension == dimension)
    return (thousandths + 50) // 100


def _level(known: int, understood: int, empathised: int, *, has_why: bool, is_felt: bool) -> int:
    if known < GATE:
        return SEE
    if understood >= GATE and empathised >= GATE and is_felt:
        return EMPATHISE
    return UNDERSTAND if understood >= GATE and has_why else KNOW
