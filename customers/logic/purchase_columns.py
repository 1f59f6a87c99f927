"""What the columns of a list of purchases mean, and what its amounts, states and kinds say."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from customers.logic.columns import CUSTOMERS, Vocabulary
from customers.logic.text import search_key

MAX_AMOUNT: Final = Decimal(10) ** 13

PURCHASES: Final = Vocabulary(
    {
        "order_number": "ma hoa don|so hoa don|ma don hang|ma don|so don hang|so don|so phieu|ma phieu|ma giao dich"
        "|so chung tu|ma hop dong|so hop dong|ma dat lich|ma lich hen|order number|order no|order id|order|order code"
        "|invoice number|invoice no|invoice|receipt number|receipt|transaction id|booking id|contract number",
        "order_time": "thoi gian|ngay|ngay mua|ngay ban|ngay dat|ngay dat hang|ngay lap|ngay tao|ngay tao don"
        "|ngay hoa don|ngay chung tu|ngay hach toan|ngay giao dich|thoi gian tao|thoi gian ban|gio ban|ngay den"
        "|ngay ghe|ngay ky|ngay gio|date|time|order date|ordered at|created at|invoice date|purchase date|visit date"
        "|paid at|date and time",
        "order_amount": "khach can tra|tong tien|thanh tien|tong cong|tong thanh toan|so tien|gia tri|tong gia tri"
        "|doanh thu|tong tien thanh toan|tong tien sau giam gia|tong tien hang|can thanh toan|phai thu|amount|total"
        "|grand total|order total|total amount|total price|price|value|sum",
        "order_state": "trang thai|trang thai don hang|trang thai thanh toan|trang thai hoa don|tinh trang|status|state"
        "|payment status|financial status|order status",
        "order_kind": "loai|loai don|loai giao dich|loai chung tu|hinh thuc|kind|type|order type",
        "order_branch": "chi nhanh|cua hang|quan|diem ban|chi nhanh ban|noi ban|co so|branch|store|shop|location"
        "|outlet",
        "order_items": "san pham|ten san pham|mat hang|ten hang|ten hang hoa|hang hoa|dich vu|ten dich vu|noi dung"
        "|dien giai|mon|ten mon|chi tiet|items|item|product|products|product name|line items|lineitem name|description",
        "order_channel": "kenh ban|kenh|kenh ban hang|nguon don|nguon|nguon don hang|channel|sales channel|source",
        "order_note": "ghi chu|ghi chu don hang|ghi chu hoa don|luu y|note|notes|remark|remarks|order note",
    },
    frozenset({"so don", "ngay gio"}),
).beside(CUSTOMERS)
# A list with one of these is one of purchases; without, its columns are what customers are known by.
TELLTALES: Final = frozenset({"order_number", "order_amount"})

_STATES: Final[Mapping[str, str]] = {
    "paid": "paid|hoan thanh|da thanh toan|da giao|da giao hang|thanh cong|hoan tat|completed|complete|done|fulfilled"
    "|delivered|da thu tien|ket thuc|success|active|hieu luc|dang hieu luc",
    "open": "open|chua thanh toan|dang xu ly|phieu tam|dang giao|dang giao hang|cho xac nhan|cho thanh toan|cho xu ly"
    "|thanh toan mot phan|moi|pending|unpaid|processing|partially paid|new|chua giao|dat truoc|cho giao hang",
    "cancelled": "cancelled|canceled|da huy|huy|huy don|void|voided|da xoa|khong thanh cong|that bai|failed"
    "|ket thuc som",
    "returned": "returned|tra hang|da tra hang|hoan tra|da hoan tra|da hoan tien|hoan tien|refunded|refund|doi tra"
    "|chuyen hoan",
}
_KINDS: Final[Mapping[str, str]] = {
    "order": "order|don hang|hoa don|ban hang|ban le|mua hang|sale|invoice|purchase|tai quan|mang di|takeaway|dine in",
    "visit": "visit|luot ghe|ghe tham|den quan|luot den|den cua hang",
    "delivery": "delivery|giao hang|ban giao hang|giao tan noi|ship",
    "booking": "booking|dat lich|lich hen|dat cho|dat ban|dat phong|appointment|reservation",
    "contract": "contract|hop dong|goi|goi dich vu|the thanh vien|subscription|membership",
}


def _by_word(words: Mapping[str, str]) -> dict[str, str]:
    return {word: what for what, line in words.items() for word in line.split("|")}


STATE_WORDS: Final = _by_word(_STATES)
KIND_WORDS: Final = _by_word(_KINDS)

_UNITS: Final[Mapping[str, int]] = {
    "k": 10**3, "nghin": 10**3, "ngan": 10**3, "tr": 10**6, "trieu": 10**6, "m": 10**6, "ty": 10**9, "ti": 10**9,
}  # fmt: skip
_AMOUNT = re.compile(
    r"(?P<minus>-|\()?\s*(?:vnd|sgd|usd|eur|gbp|s\$|us\$|\$|₫|€|£)?\s*(?P<minus2>-)?(?P<number>\d[\d.,\s]*)"
    r"(?P<unit>k|nghin|ngan|trieu|tr|m|ty|ti)?\s*(?:vnd|sgd|usd|eur|gbp|dong|d|₫|\$|€|£)?\s*\)?"
)


def parse_amount(cell: object) -> Decimal | None:
    """An amount of money as people write it, negative in brackets or after a minus; None for anything else.

    A point or comma before three digits parts thousands ("59.000", "1,250,000"), the last of both the cents. "350k",
    "1,25tr" and "2 tỷ" are understood.
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return _bounded(Decimal(str(cell)))
    found = _AMOUNT.fullmatch(search_key(str(cell)).strip())
    if found is None:
        return None
    unit = _UNITS.get(found["unit"] or "", 1)
    digits = re.sub(r"\s", "", found["number"]).rstrip(".,")
    try:
        number = Decimal(_plain(digits)) * unit
    except InvalidOperation:
        return None
    return _bounded(-number if found["minus"] or found["minus2"] else number)


def _plain(digits: str) -> str:
    """``digits`` with a point before the cents and nothing else."""
    marks = [char for char in digits if char in ".,"]
    if not marks:
        return digits
    last = max(digits.rfind("."), digits.rfind(","))
    behind = len(digits) - last - 1
    if len(set(marks)) == 1 and (len(marks) > 1 or behind == 3):
        return re.sub("[.,]", "", digits)
    return re.sub("[.,]", "", digits[:last]) + "." + digits[last + 1 :]


def _bounded(number: Decimal) -> Decimal | None:
    """Rounded to cents; None where no shop ever took so much."""
    return number.quantize(Decimal("0.01")) if abs(number) < MAX_AMOUNT else None
