"""How time and escalation are set up: calendars, promised times, ladders."""

import re
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cxcrm.core.configuration import drop, keep
from cxcrm.core.errors import InvalidInput
from workflows.models import Calendar, CalendarDay, EscalationLevel, EscalationPolicy, SlaPolicy

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


@transaction.atomic
def save_calendar(*, calendar: Calendar) -> Calendar:
    """Keep a calendar; the one marked default takes the mark from the one before. Raises InvalidInput for bad hours."""
    for spans in calendar.windows.values():
        _check_windows(spans)
    if calendar.is_default:
        Calendar.objects.select_for_update().filter(is_default=True).exclude(pk=calendar.pk).update(is_default=False)
    elif not Calendar.objects.filter(is_default=True).exclude(pk=calendar.pk).exists():
        raise InvalidInput(_("One calendar must be the default."), code="calendar.no_default")
    return keep(calendar)


@transaction.atomic
def save_calendar_day(*, day: CalendarDay) -> CalendarDay:
    """Keep a special day; no hours at all means closed. Raises InvalidInput for bad hours."""
    _check_windows(day.windows)
    return keep(day)


@transaction.atomic
def remove_calendar_day(*, day: CalendarDay) -> None:
    drop(day)


@transaction.atomic
def save_sla_policy(*, policy: SlaPolicy) -> SlaPolicy:
    """Keep the promised times of a severity. Raises InvalidInput unless contact comes before the answer.

    Running clocks keep the times they were started with.
    """
    if not timedelta(0) < policy.first_contact <= policy.resolve:
        raise InvalidInput(
            _("The first contact is promised before the answer, and both take some time."), code="sla.order"
        )
    return keep(policy)


@transaction.atomic
def save_escalation_policy(*, policy: EscalationPolicy) -> EscalationPolicy:
    """Keep a ladder; a new default takes the mark from the one before. Raises InvalidInput when none would be left."""
    others = EscalationPolicy.objects.select_for_update().exclude(pk=policy.pk)
    if policy.is_default:
        others.filter(is_default=True).update(is_default=False)
    elif not others.filter(is_default=True).exists():
        raise InvalidInput(_("One ladder must be the default."), code="ladder.no_default")
    return keep(policy)


@transaction.atomic
def save_escalation_level(*, level: EscalationLevel) -> EscalationLevel:
    """Keep a rung: after a share (0 to 1) of the clock or some time after it ran out. Raises InvalidInput."""
    if (level.share is None) == (level.after_breach is None):
        raise InvalidInput(
            _("A rung is reached after a share of the clock or some time after it ran out: fill in one of the two."),
            code="ladder.rung_time",
        )
    if level.share is not None and not 0 < level.share <= 1:
        raise InvalidInput(_("The share lies between 0 and 1: 0.5 is half the time."), code="ladder.share")
    if level.after_breach is not None and level.after_breach < timedelta(0):
        raise InvalidInput(_("A time after the clock ran out cannot be negative."), code="ladder.after")
    return keep(level)


@transaction.atomic
def remove_escalation_level(*, level: EscalationLevel) -> None:
    drop(level)


def _check_windows(spans: Any) -> None:
    """Windows of one day: pairs of HH:MM, each opening before it closes, in order, none overlapping."""
    closed_at = ""
    for start, end in spans:
        if not (_TIME.fullmatch(start) and _TIME.fullmatch(end)) or start >= end or start < closed_at:
            raise InvalidInput(
                _("Opening hours look like 08:00-12:00, 13:00-17:00, in order and without overlap."),
                code="calendar.hours",
            )
        closed_at = end
