"""Days and people that tests of several rooms need."""

from datetime import date, timedelta

from cxcrm.core.clock import now


def day_before() -> date:
    """Yesterday, so that something is in force whatever the time zone."""
    return now().date() - timedelta(days=1)
