"""Reading a condition: JSON becomes a tree whose every part is known to be sound, or is refused at its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from cxcrm.core.conditions.asking import (
    MANY_VALUES,
    NO_VALUE,
    NUMBER_OF_DAYS,
    TWO_VALUES,
    Kind,
    Op,
    as_test,
    holds,
    known,
)
from cxcrm.core.conditions.errors import ConditionInvalid, Problem
from cxcrm.core.conditions.fields import Field

MAX_DEPTH: Final = 5
MAX_LEAVES: Final = 50
MAX_VALUES: Final = 100
MAX_TEXT: Final = 200
MAX_DAYS: Final = 3650
_LARGEST: Final = Decimal(10) ** 15
_NUMBERS: Final = (Kind.NUMBER, Kind.MONEY, Kind.COUNT)


@dataclass(frozen=True)
class Leaf:
    """One question. ``value`` is of the kind's own type: Decimal, date, number of days, text or a tuple of them."""

    field: Field
    op: Op
    value: Any = None
    days: int | None = None

    @property
    def key(self) -> str:
        """What the value asked about is called in a mapping: the field, with its number of days where it has one."""
        return f"{self.field.code}@{self.days}" if self.days else self.field.code

    def raw(self) -> dict[str, Any]:
        told: dict[str, Any] = {"field": self.field.code, "op": self.op.value}
        if self.op not in NO_VALUE:
            told["value"] = _raw(self.value)
        return {**told, "days": self.days} if self.days else told


@dataclass(frozen=True)
class All:
    parts: tuple["Node", ...]

    def raw(self) -> dict[str, Any]:
        return {"all": [part.raw() for part in self.parts]}


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Node", ...]

    def raw(self) -> dict[str, Any]:
        return {"any": [part.raw() for part in self.parts]}


@dataclass(frozen=True)
class Not:
    part: "Node"

    def raw(self) -> dict[str, Any]:
        return {"not": self.part.raw()}


Node = Leaf | All | AnyOf | Not


def parse(raw: Any, fields: Mapping[str, Field], *, check_choices: bool = True) -> Node:
    """The tree ``raw`` stands for. Raises ConditionInvalid with every problem found, each with its path.

    ``check_choices=False`` lets values pass that are not offered any more: for rules that were sound when written.
    """
    reader = _Reader(fields, check_choices)
    node = reader.node(raw, "", 1)
    if reader.problems or node is None:
        raise ConditionInvalid(reader.problems)
    return node


def leaves(node: Node) -> Iterator[Leaf]:
    """Every question in the tree, from left to right."""
    match node:
        case Leaf():
            yield node
        case Not(part):
            yield from leaves(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)


def holds_for(node: Node, row: Mapping[str, Any], today: date) -> bool:
    """Does a row pass, given its values by ``Leaf.key``? A missing key is a missing value, of a count none."""
    match node:
        case Not(part):
            return not holds_for(part, row, today)
        case All(parts):
            return all(holds_for(part, row, today) for part in parts)
        case AnyOf(parts):
            return any(holds_for(part, row, today) for part in parts)
        case Leaf():
            value = row.get(node.key)
            if value is None and node.field.kind is Kind.COUNT:
                value = 0
            test, turned = as_test(node.field.kind, node.op, node.value, today)
            return holds(test, value) is not turned


class _Reader:
    def __init__(self, fields: Mapping[str, Field], check_choices: bool) -> None:
        self.fields, self.check_choices = fields, check_choices
        self.problems: list[Problem] = []
        self.count = 0

    def refuse(self, path: str, code: str, label: Any = "") -> Any:
        """Note a problem; there is nothing then."""
        self.problems.append(Problem(path, code, str(label)))

    def node(self, raw: Any, path: str, depth: int) -> Node | None:
        if depth > MAX_DEPTH:
            return self.refuse(path, "too_deep")
        if isinstance(raw, dict) and len(raw) == 1:
            if "all" in raw or "any" in raw:
                (name,) = raw
                parts = self.parts(raw[name], f"{path}.{name}".lstrip("."), depth)
                if parts is None:
                    return None
                return All(parts) if name == "all" else AnyOf(parts)
            if "not" in raw:
                part = self.node(raw["not"], f"{path}.not".lstrip("."), depth + 1)
                return None if part is None else Not(part)
        if isinstance(raw, dict) and {"field", "op"} <= raw.keys() <= {"field", "op", "value", "days"}:
            return self.leaf(raw, path)
        return self.refuse(path, "not_a_condition" if raw else "nothing_asked")

    def parts(self, raw: Any, path: str, depth: int) -> tuple[Node, ...] | None:
        if not isinstance(raw, list):
            return self.refuse(path, "not_a_condition")
        if not raw:
            return self.refuse(path, "nothing_asked")
        if len(raw) > MAX_LEAVES:
            return self.refuse(path, "too_many")
        parts = [self.node(part, f"{path}.{number}", depth + 1) for number, part in enumerate(raw)]
        return tuple(part for part in parts if part is not None) if None not in parts else None

    def leaf(self, raw: dict[str, Any], path: str) -> Leaf | None:
        self.count += 1
        if self.count > MAX_LEAVES:
            return self.refuse(path, "too_many") if self.count == MAX_LEAVES + 1 else None
        dot = f"{path}." if path else ""
        field = self.fields.get(raw["field"]) if isinstance(raw["field"], str) else None
        if field is None:
            return self.refuse(f"{dot}field", "unknown_field", str(raw["field"])[:80])
        op = next((one for one in field.ops if one.value == raw["op"]), None)
        if op is None:
            return self.refuse(f"{dot}op", "unknown_op", field.label)
        days = raw.get("days")
        if days is not None and not field.has_window:
            return self.refuse(f"{dot}days", "no_window", field.label)
        if days is not None and not _is_days(days):
            return self.refuse(f"{dot}days", "not_days", field.label)
        if op in NO_VALUE:
            return Leaf(field, op, None, days)
        value = raw.get("value")
        if value is None or value == "":
            return self.refuse(f"{dot}value", "no_value", field.label)
        read, problem = self.value(field, op, value)
        return self.refuse(f"{dot}value", problem, field.label) if problem else Leaf(field, op, read, days)

    def value(self, field: Field, op: Op, value: Any) -> tuple[Any, str]:
        """The value as the question takes it, or the problem with it."""
        if op in NUMBER_OF_DAYS:
            return (value, "") if _is_days(value) else (None, "not_days")
        if op in MANY_VALUES:
            return self.values(field, value)
        if op in TWO_VALUES:
            both = value if isinstance(value, list) and len(value) == 2 else [None, None]
            (low, problem), (high, other) = self.one(field, both[0]), self.one(field, both[1])
            if problem or other:
                return None, problem or other
            return ((low, high), "") if low <= high else (None, "not_a_span")
        return self.one(field, value)

    def values(self, field: Field, value: Any) -> tuple[Any, str]:
        if not isinstance(value, list) or not 0 < len(value) <= MAX_VALUES:
            return None, "not_values"
        read = [self.one(field, one) for one in value]
        problem = next((problem for _one, problem in read if problem), "")
        return known(one for one, _problem in read), problem

    def one(self, field: Field, value: Any) -> tuple[Any, str]:
        if field.kind in _NUMBERS:
            return _number(value, whole=field.kind is Kind.COUNT)
        if field.kind is Kind.DAY:
            return _day(value)
        if field.kind is Kind.YES_NO:
            return (value, "") if isinstance(value, bool) else (None, "not_yes_no")
        if not _is_text(value):
            return None, "not_a_text"
        if field.choices and self.check_choices and value not in dict(field.offered()):
            return None, "unknown_choice"
        return value, ""


def _is_days(value: Any) -> bool:
    return type(value) is int and 1 <= value <= MAX_DAYS


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= len(value) <= MAX_TEXT and value.isprintable()


def _day(value: Any) -> tuple[date | None, str]:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    # Far days would leave the calendar when days are counted from them.
    return (day, "") if day is not None and 1900 <= day.year <= 2200 else (None, "not_a_day")


def _number(value: Any, *, whole: bool) -> tuple[Decimal | None, str]:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None, "not_a_number"
    if abs(value) >= _LARGEST if isinstance(value, int) else isinstance(value, str) and len(value) > 40:
        return None, "not_a_number"
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None, "not_a_number"
    if not number.is_finite() or abs(number) >= _LARGEST or number != round(number, 0 if whole else 6):
        return None, "not_a_number"
    return (number, "") if not whole or number >= 0 else (None, "not_a_number")


def _raw(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_raw(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value
