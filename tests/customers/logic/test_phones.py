"""Phone numbers as they stand in real cells."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic.phones import (
    LEADING_ZERO_ADDED,
    PREFIX_CONVERTED_2018,
    PREFIXES_2018,
    Phone,
    display_phone,
    mask_phone,
    normalise_phone,
    split_phones,
)


@pytest.mark.parametrize(
    "raw",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "84912345678",
        "+84912345678",
        "+84 (0)912 345 678",
        "(+84) 912345678",
        "0084912345678",
        "0912345678 (chị Lan)",
        "gọi 0912345678 sau 5h",
        " ０９１２３４５６７８ ",
    ],
)
def test_one_mobile_however_written(raw):
    assert normalise_phone(raw) == Phone("+84912345678")


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("02838221234", "+842838221234"),
        ("842838221234", "+842838221234"),
        ("19001234", "+8419001234"),
        ("1900123456", "+841900123456"),
        ("18001234", "+8418001234"),
        ("+65 6123 4567", "+6561234567"),
    ],
)
def test_other_numbers(raw, e164):
    assert normalise_phone(raw) == Phone(e164)


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("912345678", "+84912345678"),
        ("912345678.0", "+84912345678"),
        ("345678901", "+84345678901"),
        ("561234567", "+84561234567"),
        ("701234567", "+84701234567"),
        ("845678901", "+84845678901"),
        ("2838221234", "+842838221234"),
    ],
)
def test_a_zero_lost_in_a_spreadsheet_is_put_back(raw, e164):
    assert normalise_phone(raw) == Phone(e164, LEADING_ZERO_ADDED)


@pytest.mark.parametrize(("old", "new"), sorted(PREFIXES_2018.items()))
@pytest.mark.parametrize("lead", ["0", "", "+84", "84", "+840"])
def test_prefixes_of_before_september_2018(old, new, lead):
    assert normalise_phone(f"{lead}{old}2345678") == Phone(f"+84{new}2345678", PREFIX_CONVERTED_2018)


@pytest.mark.parametrize(
    "raw",
    ["", "abc", "123", "0012", "0912345678 0987654321", "+999123456789", "01111111111", "0" * 400, "\ud800"],
)
def test_garbage_is_none(raw):
    assert normalise_phone(raw) is None


def test_an_old_prefix_that_gives_no_valid_number_is_refused():
    assert normalise_phone("0120 000") is None
    assert normalise_phone("+1 200 000 0000") is None


def test_other_regions_have_their_own_rules():
    assert normalise_phone("6123 4567", "SG") == Phone("+6561234567")
    assert normalise_phone("0912345678", "SG") is None
    assert normalise_phone("+84912345678", "SG") == Phone("+84912345678")


@given(st.text())
def test_never_raises(raw):
    found = normalise_phone(raw)
    assert found is None or found.e164.startswith("+")
    assert all(any(char.isdigit() for char in piece) for piece in split_phones(raw))


@given(st.from_regex(r"0(3[2-9]|5[689]|7[06-9]|8[1-6]|9[0-46-8])[0-9]{7}", fullmatch=True))
def test_what_is_shown_reads_back(raw):
    phone = normalise_phone(raw)
    assert phone is not None
    assert normalise_phone(display_phone(phone.e164)) == phone
    assert normalise_phone(raw[1:]) == Phone(phone.e164, LEADING_ZERO_ADDED)
    assert mask_phone(phone.e164) == f"{raw[:3]}*****{raw[-2:]}"


@pytest.mark.parametrize(
    ("cell", "pieces"),
    [
        ("0912345678", ["0912345678"]),
        ("0912345678/0987654321", ["0912345678", "0987654321"]),
        ("0912 345 678 - 0987 654 321", ["0912 345 678", "0987 654 321"]),
        ("0912-345-678", ["0912-345-678"]),
        ("028-3822-1234; +84 912 345 678", ["028-3822-1234", "+84 912 345 678"]),
        ("19001234, 0912345678", ["19001234", "0912345678"]),
        ("0912345678 0987654321", ["0912345678", "0987654321"]),
        ("0912345678 hoặc 0987654321", ["0912345678", "0987654321"]),
        ("0912345678\n0987654321", ["0912345678", "0987654321"]),
        ("0912345678-79", ["0912345678", "79"]),
        ("không có", []),
        ("", []),
    ],
)
def test_split_phones(cell, pieces):
    assert split_phones(cell) == pieces


@pytest.mark.parametrize(
    ("e164", "shown", "masked"),
    [
        ("+84912345678", "0912 345 678", "091*****78"),
        ("+842838221234", "028 3822 1234", "028******34"),
        ("+8419001234", "1900 1234", "190***34"),
        ("+6561234567", "+65 6123 4567", "+65******67"),
        ("junk", "junk", "****"),
        ("", "", ""),
    ],
)
def test_display_and_mask(e164, shown, masked):
    assert display_phone(e164) == shown
    assert mask_phone(e164) == masked


@given(st.sampled_from(["", "0", "84", "+84", "+840", "0084", "+"]), st.from_regex(r"[0-9]{8,11}", fullmatch=True))
def test_the_short_way_says_what_the_library_says(prefix, digits):
    """A space after the first figure leads past it, and means nothing."""
    written = prefix + digits
    assert normalise_phone(written) == normalise_phone(f"{written[:-1]} {written[-1]}")


def test_figures_of_other_scripts_are_no_phone_number_by_themselves():
    assert normalise_phone("٠٩١٢٣٤٥٦٧٨") is None


def test_the_short_way_groups_as_the_long_one_does():
    for beginning in range(100, 1000):
        e164 = f"+84{beginning}345678"
        number = phonenumbers.parse(e164, None)
        assert display_phone(e164) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
