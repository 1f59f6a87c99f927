"""Deadlines set by law, counted in working days; product defaults with their source, not legal advice."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from workflows.logic.business_time import BusinessCalendar


@dataclass(frozen=True, slots=True)
class LegalTerm:
    """A term of law in working days, the article it comes from, and the day that was last looked up."""

    working_days: int
    source: str
    verified_on: date


# The request is made under article 56; the term itself stands in article 57, clause 2.
CONSUMER_NEGOTIATION: Final = LegalTerm(
    working_days=7,
    source="Luật Bảo vệ quyền lợi người tiêu dùng 19/2023/QH15, Điều 56 và Điều 57 khoản 2",
    verified_on=date(2026, 11, 22),
)


def legal_deadline(received_at: datetime, calendar: BusinessCalendar) -> datetime:
    """Return when (UTC) a consumer's request must have been taken up: 7 working days after `received_at`.

    The same local time on the seventh working day after the day of receipt (Law 19/2023/QH15, art. 57 clause
    2, on requests under art. 56). `calendar` decides what a working day is. Raises ValueError for a naive
    datetime, NoOpeningHours.
    """
    return calendar.add_working_days(received_at, CONSUMER_NEGOTIATION.working_days)


def working_day_number(received_at: datetime, now: datetime, calendar: BusinessCalendar) -> int:
    """Return how many working days have begun since receipt: 0 on that day, 1 on the next working day.

    Days are local to `calendar`; on a closed day the number of the last working day stands. 0 for a `now`
    before the receipt. Raises ValueError for naive datetimes.
    """
    return calendar.working_days_between(received_at, now)
