"""Keys of Vietnamese text: found without accents, sorted as a dictionary sorts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.logic.text import has_diacritics, nfc, person_sort_key, search_key, vietnamese_sort_key


def test_nfc_joins_what_phones_send_apart():
    assert nfc("Nguye\u0302\u0303n") == "Nguyễn"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Nguyễn Thị Hương", "nguyen thi huong"),
        ("ĐẶNG  Đình\u00a0Đức ", "dang dinh duc"),
        ("Hoà", "hoa"),
        ("Hòa", "hoa"),
        ("thuỷ", "thuy"),
        ("K'Brếu Ha Nhàn", "k'breu ha nhan"),
        ("Lan\u200b\ufeff", "lan"),
        ("한국", "한국"),
        ("", ""),
    ],
)
def test_search_key(text, key):
    assert search_key(text) == key
    assert search_key(unicodedata.normalize("NFD", text)) == key


@given(st.text())
def test_search_key_is_its_own_key(text):
    once = search_key(text)
    assert search_key(once) == once


@pytest.mark.parametrize(
    "ordered",
    [
        ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g", "o", "ô", "ơ", "u", "ư", "v", "y"],
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["an", "An", "Án", "ăn", "ân"],
        ["hoa", "hoà", "hoạ", "hòa", "hoan"],
        ["da", "dạ", "de", "đa"],
        ["lan", "lan anh", "lan-anh", "lan2", "lana"],
        ["1", "10", "2"],
        ["ttu", "tư", "tứ"],
        ["é", "z"],
    ],
)
def test_dictionary_order(ordered):
    backwards = ordered[::-1]
    assert sorted(backwards, key=vietnamese_sort_key) == ordered


def test_other_scripts_come_last_and_foreign_marks_after_tones():
    assert sorted(["漢", "zebra", "Ж"], key=vietnamese_sort_key) == ["zebra", "Ж", "漢"]
    assert sorted(["ä", "ạ", "a"], key=vietnamese_sort_key) == ["a", "ạ", "ä"]


@given(st.text(), st.text())
def test_sort_keys_are_ascii_and_agree_with_normal_forms(left, right):
    assert vietnamese_sort_key(left).isascii()
    same = unicodedata.normalize("NFD", left)
    assert vietnamese_sort_key(left) == vietnamese_sort_key(same)
    if vietnamese_sort_key(left) == vietnamese_sort_key(right):
        assert len(vietnamese_sort_key(left + "a")) == len(vietnamese_sort_key(right + "a"))


def test_people_are_sorted_by_given_name_then_by_the_whole_name():
    people = [("Trần Văn An", "An"), ("Lê Thị Ân", "Ân"), ("Bùi Anh", "Anh"), ("Nguyễn Thị an", "an"), ("An", "An")]
    ordered = sorted(people, key=lambda person: person_sort_key(*person))
    assert [name for name, _ in ordered] == ["An", "Nguyễn Thị an", "Trần Văn An", "Bùi Anh", "Lê Thị Ân"]


@pytest.mark.parametrize(
    ("text", "expected"), [("Hương", True), ("đen", True), ("ĐEN", True), ("Huong", False), ("", False)]
)
def test_has_diacritics(text, expected):
    assert has_diacritics(text) is expected
    assert has_diacritics(unicodedata.normalize("NFD", text)) is expected
