"""Requests between departments: whose turn it is, who is above both, who may read them, and how many came in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from cxcrm.core.clock import now
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from feedback.selectors.reach import Reader, near
from journeys.models import Insight, Touchpoint
from tenants.staff.models import Department, User
from tenants.staff.roles import Level, Role, role_allows
from tenants.staff.selectors.firm import firm_zone, the_firm
from tenants.staff.selectors.people import in_the_place_of, with_deputies
from workflows.logic.superiors import common_superiors
from workflows.models import ChangeCase, ChangeRequest
from workflows.selectors.audiences import stand_in

_State = ChangeRequest.State
_UNSETTLED: Final = (_State.WAITING, _State.COUNTERED)
UNDER_WAY: Final = (*_UNSETTLED, _State.AGREED)


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

    An answer, their yes or no to something else or to another day, the doing, or a word on whether it helped.
    """
    people = in_the_place_of(user.pk)
    unanswered = Q(accountable__in=people) & (Q(raised_to=None) | Q(answered_at=None))
    turn = (
        Q(state=_State.WAITING) & (Q(raised_to__in=people) | unanswered)
        | Q(state=_State.COUNTERED) & (Q(asked_by__in=people) | Q(raised_to__in=people, choice_raised_at__isnull=False))
        | Q(state=_State.AGREED) & (Q(accountable__in=people) | Q(asked_by__in=people, new_day__isnull=False))
        | Q(state=_State.DONE, has_helped=None, asked_by__in=people)
    )
    rows = ChangeRequest.objects.filter(turn)
    related = ("asked_by", "accountable", "raised_to", "from_department", "to_department")
    return rows.select_related(*related).order_by("answer_by", "id")


def pressing_for(user: User, today: date) -> QuerySet[ChangeRequest]:
    """Of what waits for somebody what a morning's digest tells: something to say, and what is due by ``today``."""
    asked = Q(new_day__isnull=False, asked_by__in=in_the_place_of(user.pk))
    return waiting_for(user).filter(Q(state__in=_UNSETTLED) | Q(state=_State.AGREED) & (Q(due_on__lte=today) | asked))


def whose_turn(today: date) -> set[UUID]:
    """Everybody for whom something pressing waits, with whoever stands in for those who are away ``today``."""
    presses = Q(due_on__lte=today) | Q(new_day__isnull=False)
    people: set[UUID] = set()
    for change in ChangeRequest.objects.filter(Q(state__in=_UNSETTLED) | Q(state=_State.AGREED) & presses):
        if change.state == _State.COUNTERED or change.new_day is not None:
            people.add(change.asked_by_id)
        if is_before_superior(change) and change.raised_to_id is not None:
            people.add(change.raised_to_id)
        if change.state == _State.AGREED:
            is_answering = change.due_on is not None and change.due_on <= today
        else:
            is_answering = change.state == _State.WAITING and not _is_between_both(change)
        if is_answering:
            people.add(change.accountable_id)
    return with_deputies(people, today)


def late(rows: QuerySet[ChangeRequest], today: date) -> QuerySet[ChangeRequest]:
    """Of ``rows`` those whose answer, yes or no to something else, or what was agreed, is overdue."""
    at = now()
    unsaid = Q(state=_State.WAITING, answer_by__lt=at) | Q(state=_State.COUNTERED, choose_by__lt=at)
    return rows.filter(unsaid | Q(state=_State.AGREED, due_on__lt=today))


def is_late(change: ChangeRequest, today: date) -> bool:
    """Is its answer, the yes or no to something else, or what was agreed, overdue?"""
    if change.state == _State.AGREED and change.due_on is not None:
        return change.due_on < today
    by = said_by(change)
    return by is not None and by < now()


def said_by(change: ChangeRequest) -> datetime | None:
    """Until when somebody is to say something: answer, or take what was proposed instead or not; else None."""
    if change.state == _State.COUNTERED:
        return change.choose_by
    return change.answer_by if change.state == _State.WAITING else None


def is_before_superior(change: ChangeRequest) -> bool:
    """Does it lie before whoever stands above both?"""
    if change.state == _State.COUNTERED:
        return change.choice_raised_at is not None
    return change.state == _State.WAITING and change.raised_at is not None


def is_to_answer(change: ChangeRequest) -> bool:
    """Is an answer to it heard: from whoever was asked, or, once it went up, from above?"""
    return change.state == _State.WAITING or is_before_superior(change)


def asks(user: User, change: ChangeRequest) -> bool:
    """May somebody speak for whoever asked?"""
    return _acts_for(user, change.asked_by)


def answers(user: User, change: ChangeRequest) -> bool:
    """May somebody answer it: the accountable person, or whoever it was brought before.

    Once both sides did not agree, or one never said whether they do, only the latter.
    """
    if user.pk == change.asked_by_id:  # also where they stand in for whoever they asked
        return False
    if _is_above(user, change):
        return True
    return change.state == _State.WAITING and not _is_between_both(change) and does(user, change)


def decides(user: User, change: ChangeRequest) -> bool:
    """Does an answer of theirs settle it from above? Not where they answer for the accountable person, who may."""
    return _is_above(user, change) and (_is_between_both(change) or not does(user, change))


def _is_above(user: User, change: ChangeRequest) -> bool:
    return is_before_superior(change) and change.raised_to is not None and _acts_for(user, change.raised_to)


def _is_between_both(change: ChangeRequest) -> bool:
    """Was it brought up after whoever was asked had answered?"""
    return is_before_superior(change) and change.raised_to is not None and change.answered_at is not None


def does(user: User, change: ChangeRequest) -> bool:
    """May somebody say that it is done?"""
    return _acts_for(user, change.accountable)


def may_speak(person: User) -> bool:
    """Do they work here, and may they ask and answer?"""
    return person.allows("journeys", Level.WRITE)


def _acts_for(user: User, person: User) -> bool:
    """The person, whoever stands in for them today, and an owner for somebody who left."""
    if not may_speak(user):
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
        if person is not None and person.pk != but and may_speak(person):
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
        if person is None or person.pk == but or not may_speak(person):
            continue
        present = stand_in(person.pk, on)
        if present is not None and present.pk != but:
            return person
    return head_of(department, but=but)


def who_follows(department: Department, on: date, *, but: UUID) -> User | None:
    """Who takes the place of somebody of a department who is gone: as ``who_answers``, else an owner, the oldest."""
    owners = User.objects.working().filter(role=Role.OWNER).exclude(pk=but).order_by("created_at")
    return who_answers(department, on, but=but) or owners.first()


def is_open(change: ChangeRequest) -> bool:
    """Is there still something to be said or done?"""
    return change.state in UNDER_WAY or (change.state == _State.DONE and change.has_helped is None)


def left_behind() -> QuerySet[ChangeRequest]:
    """Open requests that wait for somebody who left or may not speak any more, or for nobody."""
    roles = [role for role in Role if role_allows(role, "journeys", Level.WRITE)]
    gone = User.objects.exclude(is_active=True, role__in=roles)
    answering = Q(state__in=UNDER_WAY, accountable__in=gone)
    above = Q(state=_State.WAITING, raised_at__isnull=False) | Q(state=_State.COUNTERED, choice_raised_at__isnull=False)
    deciding = above & (Q(raised_to=None) | Q(raised_to__in=gone) | Q(raised_to=F("asked_by")))
    open_rows = Q(state__in=UNDER_WAY) | Q(state=_State.DONE, has_helped=None)
    return ChangeRequest.objects.filter(open_rows & Q(asked_by__in=gone) | answering | deciding)


def concerns(user_id: UUID) -> Q:
    """Requests somebody has a part in themselves."""
    return Q(asked_by=user_id) | Q(accountable=user_id) | Q(raised_to=user_id)


def has_unfit_superior(change: ChangeRequest) -> bool:
    """Does it lie before nobody, before somebody who is gone, or before who asks it themselves?"""
    if not is_before_superior(change):
        return False
    above = change.raised_to
    return above is None or above.pk == change.asked_by_id or not may_speak(above)


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
        if may_speak(person):
            return person
    return None


def superiors() -> dict[UUID, UUID | None]:
    """Who is directly above everybody: their manager, else the head of their department, else the firm's chief."""
    chief = the_firm().chief_id
    superior: dict[UUID, UUID | None] = {}
    for ident, manager, head in User.objects.values_list("pk", "manager_id", "department__lead_id"):
        superior[ident] = manager or (head if head != ident else None) or (chief if chief != ident else None)
    return superior


def _candidates(asking: UUID, asked: UUID) -> Iterator[UUID]:
    firm = the_firm()
    yield from common_superiors(asking, asked, superiors())
    yield from (ident for ident in (firm.chief_id, firm.default_executive_id) if ident is not None)
    owners = User.objects.working().filter(role=Role.OWNER).order_by("created_at")
    yield from owners.values_list("pk", flat=True)


@dataclass(frozen=True)
class AnswerShare:
    """How many requests to one department were to be answered, were in time, were done, and helped.

    ``promised`` are those whose first promised day has come, or that are done; ``kept`` of them were done by that day,
    ``moved`` later but by a day both had agreed to move it to.
    """

    ident: UUID
    who: str
    due: int
    in_time: int
    done: int
    helped: int
    promised: int
    kept: int
    moved: int

    @property
    def percent(self) -> int:
        return round(100 * self.in_time / self.due)

    @property
    def kept_percent(self) -> int | None:
        """Done by the first day promised ÷ promised, in whole percent; None where nothing was promised yet."""
        return round(100 * self.kept / self.promised) if self.promised else None


def answered_in_time(*, reader: Any, since: datetime, until: datetime) -> list[AnswerShare]:
    """First answers within three working days ÷ requests whose three days ended between two moments; most first.

    Of the requests ``reader`` may see, by the department asked; those taken back before an answer are left out. What
    was promised is counted by the first day promised, however often it was moved since (docs/adr/0041).
    """
    at, zone = now(), firm_zone()
    due = changes_visible_to(reader).filter(answer_by__gte=since, answer_by__lt=min(until, at))
    done = Q(state=_State.DONE)
    first = {"first_day": Coalesce("promised_on", "due_on"), "done_on": TruncDate("done_at", tzinfo=zone)}
    rows: Any = (
        due.exclude(state=_State.WITHDRAWN, answered_at=None)
        .order_by()
        .annotate(**first)
        .values("to_department", "to_department__name")
        .annotate(
            due=Count("pk"),
            in_time=Count("pk", filter=Q(answered_at__lte=F("answer_by"))),
            done=Count("pk", filter=done),
            helped=Count("pk", filter=Q(has_helped=True)),
            promised=Count("pk", filter=done | Q(state=_State.AGREED, first_day__lt=at.astimezone(zone).date())),
            kept=Count("pk", filter=done & Q(done_on__lte=F("first_day"))),
            moved=Count("pk", filter=done & Q(done_on__gt=F("first_day"), done_on__lte=F("due_on"))),
        )
    )
    told = ("due", "in_time", "done", "helped", "promised", "kept", "moved")
    lines = [
        AnswerShare(row["to_department"], row["to_department__name"], **{name: row[name] for name in told})
        for row in rows
    ]
    return sorted(lines, key=lambda line: (-line.due, line.who))
