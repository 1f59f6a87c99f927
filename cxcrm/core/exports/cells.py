"""What one cell of a file may hold: text no spreadsheet takes for a formula, days and moments in local time."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.translation import get_language, pgettext

Cell = str | int | float | Decimal | date | datetime | None

# OWASP's list and its full-width forms, which spreadsheets in East Asia read alike; spaces before do not disarm them.
_FORMULA: Final = re.compile(r"^[\s\x00\u00a0\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\x00]")
# XML 1.0 has no place for them, and no file needs them; tab and line feed stay.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# As spreadsheets set to the reader's language take for a day; the long forms of our pages they do not.
_DAY: Final = {"vi": "%d/%m/%Y", "en": "%Y-%m-%d"}
# What one cell of Excel holds.
MAX_TEXT: Final = 32_767


def plain(value: Any) -> Cell:
    """``value`` as one of the few kinds files know; lists become one text, moments local time without an offset."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return pgettext("cell of a file", "yes") if value else pgettext("cell of a file", "no")
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if isinstance(value, (int, float, Decimal, date)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return "; ".join(force_str(part) for part in value if part not in (None, "")) or None
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, timedelta):
        return round(value.total_seconds() / 3600, 2)
    return force_str(value)


def disarmed(text: str) -> str:
    """``text`` with an apostrophe before whatever a spreadsheet would calculate or call."""
    return f"'{text}" if _FORMULA.match(text) else text


def printable(text: str) -> str:
    """``text`` without control characters, line ends as one line feed, not longer than a cell."""
    kept = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return kept if len(kept) <= MAX_TEXT else kept[: MAX_TEXT - 1] + "…"


def written(cell: Cell) -> str:
    """``cell`` as a CSV file has it: numbers bare, days as the reader writes them, text disarmed."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        # Control characters go first: what follows one of them would become the first.
        return disarmed(printable(cell))
    if isinstance(cell, date):
        day = _DAY.get(get_language() or "", _DAY["en"])
        return cell.strftime(f"{day} %H:%M" if isinstance(cell, datetime) else day)
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return str(cell)
