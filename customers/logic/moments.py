"""Days and times as spreadsheets write them: dd/mm/yyyy, ISO 8601, and the serial numbers of Excel."""

import re
from datetime import date, datetime, timedelta
from typing import Final

_SERIAL_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
_SERIALS: Final = range(10_000, 80_000)  # 1927 to 2119: a year, a price or a phone number is none
_TIME = re.compile(r"(\d{1,2})[:hg](\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(am|pm|sa|ch)?", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,4})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{1,4})")


def parse_moment(cell: object) -> datetime | None:
    """The moment a cell tells, without a zone, midnight where it tells no time of day; None for anything else.

    Day comes before month. Two-digit years are those of Excel: 00 to 29 are 2000 to 2029. Nothing before
    1901: that is a zero some program took for a date.
    """
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime.combine(cell, datetime.min.time())
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return _serial(float(cell))
    text = str(cell).strip().replace("T", " ")
    if re.fullmatch(r"\d{5}([.,]\d+)?", text):
        return _serial(float(text.replace(",", ".")))
    day = _DAY.search(text)
    if day is None:
        return None
    found = _day(*(int(part) for part in day.groups()))
    if found is None:
        return None
    rest = (text[: day.start()] + " " + text[day.end() :]).strip(" ,")
    return _with_time(found, rest)


def parse_day(cell: object) -> date | None:
    """The day a cell tells; a time of day beside it is ignored."""
    moment = parse_moment(cell)
    return moment.date() if moment else None


def _serial(number: float) -> datetime | None:
    if int(number) not in _SERIALS:
        return None
    moment = _SERIAL_ZERO + timedelta(days=number)
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _day(first: int, month: int, last: int) -> date | None:
    day, year = (last, first) if first > 31 else (first, last)
    if year < 100:
        year += 2000 if year < 30 else 1900
    if year <= 1900 or day > 31:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_time(day: date, text: str) -> datetime | None:
    """``day`` at the time ``text`` begins with; a zone or the name of a weekday beside it says nothing."""
    found = _TIME.search(text)
    if found is None:
        return datetime.combine(day, datetime.min.time())
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = (found[4] or "").lower()
    if half in ("pm", "ch") and hour < 12:
        hour += 12
    elif half in ("am", "sa") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    return datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001 - a cell has no zone
