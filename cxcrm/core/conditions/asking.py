"""What can be asked of a value: kinds of fields, the questions each kind knows, and what a question comes down to.

Pure Python. Every question is one of six plain tests, some turned around: sources and ``holds`` need to know no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    """What a field holds. ``WORDS`` are several texts (what was bought), ``TAGS`` several values at once."""

    TEXT = "text"
    WORDS = "words"
    NUMBER = "number"
    MONEY = "money"
    COUNT = "count"
    DAY = "day"
    CHOICE = "choice"
    TAGS = "tags"
    YES_NO = "yes_no"


class Op(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE = "more"
    LESS = "less"
    BETWEEN = "between"
    ON = "on"
    BEFORE = "before"
    AFTER = "after"
    IN_LAST = "in_last"
    NOT_IN_LAST = "not_in_last"
    LONGER_AGO = "longer_ago"
    IN_NEXT = "in_next"
    ANY_OF = "any_of"
    ALL_OF = "all_of"
    NONE_OF = "none_of"
    FILLED = "filled"
    EMPTY = "empty"


_KNOWN: Final = (Op.FILLED, Op.EMPTY)
_SIZES: Final = (Op.AT_LEAST, Op.AT_MOST, Op.MORE, Op.LESS, Op.IS, Op.BETWEEN)
# In the order they are offered; the first is what a new row of a rule begins with.
OPS: Final[dict[Kind, tuple[Op, ...]]] = {
    Kind.TEXT: (Op.CONTAINS, Op.NOT_CONTAINS, Op.IS, Op.IS_NOT, Op.STARTS_WITH, *_KNOWN),
    Kind.WORDS: (Op.CONTAINS, Op.NOT_CONTAINS, *_KNOWN),
    Kind.NUMBER: (*_SIZES, Op.IS_NOT, *_KNOWN),
    Kind.MONEY: (*_SIZES, *_KNOWN),
    Kind.COUNT: _SIZES,
    Kind.DAY: (
        Op.IN_LAST,
        Op.NOT_IN_LAST,
        Op.LONGER_AGO,
        Op.IN_NEXT,
        Op.BEFORE,
        Op.AFTER,
        Op.ON,
        Op.BETWEEN,
        *_KNOWN,
    ),
    Kind.CHOICE: (Op.IS, Op.IS_NOT, Op.ANY_OF, Op.NONE_OF, *_KNOWN),
    Kind.TAGS: (Op.ANY_OF, Op.ALL_OF, Op.NONE_OF, *_KNOWN),
    Kind.YES_NO: (Op.IS, *_KNOWN),
}
NO_VALUE: Final = frozenset(_KNOWN)
TWO_VALUES: Final = frozenset({Op.BETWEEN})
MANY_VALUES: Final = frozenset({Op.ANY_OF, Op.ALL_OF, Op.NONE_OF})
NUMBER_OF_DAYS: Final = frozenset({Op.IN_LAST, Op.NOT_IN_LAST, Op.LONGER_AGO, Op.IN_NEXT})
_TURNED: Final[dict[Op, Op]] = {
    Op.IS_NOT: Op.IS,
    Op.NOT_CONTAINS: Op.CONTAINS,
    Op.NOT_IN_LAST: Op.IN_LAST,
    Op.NONE_OF: Op.ANY_OF,
    Op.EMPTY: Op.FILLED,
}


@dataclass(frozen=True)
class Filled:
    """There is a value."""


@dataclass(frozen=True)
class OneOf:
    """The value is one of ``values``."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Has:
    """Of several values it has one of ``values``, or ``every`` one."""

    values: tuple[str, ...]
    every: bool = False


@dataclass(frozen=True)
class Says:
    """The text is, begins with or contains ``text``, whatever the case of letters; ``text`` is ``folded``."""

    text: str
    how: str = "contains"


@dataclass(frozen=True)
class Within:
    """The number lies from ``low`` to ``high``, both included unless ``*_open``; None: no limit."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True)
class Days:
    """The day is ``first`` or later, and before ``until``; None: no limit."""

    first: date | None = None
    until: date | None = None


Test = Filled | OneOf | Has | Says | Within | Days


def folded(text: str) -> str:
    """Letters in lower case one by one, exactly as the database does it under ``pg_c_utf8``."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def as_test(kind: Kind, op: Op, value: Any, today: date) -> tuple[Test, bool]:
    """The plain test behind a question, and whether it is turned around. ``value`` was checked for the question."""
    plain = _TURNED.get(op, op)
    return _plain_test(kind, plain, value, today), plain is not op


def _plain_test(kind: Kind, op: Op, value: Any, today: date) -> Test:
    if op is Op.FILLED:
        return Filled()
    if kind in (Kind.TEXT, Kind.WORDS):
        return Says(folded(value), op.value)
    if kind is Kind.DAY:
        return _days(op, value, today)
    if kind is Kind.TAGS:
        return Has(tuple(value), every=op is Op.ALL_OF)
    if kind in (Kind.CHOICE, Kind.YES_NO):
        return OneOf(tuple(value) if op is Op.ANY_OF else (value,))
    return _within(kind, op, value)


def _days(op: Op, value: Any, today: date) -> Days:
    day, tomorrow = timedelta(days=1), today + timedelta(days=1)
    if op is Op.IN_LAST:  # today is the last of them
        return Days(tomorrow - value * day, tomorrow)
    if op is Op.LONGER_AGO:
        return Days(None, today - value * day)
    if op is Op.IN_NEXT:  # today is the first of them
        return Days(today, today + value * day)
    if op is Op.BEFORE:
        return Days(None, value)
    if op is Op.AFTER:
        return Days(value + day, None)
    first, last = value if op is Op.BETWEEN else (value, value)
    return Days(first, last + day)


def _within(kind: Kind, op: Op, value: Any) -> Within:
    step = Decimal(1) if kind is Kind.COUNT else None
    if op is Op.BETWEEN:
        return Within(*value)
    if op is Op.AT_LEAST:
        return Within(low=value)
    if op is Op.AT_MOST:
        return Within(high=value)
    if op is Op.MORE:
        return Within(low=value + step) if step else Within(low=value, low_open=True)
    if op is Op.LESS:
        return Within(high=value - step) if step else Within(high=value, high_open=True)
    return Within(value, value)


def holds(test: Test, value: Any) -> bool:
    """Does a value pass? None, an empty text and no values at all pass nothing."""
    if value is None or (isinstance(value, str | list | tuple | set | frozenset) and not value):
        return False
    match test:
        case Filled():
            return True
        case OneOf(values):
            return value in values
        case Has(values, every):
            return all(one in value for one in values) if every else any(one in value for one in values)
        case Says(text, how):
            return any(_says(folded(one), text, how) for one in ([value] if isinstance(value, str) else value))
        case Within():
            return _lies_within(test, value)
        case Days(first, until):
            return (first is None or value >= first) and (until is None or value < until)


def _says(said: str, text: str, how: str) -> bool:
    if how == "is":
        return said == text
    return said.startswith(text) if how == "starts_with" else text in said


def _lies_within(test: Within, value: Any) -> bool:
    if test.low is not None and (value < test.low or (test.low_open and value == test.low)):
        return False
    return not (test.high is not None and (value > test.high or (test.high_open and value == test.high)))


def first_days(days: int, today: date) -> date:
    """The first of the last ``days`` days, today being one of them."""
    return today - timedelta(days=days - 1)


def known(values: Iterable[Any]) -> tuple[Any, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(values))
