"""Amounts as people write them, and as they are shown."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cxcrm.core.money import money, parse_money, parse_number


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.250.000", 1_250_000), ("1,250,000", 1_250_000), ("1250000đ", 1_250_000), ("1 250 000 ₫", 1_250_000),
        ("1.250.000\u00a0₫", 1_250_000), ("₫1,250,000", 1_250_000), ("VND 1,250,000", 1_250_000), ("350k", 350_000),
        ("350 K", 350_000), ("2k5", 2_500), ("1,25 triệu", 1_250_000), ("1,25 trie\u0323\u0302u", 1_250_000),
        ("1.25tr", 1_250_000), ("1tr2", 1_200_000), ("1tr250", 1_250_000), ("1.250 triệu", 1_250_000_000),
        ("1,5 tỷ", 1_500_000_000), ("2 ti", 2_000_000_000), ("50 nghìn", 50_000), ("50 ngàn đồng", 50_000),
        ("59.000", 59_000), ("59,000", 59_000), ("1250000.00", 1_250_000), ("1.250.000,00", 1_250_000),
        ("1,250,000.00", 1_250_000), ("-59.000", -59_000), ("(59.000)", -59_000), ("−59.000", -59_000), ("0", 0),
        ("００５９", 59), ("3 củ", 3_000_000),
    ],
)  # fmt: skip
def test_dong_as_people_write_it(text, amount):
    assert parse_money(text) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1,250.50", "1250.50"), ("S$12.5", "12.50"), ("12", "12.00"), ("1,250", "1250"), ("1.2k", "1200"), ("$5", "5")],
)
def test_dollars_as_people_write_them(text, amount):
    assert parse_money(text, "SGD") == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "4,5", "1.25", "1.2.3", "1,25,000", "12.34.567", "1..000", ".5", "5.", "1tr2tr", "1,2tr5", "5 5 k k",
     "--5", "1e5", "NaN", "Infinity", "9" * 16, "9" * 200, "1000 tỷ tỷ", "٣k", "10%", "5 mét", "12/3/2025"],
)  # fmt: skip
def test_what_is_no_amount_of_dong(text):
    assert parse_money(text) is None


def test_cents_are_two():
    assert parse_money("1.234", "SGD") is None
    assert parse_money("1.23", "SGD") == Decimal("1.23")


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [("4,5", "4.5", "4.5"), ("4.5", "4.5", "4.5"),
     ("1.250", "1250", "1.250"), ("1,250", "1.250", "1250"), ("-3", "-3", "-3"),
     ("1.250,75", "1250.75", "1250.75"), ("0", "0", "0")],
)  # fmt: skip
def test_numbers_follow_the_readers_mark(text, vi, en):
    assert parse_number(text) == Decimal(vi)
    assert parse_number(text, decimal_mark=".") == Decimal(en)


@pytest.mark.parametrize("text", ["", "-", "1,2,3", "1e5", "1 và 2", "1" * 16, "0x10", "½"])
def test_what_is_no_number(text):
    assert parse_number(text) is None


@given(st.integers(-(10**14), 10**14), st.sampled_from(["vi", "en"]))
def test_what_is_shown_is_read_back(amount, language):
    with translation.override(language):
        assert parse_money(money(Decimal(amount), "VND")) == amount


@given(st.text(max_size=60))
def test_any_text_is_an_amount_or_none(text):
    assert parse_money(text) is None or abs(parse_money(text)) <= 10**15
    assert parse_number(text) is None or parse_number(text).is_finite()
