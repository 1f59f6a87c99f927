"""Counts in two stretches of the same length: is one more than chance would make it?"""

from customers.logic.shares import SHOWN_FROM, wilson


def compare_counts(before: int, after: int) -> int | None:
    """1 where there were surely more after, -1 where surely fewer, 0 where chance may explain it; None of too few.

    Given their sum, the later count of two equal rates is binomial with a half (Przyborowski and Wilenski 1940); sure
    is where Wilson's 95 % interval of its share leaves out the half. Under five in all nothing is said.
    """
    whole = before + after
    if whole < SHOWN_FROM:
        return None
    low, high = wilson(after, whole)
    return 1 if low > 0.5 else -1 if high < 0.5 else 0
