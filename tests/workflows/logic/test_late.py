"""When a survey leaves whose hour has passed."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflows.logic.business_time import BusinessCalendar, Week
from workflows.logic.late import LateRule

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = BusinessCalendar(tz=SAIGON, week=Week({day: ((time(9), time(17)),) for day in range(5)}))
DAY = timedelta(hours=24)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SAIGON)


@pytest.mark.parametrize(
    ("rule", "due", "leaves"),
    [
        (LateRule(DAY), "2026-11-26T20:00", "2026-11-27T20:00"),  # not later than the limit: at once, at any hour
        (LateRule(DAY), "2026-11-26T19:59", None),
        (LateRule(DAY, OFFICE.next_open), "2026-11-26T20:00", "2026-11-27T20:00"),
        (LateRule(DAY, OFFICE.next_open), "2026-11-26T19:59", "2026-11-30T09:00"),  # the weekend lies between
    ],
)
def test_seen_on_a_friday_evening(rule: LateRule, due: str, leaves: str | None) -> None:
    assert rule.departure(moment(due), moment("2026-11-27T20:00")) == (moment(leaves) if leaves else None)


def test_late_in_opening_hours_leaves_at_once() -> None:
    at = moment("2026-11-27T10:00")
    assert LateRule(DAY, OFFICE.next_open).departure(moment("2026-11-20T10:00"), at) == at
