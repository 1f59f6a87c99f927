"""Lists of the systems shops use are known by their headers; days, amounts and old fonts as they are written."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from customers.logic.fonts import legacy_font
from customers.logic.moments import parse_day, parse_moment
from customers.logic.presets import recognise
from customers.logic.purchase_columns import parse_amount
from customers.logic.spreadsheet import read_table
from tests.support import sheets


@pytest.mark.parametrize("system", sheets.CUSTOMERS)
def test_every_systems_customers_are_recognised(system):
    headers, rows = sheets.customers(system, 30)
    data = sheets.as_xlsx(headers, rows, title="DANH SÁCH KHÁCH HÀNG", total=True)
    table = read_table(data, "khach.xlsx")
    assert table.headers == tuple(headers)
    assert [warning.code for warning in table.warnings] == ["totals_row_dropped", "title_rows_skipped"]
    found = recognise(table.headers)
    assert found is not None
    assert system in found.systems
    assert set(found.systems) <= {system, "Haravan", "Sapo"}
    assert found.kind == "customers"
    assert {"phone", "email", "address", "tags"} <= set(found.columns.values())
    of_address = {"KiotViet": {"ward", "province"}, "MISA": set()}.get(system, {"ward", "district", "province"})
    assert set(found.columns.values()) & {"ward", "district", "province"} == of_address


def test_kiotviets_invoices_are_recognised_and_take_what_was_to_be_paid():
    found = recognise(sheets.INVOICES)
    assert (found.systems, found.kind) == (("KiotViet",), "purchases")
    assert {sheets.INVOICES[index]: field for index, field in found.columns.items()} == {
        "Mã hóa đơn": "order_number",
        "Thời gian": "order_time",
        "Chi nhánh": "order_branch",
        "Mã KH": "external_id",
        "Tên KH": "full_name",
        "Điện thoại": "phone",
        "Khách cần trả": "order_amount",
        "Trạng thái": "order_state",
        "Kênh bán": "order_channel",
    }


@pytest.mark.parametrize(
    "line",
    [
        "Tên|SĐT",
        "STT|Họ và tên|Số điện thoại|Email|Sinh nhật|Nhóm|Địa chỉ",
        "Mã khách hàng|Tên khách hàng|Điện thoại|Email|Địa chỉ",  # several systems' lists begin like this
        "a|b|c|d|e",
    ],
)
def test_other_lists_are_nobodys(line):
    assert recognise(line.split("|")) is None


def test_a_list_is_looked_for_among_those_of_one_kind_where_that_is_said():
    assert recognise(sheets.INVOICES, "customers") is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("02/03/2026", datetime(2026, 3, 2)),
        ("2-3-26", datetime(2026, 3, 2)),
        ("02/03/99", datetime(1999, 3, 2)),
        ("2026-03-02T07:45:10Z", datetime(2026, 3, 2, 7, 45, 10)),
        ("02.03.2026 7h45", datetime(2026, 3, 2, 7, 45)),
        ("19:45 02/03/2026", datetime(2026, 3, 2, 19, 45)),
        ("02/03/2026 07:45 CH", datetime(2026, 3, 2, 19, 45)),
        ("02/03/2026 12:05 am", datetime(2026, 3, 2, 0, 5)),
        (46083, datetime(2026, 3, 2)),
        ("46083.5", datetime(2026, 3, 2, 12)),
        (date(2026, 3, 2), datetime(2026, 3, 2)),
        (datetime(2026, 3, 2, 1, 2), datetime(2026, 3, 2, 1, 2)),
        ("31/02/2026", None),
        ("02/03/2026 25:00", None),
        ("01/01/1900", None),
        ("99/99/9999", None),
        ("hôm qua", None),
        ("", None),
        (5, None),
        (True, None),
        ("912345678", None),
    ],
)
def test_moments(cell, expected):
    assert parse_moment(cell) == expected
    assert parse_day(cell) == (expected.date() if expected else None)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("59.000", "59000"),
        ("1.250.000 ₫", "1250000"),
        ("1,250,000đ", "1250000"),
        ("1.250.000,50", "1250000.50"),
        ("350k", "350000"),
        ("1,25tr", "1250000"),
        ("2 tỷ", "2000000000"),
        ("1tr2", "1200000"),
        ("33333.33", "33333.33"),
        ("33.333,5", "33333.50"),
        ("1.250 000", None),
        ("S$ 12.50", None),
        ("-50.000", "-50000"),
        ("(50.000)", "-50000"),
        (59000, "59000"),
        (12.5, "12.50"),
        ("1e9", None),
        ("miễn phí", None),
        ("", None),
        (True, None),
        ("99999999999999999", None),
    ],
)
def test_amounts(cell, expected):
    assert parse_amount(cell) == (None if expected is None else Decimal(expected))


def test_amounts_are_read_as_the_firms_currency_writes_them():
    assert parse_amount("S$ 12.50", "SGD") == Decimal("12.50")
    assert (parse_amount("1,250", "SGD"), parse_amount("12.500", "SGD")) == (Decimal(1250), Decimal("12.50"))
    assert (parse_amount("1,250", "VND"), parse_amount("12.500", "VND")) == (Decimal(1250), Decimal(12500))


def test_old_fonts_are_warned_about_and_todays_text_is_not():
    tcvn3 = ["NguyÔn ThÞ H\u00adêng", "TrÇn V¨n Nam", "Lª ThÞ Lan"]
    vni = ["Nguyeãn Thò Höông", "Traàn Vaên Nam", "Ñaëng Thò Lan"]
    assert legacy_font(tcvn3).name == "TCVN3"
    assert legacy_font(vni).name == "VNI"
    assert legacy_font(["Nguyễn Thị Hương", "Trần Văn Nam", "Lê Toàn", "Hà Thanh", "café", "Zoë"]) is None
    assert legacy_font(["abc", "Lê Toàn"]) is None
    data = ("Họ tên;SĐT\n" + "\n".join(f"{name};091234567{n}" for n, name in enumerate(tcvn3))).encode()
    (warning,) = read_table(data, "a.csv").warnings
    assert (warning.code, warning.data["font"]) == ("legacy_font", "TCVN3")


def test_a_guard_before_a_formula_is_taken_off_when_the_file_comes_back():
    table = read_table("Tên;SĐT;Ghi chú\nLan;'+84912345678;' =1+1\n".encode(), "a.csv")
    assert table.rows == (("Lan", "+84912345678", "=1+1"),)


def test_a_total_is_known_wherever_its_label_stands():
    table = read_table("Mã;Tên;SĐT;Tiền\n1;Lan;0912345678;5\n;;Tổng cộng;5.000 đ\n".encode(), "a.csv")
    assert len(table.rows) == 1
    table = read_table("Mã;Tên;SĐT;Tiền\n1;Lan;0912345678;5\n2;Tổng;0912345679;abc\n".encode(), "a.csv")
    assert len(table.rows) == 2
