"""Amounts and numbers as people write them, read without a framework: also what `logic` may use."""

import re
import unicodedata
from decimal import Decimal
from typing import Final

NO_MINOR_UNIT: Final = frozenset({"VND", "JPY", "KRW"})
_LONGEST: Final = 40
_DIGITS: Final = 15
_MOST: Final = Decimal(10) ** 15
_TIMES: Final = {
    "k": 1_000, "nghin": 1_000, "ngan": 1_000, "ng": 1_000, "tr": 10**6, "trieu": 10**6, "cu": 10**6, "ty": 10**9,
    "ti": 10**9,
}  # fmt: skip
_SIGN = r"(?:₫|đồng|đ|vnđ|vnd|d|s\$|us\$|\$|sgd|usd|eur|gbp|€|£)?"
_AMOUNT = re.compile(
    rf"(?P<minus>-)?{_SIGN}(?P<digits>[0-9][0-9.,']*?)(?P<unit>k|nghìn|ngàn|nghin|ngan|ng|triệu|trieu|tr|củ|cu|tỷ|tỉ|ty|ti)?"
    rf"(?P<rest>(?<=[^0-9.,'])[0-9]{{1,3}})?{_SIGN}"
)


def parse_money(text: str, currency: str = "VND") -> Decimal | None:
    """The amount people mean by ``1.250.000``, ``1,250,000đ``, ``350k``, ``1tr2`` or ``1,25 triệu``; None for none.

    In a currency without cents a single mark before three digits groups thousands, whichever mark it is, and only whole
    amounts count; in others the mark is read as English does. Negative amounts have a minus or stand in brackets.
    """
    whole = currency in NO_MINOR_UNIT
    cleaned = "".join(unicodedata.normalize("NFKC", text).lower().replace("−", "-").split())
    bracketed = re.fullmatch(r"\((.+)\)", cleaned)
    if bracketed:
        cleaned = f"-{bracketed[1]}"
    found = _AMOUNT.fullmatch(cleaned)
    if found is None:
        return None
    times = _TIMES.get(_plain(found["unit"]), 1)
    number = _number(found["digits"], decimal_mark="," if whole else ".", groups_first=whole and times == 1)
    if number is None or (found["rest"] and (times == 1 or number != number.to_integral_value())):
        return None
    amount = number * times
    if found["rest"]:  # "1tr2" is 1.2 million, "2k5" two and a half thousand
        amount += Decimal(f"0.{found['rest']}") * times
    amount = -amount if found["minus"] else amount
    places = 0 if whole else 2
    if abs(amount) > _MOST or amount != amount.quantize(Decimal(1).scaleb(-places)):
        return None
    return amount.quantize(Decimal(1).scaleb(-places)) if amount else Decimal(0)


def parse_number(text: str, *, decimal_mark: str = ",") -> Decimal | None:
    """A plain number as people write it, with up to fifteen digits: ``4,5``, ``4.5``, ``1.250``, ``-3``; None for none.

    A single mark before exactly three digits groups thousands unless it is the ``decimal_mark``.
    """
    cleaned = "".join(unicodedata.normalize("NFKC", text).replace("−", "-").split())
    minus, digits = cleaned.startswith("-"), cleaned.removeprefix("-")
    number = _number(digits, decimal_mark=decimal_mark, groups_first=False)
    if number is None or len(number.as_tuple().digits) > _DIGITS:
        return None
    return -number if minus and number else number


def _number(digits: str, *, decimal_mark: str, groups_first: bool) -> Decimal | None:
    """Digits with marks between them; ``groups_first`` takes any single mark before three digits for a grouping one."""
    if len(digits) > _LONGEST or not re.fullmatch(r"[0-9]+(?:[.,'][0-9]+)*", digits):
        return None
    digits = digits.replace("'", ",") if decimal_mark == "." else digits.replace("'", ".")
    marks = [char for char in digits if char in ".,"]
    if not marks:
        return Decimal(digits)
    last = marks[-1]
    alone = len(marks) == 1
    three_follow = len(digits) - digits.rindex(last) == 4
    if (alone and three_follow and (groups_first or last != decimal_mark)) or (not alone and set(marks) == {last}):
        return Decimal(digits.replace(last, "")) if _is_grouped(digits, last) else None
    if marks.count(last) > 1:
        return None
    before, _mark, after = digits.rpartition(last)
    groups = {char for char in before if char in ".,"}
    if groups and not _is_grouped(before, groups.pop()):
        return None
    return Decimal(f"{before.replace('.', '').replace(',', '')}.{after}")


def _is_grouped(digits: str, mark: str) -> bool:
    """Is every group after the first three digits long, and the first one to three?"""
    first, *others = digits.split(mark)
    return 1 <= len(first) <= 3 and all(len(group) == 3 and group.isdigit() for group in others)


def _plain(unit: str | None) -> str:
    """The unit without accents."""
    decomposed = unicodedata.normalize("NFD", unit or "")
    return "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
