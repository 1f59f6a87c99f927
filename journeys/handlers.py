"""What the journeys room does after its own events."""

from customers.events import (
    CustomersMerged,
    ImportFinished,
    ImportUndone,
    MergeUndone,
    PurchaseChanged,
    PurchaseRecorded,
)
from cxcrm.core.events import on
from journeys.events import EmotionReported, InsightChanged, InsightRetired, InsightValidated
from journeys.services.understanding import recount_borne_out, recount_feeling
from journeys.services.visit_reading import read_everybody, read_visits


@on(InsightChanged, InsightValidated, InsightRetired)
def understand_from_insight(event: InsightChanged | InsightValidated | InsightRetired) -> None:
    recount_borne_out(insight_id=event.insight_id)


@on(EmotionReported)
def understand_from_feeling(event: EmotionReported) -> None:
    recount_feeling(emotion_id=event.emotion_id)


@on(PurchaseRecorded, PurchaseChanged)
def see_who_bought(event: PurchaseRecorded | PurchaseChanged) -> None:
    read_visits(customer_ids=[event.customer_id])


@on(CustomersMerged, MergeUndone)
def see_whose_way_it_was(event: CustomersMerged | MergeUndone) -> None:
    read_visits(customer_ids=[event.customer_id, event.merged_id])


# A file brings years at once, and takes them away again.
@on(ImportFinished, ImportUndone)
def see_who_was_imported(event: ImportFinished | ImportUndone) -> None:
    read_everybody()
