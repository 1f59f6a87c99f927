"""Whose cases somebody sees: the firm's, their department's, or those that concern them in person.

This is the one place where it is decided. Every door asks ``within_reach``, mostly through ``visible_to``.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Protocol, cast
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value

from customers.models import Interaction
from customers.selectors.hiding import hides
from feedback.models import Complaint, ComplaintNote, NoteMention, Response
from journeys.models import Touchpoint
from journeys.selectors.accountability import answered_for_by
from tenants.staff.models import Branch, Department, User
from tenants.staff.roles import Level
from tenants.staff.selectors.firm import today_in_sql
from tenants.staff.selectors.people import in_the_place_of


class Reader(Protocol):
    """Staff, or a partner's key in their place."""

    @property
    def reaches_firm(self) -> bool: ...

    def allows(self, room: str, level: Level | str) -> bool: ...


# What more concerns somebody in person, said by the floors above: a condition on complaints, given who asks, and
# themselves with everybody they stand in for today.
Concern = Callable[[User, Collection[UUID]], Q]
_concerns: list[Concern] = []


def concerns(condition: Concern) -> Concern:
    """Register what a floor above knows of whom a case concerns, once at start-up."""
    _concerns.append(condition)
    return condition


def within_reach(reader: Reader) -> QuerySet[Complaint]:
    """The complaints ``reader`` may see as far as it is a question of whose they are, whatever their role allows.

    For whoever sees the firm's there is no condition. For the others it costs one query a request, and conditions with
    an index each (ADR 30).
    """
    if reader.reaches_firm:
        return Complaint.objects.all()
    return Complaint.objects.filter(_reached_by(cast(User, reader)))


def reach_marked(reader: Reader, rows: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """``rows`` with ``in_reach``; of the others no more may be shown than that there is a case: number and state."""
    return rows.annotate(in_reach=Value(True) if reader.reaches_firm else _is_reached(reader, "pk"))


def near(reader: Reader, rows: QuerySet[Any], case: str = "complaint_id") -> QuerySet[Any]:
    """Those of ``rows`` that belong to a complaint within reach, by the field ``case``, or to none."""
    if reader.reaches_firm:
        return rows
    return rows.filter(Q(**{case: None}) | Q(_is_reached(reader, case)))


def case_of_others(reader: Reader, complaint_id: UUID) -> Complaint | None:
    """A complaint that exists and is out of reach: whose it is and how it stands, for whoever comes by its address."""
    if reader.reaches_firm or not reader.allows("feedback", Level.READ):
        return None
    rows = Complaint.objects.filter(pk=complaint_id).exclude(pk__in=within_reach(reader).values("pk"))
    return rows.select_related("owner").only("number", "state", "received_at", "owner").first()


def answers_visible_to(reader: Reader) -> QuerySet[Response]:
    """What customers answered, but answers whose words are those of a complaint out of reach."""
    rows = Response.objects.all()
    return rows if reader.reaches_firm else rows.filter(~_is_told_elsewhere(reader))


def answers_marked(reader: Reader, rows: QuerySet[Response]) -> QuerySet[Response]:
    """``rows`` with ``in_reach``; of the others the score may be shown, not the words."""
    if reader.reaches_firm:
        return rows.annotate(in_reach=Value(True))
    return rows.annotate(in_reach=ExpressionWrapper(~_is_told_elsewhere(reader), BooleanField()))


@hides
def _of_cases_out_of_reach(reader: Reader) -> Q | None:
    """Entries and files of complaints, of their notes, and of the answers that opened or joined them."""
    if reader.reaches_firm:
        return None
    note = ComplaintNote.objects.filter(pk=OuterRef("subject_id"))
    answer = Response.objects.filter(_is_told_elsewhere(reader), pk=OuterRef("subject_id"))
    return (
        (Q(subject_type=Complaint._meta.label_lower) & ~Q(_is_reached(reader, "subject_id")))
        | (Q(subject_type=ComplaintNote._meta.label_lower) & ~Q(Exists(near(reader, note))))
        | (Q(subject_type=Response._meta.label_lower) & Q(Exists(answer)))
    )


def _is_reached(reader: Reader, case: str) -> Exists:
    return Exists(within_reach(reader).filter(pk=OuterRef(case)))


def _is_told_elsewhere(reader: Reader) -> Q:
    """Of answers: a complaint out of reach was opened by it, or has it among its notes."""
    theirs = Complaint.objects.filter(customer=OuterRef("customer_id")).filter(~Q(_is_reached(reader, "pk")))
    opened = theirs.filter(response=OuterRef("pk"))
    joined = theirs.filter(notes__from_customer=True, notes__body__endswith=OuterRef("words"))
    return Q(Exists(opened)) | (~Q(words="") & Q(Exists(joined)))


@dataclass(frozen=True)
class Surroundings:
    """The small sets a person's reach is made of; ``owners``, ``places`` and ``branches`` are those of their units."""

    people: tuple[UUID, ...] = ()
    answered: tuple[UUID, ...] = ()
    owners: tuple[UUID, ...] = ()
    places: tuple[UUID, ...] = ()
    branches: tuple[UUID, ...] = ()


def surroundings_of(user: User) -> Surroundings:
    """Read in one query, once for the object of an account, which lives as long as a request."""
    known: Any = vars(user)
    key = (user.reach, user.department_id)
    if known.get("_surroundings", (None, None))[0] != key:
        known["_surroundings"] = key, _surroundings(user)
    found: Surroundings = known["_surroundings"][1]
    return found


def _surroundings(user: User) -> Surroundings:
    people = in_the_place_of(user.pk)
    sets: dict[str, QuerySet[Any]] = {"people": people, "answered": answered_for_by(people, today_in_sql())}
    if user.reach == User.Reach.DEPARTMENT:
        units = Q(lead=user.pk) | Q(handler=user.pk)
        departments = Department.objects.filter(units | Q(pk=user.department_id) if user.department_id else units)
        sets |= {
            "owners": User.objects.filter(Q(department__in=departments) | Q(manager=user.pk)),
            "places": Touchpoint.objects.filter(department__in=departments),
            "branches": Branch.objects.filter(manager=user.pk),
        }
    first, *others = (rows.order_by().values_list(Value(name), "pk") for name, rows in sets.items())
    found: dict[str, list[UUID]] = {}
    for name, ident in first.union(*others, all=True):
        found.setdefault(name, []).append(ident)
    return Surroundings(**{name: tuple(idents) for name, idents in found.items()})


def _reached_by(user: User) -> Q:
    """Theirs, or of somebody they stand in for today; at a touchpoint they answer for; called in; had a hand in it.

    By department also what its people own, or happened at its touchpoints: of the one they belong to, lead or handle
    for; and of the people and the branch they manage.
    """
    around, case = surroundings_of(user), OuterRef("pk")
    called = NoteMention.objects.filter(note__complaint=case, user=user.pk)
    hand = Interaction.objects.filter(
        kind=Interaction.Kind.COMPLAINT, actor_kind="user", actor_id=user.pk, subject_id=case
    )
    reached = (
        Q(owner_id__in=sorted({*around.people, *around.owners}))
        | Q(touchpoint_id__in=sorted({*around.answered, *around.places}))
        | Q(Exists(called))
        | Q(Exists(hand))
        | Q(branch_id__in=around.branches)
    )
    return reduce(or_, (condition(user, around.people) for condition in _concerns), reached)
