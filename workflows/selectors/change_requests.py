"""Requests between departments: whose turn it is, who is above both, who may read them, and how many came in time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from cxcrm.core.clock import now
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from feedback.selectors.reach import Reader, near
from journeys.models import Insight, Touchpoint
from tenants.staff.models import Department, User
from tenants.staff.roles import Level, Role
from tenants.staff.selectors.firm import the_firm
from tenants.staff.selectors.people import in_the_place_of, with_deputies
from workflows.logic.superiors import common_superiors
from workflows.models import ChangeCase, ChangeRequest
from workflows.selectors.audiences import stand_in

_State = ChangeRequest.State
UNDER_WAY: Final = (_State.WAITING, _State.COUNTERED, _State.AGREED)


def changes_visible_to(reader: Any) -> QuerySet[ChangeRequest]:
    """Requests that rest on no case out of reach, and those the reader, or who they stand in for, has a part in."""
    rows = ChangeRequest.objects.all()
    if not reader.allows("journeys", Level.READ):
        return rows.none()
    if reader.reaches_firm:
        return rows
    people = in_the_place_of(reader.pk)
    part = Q(asked_by__in=people) | Q(accountable__in=people) | Q(raised_to__in=people)
    cases = ChangeCase.objects.filter(change=OuterRef("pk"))
    hidden = cases.exclude(pk__in=near(reader, ChangeCase.objects.all()).order_by().values("pk"))
    return rows.filter(part | ~Q(Exists(hidden)))


def cases_of(change: ChangeRequest, reader: Reader) -> QuerySet[Complaint]:
    """The complaints a request rests on, within ``reader``'s reach only; the newest first."""
    linked = ChangeCase.objects.filter(change=change).values("complaint_id")
    return visible_to(reader).filter(pk__in=linked).order_by("-received_at", "-id")


def changes_about(reader: Any, *, complaint_id: UUID | None = None, insight_id: UUID | None = None) -> Any:
    """Requests that rest on one case or insight, the newest first."""
    rows = changes_visible_to(reader).select_related("from_department", "to_department")
    if complaint_id is not None:
        rows = rows.filter(pk__in=ChangeCase.objects.filter(complaint=complaint_id).values("change_id"))
    if insight_id is not None:
        rows = rows.filter(insight=insight_id)
    return rows.order_by("-created_at", "-id")


def cases_to_rest_on(user: User) -> QuerySet[Complaint]:
    """What somebody may put forward as evidence: the cases they may read."""
    return visible_to(user)


def touchpoints() -> QuerySet[Touchpoint]:
    """Places a change may be asked at."""
    return Touchpoint.objects.filter(is_active=True).select_related("stage").order_by("stage__position", "name")


def insights() -> QuerySet[Insight]:
    """Insights a change may rest on."""
    return Insight.objects.exclude(state=Insight.State.RETIRED).order_by("-created_at", "-id")


def department_of(user: User) -> Department | None:
    """The department somebody asks for: the one they belong to, else the first by name they lead or handle for."""
    if user.department_id is not None:
        return user.department
    return Department.objects.filter(Q(lead=user.pk) | Q(handler=user.pk)).order_by("name").first()


def waiting_for(user: User) -> QuerySet[ChangeRequest]:
    """What waits for somebody or for whom they stand in today, the oldest promise of an answer first.

    An answer, their yes or no to something else, the doing, or a word on whether it helped.
    """
    people = in_the_place_of(user.pk)
    unanswered = Q(accountable__in=people) & (Q(raised_to=None) | Q(answered_at=None))
    turn = (
        Q(state=_State.WAITING) & (Q(raised_to__in=people) | unanswered)
        | Q(state=_State.COUNTERED, asked_by__in=people)
        | Q(state=_State.AGREED, accountable__in=people)
        | Q(state=_State.DONE, has_helped=None, asked_by__in=people)
    )
    rows = ChangeRequest.objects.filter(turn)
    related = ("asked_by", "accountable", "raised_to", "from_department", "to_department")
    return rows.select_related(*related).order_by("answer_by", "id")


def pressing(rows: QuerySet[ChangeRequest], today: date) -> QuerySet[ChangeRequest]:
    """Of ``rows`` what a morning's digest tells: an answer, a proposal to look at, and what should be done by today."""
    return rows.filter(Q(state__in=(_State.WAITING, _State.COUNTERED)) | Q(state=_State.AGREED, due_on__lte=today))


def whose_turn(today: date) -> set[UUID]:
    """Everybody for whom something pressing waits, with whoever stands in for those who are away ``today``."""
    rows = pressing(ChangeRequest.objects.all(), today)
    found: Iterable[Any] = rows.values_list("state", "asked_by_id", "accountable_id", "raised_to_id", "answered_at")
    people: set[UUID] = set()
    for state, asked_by, accountable, raised_to, answered_at in found:
        if state == _State.COUNTERED:
            people.add(asked_by)
            continue
        if raised_to is not None and state == _State.WAITING:
            people.add(raised_to)
        if state == _State.AGREED or raised_to is None or answered_at is None:
            people.add(accountable)
    return with_deputies(people, today)


def late(rows: QuerySet[ChangeRequest], today: date) -> QuerySet[ChangeRequest]:
    """Of ``rows`` those whose answer, or what was agreed, is overdue."""
    return rows.filter(Q(state=_State.WAITING, answer_by__lt=now()) | Q(state=_State.AGREED, due_on__lt=today))


def is_late(change: ChangeRequest, today: date) -> bool:
    """Is its answer, or what was agreed, overdue?"""
    if change.state == _State.AGREED and change.due_on is not None:
        return change.due_on < today
    return change.state == _State.WAITING and change.answer_by < now()


def asks(user: User, change: ChangeRequest) -> bool:
    """May somebody speak for whoever asked?"""
    return _acts_for(user, change.asked_by)


def answers(user: User, change: ChangeRequest) -> bool:
    """May somebody answer it: the accountable person, or whoever it was brought before.

    Once both sides did not agree, only the latter.
    """
    if user.pk == change.asked_by_id:  # also where they stand in for whoever they asked
        return False
    above = change.raised_to is not None and _acts_for(user, change.raised_to)
    return above or ((change.raised_to is None or change.answered_at is None) and does(user, change))


def does(user: User, change: ChangeRequest) -> bool:
    """May somebody say that it is done?"""
    return _acts_for(user, change.accountable)


def _acts_for(user: User, person: User) -> bool:
    """The person, whoever stands in for them today, and an owner for somebody who left."""
    if not user.allows("journeys", Level.WRITE):
        return False
    if not person.is_active:
        return user.role == Role.OWNER
    return user.pk == person.pk or in_the_place_of(user.pk).filter(pk=person.pk).exists()


def who_reads_for(person: User, on: date) -> User:
    """Who gets the mail meant for ``person``: whoever stands in, where they may act; else the person."""
    present = stand_in(person.pk, on)
    return present if present is not None and _acts_for(present, person) else person


def head_of(department: Department, *, but: UUID) -> User | None:
    """Its head, else who handles first, who works here and may answer; never ``but``, who asks."""
    for person in (department.lead, department.handler):
        if person is not None and person.pk != but and person.allows("journeys", Level.WRITE):
            return person
    return None


def who_answers(department: Department, on: date, *, but: UUID) -> User | None:
    """The one person who answers for a department on ``on``, never ``but``, who asks.

    Its head or who handles first, whichever is there or has somebody who stands in; else, with both away, the head all
    the same; in a department without either, whoever gets what finds nobody. None where nobody is left.
    """
    firm = the_firm()
    meant = (department.lead, department.handler, firm.default_executive, firm.chief)
    for person in meant:
        if person is None or person.pk == but or not person.allows("journeys", Level.WRITE):
            continue
        present = stand_in(person.pk, on)
        if present is not None and present.pk != but:
            return person
    return head_of(department, but=but)


def superior_of_both(change: ChangeRequest, on: date) -> User | None:
    """The nearest person above both who is there on ``on``, or has somebody who is; else the firm's chief, then owners.

    Above somebody is their manager, else the head of their department, else the firm's chief. None where that is
    nobody but the two themselves.
    """
    both = (change.asked_by_id, change.accountable_id)
    for ident in _candidates(*both):
        if ident in both or stand_in(ident, on) is None:
            continue
        person = User.objects.get(pk=ident)
        if person.allows("journeys", Level.WRITE):
            return person
    return None


def _candidates(asking: UUID, asked: UUID) -> Iterator[UUID]:
    firm = the_firm()
    chief = firm.chief_id
    superior: dict[UUID, UUID | None] = {}
    for ident, manager, head in User.objects.values_list("pk", "manager_id", "department__lead_id"):
        superior[ident] = manager or (head if head != ident else None) or (chief if chief != ident else None)
    yield from common_superiors(asking, asked, superior)
    yield from (ident for ident in (chief, firm.default_executive_id) if ident is not None)
    owners = User.objects.working().filter(role=Role.OWNER).order_by("created_at")
    yield from owners.values_list("pk", flat=True)


@dataclass(frozen=True)
class AnswerShare:
    """How many requests to one department were to be answered, were in time, were done, and helped."""

    ident: UUID
    who: str
    due: int
    in_time: int
    done: int
    helped: int

    @property
    def percent(self) -> int:
        return round(100 * self.in_time / self.due)


def answered_in_time(*, reader: Any, since: datetime, until: datetime) -> list[AnswerShare]:
    """First answers within three working days ÷ requests whose three days ended between two moments; most first.

    Of the requests ``reader`` may see, by the department asked; those taken back before an answer are left out.
    """
    due = changes_visible_to(reader).filter(answer_by__gte=since, answer_by__lt=min(until, now()))
    rows: Any = (
        due.exclude(state=_State.WITHDRAWN, answered_at=None)
        .order_by()
        .values("to_department", "to_department__name")
        .annotate(
            due=Count("pk"),
            in_time=Count("pk", filter=Q(answered_at__lte=F("answer_by"))),
            done=Count("pk", filter=Q(state=_State.DONE)),
            helped=Count("pk", filter=Q(has_helped=True)),
        )
    )
    lines = [
        AnswerShare(
            row["to_department"], row["to_department__name"], row["due"], row["in_time"], row["done"], row["helped"]
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (-line.due, line.who))
