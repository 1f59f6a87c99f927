"""Everything the map of a journey shows, in as many queries as there are kinds of things, whatever their number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, FilteredRelation, IntegerField, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from journeys.logic.emotions import Mean, Spot, spots
from journeys.logic.graph import ways
from journeys.models import BrandProfile, Journey, JourneyFlow, JourneyVersion, Stage, StageLink, StageQuote, Touchpoint
from journeys.models.accountability import Accountability
from journeys.selectors.emotions import Curves, curves_for
from journeys.selectors.environments import Standee, standees, standing_here
from journeys.selectors.overlays import Pain, Underway, pains_at, underway_in
from journeys.selectors.walks import means_by_stage

# What a row carries that ``stages_drawn`` or ``touchpoints_drawn`` read: who answers for it on that day, if anybody.
TODAY: Final = "answers_today"
QUOTES_SHOWN = 3


@dataclass
class Column:
    """A stage with what belongs to it."""

    stage: Any
    leads_to: list[Any] = field(default_factory=list)
    touchpoints: list[Touchpoint] = field(default_factory=list)
    quotes: list[StageQuote] = field(default_factory=list)
    underway: list[Underway] = field(default_factory=list)
    places: list[Standee] = field(default_factory=list)
    open_pains: int = 0
    recent_pains: int = 0

    @property
    def answers(self) -> Accountability | None:
        return getattr(self.stage, TODAY, None)

    @property
    def more_quotes(self) -> int:
        return int(self.stage.cited) - len(self.quotes)

    @property
    def skips(self) -> bool:
        """Does it lead elsewhere than to the next stage alone?"""
        return [stage.position - self.stage.position for stage in self.leads_to] not in ([1], [])


@dataclass
class Atlas:
    """A whole map as one reader sees it."""

    journey: Journey
    journeys: list[Journey]
    columns: list[Column]
    curves: Curves
    spots: list[Spot]
    pains: dict[UUID, Pain]
    # How our own people felt at each stage when they walked; read once the reader sees the curves.
    walked: dict[UUID, Mean]

    @property
    def flow(self) -> JourneyFlow | None:
        """How many came on, as it was counted at night; read with the journeys."""
        return getattr(self.journey, "flow", None)

    @property
    def touchpoints(self) -> list[Touchpoint]:
        return [row for column in self.columns for row in column.touchpoints]


def journeys_with_versions() -> list[Journey]:
    """All journeys, the default one first, with ``flow``, ``latest_number``, ``latest_at`` and ``latest_digest``.

    ``meaning`` is what experience means in this firm, for the head of the map.
    """
    latest = JourneyVersion.objects.filter(journey=OuterRef("pk")).order_by("-number")
    rows = Journey.objects.annotate(
        latest_number=Subquery(latest.values("number")[:1]),
        latest_at=Subquery(latest.values("published_at")[:1]),
        latest_digest=Subquery(latest.values("digest")[:1]),
        meaning=Subquery(BrandProfile.objects.values("meaning")[:1]),
    )
    return list(rows.select_related("flow").order_by("-is_default", "name"))


def stages_drawn(journey_id: UUID, on: date) -> Any:
    """The stages in order with who answers for them on ``on``, ``leads_to`` (ids drawn) and ``cited`` (how many)."""
    links = StageLink.objects.filter(from_stage=OuterRef("pk")).order_by("to_stage__position")
    cited = StageQuote.objects.filter(stage=OuterRef("pk")).order_by().values("stage").annotate(n=Count("pk"))
    return (
        Stage.objects.filter(journey_id=journey_id)
        .annotate(
            **_answers(on),
            leads_to=ArraySubquery(links.values("to_stage_id")),
            cited=Coalesce(Subquery(cited.values("n"), output_field=IntegerField()), 0),
        )
        .select_related(f"{TODAY}__executive")
        .order_by("position")
    )


def touchpoints_drawn(stages: Iterable[Stage], on: date) -> Any:
    """Touchpoints in use, in order, with department, who answers for them on ``on``, and ``standard_now``."""
    rows: Any = Touchpoint.objects.filter(stage__in=list(stages), is_active=True)
    return (
        rows.annotate(
            **_answers(on),
            standard_now=FilteredRelation("standards", condition=Q(standards__replaced_at=None)),
        )
        .select_related("department", f"{TODAY}__executive", "standard_now")
        .order_by("stage__position", "position", "name")
    )


def atlas_of(journey: Journey, reader: Any, on: date, journeys: Sequence[Journey]) -> Atlas:
    """The map of ``journey`` on the day ``on``."""
    stages: list[Any] = list(stages_drawn(journey.pk, on).annotate(places=standing_here(on)))
    touchpoints: list[Touchpoint] = list(touchpoints_drawn(stages, on))
    pains = pains_at(reader, [row.pk for row in touchpoints])
    by_id = {stage.pk: Column(stage, places=standees(stage.places, on)) for stage in stages}
    links = [(stage.pk, end) for stage in stages for end in stage.leads_to]
    for stage_id, ends in ways([stage.pk for stage in stages], links).items():
        by_id[stage_id].leads_to = [by_id[end].stage for end in ends]
    for row in touchpoints:
        column = by_id[row.stage_id]
        column.touchpoints.append(row)
        row.stage = column.stage
        if row.pk in pains:
            column.open_pains += pains[row.pk].open
            column.recent_pains += pains[row.pk].recent
    for cited in _newest_quotes(stages):
        by_id[cited.stage_id].quotes.append(cited)
    for one in underway_in(reader, list(by_id)):
        by_id[one.stage_id].underway.append(one)
    own = [(row.stage_id, row.pk) for row in touchpoints if row.has_own_feeling]
    order = spots(by_id, own)
    curves = curves_for(reader, order)
    walked = means_by_stage(stages) if curves.is_open else {}
    return Atlas(journey, list(journeys), list(by_id.values()), curves, order, pains, walked)


def _newest_quotes(stages: Sequence[Stage]) -> QuerySet[StageQuote]:
    place = Window(RowNumber(), partition_by="stage_id", order_by=["-created_at", "-pk"])
    rows = StageQuote.objects.filter(stage__in=stages).annotate(place=place)
    return rows.filter(place__lte=QUOTES_SHOWN).select_related("quote").order_by("stage_id", "place")


def _answers(on: date) -> dict[str, FilteredRelation]:
    in_force = Q(accountabilities__valid_from__lte=on) & (
        Q(accountabilities__valid_to=None) | Q(accountabilities__valid_to__gt=on)
    )
    return {TODAY: FilteredRelation("accountabilities", condition=in_force)}
