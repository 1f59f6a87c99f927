"""More moved one way than the other, and more than by chance."""

import pytest

from customers.logic.habits import Move


@pytest.mark.parametrize(
    ("n", "back", "told"), [(5, 0, True), (4, 0, False), (10, 3, False), (12, 3, True), (59, 41, False), (60, 40, True)]
)
def test_half_of_those_who_moved_lies_outside_the_interval(n, back, told):
    assert Move("a", "b", n, back).is_more_than_chance is told
