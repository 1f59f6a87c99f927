"""How long a portrait is, what it lacks, and shares that add up to one."""

import pytest

from customers.logic.personas import lacks, shares, word_count

WHOLE = dict.fromkeys(("name", "who", "need", "expectation", "emotion", "channel"), "một hai")


@pytest.mark.parametrize(
    ("texts", "count"),
    [((), 0), (("",), 0), (("Chị Thu Hà, 31",), 4), (("a – b", "…  c"), 3), (("7:20–8:30",), 1)],
)
def test_words_are_what_holds_a_letter_or_digit(texts, count):
    assert word_count(*texts) == count


def test_a_portrait_is_published_whole_and_from_five_conversations():
    assert lacks(WHOLE, sentence=True, quotes=5, conversations=5) == []
    assert lacks({**WHOLE, "need": "  "}, sentence=False, quotes=5, conversations=4) == [
        ("field_missing", "need"), ("sentence_missing", "sentence"), ("too_few_conversations", "quotes"),
    ]  # fmt: skip
    assert lacks(WHOLE, sentence=True, quotes=4, conversations=4) == [("too_few_quotes", "quotes")]


def test_shares_add_up_to_one():
    assert shares({"P1": 46, "P2": 27, "P3": 15, "P4": 8, "P5": 4}) == {
        "P1": 0.46, "P2": 0.27, "P3": 0.15, "P4": 0.08, "P5": 0.04,
    }  # fmt: skip
    assert sum(shares({number: number for number in range(1, 8)}).values()) == pytest.approx(1, abs=1e-12)
    assert shares({}) == shares({"P1": 0}) == {}
