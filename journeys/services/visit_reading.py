"""Visits are read in the timeline: of one customer after a change, at night of whoever had news, of all for new rules.

The day's row is the work list: each slice is one transaction that also writes how far it got.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from customers.selectors.activity import with_news
from customers.services.import_removing import lets_go
from customers.services.locks import lock
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import among, uuid_array
from journeys.logic.paths import Conversion
from journeys.models import Journey, JourneyFlow, StageVisit, VisitReading, VisitRule
from journeys.selectors.paths import usual_span, ways_of
from journeys.services.visit_sources import reading
from tenants.services.agenda import Later, NotYet, enqueue
from tenants.services.slices import in_slices
from tenants.staff.selectors.firm import firm_today

KIND: Final = "journeys.read_visits"
READING: Final = "journeys.reading"
# Customers of one slice.
SLICE: Final = 1_000
# Seconds before the worker turns to somebody else's work; far below a task's time limit.
BUDGET: Final = 20.0
# A transaction that began before the last night and ended in it may have been missed by it.
OVERLAP: Final = timedelta(hours=1)
# How far back the first night looks for news; new rules read everything.
FIRST: Final = timedelta(days=2)


@transaction.atomic
def read_visits(*, customer_ids: Iterable[UUID]) -> None:
    """Read the timelines of these customers by the firm's rules; what no rule finds any more is forgotten.

    Harmless when repeated; of two at one moment the second sees what the first wrote.
    """
    ids = set(customer_ids)
    if not ids or not (VisitRule.objects.exists() or StageVisit.objects.filter(entry__isnull=False).exists()):
        return
    lock(READING)
    with connection.cursor() as cursor:
        cursor.execute(reading(), {"ids": uuid_array(ids)})


@lets_go
def forget_read(customer_ids: Sequence[UUID]) -> None:
    """Forget what was read in the timelines of customers about to be removed."""
    StageVisit.objects.filter(customer_id__in=among(customer_ids), entry__isnull=False).delete()


@transaction.atomic
def begin_night() -> None:
    """Put tonight's reading and counting on the agenda; a reading of everybody that was broken off begins again."""
    is_whole = VisitReading.objects.filter(is_whole=True, finished_at=None).exists()
    row, _made = VisitReading.objects.get_or_create(
        day=firm_today(), defaults={"as_of": now(), "is_whole": is_whole}
    )  # fmt: skip
    enqueue(KIND, row.id)


@transaction.atomic
def read_everybody() -> VisitReading:
    """Read every timeline anew, in the background; repeating it begins again."""
    row, _made = VisitReading.objects.update_or_create(
        day=firm_today(), defaults={"as_of": now(), "is_whole": True, "reached": None, "finished_at": None}
    )
    enqueue(KIND, row.id, reschedule=True)
    return row


def go_on(*, reading_id: UUID, budget: float = BUDGET) -> Later | None:
    """Take slices until none is left or ``budget`` seconds are over; then Later."""
    return in_slices(lambda: take_slice(reading_id=reading_id), budget)


@transaction.atomic
def take_slice(*, reading_id: UUID) -> bool:
    """Read the next customers; False when nothing is left, and the ways were counted. Raises NotYet."""
    row = VisitReading.objects.select_for_update().filter(pk=reading_id).first()
    if row is None:
        raise NotYet(f"reading {reading_id}")
    if row.finished_at is not None:
        return False
    before = VisitReading.objects.filter(finished_at__isnull=False, day__lt=row.day).first()
    since = before.as_of - OVERLAP if before else row.as_of - FIRST
    found = with_news(None if row.is_whole else since, row.reached, SLICE)
    if found:
        read_visits(customer_ids=found)
        row.reached = found[-1]
    else:
        count_flows()
        row.reached, row.finished_at = None, now()
    row.save(update_fields=["reached", "finished_at"])
    return bool(found)


@transaction.atomic
def count_flows() -> None:
    """Count how many come on along each journey, for its map."""
    since, until = usual_span()
    for journey in Journey.objects.select_for_update(no_key=True).order_by("pk"):
        found = ways_of(journey, since, until)
        counted = [
            (start, end, found.found.conversions.get((start, end), Conversion(0, 0)))
            for start, end in found.designed
        ]  # fmt: skip
        JourneyFlow.objects.update_or_create(
            journey=journey,
            defaults={
                "counted_at": until,
                "since": since,
                "ways": [
                    {
                        "start": str(found.stages[start].pk),
                        "end": str(found.stages[end].pk),
                        "n": one.n,
                        "came": one.came,
                    }
                    for start, end, one in counted
                ],
            },
        )
