"""The firm's own fields in a file: how their cells are read, and what a row changes of them."""

from collections.abc import Mapping
from typing import Any, Final

from customers.logic.custom_fields import CustomSpec, Parsed, check_custom, parse_custom
from customers.logic.moments import parse_day

# Kinds whose values a spreadsheet holds as what they are; of all others its words are read.
_AS_THEY_ARE: Final = frozenset({"number", "money", "yes_no"})


def read_own(spec: CustomSpec, cell: Any) -> Parsed:
    """What a cell says for an own field; days also as spreadsheets write them, with a time or as a number."""
    if isinstance(cell, (bool, int, float)) and spec.kind in _AS_THEY_ARE:
        read = check_custom(spec, cell)
        return parse_custom(spec, str(cell)) if read.problem == "wrong_type" else read
    read = parse_custom(spec, str(cell))
    if read.problem == "not_a_date" and (day := parse_day(cell)):
        return Parsed(day.isoformat())
    return read


def images(stored: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the fields ``told`` changes: what they are now, and what they will be; None is no value."""
    changed = {key: value for key, value in told.items() if stored.get(key) != value}
    return {key: stored.get(key) for key in changed}, changed
