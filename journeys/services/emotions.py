"""Drawing the two curves: what staff assume customers feel, and what customers were heard to feel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.selectors.merging import survivor_of
from customers.selectors.quotes import quotes
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from journeys.errors import CurveDrawn, CurveIncomplete, FeelingUnfit, PointUnfit, WordsNeeded
from journeys.events import AssumedCurveDrawn, EmotionReported
from journeys.logic.emotions import HIGHEST, LOWEST, fits
from journeys.models import AssumedEmotion, Feeling, Journey, ReportedEmotion, Stage, Touchpoint
from journeys.selectors.emotions import drawn_by, spots_of


@transaction.atomic
def draw_assumed_curve(*, journey_id: UUID, user_id: UUID, valences: Mapping[str, int]) -> int:
    """Keep how ``user_id`` thinks customers feel, from -2 to +2 at every point they have not said yet; returns points.

    ``valences`` goes by ``Spot.key``. It is said once, before the customers' curve is seen; points added to the
    journey later are said later. Raises NotFound, CurveDrawn, CurveIncomplete, InvalidInput.
    """
    journey = Journey.objects.select_for_update(no_key=True).filter(pk=journey_id).first()
    if journey is None:
        raise NotFound
    said = drawn_by(user_id, journey.pk)
    open_spots = {spot.key: spot for spot in spots_of(journey.pk) if spot not in said}
    if not open_spots or not set(valences).isdisjoint(spot.key for spot in said):
        raise CurveDrawn
    if not set(valences) <= set(open_spots):
        raise InvalidInput(unknown=sorted(set(valences) - set(open_spots)))
    if missing := [key for key in open_spots if key not in valences]:
        raise CurveIncomplete(missing=missing)
    for value in valences.values():
        _check_valence(value)
    AssumedEmotion.objects.bulk_create(
        AssumedEmotion(stage_id=spot.stage_id, touchpoint_id=spot.touchpoint_id, user_id=user_id, valence=valences[key])
        for key, spot in open_spots.items()
    )
    publish(AssumedCurveDrawn(journey_id=journey.pk))
    return len(open_spots)


@transaction.atomic
def report_emotion(
    *,
    stage_id: UUID,
    valence: int,
    source: str,
    touchpoint_id: UUID | None = None,
    customer_id: UUID | None = None,
    quote_id: UUID | None = None,
    feeling: str = "",
    felt_at: datetime | None = None,
) -> ReportedEmotion:
    """Write down what a customer felt at a stage or touchpoint; whoever is at work is named as the coder.

    What was read from words names the words, and the customer is the one who said them. Raises NotFound, InvalidInput,
    PointUnfit, FeelingUnfit, WordsNeeded.
    """
    stage = Stage.objects.filter(pk=stage_id).first()
    if stage is None:
        raise NotFound
    if touchpoint_id is not None and not Touchpoint.objects.filter(pk=touchpoint_id, stage=stage).exists():
        raise PointUnfit(field="touchpoint")
    _check_feeling(valence, feeling)
    if source not in ReportedEmotion.Source.values:
        raise InvalidInput(field="source")
    at = now()
    if felt_at is not None and felt_at > at:
        raise InvalidInput(_("This moment has not come yet."), field="felt_at")
    quote = _words(quote_id, source)
    actor = current_actor()
    row = ReportedEmotion(
        stage=stage,
        touchpoint_id=touchpoint_id,
        customer_id=quote.customer_id if quote else _customer(customer_id),
        quote=quote,
        valence=valence,
        feeling=feeling,
        source=source,
        coder_id=actor.user_id,
        felt_at=felt_at or (quote.said_at if quote else at),
    )
    row.save()
    publish(EmotionReported(emotion_id=row.pk))
    return row


def _words(quote_id: UUID | None, source: str) -> Any:
    """The quote named; what was read from words needs one. Raises WordsNeeded."""
    quote = quotes().filter(pk=quote_id).first() if quote_id else None
    if quote is None and (quote_id or source == ReportedEmotion.Source.CODED):
        raise WordsNeeded(field="quote")
    return quote


def _customer(customer_id: UUID | None) -> UUID | None:
    """Who the customer named is today. Raises NotFound."""
    found = survivor_of(customer_id) if customer_id else None
    if customer_id and found is None:
        raise NotFound(field="customer")
    return found


def _check_feeling(valence: int, feeling: str) -> None:
    _check_valence(valence)
    if feeling and feeling not in Feeling.values:
        raise InvalidInput(field="feeling")
    if not fits(feeling, valence):
        raise FeelingUnfit(field="feeling")


def _check_valence(value: int) -> None:
    if not LOWEST <= value <= HIGHEST:
        raise InvalidInput(_("Choose one of the five faces."), field="valence")
