"""What the columns of a list of purchases mean, and what its amounts, states and kinds say."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from customers.logic.columns import CUSTOMERS, Vocabulary
from cxcrm.core.amounts import NO_MINOR_UNIT, parse_money, parse_number

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
        "order_covers": "hieu luc den|hieu luc den ngay|co hieu luc den|ngay het han|het han|het han ngay"
        "|ngay het hieu luc|ngay het han hop dong|ngay het han goi|ngay ket thuc|den ngay|thoi han den|valid until"
        "|valid to|valid through|valid thru|covers until|covered until|paid until|paid through|expires|expires on"
        "|expires at|expiry|expiry date|expiration|expiration date|end date|contract end|renewal date|renews on"
        "|next renewal",
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

_PLACES: Final = Decimal("0.01")


def parse_amount(cell: object, currency: str = "VND") -> Decimal | None:
    """An amount of money in a cell, as people write it ("59.000", "350k", "1tr2", see ``parse_money``) or as a program
    counted it, with fractions no till gives out; None for anything else.
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return _bounded(Decimal(str(cell)))
    text = str(cell).strip()
    written = parse_money(text, currency)
    if written is None and text.split() == [text]:
        written = parse_number(text, decimal_mark="," if currency in NO_MINOR_UNIT else ".")
    return None if written is None else _bounded(written)


def _bounded(number: Decimal) -> Decimal | None:
    """Rounded to cents; None where no shop ever took so much."""
    return number.quantize(_PLACES) if abs(number) < MAX_AMOUNT else None
