"""Lists as the systems of Vietnamese shops export them, known by their headers (domain.md §4.11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from customers.logic.columns import header_key

# So much of a file's headers has to be the system's, and so many of them at least.
ENOUGH: Final = 0.7
AT_LEAST: Final = 4
# Their lists are the same; both are named.
_ONE_SHAPE: Final = {"Haravan", "Sapo"}


@dataclass(frozen=True, slots=True)
class Preset:
    """One list of one system: header as a search key → field, "" for what is known and not taken."""

    system: str
    kind: str
    columns: Mapping[str, str]


def _preset(system: str, kind: str, lines: str) -> Preset:
    """``lines``: one "Header = field" each; the field is left out where nothing is taken."""
    columns = {}
    for line in lines.strip().splitlines():
        header, _equals, field = line.partition("=")
        columns[header_key(header)] = field.strip()
    return Preset(system, kind, columns)


_SHOPIFY_LIKE: Final = """
Họ = family_name
Tên = first_name
Email = email
Điện thoại = phone
Công ty = company_name
Địa chỉ = address
Tỉnh/Thành = province
Tỉnh/Thành phố = province
Quận/Huyện = district
Phường/Xã = ward
Nhận quảng cáo (có/không)
Nhận quảng cáo
Tổng chi tiêu
Tổng đơn hàng
Tags = tags
Ghi chú = note
"""
_SHOPIFY_LIKE_ORDERS: Final = """
Mã đơn = order_number
Mã đơn hàng = order_number
Ngày đặt = order_time
Ngày đặt hàng = order_time
Trạng thái thanh toán = order_state
Trạng thái giao hàng
Trạng thái xử lý
Tổng tiền = order_amount
Kênh = order_channel
Kênh bán hàng = order_channel
Tên khách hàng = full_name
Khách hàng = full_name
Điện thoại = phone
Email = email
Sản phẩm = order_items
Ghi chú = order_note
Chi nhánh = order_branch
"""

PRESETS: Final[Sequence[Preset]] = (
    _preset(
        "KiotViet",
        "customers",
        """
Loại khách = kind
Chi nhánh tạo
Mã khách hàng = external_id
Tên khách hàng = full_name
Điện thoại = phone
Địa chỉ = address
Khu vực giao hàng = province
Phường/Xã = ward
Công ty = company_name
Mã số thuế
Số CMND/CCCD
Ngày sinh
Giới tính
Email = email
Facebook
Nhóm khách hàng = tags
Ghi chú = note
Người tạo
Ngày tạo
Ngày giao dịch cuối
Nợ cần thu
Nợ cần thu hiện tại
Điểm hiện tại
Tổng điểm
Tổng bán
Tổng bán trừ trả hàng
Trạng thái
""",
    ),
    _preset(
        "KiotViet",
        "purchases",
        """
Mã hóa đơn = order_number
Thời gian = order_time
Thời gian tạo
Chi nhánh = order_branch
Mã KH = external_id
Mã khách hàng = external_id
Tên KH = full_name
Tên khách hàng = full_name
Điện thoại = phone
Email = email
Địa chỉ
Khu vực
Tổng tiền hàng
Giảm giá
Giảm giá hóa đơn
Khách cần trả = order_amount
Khách đã trả
Tiền mặt
Chuyển khoản
Thẻ
Còn cần thu
Trạng thái = order_state
Người bán
Người tạo
Kênh bán = order_channel
Ghi chú = order_note
Bảng giá
""",
    ),
    _preset("Haravan", "customers", _SHOPIFY_LIKE),
    _preset(
        "Sapo",
        "customers",
        _SHOPIFY_LIKE
        + """
Mã khách hàng = external_id
Tên khách hàng = full_name
Nhóm khách hàng = tags
Số điện thoại = phone
Mã số thuế
Website
Fax
Giới tính
Ngày sinh
Mô tả = note
Tổng SL đơn hàng
Nhân viên phụ trách
Công nợ
""",
    ),
    _preset("Haravan", "purchases", _SHOPIFY_LIKE_ORDERS),
    _preset(
        "Sapo",
        "purchases",
        _SHOPIFY_LIKE_ORDERS
        + """
Mã khách hàng = external_id
Số điện thoại = phone
Nguồn đơn = order_channel
Trạng thái đơn hàng
Khách phải trả = order_amount
Nhân viên
""",
    ),
    # Our own export, in both languages (customers.exports); the firm's own fields stand beside it.
    _preset(
        "cxcrm",
        "customers",
        """
ID
Loại = kind
Họ tên = full_name
Tên gọi
Xưng hô = salutation
Chức danh
Số điện thoại = phone
Địa chỉ e-mail = email
Mã khách hàng = external_id
Mã ở hệ thống khác
Tổ chức = company_name
Vai trò ở đó
Địa chỉ = address
Số nhà, đường
Phường/xã
Tỉnh, thành phố
Địa chỉ như đã ghi
Nhãn = tags
Người phụ trách
Chi nhánh quen
Ngôn ngữ = language
Ghi chú = note
Tạo lúc
""",
    ),
    _preset(
        "cxcrm",
        "customers",
        """
ID
Kind = kind
Full name = full_name
Given name
Salutation = salutation
Formal title
Phone numbers = phone
E-mail addresses = email
Customer number = external_id
Numbers in other systems
Organisation = company_name
Role there
Address = address
Number and street
Ward or commune
Province or city
Address as it was written
Tags = tags
Owner
Home branch
Language = language
Note = note
Created
""",
    ),
    _preset(
        "MISA",
        "customers",
        """
Mã khách hàng = external_id
Tên khách hàng = full_name
Điện thoại = phone
Email = email
Địa chỉ = address
Tỉnh/Thành phố = province
Quận/Huyện = district
Xã/Phường = ward
Phường/Xã = ward
Mã số thuế
Nhóm KH = tags
Nhóm khách hàng = tags
Công nợ
Số CMND
Người liên hệ
Là nhà cung cấp
""",
    ),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file that looks like the list of a system; ``systems`` are several where their lists are the same.

    ``left_out`` are columns the system is known to have and nothing is taken of.
    """

    systems: tuple[str, ...]
    kind: str
    columns: dict[int, str]
    left_out: frozenset[int]


def recognise(headers: Sequence[str], kind: str = "") -> Recognised | None:
    """The system whose list has these headers, the closest one; None where none is close enough.

    ``kind`` narrows it to lists of that kind. A field is taken from its first column only.
    """
    keys = [header_key(header) for header in headers]
    filled = [key for key in keys if key]
    known = [(preset, sum(key in preset.columns for key in filled)) for preset in PRESETS if kind in ("", preset.kind)]
    fits = [
        # Of two lists that know as many headers the one is meant that has the fewer others.
        ((count, -len(preset.columns)), preset)
        for preset, count in known
        if count >= AT_LEAST and count >= ENOUGH * len(filled)
    ]
    if not fits:
        return None
    best = max(fit for fit, _preset in fits)
    chosen = next(preset for fit, preset in fits if fit == best)
    alike = {preset.system for fit, preset in fits if fit[0] == best[0] and preset.kind == chosen.kind}
    if len(alike) > 1 and not alike <= _ONE_SHAPE:
        return None
    taken: dict[str, int] = {}
    for index, key in enumerate(keys):
        field = chosen.columns.get(key, "")
        if field:
            taken.setdefault(field, index)
    columns = {index: field for field, index in sorted(taken.items(), key=lambda item: item[1])}
    left_out = frozenset(index for index, key in enumerate(keys) if key and chosen.columns.get(key) == "")
    return Recognised(tuple(sorted(alike)), chosen.kind, columns, left_out)
