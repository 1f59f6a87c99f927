"""Walks of the journey: who went this quarter, and what one felt beside what customers report."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet, Subquery, Sum

from cxcrm.core.clock import now
from journeys.logic.emotions import Mean, Spot, Tally, mean_of
from journeys.logic.months import months_after, quarter_of
from journeys.models import AssumedEmotion, Journey, JourneyWalk, ReportedEmotion, Stage, Touchpoint, WalkStep
from journeys.selectors.emotions import COUNTED
from tenants.staff.models import User
from tenants.staff.roles import Role

# Who goes the customer's way at least once a quarter (domain.md §1, 0.10).
WALKERS: Final[frozenset[str]] = frozenset({Role.OWNER, Role.EXECUTIVE})


@dataclass(frozen=True)
class Compared:
    """A stage as it felt to whoever walked it, and to customers: None where none were heard or the reader may not see.

    ``off_by`` is walked − reported.
    """

    step: WalkStep
    reported: Mean | None

    @property
    def off_by(self) -> float | None:
        return None if self.reported is None else self.step.valence - self.reported.value


@dataclass(frozen=True)
class Walked:
    """Somebody who should walk, and the last day they did in the quarter; None before."""

    person: User
    on: date | None


def walks() -> QuerySet[JourneyWalk]:
    return JourneyWalk.objects.select_related("journey", "walker")


def journey_to_walk() -> Journey | None:
    """The firm's main journey, once it has stages."""
    return _walkable().first()


def owes_a_walk(user: User, today: date) -> Journey | None:
    """The journey a leader has not walked in this quarter; None for everybody else. One query at most."""
    if user.role not in WALKERS:
        return None
    done = JourneyWalk.objects.filter(walker=user.pk, **_within(quarter_of(today)))
    return _walkable().filter(~Exists(done)).first()


def who_walked(quarter: date) -> list[Walked]:
    """Everybody who should walk in the quarter beginning on that day, those who have not yet first. One query."""
    done = JourneyWalk.objects.filter(walker=OuterRef("pk"), **_within(quarter)).order_by().values("walker")
    people = User.objects.working().filter(role__in=WALKERS)
    rows: Any = people.annotate(walked=Subquery(done.annotate(last=Max("walked_on")).values("last")))
    found = [Walked(row, row.walked) for row in rows.order_by("full_name")]
    return sorted(found, key=lambda one: one.on is not None)


def compared(walk: JourneyWalk, reader: Any) -> list[Compared]:
    """What was felt at each stage beside what customers report of it; theirs only where the reader drew first.

    A partner's key is no person and sees what its scopes allow. Three queries at most.
    """
    steps = list(walk.steps.select_related("stage").order_by("stage__position"))
    reported = _reported(_open_to(reader, walk, {step.stage_id for step in steps}))
    return [Compared(step, mean_of(reported[step.stage_id]) if step.stage_id in reported else None) for step in steps]


def means_by_stage(stages: Iterable[Any]) -> dict[Any, Mean]:
    """How the firm's own people felt at each stage when they walked, over a year. One query."""
    since = (now() - COUNTED).date()
    rows = WalkStep.objects.filter(stage__in=[stage.pk for stage in stages], walk__walked_on__gte=since)
    return {ident: mean for ident, tally in _tallies(rows).items() if (mean := mean_of(tally)) is not None}


def _reported(stages: Collection[Any]) -> dict[Any, Tally]:
    return _tallies(ReportedEmotion.objects.filter(stage__in=stages, felt_at__gte=now() - COUNTED)) if stages else {}


def _tallies(rows: QuerySet[Any]) -> dict[Any, Tally]:
    counted = (
        rows.order_by()
        .values_list("stage_id")
        .annotate(n=Count("pk"), total=Sum("valence"), squares=Sum(F("valence") * F("valence")))
    )
    return {stage: Tally(n, total, squares) for stage, n, total, squares in counted}


def _open_to(reader: Any, walk: JourneyWalk, stages: set[UUID]) -> set[UUID]:
    """Of ``stages`` those about every point of which the reader has said what they assume."""
    if not isinstance(reader, User):
        return stages
    own = Touchpoint.objects.filter(stage__in=stages, is_active=True, has_own_feeling=True)
    points = {Spot(*pair) for pair in own.values_list("stage_id", "pk")}
    points |= {Spot(stage) for stage in stages - {spot.stage_id for spot in points}}
    drawn = AssumedEmotion.objects.filter(user=reader.pk, stage__in=stages)
    said = {Spot(*pair) for pair in drawn.values_list("stage_id", "touchpoint_id")}
    return stages - {spot.stage_id for spot in points - said}


def _walkable() -> QuerySet[Journey]:
    """Journeys with stages, the firm's main one first."""
    return Journey.objects.filter(Exists(Stage.objects.filter(journey=OuterRef("pk")))).order_by("-is_default", "name")


def _within(quarter: date) -> dict[str, date]:
    return {"walked_on__gte": quarter, "walked_on__lt": months_after(quarter, 3)}
