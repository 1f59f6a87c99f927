"""Which complaints stand still, since when and why."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from django.db.models import QuerySet

from feedback.models import Complaint
from tenants.staff.roles import Level
from workflows.logic.pauses import Pause
from workflows.models import ClockPause, PauseReason


class Reader(Protocol):
    """Staff, or a partner's key in their place."""

    def allows(self, room: str, level: Level | str) -> bool: ...


def pauses_of(complaint_id: UUID) -> QuerySet[ClockPause]:
    """Every pause of a complaint, in order."""
    rows = ClockPause.objects.filter(complaint_id=complaint_id)
    return rows.select_related("reason", "started_by", "ended_by").order_by("started_at")


def running_pause(complaint_id: UUID) -> ClockPause | None:
    """The pause a complaint is in now, if any."""
    return pauses_of(complaint_id).filter(ended_at=None).first()


def running_pauses(complaint_ids: Iterable[UUID]) -> dict[UUID, ClockPause]:
    """The pauses that run now, by complaint, for lists; one query."""
    rows = ClockPause.objects.filter(complaint_id__in=list(complaint_ids), ended_at=None).select_related("reason")
    return {row.complaint_id: row for row in rows}


def spans_of(complaint_id: UUID) -> list[Pause]:
    """The pauses as spans; one that runs ends at its ``until``."""
    rows = ClockPause.objects.filter(complaint_id=complaint_id).order_by("started_at")
    return [(begun, ended or until) for begun, ended, until in rows.values_list("started_at", "ended_at", "until")]


def reasons_in_use() -> QuerySet[PauseReason]:
    """What may be chosen as the reason of a pause."""
    return PauseReason.objects.filter(is_active=True)


def may_pause(reader: Reader, complaint: Complaint) -> bool:
    """Whoever works on complaints may pause one; a critical one only those who lead."""
    if complaint.severity == Complaint.Severity.S1:
        return reader.allows("workflows", Level.WRITE)
    return reader.allows("feedback", Level.WRITE)
