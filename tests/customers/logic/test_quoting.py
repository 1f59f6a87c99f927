"""What counts as somebody's own words."""

import pytest

from customers.logic.quoting import stands_in, trimmed

TOLD = "Sáng chậm 5 phút là cả ngày cuống.\n  Còn bánh thì GIÒN lắm, 0912 345 678."


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("Sáng chậm 5 phút", True),
        ("“sáng chậm 5 phút là cả ngày cuống.”", True),
        ("cuống. Còn bánh", True),  # a line break is a space
        ("bánh thì giòn", True),
        ("Sa\u0301ng cha\u0323\u0302m", True),  # typed in another Unicode form
        ("Sáng chậm 10 phút", False),
        ("Sang cham 5 phut", False),  # without accents it is not what stands there
        ("Sáng … cuống", False),
        ("bá", False),
        ("", False),
        ("“”", False),
    ],
)
def test_word_for_word(quote, said):
    assert stands_in(quote, TOLD) is said


def test_marks_around_it_are_not_words():
    assert trimmed(" «Ngon  quá» … ") == "Ngon quá"
