"""Two-level addresses: the 34 provinces, old names that became one of them, wards, and one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic.addresses import (
    one_line,
    province_code,
    province_name,
    province_of,
    provinces,
    read_columns,
    split_line,
    ward_as_known,
    wards_of,
)

OLD = {
    "08": "Hà Giang", "15": "Yên Bái", "19": "Bắc Kạn", "24": "Bắc Giang", "25": "Vĩnh Phúc, Hòa Bình",
    "31": "Hải Dương", "33": "Thái Bình", "37": "Hà Nam, Nam Định", "44": "Quảng Bình", "48": "Quảng Nam",
    "51": "Kon Tum", "52": "Bình Định", "56": "Ninh Thuận", "66": "Phú Yên", "68": "Đắk Nông, Bình Thuận",
    "75": "Bình Phước", "79": "Bà Rịa - Vũng Tàu, Bình Dương", "80": "Long An", "82": "Tiền Giang",
    "86": "Bến Tre, Trà Vinh", "91": "Kiên Giang", "92": "Sóc Trăng, Hậu Giang", "96": "Bạc Liêu",
}  # fmt: skip


def test_there_are_34_provinces_of_63_old_ones_and_3321_wards():
    assert len(provinces()) == 34
    assert sum(len(wards_of(code)) for code in provinces()) == 3_321
    old = [(code, name) for code, names in OLD.items() for name in names.split(", ")]
    assert len(old) + 34 == 63
    for code, name in [*old, *provinces().items()]:
        assert province_of(f"12 Lê Lợi, {name}") == code, name
        assert province_code(f"Tỉnh {name}") == province_code(code) == code
    assert list(provinces())[:2] == ["91", "24"]  # An Giang, Bắc Ninh: by the alphabet


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12 Lê Lợi, P. Bến Nghé, Q.1, TP.HCM", "79"), ("12 Lê Lợi Q1 TP HCM", "79"),
        ("12 Lê Lợi, Quận 1, TPHCM", "79"),
        ("TP Hồ Chí Minh Quận 1, Sài Gòn, Việt Nam", "79"), ("5 Trần Phú, Hải Châu, Đà Nẵng 550000", "48"),
        ("thôn 3 xã Hòa Tiến huyện Hòa Vang tp Đà Nẵng", "48"), ("1 Hùng Vương, Huế, Thừa Thiên Huế", "46"),
        ("3 Hạ Long, P.1, TP Vũng Tàu, Bà Rịa - Vũng Tàu", "79"), ("ấp 2, Châu Thành, tỉnh Bến Tre", "86"),
        ("7 Nguyễn Huệ – Quy Nhơn – Bình Định", "52"), ("HN", "01"), ("số 1 Đại Cồ Việt, Hai Bà Trưng, Ha Noi", "01"),
        ("12 Xa lộ Hà Nội", ""), ("45 Thái Bình", ""), ("8 đường Quảng Nam, P.3", ""), ("", ""), ("Việt Nam", ""),
        ("10 Anson Road, Singapore 079903", ""), ("Q.7", ""), (", - ,", ""),
    ],
)  # fmt: skip
def test_the_province_a_line_says(text, code):
    assert province_of(text) == code


def test_wards_and_lines():
    assert ward_as_known("ben thanh", "79") == "Phường Bến Thành"
    assert ward_as_known("P. Bến Thành", "79") == "Phường Bến Thành"
    assert ward_as_known("Phường 14", "79") == "Phường 14"
    assert ward_as_known("Bến Thành", "") == "Bến Thành"
    assert wards_of("") == []
    assert one_line("12 Lê Lợi", "Phường Bến Thành", "79") == "12 Lê Lợi, Phường Bến Thành, TP. Hồ Chí Minh"
    assert one_line("", "", "48") == "TP. Đà Nẵng"
    assert one_line("Thôn 3", "Xã Hòa Tiến", "") == "Thôn 3, Xã Hòa Tiến"
    assert province_name("86") == "Vĩnh Long"
    assert province_name("x") == ""
    line = one_line("12 Lê Lợi", "Phường Bến Thành", "79")
    assert split_line(line, "79") == ("12 Lê Lợi", "Phường Bến Thành")
    assert split_line("12 Lê Lợi, P. Bến Nghé, Q.1, TP.HCM", "79") == ("", "")
    assert split_line("12 Lê Lợi, Bến Thành, TP.HCM", "79") == ("", "")
    assert split_line(line, "48") == split_line(line, "") == ("", "")


@pytest.mark.parametrize(
    ("street", "ward", "district", "province", "line", "parts"),
    [
        # Of today: street, ward and province.
        ("5 Lê Lợi", "phuong ben thanh", "", "TP HCM", "5 Lê Lợi, Phường Bến Thành, TP. Hồ Chí Minh",
         ("5 Lê Lợi", "Phường Bến Thành", "79", "")),
        # The line has it all already, or the ward already; named after a ward, the street stays.
        ("5 Lê Lợi, P. Bến Thành, TPHCM", "Bến Thành", "", "Hồ Chí Minh", "5 Lê Lợi, P. Bến Thành, TPHCM",
         ("5 Lê Lợi", "Phường Bến Thành", "79", "")),
        ("5 Lê Lợi, P. Bến Thành", "Phường Bến Thành", "", "TPHCM", "5 Lê Lợi, P. Bến Thành, TPHCM",
         ("5 Lê Lợi", "Phường Bến Thành", "79", "")),
        ("9 Bến Thành", "Bến Thành", "", "HCM", "9 Bến Thành, Phường Bến Thành, TP. Hồ Chí Minh",
         ("9 Bến Thành", "Phường Bến Thành", "79", "")),
        # With a district it is of before July 2025 and stays as it was written, once.
        ("5 Lê Lợi", "P. Bến Nghé", "Quận 1", "Hồ Chí Minh", "5 Lê Lợi, P. Bến Nghé, Quận 1, Hồ Chí Minh", "79"),
        ("5 Lê Lợi, Q.1", "Bến Thành", "Quận 1", "TPHCM", "5 Lê Lợi, Q.1, Bến Thành, TPHCM", "79"),
        ("5 Lê Lợi", "Phường 6", "", "Hồ Chí Minh - Quận 3", "5 Lê Lợi, Phường 6, Quận 3, Hồ Chí Minh", "79"),
        ("", "", "", "Bà Rịa - Vũng Tàu - TP Vũng Tàu", "TP Vũng Tàu, Bà Rịa - Vũng Tàu", "79"),
        # Only part of it is known.
        ("", "Hải Châu", "", "Đà Nẵng", "Phường Hải Châu, TP. Đà Nẵng", ("", "Phường Hải Châu", "48", "")),
        ("", "", "", "quảng nam", "TP. Đà Nẵng", ("", "", "48", "")),
        ("5 Lê Lợi", "", "", "Đà Nẵng", "5 Lê Lợi, Đà Nẵng", "48"),
        ("5 Lê Lợi", "Bến Thành", "", "", "5 Lê Lợi, Bến Thành", ""),
        ("", "", "", "", "", ""),
    ],
)  # fmt: skip
def test_columns_make_one_address(street, ward, district, province, line, parts):
    wanted = parts if isinstance(parts, tuple) else ("", "", parts, line)
    found = read_columns(street, ward, district, province)
    assert (found.line, tuple(found.parts.values()), found.unknown) == (line, wanted, "")


def test_columns_that_name_nothing_of_today_are_said_and_kept():
    assert read_columns("5 Lê Lợi", "Phường 99", "", "Đà Nẵng")[::2] == ("5 Lê Lợi, Phường 99, Đà Nẵng", "ward")
    assert read_columns("5 Lê Lợi", "", "", "Atlantis")[::2] == ("5 Lê Lợi, Atlantis", "province")
    abroad = read_columns("5 Orchard Rd", "", "", "Singapore", "SG")
    assert abroad.line == abroad.parts["legacy_address"] == "5 Orchard Rd, Singapore"
    assert (abroad.parts["province_code"], abroad.unknown) == ("", "")


def test_wards_that_differ_in_their_accents_or_kind_alone_are_two():
    for code, names in {"79": ("Xã Thanh An", "Xã Thạnh An"), "82": ("Phường Mỹ Tho", "Xã Mỹ Thọ")}.items():
        assert [ward_as_known(name.upper(), code) for name in names] == list(names)
    assert [ward_as_known(name, "82") for name in ("phuong my tho", "xa my tho")] == ["Phường Mỹ Tho", "Xã Mỹ Thọ"]
    assert ward_as_known("Thạnh An", "79") in wards_of("79")


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_columns_lose_nothing(street, ward, district, province):
    found = read_columns(street, ward, district, province)
    assert found.parts["province_code"] in {"", *provinces()}
    assert all(found.parts.values()) <= bool(found.line)


@given(st.text(max_size=120))
def test_any_text_has_one_province_or_none(text):
    assert province_of(text) in {"", *provinces()}
    assert ward_as_known(text, "79") is not None
