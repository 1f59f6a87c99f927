"""Walking the customer's way: what somebody of the firm felt at each stage is kept as it was said."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from journeys.errors import JourneyWalkedToday, WalkNotTold
from journeys.events import JourneyWalked
from journeys.logic.emotions import HIGHEST, LOWEST
from journeys.models import Journey, JourneyWalk, Stage, WalkStep
from journeys.services.naming import choice, line
from tenants.staff.selectors.firm import firm_today

NOTE = 300


@dataclass(frozen=True)
class Felt:
    """How one stage felt, -2 to +2, and in one sentence what happened there."""

    stage_id: UUID
    valence: int
    note: str


@transaction.atomic
def log_walk(*, journey_id: UUID, walker_id: UUID, how: str, felt: Iterable[Felt]) -> JourneyWalk:
    """Keep a walk of today; stages one did not come to are left out.

    Raises NotFound, InvalidInput, WalkNotTold (no stage, one without a face or words, one of another journey) and
    JourneyWalkedToday.
    """
    journey = Journey.objects.filter(pk=journey_id).first()
    if journey is None:
        raise NotFound
    told = list(felt)
    stages = set(Stage.objects.filter(journey=journey).values_list("pk", flat=True))
    named = [one.stage_id for one in told]
    if not told or len(set(named)) != len(named) or not stages.issuperset(named):
        raise WalkNotTold(field="steps")
    walk = JourneyWalk(
        journey=journey, walker_id=walker_id, how=choice(how, JourneyWalk.How, "how"), walked_on=firm_today()
    )
    steps = [_step(walk, one) for one in told]
    try:
        with transaction.atomic():
            walk.save(force_insert=True)
    except IntegrityError as error:
        raise JourneyWalkedToday from error
    WalkStep.objects.bulk_create(steps)
    publish(JourneyWalked(walk_id=walk.pk))
    return walk


def _step(walk: JourneyWalk, one: Felt) -> WalkStep:
    if not LOWEST <= one.valence <= HIGHEST or not one.note.strip():
        raise WalkNotTold(field="steps", stage=str(one.stage_id))
    return WalkStep(walk=walk, stage_id=one.stage_id, valence=one.valence, note=line(one.note, "steps", NOTE))
