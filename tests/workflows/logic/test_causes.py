"""When a root cause has come back often enough."""

import pytest

from workflows.logic.causes import comes_back


@pytest.mark.parametrize(
    ("fresh", "everything", "asked_before", "rule"),
    [
        (3, 1000, False, "cases"),
        (3, 1000, True, "cases"),
        (2, 40, False, "share"),
        (2, 41, False, ""),
        (2, 40, True, ""),
        (1, 1, False, ""),
        (0, 0, False, ""),
    ],
)
def test_three_cases_or_five_percent(fresh, everything, asked_before, rule):
    assert comes_back(fresh, everything, asked_before=asked_before) == rule
