"""Cells and files of exports, read back by programs that are not ours."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.utils import timezone, translation
from python_calamine import CalamineWorkbook

from cxcrm.core.exports.cells import MAX_TEXT, disarmed, plain, written
from cxcrm.core.exports.files import BOM, write_csv, write_xlsx

PAYLOADS = [
    "=1+1", "=cmd|' /C calc'!A0", "+84912345678", "-2+3", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1", "\x00=1+1", " =1+1",
    "   +1", "\u3000=1", "\u00a0=1", "＝1+1", "＋1", "－1", "＠SUM(1)", " ＝1", "\x01=1", "\x0b-1", "\ufeff=1",
    "\u200b@a", '=HYPERLINK("http://x.example","y")', "-", "=", "\x00", "\t",
]  # fmt: skip
HARMLESS = [
    "Nguyễn Thị Lan", "0912 345 678", "a=b", "5-3", "lan@khach.example", 'nói "được"', "hai\r\ndòng", "a,b;c",
    "x" * 40_000,
]  # fmt: skip
# The first character that counts, as spreadsheets see it.
_ARMED = re.compile(r"^[\s\u200b\ufeff]*[=+\-@＝＋－＠]|^[\t\r\x00]")


def test_no_cell_of_a_csv_file_is_taken_for_a_formula():
    file = io.BytesIO()
    texts = PAYLOADS + HARMLESS
    assert write_csv(file, ["=Tên", "Số"], ([text, 1] for text in texts)) == len(texts)
    data = file.getvalue()
    assert data.startswith(BOM)
    assert data.count(b"\r\n") == len(texts) + 1
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    assert rows[0] == ["'=Tên", "Số"]
    assert len(rows) == len(texts) + 1
    assert {len(row) for row in rows} == {2}
    assert [row[0] for row in rows[1:] if _ARMED.match(row[0])] == []
    harmless = [row[0] for row in rows[1 + len(PAYLOADS) :]]
    assert harmless[:-1] == [text.replace("\r\n", "\n") for text in HARMLESS[:-1]]
    assert len(harmless[-1]) == MAX_TEXT


def test_a_sheet_has_text_as_text_and_numbers_as_numbers(settings):
    file = io.BytesIO()
    moment = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    texts = PAYLOADS + HARMLESS
    with translation.override("vi"), timezone.override("Asia/Ho_Chi_Minh"):
        rows = [[text, 7, Decimal("1250000.50"), date(2026, 2, 28), plain(moment), None] for text in texts]
        assert write_xlsx(file, ["Tên", "Số", "Tiền", "Ngày", "Lúc", "Trống"], rows, "Khách [hàng]: *?/") == len(texts)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_index(0)
    read = sheet.to_python()
    assert read[0] == ["Tên", "Số", "Tiền", "Ngày", "Lúc", "Trống"]
    assert read[1 + len(PAYLOADS)] == [
        "Nguyễn Thị Lan", 7.0, 1250000.5, date(2026, 2, 28), datetime(2026, 11, 22, 16, 30), "",
    ]  # fmt: skip
    assert len(read) == len(texts) + 1
    assert {row[0] for row in read} >= {"=1+1", "+84912345678", "＝1+1"}
    with zipfile.ZipFile(io.BytesIO(file.getvalue())) as archive:
        xml = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    assert list(xml.iter(f"{space}f")) == []
    first = [cell for cell in xml.iter(f"{space}c") if re.fullmatch(r"A\d+", cell.get("r"))]
    assert {cell.get("t") for cell in first} == {"inlineStr"}
    pane = next(xml.iter(f"{space}pane"))
    assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")


@pytest.mark.parametrize(
    ("language", "value", "text"),
    [
        ("vi", date(2026, 2, 28), "28/02/2026"),
        ("en", date(2026, 2, 28), "2026-02-28"),
        ("vi", datetime(2026, 2, 28, 15, 4, tzinfo=UTC), "28/02/2026 22:04"),
        ("vi", True, "có"),
        ("en", False, "no"),
        ("vi", Decimal("-5.50"), "-5.50"),
        ("vi", ["a", "", "b"], "a; b"),
        ("vi", ["=a", "b"], "'=a; b"),
        ("vi", None, ""),
        ("vi", 0, "0"),
    ],
)
def test_a_cell_as_a_csv_file_says_it(language, value, text):
    with translation.override(language), timezone.override("Asia/Ho_Chi_Minh"):
        assert written(plain(value)) == text


def test_what_is_harmless_stays_as_it_is():
    assert [text for text in HARMLESS if disarmed(text) != text] == []
