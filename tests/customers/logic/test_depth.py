"""How deep a relationship goes: the highest step counts."""

from customers.logic.depth import Depth, deepest


def test_the_highest_step_that_shows_counts():
    assert deepest([]) == 0
    assert deepest([Depth.SPEAKS]) == 2
    assert deepest([Depth.CREATES, Depth.RETURNS]) == 4
