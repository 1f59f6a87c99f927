"""Finds where two texts of a firm name different numbers for the same thing: minutes, money, percent, opening hours.

By fixed rules, in Vietnamese and English (domain.md §1 row 1.13): it asks a person to look, so it would rather miss one
than cry wolf. A number counts only where its sentence says what it is about, and not where it is a condition ("if it
takes more than 5 minutes"), a rhythm ("every 30 minutes") or a delay ("after 5 minutes").
"""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from typing import Final

_WORDS: Final = {
    "nửa": 0.5, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
    "half an": 0.5, "one": 1, "an": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10,
}  # fmt: skip
_N: Final = r"\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d+)?|" + "|".join(
    sorted((rf"\b{word}\b" for word in _WORDS), key=len, reverse=True)
)
# Minutes in one of each. A working day is at least a day: three working days and three days do not contradict.
_TIMES: Final = {
    "giây": 1 / 60, "phút": 1, "giờ": 60, "tiếng": 60, "h": 60, "ngày": 1440, "tuần": 10080,
    "second": 1 / 60, "sec": 1 / 60, "minute": 1, "min": 1, "hour": 60, "hr": 60, "day": 1440, "week": 10080,
}  # fmt: skip
_MONEY: Final = {"₫": 1, "đồng": 1, "đ": 1, "vnd": 1, "k": 1_000, "nghìn": 1_000, "ngàn": 1_000,
                 "triệu": 1_000_000, "tr": 1_000_000}  # fmt: skip
_AMOUNT: Final = re.compile(
    rf"(?P<dollar>s\$|us\$|\$|sgd\s?)?(?:(?P<low>{_N})\s*(?:–|—|-|đến|tới|to)\s*)?(?P<high>{_N})\s*"
    r"(?P<unit>%|phần trăm|percent|₫|đồng\b|vnd\b|đ\b|k\b|nghìn\b|ngàn\b|triệu\b|tr\b"
    r"|giây\b|phút\b|giờ\b|tiếng\b|h(?![\w])|ngày\b|tuần\b"
    r"|seconds?\b|secs?\b|minutes?\b|mins?\b|hours?\b|hrs?\b|(?:working |business )?days?\b|weeks?\b)?"
    r"(?P<half>\s*rưỡi\b)?"
)
_CLOCK: Final = re.compile(
    r"(?<![\d.,:/])(\d{1,2})(?:\s?(?:h|giờ|:)\s?([0-5]\d)?)(?:\s*(am|pm))?(?![\d%])|\b(\d{1,2})\s*(am|pm)\b"
)
_SENTENCE: Final = re.compile(r"[^.!?;…\n]*(?:[.](?=\d)[^.!?;…\n]*)*[.!?;…\n]?")
_AT_LEAST: Final = re.compile(r"(?:ít nhất|tối thiểu|\btrên|\bhơn|at least|more than|\bover|minimum(?: of)?)\s*$")
_AT_MOST: Final = re.compile(r"(?:không quá|không hơn|no more than|not more than)\s*$")
_NOT_A_LIMIT: Final = re.compile(r"(?:\bmỗi|\bcứ|\bsau|\bevery|\bper|\beach|\bafter|\blần thứ)\s*(?:khoảng |about )?$")
# What is said as an example ("tell them: “four minutes”") is nobody's limit.
_QUOTED: Final = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|«[^»]*(?:»|$)")
_AGO: Final = re.compile(r"\s*(?:trước(?! khi)\b|ago\b)")
_CONDITION: Final = re.compile(r"\b(?:nếu|hễ|khi nào|if|when|unless)\b[^,:–]*$")
# What a number may be about. The nearest one named in the sentence is meant.
_TOPICS: Final = {
    "wait": r"chờ|đợi|xếp hàng|có món|nhận món|ra món|lấy nước|nhận ly|\bwait|queue|served?\b",
    "answer": r"gọi lại|trả lời|phản hồi|hồi âm|liên hệ lại|call(?:s|ed)? (?:you |them |customers? )?back|repl(?:y|ies)"
    r"|respon[ds]|get back|answer(?:s|ed)? (?:to )?(?:the )?(?:customer|message|e-?mail)",
    "refund": r"hoàn (?:tiền|lại|ngay|trả|đủ)|được hoàn|trả lại tiền|refund|money back",
    "deliver": r"(?<!phí )\bgiao\b(?! tiếp)|deliver",
    "pick_up": r"nghe máy|nhấc máy|bắt máy|có người nghe|đổ chuông|pick(?:s|ed)? up the (?:phone|call)|rings?\b",
    "repair": r"sửa xong|xong xe|ready|repair|turnaround",
    "exchange": r"đổi trả|đổi hàng|đổi lại|exchange|return(?:s|ed)? (?:it|goods|items)",
    "walk": r"đi bộ|\bwalk",
    "discount": r"giảm giá|\bgiảm\b|chiết khấu|discount|% off",
    "fee": r"phụ thu|phí (?:giao|ship|dịch vụ)|\bfee\b|surcharge",
    "open": r"mở cửa|giờ mở|\bopens?\b|opening",
    "close": r"đóng cửa|giờ đóng|\bcloses?\b|closing time",
}  # fmt: skip
TOPICS: Final = {name: re.compile(pattern) for name, pattern in _TOPICS.items()}
_BY_THE_CLOCK: Final = ("open", "close")
_NEAR: Final = 60
_LONGEST: Final = 4_000


@dataclass(frozen=True, slots=True)
class Value:
    """A number as it is meant: ``low`` to ``high`` in minutes, money or percent; ``least`` where it is a floor."""

    low: float
    high: float
    least: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """What one sentence says about one topic, in one kind of unit."""

    topic: str
    kind: str
    values: tuple[Value, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the firm. Of two with the same ``instead_of`` one is to replace the other, so they may differ."""

    source: Hashable
    words: str
    instead_of: Hashable = None


Said = tuple[Text, Claim]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sentences that cannot both be kept."""

    topic: str
    first: Text
    second: Text
    first_sentence: str
    second_sentence: str


def read(texts: Iterable[Text]) -> list[Said]:
    """What each of ``texts`` says in numbers, with where it stands."""
    return [(text, claim) for text in texts for claim in claims_of(text.words)]


def contradictions(said: Sequence[Said], beside: Sequence[Said] = ()) -> list[Contradiction]:
    """Every pair of sentences of ``said``, and of ``said`` with ``beside``, that name different numbers for one topic.

    All are about one place. Those ``beside`` are not held against each other.
    """
    found = []
    for (first, one), (second, other) in chain(combinations(said, 2), product(said, beside)):
        if first.instead_of is not None and first.instead_of == second.instead_of and first.source != second.source:
            continue
        if one.sentence != other.sentence and contradict(one, other):
            found.append(Contradiction(one.topic, first, second, one.sentence, other.sentence))
    return found


def contradict(one: Claim, other: Claim) -> bool:
    """Whether no number of the one goes with any of the other; a sentence with several may mean several cases."""
    if (one.topic, one.kind) != (other.topic, other.kind):
        return False
    return not any(_agree(a, b) for a in one.values for b in other.values)


def _agree(a: Value, b: Value) -> bool:
    """Limits agree where they are the same, or where the one lies in the other's range; a floor goes with what is not
    below it.
    """
    if a.least or b.least:
        return (a.least and b.least) or (b.high >= a.low if a.least else a.high >= b.low)
    return a.low <= b.high <= a.high or b.low <= a.high <= b.high


def claims_of(words: str) -> list[Claim]:
    """What a text says in numbers, sentence by sentence."""
    found: list[Claim] = []
    text = unicodedata.normalize("NFC", re.sub(r"\{\{?.*?\}\}?", " ", words[:_LONGEST]))
    for piece in _SENTENCE.findall(text):
        said = " ".join(piece.split())
        values: dict[tuple[str, str], list[Value]] = {}
        for topic, kind, value in _values(_QUOTED.sub(" … ", said.lower())):
            values.setdefault((topic, kind), []).append(value)
        found += [Claim(topic, kind, tuple(them), said) for (topic, kind), them in values.items()]
    return found


def _values(said: str) -> Iterable[tuple[str, str, Value]]:
    topics = [(name, found.start(), found.end()) for name, one in TOPICS.items() for found in one.finditer(said)]
    for found in _CLOCK.finditer(said):
        topic = _nearest(topics, found.start(), found.end())
        minutes = _minutes(found)
        if topic in _BY_THE_CLOCK and minutes is not None:
            yield topic, "clock", Value(minutes, minutes)
    for found in _AMOUNT.finditer(said):
        kind = _kind(found)
        topic = _nearest(topics, found.start(), found.end())
        before = said[: found.start()]
        if kind is None or topic is None or topic in _BY_THE_CLOCK:
            continue
        if _NOT_A_LIMIT.search(before) or _CONDITION.search(before) or _AGO.match(said, found.end()):
            continue
        yield topic, kind, _value(found, before)


def _nearest(topics: Sequence[tuple[str, int, int]], start: int, end: int) -> str | None:
    """The topic named nearest to what stands from ``start`` to ``end``; of two as near the one before it."""
    far = [(max(begun - end, start - ended, 0), begun > start, name) for name, begun, ended in topics]
    near = min(far, default=None)
    return near[2] if near is not None and near[0] <= _NEAR else None


def _kind(found: re.Match[str]) -> str | None:
    """Which unit it is in: "time", "money" in đồng, "dollars", "percent"; None for a number without one."""
    unit = found["unit"] or ""
    if found["dollar"]:
        return "dollars" if not unit else None
    if unit in ("%", "phần trăm", "percent"):
        return "percent"
    if unit in _MONEY:
        return "money"
    return "time" if unit else None


def _value(found: re.Match[str], before: str) -> Value:
    times = _size(found["unit"] or "")
    high = (_number(found["high"]) + (0.5 if found["half"] else 0)) * times
    low = _number(found["low"]) * times if found["low"] else high
    is_floor = bool(_AT_LEAST.search(before)) and not _AT_MOST.search(before)
    return Value(min(low, high), high, least=is_floor)


def _size(unit: str) -> float:
    if unit in _MONEY:
        return _MONEY[unit]
    word = unit.removeprefix("working ").removeprefix("business ").removesuffix("s")
    return _TIMES.get(word, _TIMES.get(unit, 1))


def _number(text: str) -> float:
    if text in _WORDS:
        return _WORDS[text]
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", text):
        return float(re.sub(r"[.,]", "", text))
    return float(text.replace(",", "."))


def _minutes(found: re.Match[str]) -> int | None:
    """Minutes since midnight; None for what is no hour of a day."""
    hour, half = int(found[1] or found[4]), found[3] or found[5]
    if hour > 24:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return 60 * hour + int(found[2] or 0)


def outside(claim: Claim, quickest: float, slowest: float) -> bool:
    """Whether an answer promised in ``claim`` is quicker or slower, in minutes, than any the firm has set itself."""
    if (claim.topic, claim.kind) != ("answer", "time"):
        return False
    return all(not one.least and not quickest <= one.high <= slowest for one in claim.values)
