"""What a row of the desk says about time: what is due next, whether it stands still, the day by law."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from feedback.models import Complaint
from workflows import wording
from workflows.logic.business_time import BusinessCalendar
from workflows.logic.legal import CONSUMER_NEGOTIATION, working_day_number
from workflows.models import ClockPause
from workflows.selectors.pauses import running_pauses
from workflows.selectors.queues import NEXT_DUE, PROMISED


@dataclass(frozen=True)
class Due:
    """What is due next in words: when, what, whether it is late.

    ``paused`` says until when and why the case stands still, or nothing; then ``when`` is empty unless something is
    due all the same.
    """

    when: str
    what: str
    late: bool
    paused: str = ""


def mark_paused(rows: Iterable[Any]) -> None:
    """Give each complaint its running ``pause``, None where it has none; one query."""
    rows = list(rows)
    pauses = running_pauses([row.pk for row in rows]) if rows else {}
    for row in rows:
        row.pause = pauses.get(row.pk)


def due_of(complaint: Any, at: datetime) -> Due:
    """The row comes from ``with_next_due`` and went through ``mark_paused``.

    The clocks of a case that stands still are not said to be late; a promise made in person is.
    """
    paused = paused_words(complaint.pause, at) if complaint.pause else ""
    if complaint.next_due_at is None:
        return Due(_ended(complaint), "", False, paused)
    if complaint.pause and complaint.next_due_kind != PROMISED:
        return Due("", "", False, paused)
    what = str(NEXT_DUE[complaint.next_due_kind])
    if complaint.next_due_at < at:
        return Due(gettext("%(span)s late") % {"span": wording.span(at - complaint.next_due_at)}, what, True, paused)
    return Due(wording.moment(complaint.next_due_at, at), what, False, paused)


def paused_words(pause: ClockPause, at: datetime) -> str:
    """ "until 15:00 tomorrow: waiting for goods"."""
    return gettext("until %(when)s: %(reason)s") % {"when": wording.moment(pause.until, at), "reason": pause.reason}


def legal_day(complaint: Complaint, calendar: BusinessCalendar, at: datetime) -> int | None:
    """On which of the law's working days an open complaint stands, 0 on the day of receipt; None once answered."""
    return working_day_number(complaint.received_at, at, calendar) if complaint.is_open else None


def legal_words(day: int) -> str:
    """ "day 3/7" as the desk says it."""
    return gettext("day %(day)d/%(of)d") % {"day": day, "of": CONSUMER_NEGOTIATION.working_days}


def _ended(complaint: Complaint) -> str:
    if complaint.state == Complaint.State.COMMUNICATED and complaint.resolved_at:
        return gettext("answered %(when)s") % {"when": wording.stamp(complaint.resolved_at)}
    if complaint.closed_at:
        return gettext("closed %(when)s") % {"when": wording.stamp(complaint.closed_at)}
    return "–"
