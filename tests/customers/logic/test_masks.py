"""Contacts for those who may not see them."""

import pytest

from customers.logic.masks import all_without_contacts, contact_as_read, mask_email, stars_of, without_contacts


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("lan.nguyen@khach.example", "l***@khach.example"),
        ("a@b.vn", "a***@b.vn"),
        ("@b.vn", "***"),
        ("", "***"),
        ("x", "***"),
    ],
)
def test_addresses(address, masked):
    assert mask_email(address) == masked


def test_contacts_as_each_reads_them():
    assert contact_as_read("phone", "+84912345678", masked=False) == "0912 345 678"
    assert contact_as_read("phone", "+84912345678", masked=True) == "091*****78"
    assert contact_as_read("email", "lan@khach.example", masked=False) == "lan@khach.example"
    assert contact_as_read("email", "lan@khach.example", masked=True) == "l***@khach.example"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gọi 0912345678 nhé", "gọi 091*****78 nhé"),
        ("+84 912.345.678", "849******78"),
        ("(091) 234-5678; 0912/345/678", "(091*****78; 091*****78"),
        ("call 9123 4567", "call 912***67"),
        ("sđt0912345678, ０９１２３４５６７８", "sđt091*****78, ０９１*****７８"),
        ("tk 1903 5678 9012 34", "tk 190*********34"),
        ("59.000 59.000 0912345678", "59.000 59.000 091*****78"),
        ("ha.nguyen@khach.example.vn", "h…@khach.example.vn"),
        # What is long and no number of anybody's.
        *((text, text) for text in (
            "ngày 24-11-2026, 2026-11-24, 24/11/2026 15:04, 24/11/26 25/11/26, 24.11.2026",
            "2026-11-29T15:04:05.123456+00:00", "1.250.000 và 12.250.000, 1,250,000 đ, 1250000.00",
            "chị 59k lúc 7h42", "xem KN-2026-00042 và KN-2026-100042", "0192f0c1-7543-7a43-9155-123456789012",
            "5 - 10 phút", "@Lan.Anh xem giúp", "",
        )),
    ],
)  # fmt: skip
def test_numbers_and_addresses_in_what_people_wrote(text, said):
    assert without_contacts(text) == said


def test_whatever_is_inside():
    value = {"phones": ["0912345678"], "amount": 5, "note": {"a": "x@khach.example"}, "none": None}
    assert all_without_contacts(value) == {
        "phones": ["091*****78"], "amount": 5, "note": {"a": "x…@khach.example"}, "none": None,
    }  # fmt: skip


def test_long_texts_are_no_trouble():
    for text in ("1 " * 20_000, "a." * 20_000 + "@" + "c." * 20_000, "1.234." * 10_000, "ab-2026-" * 5_000):
        assert without_contacts(text) is not None


def test_what_is_masked_in_anything_shown():
    said = {"note": "Gọi 0987 654 321 hoặc bi.mat@khach.example", "n": 3, "rows": [["091 234 5678"], None]}
    assert stars_of(all_without_contacts(said)) == {"098*****21", "b…@khach.example", "091*****78"}
    assert stars_of([mask_email("lan@khach.example"), "a@b.vn", "12*34"]) == {"l***@khach.example"}
    assert stars_of(said) == set()
