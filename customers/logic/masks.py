"""Contacts as they are shown to those who may not see them: enough to recognise, too little to use."""

import re
from typing import Any, Final

from customers.logic.phones import display_phone, mask_phone

MASK: Final = "***"
_FEWEST_DIGITS: Final = 8
# What looks like a long number and is none: ids, our own case numbers, dates, times, amounts, amounts in data.
_PLAIN: Final = (
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-])"
    r"|(?<![\w-])[^\W\d_]{1,6}-\d{4}-\d{3,}(?!\d)"
    r"|(?<!\d)(?:\d{1,2}(?P<between>[.-])\d{1,2}(?P=between)\d{4}|\d{4}-\d{2}-\d{2})(?!\d)"
    r"|(?<![\d/])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/])"
    r"|(?<!\d)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?!\d)"
    r"|(?<![\d.,+])[1-9]\d{0,2}(?:\.\d{3})+(?![\d.])|(?<![\d.,+])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])"
    r"|(?<![\d.,+])[1-9]\d*\.\d{2}(?![\d.])"
)
# As people group them: +84 (0) 912.345-678.
_NUMBER: Final = r"\+?\d(?:[ \t\u00a0()./–-]{0,3}\d)+"
_LONG: Final = re.compile(rf"(?P<plain>{_PLAIN})|{_NUMBER}")
# What the two below, and the masks of whole fields, leave of them.
_STARS: Final = re.compile(r"\d{3}\*+\d{2}|[\w.+-]?(?:…|\*{3})@[\w-]+(?:\.[\w-]+)+")
_EMAIL: Final = re.compile(r"(?<![\w.+-])([\w.+-])[\w.+-]{0,80}@([\w-]{1,80}(?:\.[\w-]{1,80})+)")


def mask_email(address: str) -> str:
    """The first letter and the domain: "lan.nguyen@khach.example" becomes "l***@khach.example".

    How long the name is does not show. What is no address is starred whole.
    """
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}{MASK}@{domain}" if at and name else MASK


def contact_as_read(kind: str, value: str, *, masked: bool) -> str:
    """A phone as it is read aloud or an address as it is; masked where the reader may not see it."""
    if kind == "phone":
        return mask_phone(value) if masked else display_phone(value)
    return mask_email(value) if masked else value


def without_contacts(text: str) -> str:
    """Return ``text`` with phone, account and card numbers starred, and e-mail addresses cut to a letter and domain.

    A number is starred from eight digits on, however it is grouped, unless it is an amount ("1.250.000.000"), a date
    ("24-11-2026") or a case's number; its first three and last two digits stay, so that people recognise it.
    """
    if not any(char.isdigit() or char == "@" for char in text):
        return text
    return _EMAIL.sub(r"\1…@\2", _LONG.sub(_starred, text))


def all_without_contacts(value: Any) -> Any:
    """The same for every text inside lists and dicts; other values stay."""
    if isinstance(value, str):
        return without_contacts(value)
    if isinstance(value, dict):
        return {key: all_without_contacts(inner) for key, inner in value.items()}
    return [all_without_contacts(inner) for inner in value] if isinstance(value, list) else value


def stars_of(value: Any) -> set[str]:
    """The starred numbers and cut addresses in every text inside lists and dicts, as they are shown."""
    if isinstance(value, str):
        return set(_STARS.findall(value))
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return {found for inner in inside for found in stars_of(inner)}


def _starred(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    if match["plain"] is not None or len(digits) < _FEWEST_DIGITS:
        return match[0]
    return digits[:3] + "*" * (len(digits) - 5) + digits[-2:]
