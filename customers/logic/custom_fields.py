"""Values of the fields a firm defines for its customers: read from text, checked, and the choices they are among."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, TypedDict

from customers.logic.columns import parse_yes_no
from customers.logic.text import nfc, search_key
from cxcrm.core.amounts import parse_money, parse_number

Kind = Literal["text", "number", "money", "date", "yes_no", "choice", "choices"]
Problem = Literal[
    "",
    "text_invalid",
    "too_long",
    "not_a_number",
    "not_money",
    "not_a_date",
    "not_yes_no",
    "unknown_choice",
    "wrong_type",
]
Value = str | int | float | bool | list[str] | None

MAX_TEXT: Final = 500
MAX_CHOICES: Final = 60
_MAX_KEY: Final = 40
_SEPARATORS = re.compile(r"[;,\n|]+")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_LINE = re.compile(r"(?:([a-z0-9_]{1,40})\s*:\s*)?(.+)")


class Choice(TypedDict):
    """One thing to choose: ``value`` is stored and stays, the words may change; a retired one is not offered."""

    value: str
    vi: str
    en: str
    retired: bool


@dataclass(frozen=True)
class CustomSpec:
    """What a value must be: the kind, the choices of those, and the firm's currency and decimal mark."""

    key: str
    kind: Kind
    choices: tuple[Choice, ...] = ()
    currency: str = "VND"
    decimal_mark: str = ","


@dataclass(frozen=True)
class Parsed:
    """A value fit to be stored (None for blank), or the ``problem`` with it."""

    value: Value = None
    problem: Problem = ""


def parse_custom(field: CustomSpec, text: str) -> Parsed:
    """What ``text``, a cell of a file or a line of a form, says for ``field``; blank text is no value. Never raises.

    Amounts and numbers are read as people write them, dates as day/month/year, yes and no in both languages, choices
    by their words in either language or their stored value, several separated by ; , | or lines.
    """
    cleaned = nfc(text).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not cleaned:
        return Parsed()
    if len(cleaned) > MAX_TEXT:
        return Parsed(problem="too_long")
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in cleaned):
        return Parsed(problem="text_invalid")
    return _READ[field.kind](field, cleaned)


def check_custom(field: CustomSpec, value: object) -> Parsed:
    """The same for a value of JSON: of the field's own type, or text as people write it."""
    if value is None:
        return Parsed()
    if isinstance(value, str):
        return parse_custom(field, value)
    if isinstance(value, bool):
        return Parsed(value) if field.kind == "yes_no" else Parsed(problem="wrong_type")
    if isinstance(value, (int, float)) and field.kind in ("number", "money"):
        return _READ[field.kind](field, _written(value, field))
    if isinstance(value, list) and field.kind == "choices" and all(isinstance(one, str) for one in value):
        return _chosen(field, [one for one in value if one.strip()])
    return Parsed(problem="wrong_type")


def read_choices(text: str, before: Sequence[Choice]) -> list[Choice]:
    """Lines "value: Vietnamese | English" as choices; a line without value is new, or one of ``before`` by its words.

    One wording serves both languages. Values of new lines are made of their words and never one that is taken.
    """
    known = {search_key(one["vi"]): one["value"] for one in before} | {one["value"]: one["value"] for one in before}
    taken = {one["value"] for one in before}
    found: dict[str, Choice] = {}
    for line in nfc(text).splitlines():
        read = _LINE.fullmatch(" ".join(line.split()))
        if read is None:
            continue
        vi, _bar, en = (part.strip() for part in read[2].partition("|"))
        value = read[1] if read[1] in taken else known.get(search_key(vi))
        if value is None:
            value = free_key(read[1] or vi, taken)
        taken.add(value)
        found.setdefault(value, Choice(value=value, vi=vi or en, en=en or vi, retired=False))
    return list(found.values())


def choices_text(choices: Sequence[Choice]) -> str:
    """The lines ``read_choices`` reads, for those still offered."""
    return "\n".join(f"{one['value']}: {one['vi']} | {one['en']}" for one in choices if not one["retired"])


def with_retired(wanted: Sequence[Choice], before: Sequence[Choice], in_use: set[str]) -> list[Choice]:
    """``wanted``, and after them what was offered before and some customer still has, now no longer offered."""
    offered = {one["value"] for one in wanted}
    left = [one for one in before if one["value"] in in_use - offered]
    return [*wanted, *(Choice(value=one["value"], vi=one["vi"], en=one["en"], retired=True) for one in left)]


def free_key(words: str, taken: set[str]) -> str:
    """A key of lower-case letters, digits and _ made of ``words``, other than those ``taken``."""
    key = re.sub(r"[^a-z0-9]+", "_", search_key(words)).strip("_")[: _MAX_KEY - 3].strip("_")
    if not key or key[0].isdigit():
        key = f"f_{key}".strip("_")
    candidates = [key, *(f"{key}_{number}" for number in range(2, MAX_CHOICES * 2))]
    return next(one for one in candidates if one not in taken)


def words_of(field: CustomSpec, value: str, language: str) -> str:
    """A choice in the reader's language; the stored value itself where it is known no more."""
    words = {one["value"]: one["en" if language == "en" else "vi"] for one in field.choices}
    return words.get(value, value)


def merged(stored: Mapping[str, Any], changes: Mapping[str, Value]) -> dict[str, Any]:
    """``stored`` with ``changes``; None takes a value away. What belongs to fields out of use stays."""
    kept = {**stored, **changes}
    return {key: value for key, value in kept.items() if value is not None}


def _text(field: CustomSpec, text: str) -> Parsed:
    return Parsed(text)


def _number(field: CustomSpec, text: str) -> Parsed:
    number = parse_number(text, decimal_mark=field.decimal_mark)
    return Parsed(problem="not_a_number") if number is None else Parsed(_plain(number))


def _money(field: CustomSpec, text: str) -> Parsed:
    amount = parse_money(text, field.currency)
    return Parsed(problem="not_money") if amount is None else Parsed(_plain(amount))


def _date(field: CustomSpec, text: str) -> Parsed:
    """Day first, as in Việt Nam and Singapore; two digits of a year are of 1970 to 2069."""
    if read := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, read.groups())
    elif read := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, read.groups())
        year += 0 if year > 99 else 1900 if year >= 70 else 2000
    else:
        return Parsed(problem="not_a_date")
    try:
        return Parsed(date(year, month, day).isoformat())
    except ValueError:
        return Parsed(problem="not_a_date")


def _yes_no(field: CustomSpec, text: str) -> Parsed:
    said = parse_yes_no(text)
    return Parsed(problem="not_yes_no") if said is None else Parsed(said)


def _choice(field: CustomSpec, text: str) -> Parsed:
    value = _value_of(field, text)
    return Parsed(problem="unknown_choice") if value is None else Parsed(value)


def _choices(field: CustomSpec, text: str) -> Parsed:
    whole = _value_of(field, text)
    return Parsed([whole]) if whole else _chosen(field, [part for part in _SEPARATORS.split(text) if part.strip()])


def _chosen(field: CustomSpec, parts: list[str]) -> Parsed:
    """Each once, in the order of the field; none at all is no value."""
    values = {_value_of(field, part) for part in parts}
    if None in values:
        return Parsed(problem="unknown_choice")
    return Parsed([one["value"] for one in field.choices if one["value"] in values] or None)


def _value_of(field: CustomSpec, text: str) -> str | None:
    """By the stored value, which also finds a retired choice that somebody still has, or by the words of an offered."""
    if any(one["value"] == text for one in field.choices):
        return text
    key = search_key(text)
    offered = (one for one in field.choices if not one["retired"])
    return next((one["value"] for one in offered if key in (search_key(one["vi"]), search_key(one["en"]))), None)


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _written(value: float, field: CustomSpec) -> str:
    """A JSON number in the notation the field is read in, without exponent."""
    text = format(Decimal(str(value)), "f")
    mark = field.decimal_mark if field.kind == "number" else "," if field.currency == "VND" else "."
    whole, dot, part = text.partition(".")
    return f"{whole}{mark}{part}" if dot and part.strip("0") else whole


_READ: Final = {
    "text": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
}


def shown_date(value: str) -> date | None:
    """A stored day, or None for what is none."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
