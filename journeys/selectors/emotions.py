"""The two emotion curves of a journey, and what of them somebody may see.

Both are shown to a member of staff point by point, where they have said themselves what they assume; whoever has not
drawn their curve sees neither the customers' nor their colleagues'. A partner's key is not a person and sees what its
scopes allow.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncQuarter

from cxcrm.core.clock import now
from journeys.logic.emotions import Gap, Mean, Spot, Tally, gap_between, mean_of, peak_and_end, spot_of, spots
from journeys.models import AssumedEmotion, Journey, ReportedEmotion, Stage, Touchpoint
from tenants.staff.models import User

# How far back customers' reports count.
COUNTED: Final = timedelta(days=365)


@dataclass(frozen=True)
class Point:
    """One point of the curves. A mean is None where there is none, or none that this reader may see yet."""

    spot: Spot
    assumed: Mean | None
    reported: Mean | None
    is_drawn: bool


@dataclass(frozen=True)
class Curves:
    """Both curves as one reader may see them; ``gap`` and ``remembered`` only once they see every point."""

    points: list[Point]
    since: datetime
    is_open: bool
    gap: Gap | None
    remembered: float | None
    reports: int

    @property
    def open_points(self) -> list[Spot]:
        """Points this reader has not said anything about yet."""
        return [point.spot for point in self.points if not point.is_drawn]


def spots_of(journey_id: UUID) -> list[Spot]:
    """The points of a journey's curve, in order."""
    stages = Stage.objects.filter(journey_id=journey_id).order_by("position").values_list("pk", flat=True)
    own = Touchpoint.objects.filter(stage__journey_id=journey_id, is_active=True, has_own_feeling=True)
    return spots(stages, own.order_by("position", "name").values_list("stage_id", "pk"))


def drawn_by(user_id: UUID, journey_id: UUID) -> set[Spot]:
    """The points somebody has said their assumption about."""
    rows = AssumedEmotion.objects.filter(user_id=user_id, stage__journey_id=journey_id)
    return {Spot(stage, touchpoint) for stage, touchpoint in rows.values_list("stage_id", "touchpoint_id")}


def curves_for(reader: Any, order: Sequence[Spot]) -> Curves:
    """The curves over ``order`` for a reader; two queries, whatever their number."""
    is_person = isinstance(reader, User)
    stages = {spot.stage_id for spot in order}
    assumed, drawn = _assumed(stages, reader.pk if is_person else None)
    since = now() - COUNTED
    reported = _reported(stages, order, since)
    points = []
    for spot in order:
        is_drawn = spot in drawn or not is_person
        ours, theirs = (mean_of(one[spot]) if is_drawn and spot in one else None for one in (assumed, reported))
        points.append(Point(spot, ours, theirs, is_drawn))
    is_open = all(point.is_drawn for point in points)
    heard = [point.reported.value for point in points if point.reported]
    return Curves(
        points=points,
        since=since,
        is_open=is_open,
        gap=gap_between(_pairs(points)) if is_open else None,
        remembered=peak_and_end(heard) if is_open else None,
        reports=sum(point.reported.n for point in points if point.reported),
    )


def _pairs(points: Iterable[Point]) -> Iterable[tuple[Spot, float | None, float | None]]:
    for point in points:
        yield (
            point.spot,
            point.assumed.value if point.assumed else None,
            point.reported.value if point.reported else None,
        )


def _assumed(stages: Iterable[Any], user_id: UUID | None) -> tuple[dict[Spot, Tally], set[Spot]]:
    rows = (
        AssumedEmotion.objects.filter(stage_id__in=list(stages))
        .order_by()
        .values_list("stage_id", "touchpoint_id")
        .annotate(
            n=Count("pk"),
            total=Sum("valence"),
            squares=Sum(F("valence") * F("valence")),
            own=Count("pk", filter=Q(user_id=user_id)),
        )
    )
    tallies, drawn = {}, set()
    for stage, touchpoint, n, total, squares, own in rows:
        spot = Spot(stage, touchpoint)
        tallies[spot] = Tally(n, total, squares)
        if own:
            drawn.add(spot)
    return tallies, drawn


def _reported(stages: Iterable[Any], order: Sequence[Spot], since: datetime) -> dict[Spot, Tally]:
    rows = (
        ReportedEmotion.objects.filter(stage_id__in=list(stages), felt_at__gte=since)
        .order_by()
        .values_list("stage_id", "touchpoint_id")
        .annotate(n=Count("valence"), total=Sum("valence"), squares=Sum(F("valence") * F("valence")))
    )
    found: dict[Spot, Tally] = {}
    for stage, touchpoint, n, total, squares in rows:
        spot = spot_of(stage, touchpoint, order)
        if spot is not None:
            so_far = found.get(spot, Tally(0, 0, 0))
            found[spot] = Tally(so_far.n + n, so_far.total + total, so_far.squares + squares)
    return found


def felt_by_quarter(since: datetime, until: datetime, zone: tzinfo) -> list[tuple[date, UUID | None, None, Tally]]:
    """What customers felt, summed up by quarter and by the branch they call theirs: no point of a curve can be read
    from it, so it is shown to whoever has not drawn theirs.
    """
    rows = (
        ReportedEmotion.objects.filter(felt_at__gte=since, felt_at__lte=until)
        .annotate(quarter=TruncQuarter("felt_at", tzinfo=zone))
        .order_by()
        .values_list("quarter", "customer__branch_id")
        .annotate(n=Count("pk"), total=Sum("valence"), squares=Sum(F("valence") * F("valence")))
    )
    return [(at.date(), branch, None, Tally(n, total, squares)) for at, branch, n, total, squares in rows]


def reports_visible_to(reader: Any) -> QuerySet[ReportedEmotion]:
    """What customers reported, for a member of staff only where they have said what they assume: see the module."""
    rows = ReportedEmotion.objects.all()
    if not isinstance(reader, User):
        return rows
    # A report counts at its touchpoint's own point where there is one, else at its stage's.
    drawn = AssumedEmotion.objects.filter(user_id=reader.pk, stage_id=OuterRef("stage_id"))
    at_touchpoint = Exists(drawn.filter(touchpoint_id=OuterRef("touchpoint_id")))
    at_stage = Exists(drawn.filter(touchpoint=None))
    return rows.filter(Q(coder_id=reader.pk) | at_touchpoint | (at_stage & ~Q(touchpoint__has_own_feeling=True)))


def curves_to_draw(user_id: UUID) -> list[Journey]:
    """Journeys with stages about which somebody has not said yet how they think customers feel."""
    said = AssumedEmotion.objects.filter(user_id=user_id, stage__journey=OuterRef("pk"))
    return list(Journey.objects.filter(~Exists(said), stages__isnull=False).distinct())
