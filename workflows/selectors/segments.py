"""Who spent the time: on one complaint, and over a period by person or department."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Q

from cxcrm.core.clock import now
from feedback.models import Complaint
from feedback.selectors.reach import Reader, near
from tenants.staff.models import User
from workflows.logic.business_time import BusinessCalendar
from workflows.models import ClockSegment
from workflows.selectors.calendars import calendar_of
from workflows.selectors.policies import policy_for

_NOTHING = timedelta(0)
# More than a firm's year; a report over more says nothing any more.
_MOST = 20_000


@dataclass(frozen=True)
class Share:
    """One person's time on one complaint; ``is_now`` marks who holds it."""

    holder: User
    spent: timedelta
    percent: int
    is_now: bool


@dataclass
class Line:
    """One person or department in the report; ``who`` is "" for people without a department."""

    ident: UUID | None
    who: str
    spent: timedelta = _NOTHING
    complaints: set[UUID] = field(default_factory=set)

    @property
    def cases(self) -> int:
        return len(self.complaints)

    @property
    def each(self) -> timedelta:
        return self.spent / len(self.complaints) if self.complaints else _NOTHING


def segments_of(complaint_id: UUID) -> list[ClockSegment]:
    """The account of a complaint, in order."""
    return list(
        ClockSegment.objects.filter(complaint_id=complaint_id)
        .select_related("holder", "department")
        .order_by("started_at")
    )


def shares_of(complaint: Complaint, at: datetime | None = None) -> list[Share]:
    """Each holder's business time so far, in the order they first had it."""
    rows, at = segments_of(complaint.pk), at or now()
    calendar = calendar_of(policy_for(complaint.severity))
    spent: dict[UUID, timedelta] = {}
    people = {row.holder_id: row.holder for row in rows}
    for row in rows:
        spent[row.holder_id] = spent.get(row.holder_id, _NOTHING) + _spent(row, at, calendar)
    total = sum(spent.values(), _NOTHING)
    holding = {row.holder_id for row in rows if row.ended_at is None}
    return [
        Share(people[ident], time, round(100 * (time / total)) if total else 0, ident in holding)
        for ident, time in spent.items()
    ]


def spent_by(what: Literal["holder", "department"], *, reader: Reader, since: datetime, until: datetime) -> list[Line]:
    """Business time people or departments spent on complaints within reach between two moments, most first.

    Spans that reach over an end of the period are counted by the part that lies in it.
    """
    spans = near(reader, ClockSegment.objects.all()).filter(
        Q(ended_at=None) | Q(ended_at__gt=since), started_at__lt=until, complaint__is_sample=False
    )
    rows = spans.select_related("complaint", "holder", "department")[:_MOST]
    calendars: dict[str, BusinessCalendar] = {}
    lines: defaultdict[UUID | None, Line] = defaultdict(lambda: Line(None, ""))
    for row in rows:
        subject = row.holder if what == "holder" else row.department
        ident = subject.pk if subject else None
        line = lines[ident]
        if subject is not None and not line.who:
            line.ident, line.who = ident, str(subject)
        severity = row.complaint.severity
        if severity not in calendars:
            calendars[severity] = calendar_of(policy_for(severity))
        ended_at = row.ended_at or until
        if row.spent is not None and since <= row.started_at and ended_at <= until:
            line.spent += row.spent
        else:
            line.spent += calendars[severity].between(max(row.started_at, since), min(ended_at, until))
        line.complaints.add(row.complaint_id)
    return sorted(lines.values(), key=lambda line: (-line.spent, line.who))


def _spent(row: ClockSegment, at: datetime, calendar: BusinessCalendar) -> timedelta:
    return row.spent if row.spent is not None else calendar.between(row.started_at, at)
