"""What must not stand in a mail: long numbers and addresses of people, starred out of quoted words."""

import re
from typing import Final

_FEWEST_DIGITS: Final = 8
_NUMBER = re.compile(r"\+?\d(?:[ .-]?\d)+")
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})+")
_DATE = re.compile(r"\d{1,2}[ .-]\d{1,2}[ .-]\d{4}|\d{4}-\d{2}-\d{2}")
_EMAIL = re.compile(r"([\w.+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)")


def without_contacts(text: str) -> str:
    """Return ``text`` with phone, account and card numbers starred, and e-mail addresses cut to a letter and domain.

    A number is starred from eight digits on, however it is grouped, unless it is an amount ("1.250.000.000") or a date
    ("24-11-2026"); its first three and last two digits stay, so that people recognise it.
    """
    return _EMAIL.sub(r"\1…@\2", _NUMBER.sub(_starred, text))


def shortened(text: str, length: int) -> str:
    """Return ``text`` on one line, cut between words to at most ``length`` characters with the ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    if not line[length - 1].isspace() and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return f"{cut.rstrip(' ,;:.–-')}…"


def _starred(match: re.Match[str]) -> str:
    written = match[0]
    digits = re.sub(r"\D", "", written)
    if len(digits) < _FEWEST_DIGITS or _AMOUNT.fullmatch(written) or _DATE.fullmatch(written):
        return written
    return digits[:3] + "*" * (len(digits) - 5) + digits[-2:]
