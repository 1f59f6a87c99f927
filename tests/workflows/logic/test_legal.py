"""Deadlines set by law, across a weekend and Vietnam's National Day."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from workflows.logic.business_time import BusinessCalendar, Week
from workflows.logic.legal import CONSUMER_NEGOTIATION, legal_deadline, working_day_number

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = BusinessCalendar(
    HANOI,
    Week({day: ((time(8), time(17)),) for day in range(5)}),
    closed_days=frozenset({date(2026, 9, 1), date(2026, 9, 2)}),
)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def test_seven_working_days_of_the_law_of_2023():
    assert CONSUMER_NEGOTIATION.working_days == 7
    assert "19/2023/QH15" in CONSUMER_NEGOTIATION.source
    assert legal_deadline(at("2026-11-20 16:00"), OFFICE) == at("2026-12-01 16:00")
    assert legal_deadline(at("2026-08-28 21:30"), OFFICE) == at("2026-09-10 21:30")
    assert legal_deadline(at("2026-11-21 09:00"), OFFICE) == at("2026-12-01 09:00")


def test_the_day_count_of_the_mail():
    received = at("2026-11-20 16:00")
    counts = {"2026-11-19 09:00": 0, "2026-11-20 23:59": 0, "2026-11-21 09:00": 0, "2026-11-23 00:00": 1,
              "2026-11-27 09:00": 5, "2026-11-29 09:00": 5, "2026-12-01 16:00": 7, "2026-12-02 08:00": 8}  # fmt: skip
    assert {now: working_day_number(received, at(now), OFFICE) for now in counts} == counts
