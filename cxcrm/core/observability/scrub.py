"""The last wall: whatever slips into a log line, a stored error or a report, addresses and numbers do not."""

import re
from typing import Any, Final

_EMAIL: Final = re.compile(r"[^\s@<>\"'()\[\],;:=]+@[^\s@<>\"'()\[\],;:=]+\.[^\s@<>\"'()\[\],;:=.]{2,}")
# As people write them: +84 912 345 678, 0912.345.678, 84912345678. Ids, dates and amounts do not begin like this.
_PHONE: Final = re.compile(r"(?<![\w.+-])(?:\+|00|0|84)(?:[ .()-]{0,2}\d){8,14}(?![\w-])")
# PostgreSQL repeats the values of a row it refuses.
_DETAIL: Final = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)


def scrub(text: str) -> str:
    """``text`` without e-mail addresses, phone numbers and the values of refused rows."""
    text = _DETAIL.sub(r"\1: [left out]", text)
    return _PHONE.sub("[phone]", _EMAIL.sub("[e-mail]", text))


def scrub_all(value: Any) -> Any:
    """The same for every text inside dicts, lists and tuples; other values stay."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {key: scrub_all(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [scrub_all(inner) for inner in value]
    return value
