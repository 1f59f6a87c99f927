"""Lists as the systems of shops export them, thousands of rows of invented people, with what importers trip over."""

import csv
import io
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import xlsxwriter

from cxcrm.demo.people import Invented, vietnamese

Row = list[Any]
Shape = Callable[[Invented, random.Random], Row]

# Ward, district and province: of today, without a district, and as they were before July 2025.
PLACES = (
    ("Phường Tân Định", "", "Hồ Chí Minh"), ("Phường Sài Gòn", "", "TP. Hồ Chí Minh"),
    ("Phường Hải Châu", "", "Đà Nẵng"), ("Phường Xuân Hương - Đà Lạt", "", "Lâm Đồng"),
    ("Phường 6", "Quận 3", "Hồ Chí Minh"), ("Phường Thạch Thang", "Quận Hải Châu", "Đà Nẵng"), ("", "", ""),
)  # fmt: skip
DAY = datetime(2026, 3, 2, 7, 30)


def _kiotviet(person: Invented, rng: random.Random) -> Row:
    ward, district, province = rng.choice(PLACES)
    return [
        "Cá nhân", "Chi nhánh trung tâm", person.code, person.name, person.phone, f"{rng.randrange(1, 400)} Lê Lợi",
        " - ".join(part for part in (province, district) if part), ward, "", "", "",
        rng.choice(["Nam", "Nữ", ""]), person.email, "", person.tag, person.note,
        "02/03/2026 09:15", 0, rng.randrange(10**5, 10**7), rng.randrange(10**5, 10**7), 1,
    ]  # fmt: skip


def _haravan(person: Invented, rng: random.Random) -> Row:
    *family, given = person.full.split()
    ward, district, province = rng.choice(PLACES)
    return [
        " ".join(family), given, person.email, person.phone, "", f"{rng.randrange(1, 400)} Hai Bà Trưng",
        province, district, ward, rng.choice(["có", "không"]), rng.randrange(10**6), 3,
        person.tag, person.note,
    ]  # fmt: skip


def _sapo(person: Invented, rng: random.Random) -> Row:
    ward, district, province = rng.choice(PLACES)
    return [
        person.code, person.name, person.tag, person.email, person.phone, "", rng.choice(["Nam", "Nữ"]),
        f"{rng.randrange(1, 400)} Nguyễn Trãi", province, district, ward, person.note,
        rng.randrange(10**7), rng.randrange(1, 40), 0,
    ]  # fmt: skip


def _misa(person: Invented, rng: random.Random) -> Row:
    return [
        person.code, person.name, person.phone, person.email, f"{rng.randrange(1, 400)} Trần Phú, Đà Lạt", "",
        person.tag, rng.randrange(10**6),
    ]  # fmt: skip


CUSTOMERS: dict[str, tuple[list[str], Shape]] = {
    "KiotViet": (
        [
            "Loại khách", "Chi nhánh tạo", "Mã khách hàng", "Tên khách hàng", "Điện thoại", "Địa chỉ",
            "Khu vực giao hàng", "Phường/Xã", "Công ty", "Mã số thuế", "Ngày sinh", "Giới tính", "Email", "Facebook",
            "Nhóm khách hàng", "Ghi chú", "Ngày giao dịch cuối", "Nợ cần thu", "Tổng bán", "Tổng bán trừ trả hàng",
            "Trạng thái",
        ],
        _kiotviet,
    ),
    "Haravan": (
        [
            "Họ", "Tên", "Email", "Điện thoại", "Công ty", "Địa chỉ", "Tỉnh/Thành", "Quận/Huyện", "Phường/Xã",
            "Nhận quảng cáo (có/không)", "Tổng chi tiêu", "Tổng đơn hàng", "Tags", "Ghi chú",
        ],
        _haravan,
    ),
    "Sapo": (
        [
            "Mã khách hàng", "Tên khách hàng", "Nhóm khách hàng", "Email", "Số điện thoại", "Ngày sinh", "Giới tính",
            "Địa chỉ", "Tỉnh/Thành", "Quận/Huyện", "Phường/Xã", "Mô tả", "Tổng chi tiêu", "Tổng SL đơn hàng", "Công nợ",
        ],
        _sapo,
    ),
    "MISA": (
        ["Mã khách hàng", "Tên khách hàng", "Điện thoại", "Email", "Địa chỉ", "Mã số thuế", "Nhóm KH", "Công nợ"],
        _misa,
    ),
}  # fmt: skip

INVOICES = [
    "Mã hóa đơn", "Thời gian", "Chi nhánh", "Mã KH", "Tên KH", "Điện thoại", "Tổng tiền hàng", "Giảm giá",
    "Khách cần trả", "Khách đã trả", "Trạng thái", "Người bán", "Kênh bán",
]  # fmt: skip


def customers(system: str, count: int, *, seed: int = 1, wrong_every: int = 0) -> tuple[list[str], list[Row]]:
    """Headers and rows of the customer list of ``system``; every ``wrong_every``-th has nothing to reach them by."""
    headers, shape = CUSTOMERS[system]
    rng = random.Random(f"{system}{seed}")
    rows = []
    for number, person in enumerate(vietnamese(count, seed), start=1):
        row = shape(person, rng)
        if wrong_every and number % wrong_every == 0:
            for index, header in enumerate(headers):
                if header in ("Điện thoại", "Số điện thoại", "Email", "Mã khách hàng"):
                    row[index] = "không có" if "thoại" in header else ""
        elif not person.email and "Mã khách hàng" not in headers:
            row[headers.index("Điện thoại")] = f"09{number:08d}"
        rows.append(row)
    return headers, rows


def invoices(count: int, *, people: int, seed: int = 1) -> tuple[list[str], list[Row]]:
    """Headers and rows of KiotViet's invoices of ``people`` customers."""
    rng = random.Random(seed)
    known = vietnamese(people, seed)
    rows = []
    for number in range(1, count + 1):
        person = rng.choice(known)
        total = rng.randrange(20, 400) * 1_000
        at = DAY + timedelta(minutes=rng.randrange(60 * 24 * 200))
        rows.append(
            [
                f"HD{number:06d}", at, "Tân Định", person.code, person.full, person.phone, total, 0, total, total,
                "Đã hủy" if number % 50 == 0 else "Hoàn thành", "Lý Gia Hân", "Bán trực tiếp",
            ]
        )  # fmt: skip
    return INVOICES, rows


def as_xlsx(headers: Sequence[str], rows: Sequence[Row], *, title: str = "", total: bool = False) -> bytes:
    """A workbook, with a title above the headers and a total below the rows where wanted."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"})
    sheet = book.add_worksheet()
    line = 0
    if title:
        sheet.merge_range(0, 0, 0, len(headers) - 1, title)
        line = 2
    sheet.write_row(line, 0, headers)
    for row in rows:
        line += 1
        for index, cell in enumerate(row):
            if cell != "":
                sheet.write(line, index, cell)
    if total:
        sheet.write_row(line + 1, 0, ["Tổng cộng", len(rows)])
    book.close()
    return buffer.getvalue()


def as_csv(headers: Sequence[str], rows: Sequence[Row], *, delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([headers, *rows])
    return out.getvalue().encode(encoding)
