"""The way back: rows of an import are undone from the last to the first, in pieces, each one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count

from customers.events import ImportUndone
from customers.models import ImportChange, ImportJob, ImportRow, Interaction
from customers.services.import_kinds import kind_of
from customers.services.locks import CONTACTS, lock
from cxcrm.core.clock import now
from cxcrm.core.context import SYSTEM, Actor, acting_as
from cxcrm.core.db.arrays import among
from cxcrm.core.db.copying import rewrite_rows
from cxcrm.core.events import publish
from tenants.services.agenda import Later, NotYet
from tenants.services.slices import in_slices

KIND: Final = "customers.undo"
# A piece takes some forty statements, however many rows it has: far below a task's time limit on a busy machine too.
CHUNK: Final = 1_000
# Seconds before the worker turns to somebody else's work.
BUDGET: Final = 10.0

Outcome = ImportRow.Outcome
Fate = ImportChange.Fate
_TAKEN: Final = (Outcome.CREATED, Outcome.UPDATED)


def continue_undo(*, job_id: UUID, budget: float = BUDGET) -> Later | None:
    """Undo rows until none is left or ``budget`` seconds are over; then Later. Raises NotYet for an unknown job.

    A worker killed at any line leaves whole pieces: its unfinished one is rolled back and undone again.
    """
    return in_slices(lambda: undo_chunk(job_id=job_id), budget)


@transaction.atomic
def undo_chunk(*, job_id: UUID) -> bool:
    """Undo up to ``CHUNK`` rows; False when there is nothing more to do. Publishes ImportUndone with the last."""
    job = ImportJob.objects.select_for_update(of=("self",)).select_related("undone_by").filter(pk=job_id).first()
    if job is None:
        raise NotYet(f"import {job_id}")
    if job.state != ImportJob.State.UNDOING:
        return False
    actor = job.undone_by
    with acting_as(Actor("user", actor.id, actor.full_name) if actor else SYSTEM):
        rows = list(job.rows.filter(outcome__in=_TAKEN).order_by("-number").defer("cells", "values")[:CHUNK])
        if not rows:
            job.state, job.undone_at = ImportJob.State.UNDONE, now()
            job.save(update_fields=["state", "undone_at"])
            publish(ImportUndone(job_id=job.id))
            return False
        lock(CONTACTS)
        changes = list(
            ImportChange.objects.filter(
                job=job, number__range=(rows[-1].number, rows[0].number), fate=Fate.STANDS
            ).order_by("-number", "-id")
        )
        for row in rows:
            # What the row was told before it was taken is of no interest any more; what was kept is.
            row.problems = []
        kind_of(job.kind).undo(job, rows, changes)
    rewrite_rows(ImportRow, ["outcome", "problems"], [(row.id, row.outcome, row.problems) for row in rows])
    rewrite_rows(ImportChange, ["fate", "found"], [(one.id, one.fate, one.found) for one in changes])
    outcomes = [row.outcome for row in rows]
    job.undone_count += outcomes.count(Outcome.UNDONE)
    job.kept_count += outcomes.count(Outcome.KEPT)
    job.save(update_fields=["undone_count", "kept_count"])
    return True


def uses_of(
    model: type[models.Model], ids: Sequence[UUID], job: ImportJob, own_parts: frozenset[str]
) -> dict[UUID, list[list[Any]]]:
    """Record → what hangs on it since: [model, how many]. ``own_parts`` are tables whose rows came and go with it.

    Looks through every table that points at ``model``, those of floors above included; timeline entries of this import
    itself do not count.
    """
    found: dict[UUID, list[list[Any]]] = {}
    relations: list[Any] = list(model._meta.get_fields(include_hidden=True))
    for relation in relations:
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)) or relation.concrete:
            continue
        theirs, name = relation.related_model, relation.field.name
        label = theirs._meta.label_lower
        if label in own_parts:
            continue
        rows = theirs._base_manager.filter(**{f"{name}__in": among(ids)})
        if theirs is Interaction:
            rows = rows.exclude(subject_id=job.id)
        counted = rows.order_by().values_list(f"{name}_id").annotate(number=Count("pk"))
        for record, number in counted:
            found.setdefault(record, []).append([label, number])
    return found


def keep(row: ImportRow, code: str, **data: Any) -> None:
    """Note that a row could not be undone, or not wholly, and why."""
    row.outcome = Outcome.KEPT
    row.problems = [*row.problems, {"code": code, "column": "", **data}]


def restore(
    record: models.Model, changes: Sequence[ImportChange], *, parse: Mapping[str, Any] | None = None
) -> tuple[list[str], list[str]]:
    """Put plain fields of ``record`` (not saved) back to what they were before; (restored, kept as changed since).

    ``parse`` makes a stored image of a field a value of it again. What is kept has in its change what was found.
    """
    restored, kept = [], []
    for change in changes:
        read = (parse or {}).get(change.field, lambda value: value)
        current = getattr(record, change.field)
        if current == read(change.after):
            setattr(record, change.field, read(change.before))
            change.fate = Fate.UNDONE
            restored.append(change.field)
        else:
            change.fate, change.found = Fate.KEPT, as_json(current)
            kept.append(change.field)
    return restored, kept


def as_json(value: Any) -> Any:
    """A field's value as a change keeps it."""
    return value if value is None or isinstance(value, (str, int, float, bool, list, dict)) else str(value)
