"""Drawing the journey: journeys, their stages in order, the touchpoints in them."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from customers.logic.text import search_key
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from journeys.errors import CodeTaken, LinksInvalid, StageInUse
from journeys.events import JourneyChanged
from journeys.logic.graph import fault_of_links
from journeys.models import Journey, ReportedEmotion, Stage, StageLink, StageVisit, Touchpoint, Viewpoint
from journeys.models.journey import SENTENCE
from journeys.services.naming import choice, line
from tenants.staff.models import Department

CODE_LENGTH = 40
# While stages are renumbered they stand above any real position: the unique key is checked row by row.
_ASIDE = 10_000
_NAMES = frozenset({"name", "name_en"})
_OF_TOUCHPOINTS = frozenset(
    {
        *_NAMES, "stage_id", "department_id", "is_public", "is_active", "channel", "is_moment_of_truth",
        "has_own_feeling", "customer_outcome",
    }
)  # fmt: skip
# One sentence each, in the words of a customer.
_SENTENCES = frozenset({"customer_goal", "customer_outcome"})


@transaction.atomic
def create_journey(*, name: str, name_en: str = "", is_default: bool = False) -> Journey:
    """A journey without stages. As the default one it replaces the default before. Raises InvalidInput."""
    journey = Journey(name=line(name, "name", required=True), name_en=line(name_en, "name_en"))
    journey.save()
    if is_default:
        _make_default(journey)
    publish(JourneyChanged(journey_id=journey.pk))
    return journey


@transaction.atomic
def update_journey(*, journey_id: UUID, **changes: Any) -> Journey:
    """Change ``name``, ``name_en`` or ``is_default``. Raises NotFound, InvalidInput."""
    journey = _lock_journey(journey_id)
    if changes.pop("is_default", False):
        _make_default(journey)
    _apply(journey, changes, _NAMES)
    publish(JourneyChanged(journey_id=journey.pk))
    return journey


@transaction.atomic
def add_stage(
    *,
    journey_id: UUID,
    name: str,
    name_en: str = "",
    code: str = "",
    position: int | None = None,
    customer_goal: str = "",
    viewpoint: str = "",
) -> Stage:
    """A stage at ``position`` (from 1; default: the end); later ones move on.

    Raises NotFound, InvalidInput, CodeTaken.
    """
    journey = _lock_journey(journey_id)
    count = journey.stages.count()
    stage = Stage(
        journey=journey,
        name=line(name, "name", required=True),
        name_en=line(name_en, "name_en"),
        position=count + 1,
        customer_goal=line(customer_goal, "customer_goal", SENTENCE),
        viewpoint=choice(viewpoint, Viewpoint, "viewpoint", blank=True),
    )
    stage.code = _code(code, name_en or name, Stage.objects.filter(journey=journey))
    stage.save()
    if position is not None:
        _place(stage, position)
    publish(JourneyChanged(journey_id=journey.pk))
    return stage


@transaction.atomic
def update_stage(*, stage_id: UUID, **changes: Any) -> Stage:
    """Change names, ``customer_goal``, ``viewpoint`` or ``position`` (from 1). Raises NotFound, InvalidInput."""
    stage = Stage.objects.filter(pk=stage_id).first()
    if stage is None:
        raise NotFound
    _lock_journey(stage.journey_id)
    stage.refresh_from_db()
    position = changes.pop("position", None)
    _apply(stage, changes, {*_NAMES, "customer_goal", "viewpoint"})
    if position is not None:
        _place(stage, position)
    publish(JourneyChanged(journey_id=stage.journey_id))
    return stage


@transaction.atomic
def remove_stage(*, stage_id: UUID) -> None:
    """Take a stage out of its journey, with what was cited at it and who answered for it; those after it move up.

    What was read as visits of it in the timeline goes with it; places that stood there stand nowhere. Raises NotFound,
    StageInUse (it has touchpoints, or customers reported feelings or were told to have been there).
    """
    stage = Stage.objects.filter(pk=stage_id).first()
    if stage is None:
        raise NotFound
    _lock_journey(stage.journey_id)
    told = StageVisit.objects.filter(stage=stage, entry=None)
    if stage.touchpoints.exists() or ReportedEmotion.objects.filter(stage=stage).exists() or told.exists():
        raise StageInUse
    stage.delete()
    _renumber(list(Stage.objects.filter(journey_id=stage.journey_id).order_by("position")))
    publish(JourneyChanged(journey_id=stage.journey_id))


@transaction.atomic
def add_touchpoint(
    *,
    stage_id: UUID,
    name: str,
    name_en: str = "",
    code: str = "",
    department_id: UUID | None = None,
    is_public: bool = True,
    is_active: bool = True,
    channel: str = "",
    is_moment_of_truth: bool = False,
    has_own_feeling: bool = False,
    customer_outcome: str = "",
) -> Touchpoint:
    """A touchpoint at the end of a stage; its code is unique in the firm. Raises NotFound, InvalidInput, CodeTaken."""
    _lock_journeys()
    stage = Stage.objects.filter(pk=stage_id).first()
    if stage is None:
        raise NotFound
    _check_department(department_id)
    touchpoint = Touchpoint(
        stage=stage,
        name=line(name, "name", required=True),
        name_en=line(name_en, "name_en"),
        code=_code(code, name_en or name, Touchpoint.objects.all()),
        department_id=department_id,
        is_public=is_public,
        is_active=is_active,
        channel=_channel(channel),
        is_moment_of_truth=is_moment_of_truth,
        has_own_feeling=has_own_feeling,
        customer_outcome=line(customer_outcome, "customer_outcome", SENTENCE),
        position=_last_place(stage.pk),
    )
    touchpoint.save()
    publish(JourneyChanged(journey_id=stage.journey_id))
    return touchpoint


@transaction.atomic
def update_touchpoint(*, touchpoint_id: UUID, **changes: Any) -> Touchpoint:
    """Change names, ``stage_id``, ``department_id``, ``channel``, ``customer_outcome`` and what is true or not of it.

    In another stage it stands last. Raises NotFound (also for an unknown new stage) and InvalidInput.
    """
    touchpoint = Touchpoint.objects.select_for_update(no_key=True).filter(pk=touchpoint_id).first()
    if touchpoint is None:
        raise NotFound
    if changes.get("stage_id", touchpoint.stage_id) != touchpoint.stage_id:
        if not Stage.objects.filter(pk=changes["stage_id"]).exists():
            raise NotFound
        touchpoint.position = _last_place(changes["stage_id"])
        touchpoint.save(update_fields=["position"])
    _check_department(changes.get("department_id"))
    _channel(changes.get("channel", ""))
    _apply(touchpoint, changes, _OF_TOUCHPOINTS)
    publish(JourneyChanged(journey_id=Stage.objects.values_list("journey_id", flat=True).get(pk=touchpoint.stage_id)))
    return touchpoint


@transaction.atomic
def move_touchpoint(*, touchpoint_id: UUID, stage_id: UUID, position: int) -> Touchpoint:
    """Put a touchpoint at ``position`` (from 1) among those of ``stage_id``. Raises NotFound, InvalidInput."""
    _lock_journeys()
    touchpoint = Touchpoint.objects.select_for_update(no_key=True).filter(pk=touchpoint_id).first()
    stage = Stage.objects.filter(pk=stage_id).first()
    if touchpoint is None or stage is None:
        raise NotFound
    if position < 1:
        raise InvalidInput(_("Positions begin at 1."), field="position")
    touchpoint.stage = stage
    touchpoint.save(update_fields=["stage"])
    rows = list(Touchpoint.objects.filter(stage=stage).exclude(pk=touchpoint.pk).order_by("position", "name"))
    rows.insert(position - 1, touchpoint)
    for number, row in enumerate(rows, start=1):
        row.position = number
    Touchpoint.objects.bulk_update(rows, ["position"])
    publish(JourneyChanged(journey_id=stage.journey_id))
    return touchpoint


@transaction.atomic
def set_ways(*, stage_id: UUID, to_ids: Sequence[UUID]) -> Stage:
    """Let a stage lead to exactly these stages of its journey; to none, and it leads to the next one again.

    Raises NotFound, LinksInvalid.
    """
    stage = Stage.objects.filter(pk=stage_id).first()
    if stage is None:
        raise NotFound
    _lock_journey(stage.journey_id)
    known = set(Stage.objects.filter(journey_id=stage.journey_id).values_list("pk", flat=True))
    if fault := fault_of_links(stage.pk, to_ids, known):
        raise LinksInvalid(field="to", reason=fault)
    drawn = StageLink.objects.filter(from_stage=stage)
    drawn.exclude(to_stage__in=to_ids).delete()
    there = set(drawn.values_list("to_stage_id", flat=True))
    StageLink.objects.bulk_create(
        StageLink(from_stage=stage, to_stage_id=ident) for ident in to_ids if ident not in there
    )
    publish(JourneyChanged(journey_id=stage.journey_id))
    return stage


def _lock_journeys() -> dict[UUID, Journey]:
    """One person draws at a time, so that what is unique (codes, positions, the default) need not fail."""
    return {row.pk: row for row in Journey.objects.select_for_update(no_key=True).order_by("pk")}


def _lock_journey(journey_id: UUID) -> Journey:
    journey = _lock_journeys().get(journey_id)
    if journey is None:
        raise NotFound
    return journey


def _make_default(journey: Journey) -> None:
    _lock_journeys()
    Journey.objects.filter(is_default=True).exclude(pk=journey.pk).update(is_default=False)
    journey.is_default = True
    journey.save(update_fields=["is_default"])


def _place(stage: Stage, position: int) -> None:
    if position < 1:
        raise InvalidInput(_("Positions begin at 1."), field="position")
    others = list(Stage.objects.filter(journey_id=stage.journey_id).exclude(pk=stage.pk).order_by("position"))
    others.insert(position - 1, stage)
    _renumber(others)


def _renumber(stages: list[Stage]) -> None:
    """Give all stages of a journey the places they stand at in the list."""
    Stage.objects.filter(pk__in=[stage.pk for stage in stages]).update(position=F("position") + _ASIDE)
    for number, row in enumerate(stages, start=1):
        row.position = number
    Stage.objects.bulk_update(stages, ["position"])


def _last_place(stage_id: UUID) -> int:
    """After those that were given places; where nobody ever arranged them they stand by name, all at place 0."""
    last = Touchpoint.objects.filter(stage_id=stage_id).aggregate(last=Max("position"))["last"]
    return last + 1 if last else 0


def _channel(code: str) -> str:
    if code and code not in Touchpoint.Channel.values:
        raise InvalidInput(_("Choose one of the channels in the list."), field="channel")
    return code


def _check_department(department_id: UUID | None) -> None:
    if department_id is not None and not Department.objects.filter(pk=department_id).exists():
        raise NotFound(field="department_id")


def _apply(row: Journey | Stage | Touchpoint, changes: dict[str, Any], known: Collection[str]) -> None:
    unknown = sorted(set(changes) - set(known))
    if unknown:
        raise InvalidInput(unknown=unknown)
    for field, value in changes.items():
        if field in _NAMES:
            value = line(value, field, required=field == "name")
        elif field in _SENTENCES:
            value = line(value, field, SENTENCE)
        elif field == "viewpoint":
            value = choice(value, Viewpoint, field, blank=True)
        setattr(row, field, value)
    if changes:
        row.save(update_fields=sorted(changes))


def _code(code: str, name: str, taken_in: QuerySet[Any]) -> str:
    """The given code if it is free, else one made of the name's letters without accents."""
    wanted = slugify(search_key(code or name))[:CODE_LENGTH].strip("-") or "x"
    taken = set(taken_in.filter(code__startswith=wanted[: CODE_LENGTH - 4]).values_list("code", flat=True))
    if wanted not in taken:
        return wanted
    if code:
        raise CodeTaken(field="code", taken=wanted)
    return next(free for number in range(2, 1000) if (free := f"{wanted[: CODE_LENGTH - 4]}-{number}") not in taken)
