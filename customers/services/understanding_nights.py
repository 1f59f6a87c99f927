"""All levels, once a night: whoever had news is counted from the sources, everybody else fades; or everybody anew.

The day's row is the work list: each slice is one transaction that also writes how far it got, so a killed worker loses
nothing and repeats nothing.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from customers.logic.understanding import EMPATHISE, KNOW, SEE, UNDERSTAND
from customers.models import Customer, Interaction, UnderstandingDay
from customers.selectors.understanding import ACTIVE, heard_of_since
from customers.services.understanding import recount_customers, recount_import, recount_personas
from customers.services.understanding_levels import fade
from cxcrm.core.clock import now
from tenants.services.agenda import Later, NotYet, enqueue
from tenants.services.slices import in_slices
from tenants.staff.selectors.firm import firm_today

KIND: Final = "customers.tend_understanding"
# Customers of one slice: reckoned from their items, or counted from all their sources.
FADING, COUNTED = 10_000, 500
# Seconds before the worker turns to somebody else's work; far below a task's time limit.
BUDGET: Final = 20.0
# A transaction that began before the last night and ended in it may have been missed by it.
OVERLAP: Final = timedelta(hours=1)
Stage = UnderstandingDay.Stage


@transaction.atomic
def begin_night() -> None:
    """Put tonight's tending on the agenda. Until everybody was counted once, that is done first."""
    is_new = not UnderstandingDay.objects.filter(is_recount=True, finished_at__isnull=False).exists()
    row, _made = UnderstandingDay.objects.get_or_create(
        day=firm_today(),
        defaults={"as_of": now(), "stage": Stage.RECOUNT if is_new else Stage.MOVED, "is_recount": is_new},
    )
    enqueue(KIND, row.id)


@transaction.atomic
def recount_everybody() -> UnderstandingDay:
    """Count every customer from the sources, in the background; repeating it begins again."""
    row, _made = UnderstandingDay.objects.update_or_create(
        day=firm_today(),
        defaults={
            "as_of": now(), "stage": Stage.RECOUNT, "is_recount": True, "reached": None, "finished_at": None,
        },
    )  # fmt: skip
    enqueue(KIND, row.id, reschedule=True)
    return row


@transaction.atomic
def count_import(*, job_id: UUID) -> None:
    """Count whom an import concerned: those of a short file at once, everybody in the background after a long one."""
    if not recount_import(job_id=job_id):
        recount_everybody()


@transaction.atomic
def count_personas() -> None:
    """Count whose persona changed by a rule; everybody in the background where these are many."""
    if not recount_personas():
        recount_everybody()


def tend(*, day_id: UUID, budget: float = BUDGET) -> Later | None:
    """Take slices of the day's work until none is left or ``budget`` seconds are over; then Later."""
    return in_slices(lambda: take_slice(day_id=day_id), budget)


@transaction.atomic
def take_slice(*, day_id: UUID) -> bool:
    """Take the next customers of the day's work; False when nothing is left. Raises NotYet for an unknown day."""
    row = UnderstandingDay.objects.select_for_update().filter(pk=day_id).first()
    if row is None:
        raise NotYet(f"day {day_id}")
    if row.stage == Stage.DONE:
        return False
    reached = _STEPS[row.stage](row)
    if reached is not None:
        row.reached = reached
    elif row.stage == Stage.MOVED:
        row.stage, row.reached = Stage.DECAY, None
    else:
        _finish(row)
    row.save()
    return row.stage != Stage.DONE


def _count_moved(row: UnderstandingDay) -> UUID | None:
    """Those of whom the timeline got an entry since the last night: ids sort by the time they were made."""
    before = UnderstandingDay.objects.filter(finished_at__isnull=False, day__lt=row.day).first()
    since = (before.as_of if before else row.as_of - ACTIVE) - OVERLAP
    moved = Interaction.objects.filter(pk__gte=_first_id_of(since)).order_by("customer_id").distinct("customer_id")
    return _count(moved.values_list("customer_id", flat=True), "customer_id", row.reached)


def _count_all(row: UnderstandingDay) -> UUID | None:
    return _count(Customer.everyone.order_by("pk").values_list("pk", flat=True), "pk", row.reached)


def _count(ids: Any, column: str, after: UUID | None) -> UUID | None:
    found = list(ids.filter(**{f"{column}__gt": after} if after else {})[:COUNTED])
    recount_customers(customer_ids=found)
    return found[-1] if found else None


def _fade(row: UnderstandingDay) -> UUID | None:
    return fade(row.reached, FADING, row.as_of)


_STEPS: Final[dict[str, Any]] = {Stage.MOVED: _count_moved, Stage.RECOUNT: _count_all, Stage.DECAY: _fade}


def _finish(row: UnderstandingDay) -> None:
    """Write down how the firm stood."""
    levels = {"see": SEE, "know": KNOW, "understand": UNDERSTAND, "empathise": EMPATHISE}
    counts: Any = {name: Count("pk", filter=Q(level=level)) for name, level in levels.items()}
    for name, count in heard_of_since(row.as_of - ACTIVE).aggregate(**counts).items():
        setattr(row, name, count)
    row.stage, row.reached, row.finished_at = Stage.DONE, None, now()


def _first_id_of(at: datetime) -> UUID:
    """The lowest UUIDv7 of a moment (RFC 9562 §5.7)."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
