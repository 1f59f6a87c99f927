"""XLSX workbooks: what is kept of them, and how hostile ones are refused."""

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from customers.logic import workbook
from customers.logic.spreadsheet import SpreadsheetError, TableWarning, read_table

HEADERS = ["Tên khách hàng", "Điện thoại", "Ngày sinh"]


def written(rows, more=None):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Khách")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            else:
                sheet.write(number, column, value)
    if more:
        more(book, sheet, day)
    book.close()
    return buffer.getvalue()


def rezipped(data, parts=None, *, extra=()):
    """Return the archive with the content of some parts replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in [*{**content, **(parts or {})}.items(), *extra]:
            if body is not None:
                archive.writestr(name, body)
    return buffer.getvalue()


def sheet_xml(cells, prolog=b""):
    return (
        prolog + b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b"%s</sheetData></worksheet>" % cells
    )


def refused(data):
    with pytest.raises(SpreadsheetError) as caught:
        read_table(data, "list.xlsx")
    return caught.value.code, caught.value.data


PLAIN = written([HEADERS, ["Lan", 912345678, date(1990, 1, 2)]])
SHEET = "xl/worksheets/sheet1.xml"


def test_a_shop_s_workbook():
    def decorate(book, sheet, day):
        sheet.merge_range(0, 0, 0, 2, "DANH SÁCH KHÁCH HÀNG")
        sheet.write_datetime(3, 3, datetime(2026, 1, 2, 3, 4), day)
        sheet.write_blank(1_048_575, 5, None, day)
        sheet.set_row(60_000, 30)
        book.add_worksheet("Ẩn").hide()
        book.add_chartsheet("Biểu đồ")
        book.add_worksheet("Trống")
        book.add_worksheet("Nợ").write(0, 0, "x")

    table = read_table(
        written([[], [], HEADERS, ["Lan", 912345678, date(1990, 1, 2)], [], ["An", 2.5, True]], decorate), "x.xlsx"
    )
    assert table.headers == (*HEADERS, "")
    assert table.rows == (
        ("Lan", 912345678, date(1990, 1, 2), datetime(2026, 1, 2, 3, 4)),
        ("An", 2.5, True, ""),
    )
    assert (table.header_row, table.row_numbers) == (3, (4, 6))
    assert (table.encoding, table.delimiter) == (None, None)
    assert table.warnings == (
        TableWarning("other_sheets_ignored", {"sheets": ["Nợ"]}),
        TableWarning("title_rows_skipped", {"count": 1}),
    )


def test_cells_without_references_and_with_prefixes_are_counted_as_a_reader_does():
    cells = b"<row><c t='inlineStr'><is><t>Name</t></is></c><c t='inlineStr'><is><t>Phone</t></is></c></row>"
    assert refused(rezipped(PLAIN, {SHEET: sheet_xml(cells)})) == ("empty", {"header_row": 1})
    many = cells + b"<row r='130000'><c><v>1</v></c></row>"
    assert refused(rezipped(PLAIN, {SHEET: sheet_xml(many)}))[0] == "too_many_rows"


def test_empty_workbooks():
    assert refused(written([])) == ("empty", {})
    assert refused(written([HEADERS])) == ("empty", {"header_row": 1})


def test_too_many_rows_and_columns():
    far = written([HEADERS, ["Lan"]], lambda _, sheet, __: sheet.write(1_048_575, 0, "x"))
    assert refused(far) == ("too_many_rows", {"row": 1_048_576, "limit": 101_000})
    wide = written([HEADERS, ["Lan"]], lambda _, sheet, __: sheet.write(1, 16_383, "x"))
    assert refused(wide) == ("too_large", {"row": 2, "cells": 16_384, "limit": 200})
    spread = written([HEADERS, ["Lan"]], lambda _, sheet, __: sheet.write(100_000, 150, "x"))
    assert refused(spread) == ("too_large", {"reason": "area", "limit": 4_200_000})


def test_another_sheet_may_be_as_large_as_it_likes():
    def decorate(book, _, __):
        book.add_worksheet("Hóa đơn").write(200_000, 0, "x")

    table = read_table(written([HEADERS, ["Lan", 1, ""]], decorate), "x.xlsx")
    assert table.rows == (("Lan", 1, ""),)
    assert table.warnings == (TableWarning("other_sheets_ignored", {"sheets": ["Hóa đơn"]}),)


@pytest.mark.parametrize(
    "cell",
    [b"<row r='0'><c r='A0'><v>1</v></c></row>", b"<row r='1'><c r='XFE1'><v>1</v></c></row>",
     b"<row r='9999999'><c><v>1</v></c></row>", b"<row r='1'><c r='?'><v>1</v></c></row>",
     b"<row r='x'><c><v>1</v></c></row>", b"<row r='1'><c r='A1'><v>1</v></row>"],
)  # fmt: skip
def test_impossible_cells_are_damage(cell):
    assert refused(rezipped(PLAIN, {SHEET: sheet_xml(cell)})) == ("unreadable", {"reason": "damaged"})


def test_entities_are_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    assert refused(rezipped(PLAIN, {SHEET: sheet_xml(b"", bomb)})) == ("unreadable", {"reason": "doctype"})
    with_strings = rezipped(PLAIN, {"xl/sharedStrings.xml": bomb + b"<sst>&b;</sst>"})
    assert refused(with_strings) == ("unreadable", {"reason": "doctype"})


def test_an_unknown_encoding_is_damage():
    prolog = b'<?xml version="1.0" encoding="no-such"?>'
    assert refused(rezipped(PLAIN, {SHEET: sheet_xml(b"", prolog)})) == ("unreadable", {"reason": "damaged"})


def test_zip_bombs():
    bomb = rezipped(PLAIN, extra=[("xl/media.xml", b" " * (51 * 1024 * 1024))])
    assert len(bomb) < 100_000
    assert refused(bomb) == ("too_large", {"reason": "uncompressed", "limit": workbook.MAX_UNCOMPRESSED})
    parts = rezipped(PLAIN, extra=[(f"xl/{number}.xml", b"<x/>") for number in range(1_000)])
    assert refused(parts) == ("too_large", {"reason": "parts", "limit": workbook.MAX_PARTS})


def test_an_archive_that_lies_about_a_size_is_damaged():
    bomb = bytearray(rezipped(PLAIN, extra=[("xl/z.xml", b" " * 1_000_000)]))
    directory = bomb.rfind(b"PK\x01\x02")
    bomb[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert refused(bytes(bomb)) == ("unreadable", {"reason": "damaged"})


def test_parts_that_are_not_needed_are_not_read():
    data = rezipped(PLAIN, extra=[("xl/media/image1.png", b"\x00" * 100), ("content.xml", b"<bomb/>")])
    assert read_table(data, "x.xlsx").rows == (("Lan", 912345678, date(1990, 1, 2)),)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04" + b"x" * 100, "damaged"),
        (PLAIN[: len(PLAIN) // 2], "damaged"),
        (rezipped(PLAIN, {"xl/workbook.xml": None}), "not_xlsx"),
        (rezipped(PLAIN, {SHEET: None}), "damaged"),
        (rezipped(PLAIN, {"xl/workbook.xml": b"<workbook/>"}), None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_excel_or_encrypted"),
    ],
)
def test_what_is_no_workbook(data, reason):
    code, about = refused(data)
    assert (code, about) == (("unreadable", {"reason": reason}) if reason else ("empty", {}))


def test_two_parts_of_one_name_are_refused():
    buffer = io.BytesIO(PLAIN)
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")
    assert refused(buffer.getvalue()) == ("unreadable", {"reason": "not_xlsx"})
