"""Values of a firm's own fields out of cells, forms and JSON; choices that keep their value while words change."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic.custom_fields import (
    CustomSpec,
    Parsed,
    check_custom,
    choices_text,
    free_key,
    merged,
    parse_custom,
    read_choices,
    shown_date,
    with_retired,
    words_of,
)

LEVELS = (
    {"value": "vang", "vi": "Vàng", "en": "Gold", "retired": False},
    {"value": "bac", "vi": "Bạc", "en": "Silver", "retired": False},
    {"value": "dong", "vi": "Đồng", "en": "Bronze", "retired": True},
)
KINDS = ("text", "number", "money", "date", "yes_no", "choice", "choices")


def field(kind, **told):
    return CustomSpec("x", kind, LEVELS, **told)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "  trà\r\nđá ", "trà\nđá"), ("number", "4,5", 4.5), ("number", "1.250", 1250), ("number", "-3", -3),
        ("money", "1.250.000 ₫", 1_250_000), ("money", "350k", 350_000), ("date", "5/3/2025", "2025-03-05"),
        ("date", "05-03-25", "2025-03-05"), ("date", "1.1.71", "1971-01-01"), ("date", "2025-03-05", "2025-03-05"),
        ("date", "2025-03-05 00:00:00", "2025-03-05"), ("yes_no", "Có", True), ("yes_no", "không", False),
        ("yes_no", "0", False), ("choice", "vang", "vang"), ("choice", "VÀNG", "vang"), ("choice", "gold", "vang"),
        ("choice", "dong", "dong"), ("choices", "Bạc; gold", ["vang", "bac"]), ("choices", "bac", ["bac"]),
        ("choices", "; ,", None), *((kind, "  ", None) for kind in KINDS),
    ],
)  # fmt: skip
def test_cells_as_people_write_them(kind, text, value):
    assert parse_custom(field(kind), text) == Parsed(value)
    assert type(parse_custom(field(kind), text).value) is type(value)


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        ("text", "x" * 501, "too_long"), ("text", "a\x00", "text_invalid"), ("text", "\ud800", "text_invalid"),
        ("number", "4,5,6", "not_a_number"), ("money", "4,5", "not_money"), ("date", "31/2/2025", "not_a_date"),
        ("date", "2025-13-01", "not_a_date"), ("date", "hôm qua", "not_a_date"), ("yes_no", "chưa", "not_yes_no"),
        ("choice", "Kim cương", "unknown_choice"), ("choice", "Đồng", "unknown_choice"),
        ("choices", "gold; tin", "unknown_choice"), ("choices", ["gold", "tin"], "unknown_choice"),
        ("choices", ["gold", 1], "wrong_type"), ("choice", ["gold"], "wrong_type"), ("number", True, "wrong_type"),
        ("text", 5, "wrong_type"), ("date", 45_000, "wrong_type"), ("number", {"a": 1}, "wrong_type"),
        ("money", 1.5, "not_money"), ("number", 2**63 - 1, "not_a_number"),
    ],
)  # fmt: skip
def test_what_a_field_does_not_take(kind, value, problem):
    assert check_custom(field(kind), value) == Parsed(problem=problem)


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [("number", 4.5, 4.5), ("number", 1250, 1250), ("number", 1.25, 1.25), ("number", 1e3, 1000),
     ("money", 59_000, 59_000),
     ("money", 59_000.0, 59_000), ("yes_no", False, False), ("choices", ["Silver", "vang", "vang"], ["vang", "bac"]),
     ("choices", [], None), ("text", None, None), ("money", -1000, -1000)],
)  # fmt: skip
def test_values_of_json(kind, value, kept):
    assert check_custom(field(kind), value) == Parsed(kept)


def test_dollars_and_an_english_firm():
    english = {"currency": "SGD", "decimal_mark": "."}
    assert parse_custom(field("money", **english), "1,250.50").value == 1250.5
    assert check_custom(field("money", **english), 12.5).value == 12.5
    assert check_custom(field("number", **english), 1.125).value == 1.125
    assert parse_custom(field("number", **english), "1,250").value == 1250


def test_words_change_and_values_stay():
    before = list(LEVELS)
    after = read_choices("vang: Vàng 18K | 18K gold\nBạc\n\nKim cương | Diamond\nKim cương|x\nnew: Mới", before)
    assert [(one["value"], one["vi"], one["en"]) for one in after] == [
        ("vang", "Vàng 18K", "18K gold"),
        ("bac", "Bạc", "Bạc"),
        ("kim_cuong", "Kim cương", "Diamond"),
        ("kim_cuong_2", "Kim cương", "x"),
        ("new", "Mới", "Mới"),
    ]
    assert read_choices(choices_text(after), after) == after
    assert read_choices("vang: A\nvang: B", before) == [{"value": "vang", "vi": "A", "en": "A", "retired": False}]
    kept = with_retired(after, before, {"dong", "vang"})
    assert kept == [*after, LEVELS[2]]
    assert choices_text(kept) == choices_text(after)
    assert with_retired([], before, {"bac"}) == [{**LEVELS[1], "retired": True}]


def test_keys_words_and_days():
    assert free_key("Hạng thẻ!", set()) == "hang_the"
    assert free_key("Hạng thẻ", {"hang_the"}) == "hang_the_2"
    assert free_key("2 lần", set()) == "f_2_lan"
    assert free_key("??", set()) == "f"
    assert len(free_key("a" * 99, set())) <= 40
    assert words_of(field("choice"), "vang", "en") == "Gold"
    assert words_of(field("choice"), "gone", "vi") == "gone"
    assert merged({"a": 1, "b": 2}, {"b": None, "c": 3}) == {"a": 1, "c": 3}
    assert str(shown_date("2025-03-05")) == "2025-03-05"
    assert shown_date("soon") is None


@given(st.sampled_from(KINDS), st.text(max_size=80) | st.none() | st.booleans() | st.integers() | st.floats())
def test_anything_is_a_value_or_a_problem_and_a_value_stays_itself(kind, value):
    parsed = check_custom(field(kind), value)
    assert (parsed.value is None) or not parsed.problem
    if parsed.value is not None:
        assert check_custom(field(kind), json.loads(json.dumps(parsed.value))) == parsed
