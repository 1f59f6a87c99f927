"""The rows of a rule on the page: "field – is – value", read from a form that works without any script.

Rows stand side by side or in groups one level deep. A condition that is deeper than that was made by a program; it is
shown as a sentence and cannot be taken apart here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cxcrm.core.conditions.asking import MANY_VALUES, NO_VALUE, NUMBER_OF_DAYS, OPS, TWO_VALUES, Kind
from cxcrm.core.conditions.errors import ConditionInvalid, Problem
from cxcrm.core.conditions.fields import Choices, Field
from cxcrm.core.conditions.tree import parse
from cxcrm.core.conditions.words import OP_WORDS
from cxcrm.core.money import parse_money, parse_number
from tenants.staff.models import Firm

MAX_ROWS: Final = 30
# More choices than this fold away under a line that says what is chosen.
OPEN_CHOICES: Final = 6
_NAME = re.compile(r"r(\d{1,2})(?:-(\d{1,2}))?-(field|op|value|value2|days)")
_GROUP = re.compile(r"g(\d{1,2})")
_NUMBERS: Final = (Kind.NUMBER, Kind.MONEY, Kind.COUNT)


@dataclass
class Row:
    """One question as it stands in the form; values are texts, as they were typed."""

    code: str = ""
    op: str = ""
    value: str = ""
    value2: str = ""
    values: list[str] = field(default_factory=list)
    days: str = ""
    problem: str = ""
    # Set when it is shown.
    name: str = ""
    number: int = 0
    asked: Field | None = None

    @property
    def kind(self) -> Kind | None:
        return self.asked.kind if self.asked else None

    @property
    def ops(self) -> list[tuple[str, Any]]:
        return [(op.value, OP_WORDS[op]) for op in OPS[self.asked.kind]] if self.asked else []

    @property
    def control(self) -> str:
        """Which control asks for the value: none, days, list, words, choice, yes_no, day or text."""
        if not self.asked or self.op in NO_VALUE:
            return "none"
        if self.op in NUMBER_OF_DAYS:
            return "days"
        if self.op in MANY_VALUES:
            return "list" if self.asked.choices else "words"
        if self.kind is Kind.YES_NO:
            return "yes_no"
        if self.kind is Kind.DAY:
            return "day"
        return "choice" if self.asked.choices else "text"

    @property
    def has_two(self) -> bool:
        return self.op in TWO_VALUES

    @property
    def is_number(self) -> bool:
        return self.kind in _NUMBERS

    @property
    def offered(self) -> Choices:
        return self.asked.offered() if self.asked else ()

    @property
    def folds(self) -> bool:
        return len(self.offered) > OPEN_CHOICES

    @property
    def chosen_words(self) -> str:
        names = dict(self.offered)
        return ", ".join(str(names.get(one, one)) for one in self.values) or _("choose…")


@dataclass
class Group:
    """Rows of which all or any must hold, within the whole rule."""

    match: str = "any"
    rows: list[Row] = field(default_factory=list)
    number: int = 0
    is_group = True


@dataclass
class Rule:
    """The whole form. ``is_deep``: it cannot be shown as rows."""

    match: str = "all"
    items: list[Row | Group] = field(default_factory=list)
    is_deep: bool = False

    def rows(self) -> Iterator[Row]:
        for item in self.items:
            yield from item.rows if isinstance(item, Group) else [item]


def read_form(data: Any, fields: Mapping[str, Field]) -> Rule:
    """The rule as posted, with what the pressed button asked for: a row more, a row less, a group more."""
    rule = Rule(match="any" if data.get("match") == "any" else "all")
    groups = {int(found[1]): data[name] for name in data if (found := _GROUP.fullmatch(name))}
    rows: dict[tuple[int, int], Row] = {}
    for name in list(data)[: 6 * MAX_ROWS]:
        found = _NAME.fullmatch(name)
        if found is None:
            continue
        place = (int(found[1]), int(found[2] or -1))
        row = rows.setdefault(place, Row())
        what = {"field": "code"}.get(found[3], found[3])
        setattr(row, what, data[name][:400])
        if what == "value":
            row.values = [one[:400] for one in data.getlist(name) if one]
    for top in sorted({place[0] for place in rows} | set(groups)):
        mine = [rows[place] for place in sorted(rows) if place[0] == top]
        if top in groups:
            rule.items.append(Group("all" if groups[top] == "all" else "any", mine))
        else:
            rule.items += mine
    _press(rule, data.get("do", ""))
    return arranged(rule, fields)


def _press(rule: Rule, button: str) -> None:
    what, _colon, place = button.partition(":")
    numbers = [int(one) for one in place.split("-") if one.isdecimal()]
    item = rule.items[numbers[0]] if numbers and numbers[0] < len(rule.items) else None
    if what == "add" and isinstance(item, Group):
        item.rows.append(Row())
    elif what == "add":
        rule.items.append(Row())
    elif what == "add-group":
        rule.items.append(Group("all" if rule.match == "any" else "any", [Row(), Row()]))
    elif what == "remove" and isinstance(item, Group) and len(numbers) == 2:
        item.rows[numbers[1] : numbers[1] + 1] = []
    elif what == "remove" and item is not None:
        rule.items.remove(item)
    rule.items = [item for item in rule.items if not isinstance(item, Group) or item.rows]


def read_stored(raw: Any, fields: Mapping[str, Field], firm: Firm) -> Rule:
    """A stored condition as rows."""
    if not raw:
        return arranged(Rule(items=[Row()]), fields)
    match = next((name for name in ("all", "any") if isinstance(raw, dict) and name in raw), "")
    items = [_item(part, fields, firm) for part in (raw[match] if match else [raw])]
    if any(item is None for item in items):
        return Rule(is_deep=True)
    return arranged(Rule(match or "all", [item for item in items if item is not None]), fields)


def _item(raw: Any, fields: Mapping[str, Field], firm: Firm, *, nested: bool = False) -> Row | Group | None:
    if "field" in raw:
        return _row(raw, fields, firm)
    match = next((name for name in ("all", "any") if name in raw), "")
    if nested or not match:
        return None
    rows = [_item(part, fields, firm, nested=True) for part in raw[match]]
    return Group(match, [row for row in rows if isinstance(row, Row)]) if all(rows) else None


def _row(raw: dict[str, Any], fields: Mapping[str, Field], firm: Firm) -> Row:
    asked, value = fields.get(raw["field"]), raw.get("value")
    row = Row(code=raw["field"], op=raw["op"], days=str(raw.get("days") or ""))
    if row.op in TWO_VALUES and isinstance(value, list):
        row.value, row.value2 = (_typed(one, asked) for one in value)
    elif isinstance(value, list):
        row.values = [str(one) for one in value]
        row.value = ", ".join(row.values)
    elif value is not None:
        row.value = _typed(value, asked)
    return row


def _typed(value: Any, asked: Field | None) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float) and asked is not None and asked.kind in _NUMBERS:
        return str(number_format(Decimal(str(value)), use_l10n=True, force_grouping=asked.kind is Kind.MONEY))
    return str(value)


def arranged(rule: Rule, fields: Mapping[str, Field]) -> Rule:
    """Ready to be shown: every row knows its name, its field and a question that fits it."""
    count = 0
    for top, item in enumerate(rule.items):
        if isinstance(item, Group):
            item.number = top
        for inner, row in enumerate(item.rows if isinstance(item, Group) else [item]):
            count += 1
            row.name, row.number = f"r{top}-{inner}" if isinstance(item, Group) else f"r{top}", count
            row.asked = fields.get(row.code)
            if row.asked and row.op not in OPS[row.asked.kind]:
                row.op = OPS[row.asked.kind][0].value
            if not (row.asked and row.asked.has_window):
                row.days = ""
    return rule


def as_condition(rule: Rule, firm: Firm) -> Any:
    """The rule as JSON; what cannot be read stays as typed, for ``parse`` to refuse at its place."""
    parts: list[Any] = []
    for item in rule.items:
        rows = item.rows if isinstance(item, Group) else [item]
        leaves = [_leaf(row, firm) for row in rows]
        parts += [{item.match: leaves}] if isinstance(item, Group) else leaves
    return {rule.match: parts}


def check(rule: Rule, fields: Mapping[str, Field], firm: Firm) -> tuple[Any, ConditionInvalid | None]:
    """The condition, and what is wrong with it: each problem noted at its row."""
    raw = as_condition(rule, firm)
    try:
        return parse(raw, fields), None
    except ConditionInvalid as refusal:
        note(rule, refusal.problems)
        return raw, refusal


def begun(rule: Rule) -> Rule:
    """The rows in which something was chosen already: while one is still at it, the others are not asked."""
    items: list[Row | Group] = []
    for item in rule.items:
        if isinstance(item, Row):
            items += [item] if item.code else []
        elif rows := [row for row in item.rows if row.code]:
            items.append(Group(item.match, rows))
    return Rule(rule.match, items)


def note(rule: Rule, problems: Sequence[Problem]) -> None:
    """Put each problem at the row it is about."""
    for problem in problems:
        numbers = [int(piece) for piece in problem.path.split(".") if piece.isdecimal()]
        item = rule.items[numbers[0]] if numbers and numbers[0] < len(rule.items) else None
        row = item.rows[numbers[1]] if isinstance(item, Group) and len(numbers) > 1 else item
        if isinstance(row, Row) and not row.problem:
            row.problem = problem.message if row.code else _("Choose what to ask by, or take this line away.")


def _leaf(row: Row, firm: Firm) -> dict[str, Any]:
    told: dict[str, Any] = {"field": row.code, "op": row.op}
    if row.control != "none":
        told["value"] = _value(row, firm)
    if row.days.strip():
        told["days"] = _days(row.days)
    return told


def _value(row: Row, firm: Firm) -> Any:
    if row.control == "days":
        return _days(row.value)
    if row.control == "list":
        return row.values
    if row.control == "words":
        return [word for one in row.value.split(",") if (word := one.strip())]
    if row.control == "yes_no":
        return {"1": True, "0": False}.get(row.value, row.value)
    if row.has_two:
        return [_one(row, row.value, firm), _one(row, row.value2, firm)]
    return _one(row, row.value, firm)


def _one(row: Row, text: str, firm: Firm) -> Any:
    text = text.strip()
    if row.kind is Kind.MONEY:
        amount = parse_money(text, firm.currency)
    elif row.kind in _NUMBERS:
        amount = parse_number(text, decimal_mark="." if firm.language == "en" else ",")
    else:
        return text
    return text if amount is None else int(amount) if amount == int(amount) else float(amount)


def _days(text: str) -> Any:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 6 else text


def grouped(fields: Mapping[str, Field]) -> list[tuple[str, list[Field]]]:
    """The fields under the headings they are chosen from."""
    found: dict[str, list[Field]] = {}
    for one in fields.values():
        found.setdefault(str(one.group), []).append(one)
    return list(found.items())
