"""Finds what a reply promises and by when ("em gọi lại trước 17h", "I'll call you by 5 pm"), by fixed rules.

It proposes, a person confirms; so it looks only at sentences in which the firm says what it will do.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

_LONGEST: Final = 4_000
_LONGEST_PROMISE: Final = 300
_SENTENCE: Final = re.compile(r"[^.!?…\n]*(?:[.](?=\d)[^.!?…\n]*)*[.!?…\n]?")
_COMMITS: Final = re.compile(
    r"\b(?:sẽ|hứa|cam kết|xin phép|(?:em|tôi|mình|shop|quán|chúng tôi|bên em|bên mình|đội ngũ|kỹ thuật) "
    r"(?:xin )?(?:hẹn|gọi|gửi|báo|giao|ghé|hoàn|chuyển|đổi|mang|kiểm tra|trả lời|liên hệ|phản hồi))\b"
    r"|\b(?:will|shall|promise|going to)\b|\b(?:i|we|she|he|they)'ll\b",
    re.IGNORECASE,
)
_NUMBERS: Final = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10, "vài": 3,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "an": 1, "a": 1, "half an": 0.5, "nửa": 0.5,
}  # fmt: skip
_NUMBER: Final = "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))
_SPAN: Final = re.compile(
    rf"(?:\b(?:trong vòng|trong|sau|within|in)\s+(?:the next\s+|khoảng\s+|about\s+)?)(\d{{1,3}}|{_NUMBER})\s*"
    r"(phút|giờ|tiếng|ngày làm việc|ngày|tuần|minutes?|mins?|hours?|hrs?|working days?|business days?|days?|weeks?)\b"
    rf"|\b(\d{{1,3}}|{_NUMBER})\s*(phút|giờ|tiếng|ngày|tuần)\s+nữa\b",
    re.IGNORECASE,
)
_MINUTES: Final = {"phút": 1, "min": 1, "giờ": 60, "tiếng": 60, "hour": 60, "hr": 60}
_DAYS: Final = {"ngày": 1, "tuần": 7, "day": 1, "week": 7}
_CLOCK: Final = re.compile(
    r"(?<![\d.,:/])(\d{1,2})(?:\s?(?::|h|g|giờ)\s?([0-5]\d)?(?:\s?phút)?(?!\w)|(?=\s?[ap]\.?m\b))"
    r"(?:\s*(am|pm|a\.m|p\.m|sáng|trưa|chiều|tối))?",
    re.IGNORECASE,
)
_BY_HOUR: Final = re.compile(
    r"\b(?:by|before|at)\s+(\d{1,2})(?=\s*(?:o'clock\b|[,;]|[.!]|$|tomorrow|today))", re.IGNORECASE
)
_DATE: Final = re.compile(r"(?<![\d/.])(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}))?(?![\d/])")
_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_NAMED_DATE: Final = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({'|'.join(_MONTHS)})[a-z]*\b|\b({'|'.join(_MONTHS)})[a-z]*\s+(\d{{1,2}})\b",
    re.IGNORECASE,
)
_WEEKDAYS: Final = (
    ("thứ hai", "thứ 2", "monday"), ("thứ ba", "thứ 3", "tuesday"), ("thứ tư", "thứ 4", "wednesday"),
    ("thứ năm", "thứ 5", "thursday"), ("thứ sáu", "thứ 6", "friday"), ("thứ bảy", "thứ 7", "saturday"),
    ("chủ nhật", "chủ nhật", "sunday"),
)  # fmt: skip
_TOMORROW: Final = re.compile(r"\b(?:ngày mai|sáng mai|trưa mai|chiều mai|tối mai|mai|tomorrow)\b", re.IGNORECASE)
_AFTER_TOMORROW: Final = re.compile(r"\b(?:ngày kia|ngày mốt|day after tomorrow)\b", re.IGNORECASE)
_TODAY: Final = re.compile(
    r"\b(?:hôm nay|sáng nay|trưa nay|chiều nay|tối nay|trong ngày|today|tonight|this (?:morning|afternoon|evening)"
    r"|end of (?:the )?day|close of business|cob|eod)\b",
    re.IGNORECASE,
)
# The part of a day and when it is over.
_PARTS: Final = (
    (re.compile(r"\bsáng\b|\bmorning\b", re.IGNORECASE), time(12)),
    (re.compile(r"\btrưa\b|\bnoon\b|\bmidday\b", re.IGNORECASE), time(13)),
    (re.compile(r"\bchiều\b|\bafternoon\b", re.IGNORECASE), time(17)),
    (re.compile(r"\btối\b|\bevening\b|\btonight\b", re.IGNORECASE), time(21)),
)
_NOON: Final = re.compile(r"\b(?:by|before|at)\s+(?:noon|midday)\b", re.IGNORECASE)

AddWorkingDays = Callable[[datetime, int], datetime]


@dataclass(frozen=True)
class Found:
    """A sentence that promises something, and the moment it names."""

    text: str
    due_at: datetime


def find_promises(
    text: str, at: datetime, *, closes: time = time(17), add_working_days: AddWorkingDays | None = None
) -> list[Found]:
    """What ``text``, written at the local moment ``at``, promises; the earliest due first, at most five.

    A day without an hour means the end of business, ``closes``. An hour that has passed today means tomorrow. Spans in
    days end at the same hour, working days by ``add_working_days`` (without it all days count). Raises ValueError for a
    naive ``at``.
    """
    if at.utcoffset() is None:
        raise ValueError("a promise is read at an aware moment")
    found = []
    for sentence in _SENTENCE.findall(unicodedata.normalize("NFC", text[:_LONGEST]).replace("\u2019", "'")):
        said = " ".join(sentence.split())
        if said.endswith("?") or not _COMMITS.search(said):
            continue
        due = _moment(said.lower(), at, closes, add_working_days or _plain_days)
        if due is not None and due > at:
            found.append(Found(_shortened(said), due))
    return sorted(found, key=lambda one: one.due_at)[:5]


def _plain_days(at: datetime, days: int) -> datetime:
    return at + timedelta(days=days)


def _shortened(said: str) -> str:
    return said if len(said) <= _LONGEST_PROMISE else f"{said[: _LONGEST_PROMISE - 1]}…"


def _moment(said: str, at: datetime, closes: time, add_working_days: AddWorkingDays) -> datetime | None:
    span = _SPAN.search(said)
    if span is not None:
        return _after(span, at, add_working_days)
    day, rest = _day(said, at)
    hour = _hour(rest)
    if hour is None and day is None:
        return None
    if hour is None:
        return _on(at, day or 0, _end_of(rest, closes))
    due = _on(at, day or 0, hour)
    if day is None and due is not None and due <= at:
        return _on(at, 1, hour)
    return due


def _after(span: re.Match[str], at: datetime, add_working_days: AddWorkingDays) -> datetime | None:
    number, unit = (span[1] or span[3]).lower(), (span[2] or span[4]).lower()
    count = float(number) if number.isdecimal() else _NUMBERS[number]
    if unit.startswith(("working", "business")) or "làm việc" in unit:
        return add_working_days(at, max(1, round(count)))
    for word, minutes in _MINUTES.items():
        if unit.startswith(word):
            return at + timedelta(minutes=minutes * count)
    days = next(days for word, days in _DAYS.items() if unit.startswith(word))
    return at + timedelta(days=days * count)


def _day(said: str, at: datetime) -> tuple[int | None, str]:
    """How many days ahead the day named lies, None when none is named; and the words without a date in figures."""
    dated = _DATE.search(said)
    if dated is not None:
        return _ahead(at, int(dated[1]), int(dated[2]), dated[3]), said[: dated.start()] + said[dated.end() :]
    named = _NAMED_DATE.search(said)
    if named is not None:
        day, month = int(named[1] or named[4]), _MONTHS.index((named[2] or named[3]).lower()) + 1
        return _ahead(at, day, month, None), said[: named.start()] + said[named.end() :]
    if _AFTER_TOMORROW.search(said):
        return 2, said
    if _TOMORROW.search(said):
        return 1, said
    if _TODAY.search(said):
        return 0, said
    for weekday, names in enumerate(_WEEKDAYS):
        for name in names:
            if re.search(rf"\b{name}\b", said):
                ahead = (weekday - at.weekday()) % 7 or 7
                is_next = re.search(r"\btuần (?:sau|tới)\b|\bnext week\b", said) is not None
                return _next_week(weekday, at) if is_next else ahead, said.replace(name, " ")
    return None, said


def _next_week(weekday: int, at: datetime) -> int:
    return 7 - at.weekday() + weekday


def _ahead(at: datetime, day: int, month: int, year: str | None) -> int | None:
    try:
        named = at.replace(year=int(year) if year else at.year, month=month, day=day)
    except ValueError:
        return None
    days = (named.date() - at.date()).days
    # In December one promises for January; what is a week gone is a mistake, not next year.
    if days < -200 and year is None and (day, month) != (29, 2):
        days = (named.replace(year=at.year + 1).date() - at.date()).days
    return days if days >= 0 else None


def _hour(said: str) -> time | None:
    if _NOON.search(said):
        return time(12)
    for found in _CLOCK.finditer(said):
        part = (found[3] or "").replace(".", "").lower()
        hour = _on_the_day(int(found[1]), part, said)
        if hour is not None:
            return time(hour, int(found[2] or 0))
    plain = _BY_HOUR.search(said)
    if plain is not None:
        hour = _on_the_day(int(plain[1]), "", said)
        return None if hour is None else time(hour)
    return None


def _on_the_day(hour: int, part: str, said: str) -> int | None:
    """The hour of 24 that is meant; without a word for it 1 to 6 are afternoon: nobody promises for the night."""
    if hour > 23:
        return None
    if not part:
        part = next(
            (word for word in ("chiều", "tối", "sáng", "afternoon", "evening", "tonight", "morning") if word in said),
            "",
        )
    if part in {"pm", "chiều", "tối", "afternoon", "evening", "tonight"} and hour < 12:
        return hour + 12
    if part in {"am", "sáng", "morning"}:
        return 0 if part == "am" and hour == 12 else hour
    if part == "trưa" and hour in (1, 2):
        return hour + 12
    return hour + 12 if not part and 1 <= hour <= 6 else hour


def _end_of(said: str, closes: time) -> time:
    return next((end for part, end in _PARTS if part.search(said)), closes)


def _on(at: datetime, days: int, hour: time) -> datetime | None:
    local = (at + timedelta(days=days)).date()
    return datetime.combine(local, hour, at.tzinfo)
