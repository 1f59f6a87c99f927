"""The customer list of a small Vietnamese shop as it really arrives, with everything an importer trips over."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import xlsxwriter

SHOP_FILE_NAME: Final = "Khách quen Tân Định.xlsx"
TITLES: Final = ("CÀ PHÊ SƯƠNG MAI – QUÁN TÂN ĐỊNH", "Danh sách khách quen, chị Ngân ghi", "")
HEADERS: Final = (
    "STT", "Họ và tên", "Số điện thoại", "Email", "Sinh nhật", "Nhóm", "Địa chỉ", "Ghi chú", "Đồng ý nhận khảo sát",
    "Ngày đồng ý",
)  # fmt: skip
# Where the first customer stands, counted as the spreadsheet program does.
FIRST_ROW: Final = len(TITLES) + 2


@dataclass(frozen=True)
class ShopRow:
    """One customer as the shop wrote them; a phone that is a number has lost its leading zero."""

    name: str
    phone: str | int = ""
    email: str = ""
    birthday: str = ""
    group: str = ""
    address: str = ""
    note: str = ""
    consent: str = ""
    consent_day: date | None = None


# Row 5 C. Lan … row 15: nine new customers, and two rows refused (Lan a second time; nothing to reach Thia by).
SHOP: Final = (
    ShopRow("C. Lan", 912345678, "lan@khach.example", "12/03", "dân văn phòng", "12 Trần Quang Khải, P. Tân Định",
            "bạc xỉu ít ngọt", "Có", date(2025, 10, 12)),
    ShopRow("A Minh", "0903 112 233", "minh@khach.example", "", "sinh viên", "", "", "x", date(2025, 10, 12)),
    ShopRow("NGUYỄN THỊ THU HÀ", "0168 888 8888", "ThuHa@Khach.example", "05/09/1994", "dân văn phòng",
            "TP Hồ Chí Minh Quận 1", "", "có", date(2025, 11, 3)),
    ShopRow("chị hương shop hoa", "84 987 654 321", "huong@khach.example", "", "", "", "hay mua hạt", "CÓ"),
    ShopRow("Anh Tuấn Q7", 938111222, "", "", "gia đình; cuối tuần", "", "", ""),
    ShopRow("K'Brếu Ha Nhàn", "0263 3822 222", "hanhan@@khach.example", "", "người sành", "Đà Lạt", "", "có"),
    ShopRow("Chị Lan", "0912.345.678", "lan@khach.example", "", "", "", "ghi hai lần"),
    ShopRow("Chị Hạnh (quán Góc Nhỏ)", "0977 000 111 / 028 3822 1234", "hanh@gocnho.example", "", "quán sỉ",
            "", "giao thứ Năm", "có", date(2025, 9, 30)),
    ShopRow("Danh Sóc Thia", "", "không có", "", "sinh viên", "", "", ""),
    ShopRow("Trần Quang Huy", "+84 971 222 333", "huy@khach.example", "", "", "", "", "không"),
    ShopRow("Lý Gia Hân", "0909 444 555", "han@khach.example", "", "", "", "", "chưa hỏi"),
)  # fmt: skip


def shop_file(rows: Sequence[ShopRow] = SHOP) -> bytes:
    """The list as XLSX: three lines above the headers, numbers without their zero, real dates, a total at the end."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Khách quen")
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, title in enumerate(TITLES):
        sheet.write(number, 0, title, bold)
    sheet.write_row(len(TITLES), 0, HEADERS, bold)
    for number, row in enumerate(rows, start=1):
        line = len(TITLES) + number
        cells = [number, row.name, row.phone, row.email, row.birthday, row.group, row.address, row.note, row.consent]
        sheet.write_row(line, 0, cells)
        if row.consent_day:
            sheet.write_datetime(line, len(cells), row.consent_day, day)
    sheet.write_row(len(TITLES) + len(rows) + 1, 0, ["Tổng cộng", len(rows)], bold)
    book.close()
    return buffer.getvalue()
