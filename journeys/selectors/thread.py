"""The red thread, from what the brand stands for down to what somebody does at a touchpoint; and where it breaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID

from django.db.models import Count, F

from journeys.models import BrandProfile, Insight, Standard, StandardAcknowledgement, Touchpoint
from tenants.staff.models import Department, User

# Where a thread breaks; the doors put each into words.
Break = Literal[
    "no_positioning",
    "no_strategy",
    "not_borne_out",
    "no_execution",
    "no_parent",
    "no_touchpoint",
    "out_of_use",
    "no_standard",
    "no_behaviours",
    "no_department",
]

_STRATEGY: Final = Insight.Level.STRATEGY


@dataclass(frozen=True)
class End:
    """An execution insight and what becomes of it: a touchpoint, its standard in force, whose people work by it."""

    insight: Insight
    standard: Standard | None
    # Of the people who work in the department, so many have read the standard in force.
    read: int
    people: int
    breaks: tuple[Break, ...]

    @property
    def touchpoint(self) -> Touchpoint | None:
        return self.insight.touchpoint

    @property
    def department(self) -> Department | None:
        return self.touchpoint.department if self.touchpoint else None


@dataclass
class Strand:
    """A strategic insight with the insights of execution that hang on it."""

    insight: Insight
    ends: list[End] = field(default_factory=list)

    @property
    def breaks(self) -> tuple[Break, ...]:
        found: list[Break] = []
        if self.insight.state != Insight.State.VALIDATED:
            found.append("not_borne_out")
        if not self.ends:
            found.append("no_execution")
        return tuple(found)


@dataclass(frozen=True)
class Thread:
    """The whole of it; ``loose`` are insights of execution that hang on no strategy that still holds."""

    profile: BrandProfile | None
    strands: list[Strand]
    loose: list[End]

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Those at the top; the strands and the ends have their own."""
        found: list[Break] = []
        if self.profile is None:
            found.append("no_positioning")
        if not self.strands:
            found.append("no_strategy")
        return tuple(found)

    @property
    def broken(self) -> int:
        """In how many places it breaks."""
        ends = [*self.loose, *(end for strand in self.strands for end in strand.ends)]
        return sum(map(len, (self.breaks, *(one.breaks for one in self.strands), *(one.breaks for one in ends))))


def the_thread() -> Thread:
    """Every insight not retired, in its place; those borne out first, then as they were written. Five queries."""
    insights = list(
        Insight.objects.exclude(state=Insight.State.RETIRED)
        .select_related("touchpoint__stage", "touchpoint__department", "stage")
        .order_by("created_at", "pk")
    )
    standards = {
        row.touchpoint_id: row
        for row in Standard.objects.filter(
            touchpoint__in={row.touchpoint_id for row in insights if row.touchpoint_id}, replaced_at=None
        )
    }
    told = (standards, _people(), _readers(standards))
    borne_out_first = sorted(insights, key=lambda row: row.state != Insight.State.VALIDATED)
    strands = {row.pk: Strand(row) for row in borne_out_first if row.level == _STRATEGY}
    loose: list[End] = []
    for row in insights:
        if row.level == _STRATEGY:
            continue
        strand = strands.get(row.parent_id) if row.parent_id else None
        end = _end(row, strand is None, *told)
        (loose if strand is None else strand.ends).append(end)
    return Thread(BrandProfile.objects.first(), list(strands.values()), loose)


def _end(
    insight: Insight,
    is_loose: bool,
    standards: Mapping[UUID, Standard],
    people: Mapping[UUID, int],
    readers: Mapping[UUID, int],
) -> End:
    found: list[Break] = ["no_parent"] if is_loose else []
    touchpoint = insight.touchpoint
    if touchpoint is None:
        return End(insight, None, 0, 0, (*found, "no_touchpoint"))
    if not touchpoint.is_active:
        return End(insight, None, 0, 0, (*found, "out_of_use"))
    standard = standards.get(touchpoint.pk)
    if standard is None:
        found.append("no_standard")
    elif not standard.behaviours:
        found.append("no_behaviours")
    if touchpoint.department_id is None:
        found.append("no_department")
    return End(
        insight,
        standard,
        readers.get(standard.pk, 0) if standard else 0,
        people.get(touchpoint.department_id, 0) if touchpoint.department_id else 0,
        tuple(found),
    )


def _people() -> dict[UUID, int]:
    """How many work in each department."""
    rows = User.objects.working().filter(department__isnull=False).values("department").annotate(n=Count("pk"))
    return dict(rows.values_list("department", "n"))


def _readers(standards: Mapping[UUID, Standard]) -> dict[UUID, int]:
    """How many of the department in charge have read each standard."""
    read = StandardAcknowledgement.objects.order_by().filter(
        standard__in=[row.pk for row in standards.values()],
        user__in=User.objects.working(),
        user__department=F("standard__touchpoint__department"),
    )
    return dict(read.values("standard").annotate(n=Count("pk")).values_list("standard", "n"))
