"""The same day some months on."""

from datetime import date

import pytest

from journeys.logic.months import same_day_after


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 11, 30), date(2026, 12, 30)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 29)),
    ],
)
def test_a_month_on(day, after):
    assert same_day_after(day, 1) == after
