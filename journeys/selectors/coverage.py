"""Who takes part in which stage, and what part of the journey is somebody's own."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from journeys.logic.coverage import standing
from journeys.models import Accountability, Environment, Journey, Stage, Standard, StandardAcknowledgement, Touchpoint
from journeys.selectors.accountability import in_force
from journeys.selectors.atlas import TODAY, stages_drawn, touchpoints_drawn
from journeys.selectors.environments import places_answered, stage_of
from tenants.staff.models import Department, User


@dataclass
class Cell:
    """What one department does in one stage."""

    touchpoints: list[Touchpoint] = field(default_factory=list)
    # Who answers for something there and belongs to the department.
    people: list[User] = field(default_factory=list)


@dataclass
class StageCover:
    """A stage with who works at it; ``standing`` is a code of ``logic.coverage``."""

    stage: Stage
    touchpoints: list[Touchpoint]
    unowned: list[Touchpoint]
    departments: set[UUID]
    places: list[Environment] = field(default_factory=list)
    standing: str = ""

    @property
    def answers(self) -> Accountability | None:
        return getattr(self.stage, TODAY, None)


@dataclass
class Coverage:
    """The heat map: one row of cells per department, in the order of the stages; and every place in use."""

    stages: list[StageCover]
    rows: list[tuple[Department, list[Cell]]]
    places: list[Environment]

    @property
    def unowned(self) -> list[Touchpoint]:
        return [one for cover in self.stages for one in cover.unowned]

    @property
    def unowned_places(self) -> list[Environment]:
        return [place for place in self.places if not place.accountable.is_active]

    @property
    def unowned_count(self) -> int:
        """Touchpoints and places nobody answers for; of ``answerable_count``."""
        return len(self.unowned) + len(self.unowned_places)

    @property
    def answerable_count(self) -> int:
        return self.touchpoint_count + len(self.places)

    @property
    def by_stage(self) -> list[list[tuple[Department, Cell]]]:
        """The same stage by stage, for a narrow screen: the departments that take part in each."""
        return [
            [(row, cells[place]) for row, cells in self.rows if cells[place].touchpoints or cells[place].people]
            for place in range(len(self.stages))
        ]

    @property
    def without_part(self) -> list[Department]:
        """Departments that work at no touchpoint and whose people answer for nothing."""
        return [row for row, cells in self.rows if not any(cell.touchpoints or cell.people for cell in cells)]

    @property
    def with_standard(self) -> int:
        return sum(bool(getattr(one, "standard_now", None)) for cover in self.stages for one in cover.touchpoints)

    @property
    def touchpoint_count(self) -> int:
        return sum(len(cover.touchpoints) for cover in self.stages)


def coverage_of(journey: Journey, on: date) -> Coverage:
    """The heat map of a journey on ``on``; four queries."""
    stages = list(stages_drawn(journey.pk, on))
    departments = list(Department.objects.order_by("name"))
    care = {row.pk for row in departments if row.is_customer_care}
    covers = {stage.pk: StageCover(stage, [], [], set()) for stage in stages}
    for row in touchpoints_drawn(stages, on):
        cover = covers[row.stage_id]
        row.stage = cover.stage
        cover.touchpoints.append(row)
        if person_for(row) is None:
            cover.unowned.append(row)
        if row.department_id:
            cover.departments.add(row.department_id)
    places = list(places_answered())
    for place in places:
        at = covers.get(stage_of(place))
        if at is not None:
            at.places.append(place)
    cells: dict[tuple[Any, Any], Cell] = {}
    for cover in covers.values():
        unowned = len(cover.unowned) + sum(not place.accountable.is_active for place in cover.places)
        cover.standing = standing(len(cover.touchpoints), unowned, cover.departments, care)
        for department, touchpoint, person in _parts(cover):
            cell = cells.setdefault((department, cover.stage.pk), Cell())
            if touchpoint is not None:
                cell.touchpoints.append(touchpoint)
            if person is not None and person not in cell.people:
                cell.people.append(person)
    rows = [(row, [cells.get((row.pk, stage.pk), Cell()) for stage in stages]) for row in departments]
    return Coverage(list(covers.values()), rows, places)


def person_for(touchpoint: Touchpoint) -> User | None:
    """Who answers for a touchpoint read by ``touchpoints_drawn``: its own executive, else its stage's."""
    own = getattr(touchpoint, TODAY, None) or getattr(touchpoint.stage, TODAY, None)
    return own.executive if own else None


def _parts(cover: StageCover) -> Iterable[tuple[UUID, Touchpoint | None, User | None]]:
    """Department, what it does there, and who of it answers for something there."""
    for row in cover.touchpoints:
        if row.department_id:
            yield row.department_id, row, None
        person = person_for(row)
        if person is not None and person.department_id:
            yield person.department_id, None, person
    for place in cover.places:
        if place.accountable.is_active and place.accountable.department_id:
            yield place.accountable.department_id, None, place.accountable
    if cover.answers is not None and cover.answers.executive.department_id:
        yield cover.answers.executive.department_id, None, cover.answers.executive


@dataclass
class Part:
    """What of the journeys is somebody's: what they answer for, where they work, what they should have read."""

    answers_for: list[Accountability]
    stands_in_for: list[Accountability]
    works_at: list[Touchpoint]
    # Each with ``read_at``, when this person read it.
    standards: list[Any]
    places: list[Environment]

    @property
    def unread(self) -> list[Any]:
        return [row for row in self.standards if row.read_at is None]

    @property
    def is_empty(self) -> bool:
        return not (self.answers_for or self.stands_in_for or self.works_at or self.places)


def part_of(user: User, on: date) -> Part:
    """What is ``user``'s on ``on``, and which places are today; five queries.

    Each standard says when they read it: ``read_at``, or None.
    """
    accountabilities = list(
        in_force(on)
        .filter(Q(executive=user) | Q(deputy=user))
        .select_related("executive", "deputy", "stage", "touchpoint__stage")
        .order_by("stage__position", "touchpoint__stage__position", "touchpoint__position", "touchpoint__name")
    )
    mine = [row for row in accountabilities if row.executive_id == user.pk]
    works_at: list[Touchpoint] = []
    if user.department_id:
        works_at = list(
            Touchpoint.objects.filter(department_id=user.department_id, is_active=True)
            .select_related("stage")
            .order_by("stage__position", "position", "name")
        )
    return Part(
        answers_for=mine,
        stands_in_for=[row for row in accountabilities if row.executive_id != user.pk],
        works_at=works_at,
        standards=_standards(user, accountabilities, works_at),
        places=list(places_answered().filter(accountable=user)),
    )


def _standards(user: User, accountabilities: list[Accountability], works_at: list[Touchpoint]) -> list[Any]:
    """In force where somebody works, answers for something, or stands in; those not read yet first."""
    touchpoints = {row.pk for row in works_at} | {row.touchpoint_id for row in accountabilities if row.touchpoint_id}
    stages = {row.stage_id for row in accountabilities if row.stage_id}
    rows: list[Any] = list(
        Standard.objects.filter(
            Q(touchpoint_id__in=touchpoints) | Q(touchpoint__stage_id__in=stages),
            replaced_at=None,
            touchpoint__is_active=True,
        )
        .select_related("touchpoint__stage")
        .order_by("touchpoint__stage__position", "touchpoint__position", "touchpoint__name")
    )
    acknowledged = StandardAcknowledgement.objects.filter(standard__in=rows, user=user)
    read = dict(acknowledged.values_list("standard_id", "acknowledged_at"))
    for row in rows:
        row.read_at = read.get(row.pk)
    return sorted(rows, key=lambda row: row.read_at is not None)


def people_without_part(on: date) -> list[User]:
    """Working staff who answer for nothing, no place either, and whose department works at no touchpoint.

    Nobody is only an onlooker.
    """
    answers = in_force(on).order_by().filter(Q(executive=OuterRef("pk")) | Q(deputy=OuterRef("pk")))
    works = Touchpoint.objects.filter(department=OuterRef("department"), is_active=True)
    places = Environment.objects.filter(accountable=OuterRef("pk"), is_active=True)
    idle = User.objects.working().filter(~Exists(answers), ~Exists(works), ~Exists(places))
    return list(idle.order_by("full_name"))


def readers_of(standard: Standard, on: date) -> tuple[int, int]:
    """How many of those a standard concerns have read it, and how many it concerns."""
    touchpoint = standard.touchpoint
    answers = (
        in_force(on)
        .order_by()
        .filter(Q(touchpoint=touchpoint) | Q(stage_id=touchpoint.stage_id))
        .filter(Q(executive=OuterRef("pk")) | Q(deputy=OuterRef("pk")))
    )
    concerned = User.objects.working().filter(Q(department=touchpoint.department_id) | Exists(answers))
    if touchpoint.department_id is None:
        concerned = User.objects.working().filter(Exists(answers))
    read = StandardAcknowledgement.objects.filter(standard=standard, user=OuterRef("pk"))
    return concerned.filter(Exists(read)).count(), concerned.count()
