"""Opening hours as stored, made into calendars that can count business time."""

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cxcrm.core.once import once
from tenants.staff.models import Firm
from tenants.staff.selectors.firm import firm_zone, the_firm
from workflows.logic.business_time import ALWAYS_OPEN, BusinessCalendar, Week, Windows
from workflows.logic.late import LateRule
from workflows.models import Calendar, SlaPolicy


def business_calendar(calendar: Calendar) -> BusinessCalendar:
    """The calendar that counts time as ``calendar`` says.

    A calendar without any opening hours counts day and night: an escalation must never wait for a firm that, on
    paper, never opens. Raises ValueError for malformed hours.
    """
    special: dict[date, Windows] = {row.day: _windows(row.windows) for row in calendar.days.all()}
    week = Week({int(weekday): _windows(spans) for weekday, spans in calendar.windows.items()})
    if not any(week.windows.values()):
        week = ALWAYS_OPEN.week
    return BusinessCalendar(tz=ZoneInfo(calendar.time_zone), week=week, open_days=special)


@once
def default_calendar() -> BusinessCalendar:
    """The firm's calendar; without one, day and night in the firm's time zone."""
    calendar = Calendar.objects.filter(is_default=True).prefetch_related("days").first()
    return business_calendar(calendar) if calendar else BusinessCalendar(tz=firm_zone(), week=ALWAYS_OPEN.week)


def calendar_of(policy: SlaPolicy) -> BusinessCalendar:
    """The calendar on which ``policy`` counts."""
    if policy.around_the_clock:
        return BusinessCalendar(tz=firm_zone(), week=ALWAYS_OPEN.week)
    return business_calendar(policy.calendar) if policy.calendar else default_calendar()


def late_rule() -> LateRule:
    """What the firm wants of surveys that could not leave in time."""
    firm = the_firm()
    waits = firm.late_surveys == Firm.LateSurveys.WAIT
    return LateRule(timedelta(hours=firm.late_survey_hours), default_calendar().next_open if waits else None)


def _windows(spans: list[list[Any]]) -> Windows:
    return tuple((_clock(start), _clock(end)) for start, end in spans)


def _clock(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)
