"""CSV files as they come out of Excel, phones and shop software; and what is refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic import spreadsheet
from customers.logic.spreadsheet import MAX_BYTES, MAX_ROWS, SpreadsheetError, TableWarning, read_table

TEXT = "Họ tên,Điện thoại\nNguyễn Thị Hương,0912345678\nĐặng Bình,0987654321\n"
ROWS = (("Nguyễn Thị Hương", "0912345678"), ("Đặng Bình", "0987654321"))


def refused(data, filename="list.csv"):
    with pytest.raises(SpreadsheetError) as caught:
        read_table(data if isinstance(data, bytes) else data.encode(), filename)
    return caught.value.code, caught.value.data


def cp1258(text):
    """Return `text` as old Windows programs write Vietnamese: letters whole, tone marks after them."""
    written = b""
    for char in text:
        marks = unicodedata.normalize("NFD", char)
        tone = next((mark for mark in marks[1:] if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
        written += unicodedata.normalize("NFC", marks.replace(tone, "") if tone else char).encode("cp1258")
        written += tone.encode("cp1258")
    return written


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (unicodedata.normalize("NFD", TEXT).encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (cp1258(TEXT), "cp1258"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode(), "utf-8"),
    ],
)
def test_encodings(data, encoding):
    table = read_table(data, "list.csv")
    assert table.headers == ("Họ tên", "Điện thoại")
    assert table.rows == ROWS
    assert (table.encoding, table.delimiter, table.header_row, table.warnings) == (encoding, ",", 1, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(encoding):
    table = read_table("Name,Phone\nLan,0912345678\n".encode(encoding), "list.csv")
    assert (table.rows, table.encoding) == ((("Lan", "0912345678"),), encoding)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimiters(delimiter):
    table = read_table(TEXT.replace(",", delimiter).encode(), "list.csv")
    assert (table.rows, table.delimiter) == (ROWS, delimiter)


def test_a_declared_delimiter_is_believed_and_its_line_counted():
    table = read_table(b"sep=|\r\nName|Phone\r\nLan, An|1\r\n", "list.csv")
    assert (table.rows, table.delimiter, table.header_row) == ((("Lan, An", "1"),), "|", 2)


def test_quotes_line_breaks_and_commas_inside_cells():
    table = read_table(b'Name,Note\n"Lan, Q7","one\ntwo"\nAnh ""Bay"",x\n', "list.csv")
    assert table.rows == (("Lan, Q7", "one two"), ('Anh ""Bay""', "x"))


def test_titles_blank_rows_and_a_total_are_left_out_and_told():
    data = "DANH SÁCH KHÁCH HÀNG;;\n;;\nTên khách hàng;SĐT;Tổng bán\nLan;0912;5\n;;\nAn;0913;6\nTổng cộng:;;11\n"
    table = read_table(data.encode(), "list.csv")
    assert table.headers == ("Tên khách hàng", "SĐT", "Tổng bán")
    assert table.rows == (("Lan", "0912", "5"), ("An", "0913", "6"))
    assert (table.header_row, table.row_numbers) == (3, (4, 6))
    assert table.warnings == (
        TableWarning("totals_row_dropped", {"row": 7}),
        TableWarning("title_rows_skipped", {"count": 1}),
    )


@pytest.mark.parametrize("label", ["Tổng", "TỔNG CỘNG", "Total", "Grand total:", "Tổng số khách hàng: 2", "Cộng"])
def test_words_for_a_total(label):
    assert len(read_table(f"Name,Phone\nLan,1\n{label},2\n".encode(), "list.csv").rows) == 1


@pytest.mark.parametrize("label", ["Tổng công ty Điện", "Tống Văn A", "Cộng Cà Phê", "Total Fitness"])
def test_customers_that_only_sound_like_a_total(label):
    assert read_table(f"Name,Phone\n{label},2\n".encode(), "list.csv").rows == ((label, "2"),)


def test_rows_longer_and_shorter_than_the_header_are_squared():
    table = read_table(b"Name,Phone\nLan\nAn,1,extra\n", "list.csv")
    assert table.headers == ("Name", "Phone", "")
    assert table.rows == (("Lan", "", ""), ("An", "1", "extra"))


def test_nul_bytes_control_characters_and_surrogates_are_removed_and_counted():
    table = read_table(b"Name,Phone\nL\x00an,1\nA\xed\xa0\x80n,2\nB\x07,3\nC\xc2\xa0D,4\n", "list.csv")
    assert [row[0] for row in table.rows] == ["Lan", "An", "B", "C D"]
    assert table.warnings == (TableWarning("cells_cleaned", {"count": 3}),)


def test_a_few_broken_bytes_do_not_turn_utf_8_into_junk():
    data = "Tên,SĐT\n".encode() + "Nguyễn Thị Hương,1\n".encode() * 9 + b"Lan\xff,2\n"
    table = read_table(data, "list.csv")
    assert table.rows[-1] == ("Lan\ufffd", "2")
    assert (table.encoding, table.warnings) == ("utf-8", (TableWarning("undecodable_bytes", {"count": 1}),))


def test_unknown_headers_are_accepted_when_they_read_like_headers():
    table = read_table(b"Kundennamen;Rufnummer\nLan;0912345678\n", "list.csv")
    assert table.headers == ("Kundennamen", "Rufnummer")


def test_one_column_of_known_name_is_a_table():
    assert read_table(b"Email\na@b.vn\n", "list.csv").rows == (("a@b.vn",),)


def test_a_title_that_is_a_known_header_word_does_not_win():
    assert read_table("Khách hàng,\nTên,SĐT\nLan,1\n".encode(), "list.csv").header_row == 2


def test_empty_files():
    assert refused(b"") == ("empty", {})
    assert refused(b"\xef\xbb\xbf\n \r\n") == ("empty", {})
    assert refused(b",,,\n,,\n") == ("empty", {})
    assert refused(b"Name,Phone\n") == ("empty", {"header_row": 1})
    assert refused(b"Name,Phone\nTotal,0\n") == ("empty", {"header_row": 1})


def test_limits():
    assert refused(b"x" * (MAX_BYTES + 1)) == ("too_large", {"size": MAX_BYTES + 1, "limit": MAX_BYTES})
    assert len(read_table(b"Name,Phone\n" + b"a,1\n" * MAX_ROWS, "list.csv").rows) == MAX_ROWS
    assert refused(b"Name,Phone\n" + b"a,1\n" * (MAX_ROWS + 1)) == (
        "too_many_rows",
        {"rows": MAX_ROWS + 1, "limit": MAX_ROWS},
    )
    assert refused(b"Name,Phone\n" + b"a,1\n" * (MAX_ROWS * 2))[0] == "too_many_rows"
    wide = ",".join(f"column {letter}" for letter in "ab" * 101)
    assert refused(f"{wide}\n1") == ("too_large", {"row": 1, "cells": 202, "limit": 200})


@pytest.mark.parametrize(
    "data",
    [
        b"<html><body>hello</body></html>",
        b"just a line\nand another\n",
        b"%PDF-1.4\n\x00\x01\x02" + bytes(range(128, 256)) * 20,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        b"\x01\x02\x03\x04\x05\x06\x07\x08",
    ],
)
def test_what_is_no_table(data):
    assert refused(data, "photo.PNG")[0] == "not_a_table"


def test_a_file_that_is_no_text_names_its_extension():
    assert refused(b"\x01\x02\x03\x04\x05", "photo.PNG") == ("not_a_table", {"extension": "png"})


def test_without_a_header_nothing_is_guessed():
    assert refused("Lan,0912345678\nAn,0987654321\n") == ("no_header", {})


@pytest.mark.parametrize("data", ['Name,Phone\n"a,1\nb,2\n', 'Name,Phone\n"a"b,1\n'])
def test_a_misplaced_quote_is_refused_instead_of_swallowing_rows(data):
    code, about = refused(data)
    assert (code, about["reason"]) == ("unreadable", "quotes")


def test_a_quote_in_the_sample_does_not_hide_the_delimiter():
    rows = "".join(f'"Lan {number}";1\n' for number in range(9_000))
    assert read_table(f"Name;Phone\n{rows}".encode(), "list.csv").delimiter == ";"
    long_cell = "x" * 120_000
    table = read_table(f'Name;Phone\nLan;"{long_cell}"\n'.encode(), "list.csv")
    assert table.rows == (("Lan", long_cell),)


def test_a_cell_longer_than_any_cell_is_refused():
    assert refused(b"Name,Note\nLan," + b"x" * 200_000)[0] == "unreadable"


def read_or_refused(data):
    try:
        return read_table(data, "list.csv")
    except SpreadsheetError as error:
        return error.code


@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_a_reason(data):
    table = read_or_refused(data)
    if isinstance(table, str):
        assert table in {"empty", "not_a_table", "unreadable", "no_header", "too_large"}
        return
    assert {len(row) for row in table.rows} == {len(table.headers)}
    assert len(table.rows) == len(table.row_numbers)
    for cell in (cell for row in (table.headers, *table.rows) for cell in row):
        assert b"\x00" not in str(cell).encode()


@given(
    st.lists(
        st.tuples(st.text("abcĐạ ,;\"'", min_size=1, max_size=8).filter(str.strip), st.from_regex(r"\A0[0-9]{9}\Z")),
        min_size=1,
        max_size=20,
    )
)
def test_what_a_spreadsheet_program_writes_is_read_back(rows):
    quoted = "".join('"{}";{}\n'.format(name.replace('"', '""'), phone) for name, phone in rows)
    table = read_table(f"Họ tên;SĐT\n{quoted}".encode(), "list.csv")
    assert table.rows == tuple((unicodedata.normalize("NFC", name).strip(), phone) for name, phone in rows)


def test_cells_of_other_kinds_become_text():
    cleaner = spreadsheet._Cleaner()
    assert [cleaner.clean(value) for value in (None, float("inf"), 2.0, 2.5, 1e300, True, b"x")] == [
        "",
        "",
        2,
        2.5,
        1e300,
        True,
        "b'x'",
    ]
