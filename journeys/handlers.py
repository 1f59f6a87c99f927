"""What the journeys room does after its own events."""

from cxcrm.core.events import on
from journeys.events import EmotionReported, InsightChanged, InsightRetired, InsightValidated
from journeys.services.understanding import recount_borne_out, recount_feeling


@on(InsightChanged, InsightValidated, InsightRetired)
def understand_from_insight(event: InsightChanged | InsightValidated | InsightRetired) -> None:
    recount_borne_out(insight_id=event.insight_id)


@on(EmotionReported)
def understand_from_feeling(event: EmotionReported) -> None:
    recount_feeling(emotion_id=event.emotion_id)
