"""Headers, yes or no, and e-mail addresses of real customer lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic.columns import Guess, guess_mapping, parse_email, parse_yes_no


def fields(line):
    return {index: guess.field for index, guess in guess_mapping(line.split("|")).items()}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "Loại khách|Chi nhánh tạo|Mã khách hàng|Tên khách hàng|Điện thoại|Địa chỉ|Khu vực giao hàng|Phường/Xã"
            "|Công ty|Mã số thuế|Ngày sinh|Giới tính|Email|Facebook|Nhóm khách hàng|Ghi chú|Ngày giao dịch cuối"
            "|Nợ cần thu|Tổng bán|Tổng bán trừ trả hàng|Trạng thái",
            {
                0: "kind",
                2: "external_id",
                3: "full_name",
                4: "phone",
                5: "address",
                7: "ward",
                8: "company_name",
                10: "birthday",
                12: "email",
                14: "tags",
                15: "note",
            },
            id="KiotViet",
        ),
        pytest.param(
            "Họ|Tên|Email|Điện thoại|Công ty|Địa chỉ|Tỉnh/Thành|Quận/Huyện|Phường/Xã|Nhận quảng cáo (có/không)"
            "|Tổng chi tiêu|Tổng đơn hàng|Tags|Ghi chú",
            {
                0: "family_name",
                1: "first_name",
                2: "email",
                3: "phone",
                4: "company_name",
                5: "address",
                6: "province",
                7: "district",
                8: "ward",
                12: "tags",
                13: "note",
            },
            id="Haravan and Sapo",
        ),
        pytest.param(
            "Mã khách hàng|Tên khách hàng|Điện thoại|Email|Địa chỉ|Mã số thuế|Nhóm KH|Công nợ",
            {0: "external_id", 1: "full_name", 2: "phone", 3: "email", 4: "address", 6: "tags"},
            id="MISA",
        ),
        pytest.param(
            "Họ và tên|Số điện thoại|Sinh nhật DD/MM|Nhóm|Địa chỉ|Xếp hạng|Nguồn giới thiệu|Chi nhánh",
            {0: "full_name", 1: "phone", 2: "birthday", 3: "tags", 4: "address", 6: "found_by"},
            id="a small shop",
        ),
        pytest.param(
            "STT|ho ten|SĐT|thu dien tu|Xưng hô|Đồng ý nhận khảo sát|Ngày đồng ý|NGÔN NGỮ",
            {
                1: "full_name",
                2: "phone",
                3: "email",
                4: "salutation",
                5: "survey_consent",
                6: "survey_consent_date",
                7: "language",
            },
            id="unaccented",
        ),
        pytest.param(
            "customerId|First Name|Last Name|contact_number|E-mail|birthDate|Survey consent|Preferred language|Notes",
            {
                0: "external_id",
                1: "first_name",
                2: "family_name",
                3: "phone",
                4: "email",
                5: "birthday",
                6: "survey_consent",
                7: "language",
                8: "note",
            },
            id="English",
        ),
        ("Địa chỉ email|Danh xưng|Mã KH|Khách hàng", {0: "email", 1: "salutation", 2: "external_id", 3: "full_name"}),
        ("Nothing|known||", {}),
    ],
)
def test_known_sheets(line, expected):
    assert fields(line) == expected


def test_confidence_says_how_much_of_the_header_was_recognised():
    assert guess_mapping(["Họ tên / Full name", "Số điện thoại người nhận", "Email", "Ghi chú 2"]) == {
        0: Guess("full_name", 0.9),
        1: Guess("phone", 0.6),
        2: Guess("email", 1.0),
        3: Guess("note", 0.9),
    }


def test_every_field_has_one_column_the_surest_then_the_leftmost():
    assert fields("Điện thoại 2|Điện thoại|SĐT") == {1: "phone"}
    assert fields("Điện thoại|SĐT") == {0: "phone"}


def test_ten_alone_is_the_full_name():
    assert guess_mapping(["Tên", "SĐT"])[0] == Guess("full_name", 0.9)
    assert fields("Tên|Họ tên") == {0: "first_name", 1: "full_name"}


def test_a_group_of_customers_is_no_name():
    assert fields("Khách hàng thân thiết|Giới tính|Nhận quảng cáo") == {}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *[
            (cell, True)
            for cell in ["Có", "co", "x", "X ", "yes", "Y", "1", 1, 1.0, True, "true", "Đồng ý", "ok.", "✓"]
        ],
        *[(cell, False) for cell in ["Không", "khong", "ko", "no", "N", "0", 0, 0.0, False, "Từ chối", "không đồng ý"]],
        *[(cell, None) for cell in ["", "chưa", "?", "có lẽ", 2, 0.5, None, [], "12/3/2026", "\ud800"]],
    ],
)
def test_parse_yes_no(cell, expected):
    assert parse_yes_no(cell) is expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("a@b.vn", "a@b.vn"),
        (" Lan.Nguyen+x@GMAIL.com. ", "lan.nguyen+x@gmail.com"),
        ("Chị Lan <LAN@shop.vn>; x@y.vn", "lan@shop.vn"),
        ("mailto:a@b.vn", "a@b.vn"),
        ("không; a@b.vn", "a@b.vn"),
        ("a@bücher.de", "a@xn--bcher-kva.de"),
        ("a@b", None),
        ("lan anh@b.vn", None),
        ("hương@b.vn", None),
        ("a..b@c.vn", None),
        ("gmail,com", None),
        ("", None),
        ("a@b.123", None),
        ("a" * 65 + "@b.vn", None),
        ("a@" + "b" * 70 + ".vn", None),
        ("a@" + ".".join(["b" * 60] * 5) + ".vn", None),
        ("a@\ud800.vn", None),
    ],
)
def test_parse_email(cell, expected):
    assert parse_email(cell) == expected


@given(st.text())
def test_cells_never_break_a_parser(cell):
    parse_email(cell)
    parse_yes_no(cell)
    guess_mapping([cell, cell + "x"])
