"""Moments and spans of time as people say them, in the active language and time zone."""

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxcrm.core.clock import now
from workflows.logic.ladder import lateness

# Django's Vietnamese numbers them ("Thứ 2"); named here, our own catalogue says them as people do, everywhere.
_WEEKDAYS: Final = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
_WORKING_DAY: Final = timedelta(hours=8)


def moment(at: datetime, seen_at: datetime | None = None) -> str:
    """When something is due, as said at ``seen_at`` (default now): "15:00 today", "15:00 on Tue 24/11"."""
    local, seen = timezone.localtime(at), timezone.localtime(seen_at or now())
    clock = date_format(local, "H:i")
    days = (local.date() - seen.date()).days
    if days == 0:
        return _("%(time)s today") % {"time": clock}
    if days == 1:
        return _("%(time)s tomorrow") % {"time": clock}
    return _("%(time)s on %(day)s") % {"time": clock, "day": day(at)}


def day(at: datetime) -> str:
    """The weekday and date, "Tuesday 24/11"; with the year when it is not this one."""
    local = timezone.localtime(at)
    pattern = "d/m" if local.year == timezone.localtime(now()).year else "d/m/Y"
    return f"{_WEEKDAYS[local.weekday()]} {date_format(local, pattern)}"


def stamp(at: datetime) -> str:
    """When something happened, short: "24/11 15:04"."""
    return date_format(timezone.localtime(at), "d/m H:i")


def late(due_at: datetime, told_at: datetime) -> str:
    """How much later than due somebody was told, "6 hours"; empty when it was on time."""
    by = lateness(due_at, told_at)
    return span(by) if by else ""


def span(duration: timedelta, *, working: bool = False) -> str:
    """A length of time in its biggest sensible unit; ``working`` time counts eight hours to the day."""
    seconds = abs(duration.total_seconds())
    if seconds < 60:
        return _("less than a minute")
    day_seconds = _WORKING_DAY.total_seconds() if working else 86400.0
    if seconds < 3600:
        minutes = int(seconds // 60)
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if seconds < 2 * day_seconds:
        hours = int(seconds // 3600)
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = int(seconds // day_seconds)
    if working:
        return ngettext("%(count)d working day", "%(count)d working days", days) % {"count": days}
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
