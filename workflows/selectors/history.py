"""The story of a complaint in five lines, with its clocks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Interaction
from cxcrm.core.clock import now
from feedback.models import Complaint
from tenants.staff.models import User
from workflows import wording
from workflows.models import SlaClock
from workflows.selectors.clocks import current_clock

LINES: Final = 5
_SAID: Final = {
    "complaint.opened": gettext_lazy("Received"),
    "complaint.acknowledged": gettext_lazy("Receipt confirmed to the customer"),
    "complaint.assessed": gettext_lazy("Severity set to %(severity)s"),
    "complaint.assigned": gettext_lazy("Given to %(owner)s"),
    "complaint.started": gettext_lazy("Work began"),
    "complaint.reply": gettext_lazy("Replied to the customer"),
    "complaint.escalated": gettext_lazy("Escalated to %(to)s"),
    "complaint.decided": gettext_lazy("Decision taken"),
    "complaint.resolved": gettext_lazy("Answered"),
    "complaint.reopened": gettext_lazy("Reopened: the customer says it is not solved"),
}


@dataclass(frozen=True)
class Line:
    """One entry; ``is_promise`` marks a promised time, ``is_missed`` one that went by."""

    at: datetime
    when: str
    what: str
    is_promise: bool = False
    is_missed: bool = False


def history_of(complaint: Complaint, reader: User | None = None) -> list[Line]:
    """At most five lines: how it began, the latest events, and the promised time of the answer, in order of time.

    That ``reader`` was told is no news to them and left out.
    """
    entries = list(Interaction.objects.filter(subject_id=complaint.id, what__in=_SAID).order_by("occurred_at", "id"))
    if reader is not None:
        entries = [entry for entry in entries if entry.data.get("to") != reader.full_name]
    promise = _promise(current_clock(complaint.id))
    room = LINES - len(promise)
    if len(entries) > room:
        entries = [entries[0], *entries[-(room - 1) :]]
    told = [Line(entry.occurred_at, wording.stamp(entry.occurred_at), _sentence(entry)) for entry in entries]
    return sorted([*told, *promise], key=lambda line: line.at)


def _sentence(entry: Interaction) -> str:
    data: dict[str, Any] = {"severity": "", "owner": "", "to": "", **entry.data}
    return str(_SAID[entry.what]) % data


def _promise(clock: SlaClock | None) -> list[Line]:
    if clock is None:
        return []
    missed = clock.due_at < (clock.stopped_at or now())
    what = _("Promised answer – missed") if missed else _("Promised answer")
    return [Line(clock.due_at, wording.stamp(clock.due_at), what, is_promise=True, is_missed=missed)]
