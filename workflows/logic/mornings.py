"""When the morning's digest is due: at eight on the wall clock of every day the firm opens."""

from datetime import datetime, time, timedelta
from typing import Final

from workflows.logic.business_time import SEARCH_DAYS, BusinessCalendar

DIGEST_AT: Final = time(8)


def next_morning(calendar: BusinessCalendar, after: datetime) -> datetime:
    """The first ``DIGEST_AT`` later than ``after`` (aware) on a day with opening hours; else a day later."""
    today = after.astimezone(calendar.tz).date()
    for ahead in range(SEARCH_DAYS):
        day = today + timedelta(days=ahead)
        moment = datetime.combine(day, DIGEST_AT, calendar.tz)
        if moment > after and calendar.windows_on(day):
            return moment
    return after + timedelta(days=1)
