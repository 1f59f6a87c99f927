"""When the digest is due."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflows.logic.business_time import BusinessCalendar, Week
from workflows.logic.mornings import next_morning

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = BusinessCalendar(
    tz=SAIGON,
    week=Week({day: ((time(9), time(17)),) for day in range(5)}),
    closed_days=frozenset({date(2026, 11, 24)}),
)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-20T07:59", "2026-11-20T08:00"),
        ("2026-11-20T08:00", "2026-11-23T08:00"),  # never the same morning twice; then a weekend
        ("2026-11-23T12:00", "2026-11-25T08:00"),  # a holiday between
    ],
)
def test_the_next_open_morning(at: str, expected: str) -> None:
    found = next_morning(OFFICE, datetime.fromisoformat(at).replace(tzinfo=SAIGON))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=SAIGON)


def test_a_firm_that_never_opens_is_looked_at_again_a_day_later() -> None:
    never = BusinessCalendar(tz=SAIGON, week=Week({}))
    at = datetime(2026, 11, 20, 7, tzinfo=SAIGON)
    assert next_morning(never, at) == at + timedelta(days=1)
