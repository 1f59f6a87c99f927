"""A started import, taken in pieces: each piece is one transaction, and the outcome of a row is its ledger."""

from copy import copy
from typing import Final
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction

from customers.events import ImportFinished
from customers.models import ImportJob, ImportRow
from customers.services.import_kinds import RowInHand, kind_of
from customers.services.locks import CONTACTS, lock
from cxcrm.core.clock import now
from cxcrm.core.context import SYSTEM, Actor, acting_as
from cxcrm.core.db.copying import rewrite_rows
from cxcrm.core.events import publish
from tenants.services.agenda import Later, NotYet
from tenants.services.slices import in_slices

KIND: Final = "customers.import"
CHUNK: Final = 1_000
# Seconds before the worker turns to somebody else's work; far below a task's time limit.
BUDGET: Final = 10.0

_WAITING: Final = (ImportRow.Outcome.CREATE, ImportRow.Outcome.UPDATE)


def continue_import(*, job_id: UUID, budget: float = BUDGET) -> Later | None:
    """Take rows until none is left or ``budget`` seconds are over; then Later. Raises NotYet for an unknown job.

    A worker killed at any line leaves whole pieces: its unfinished one is rolled back and taken again.
    """
    return in_slices(lambda: take_chunk(job_id=job_id), budget)


@transaction.atomic
def take_chunk(*, job_id: UUID) -> bool:
    """Take up to ``CHUNK`` rows; False when there is nothing more to do. Publishes ImportFinished with the last."""
    job = ImportJob.objects.select_for_update(of=("self",)).select_related("uploaded_by").filter(pk=job_id).first()
    if job is None:
        raise NotYet(f"import {job_id}")
    if job.state != ImportJob.State.RUNNING:
        return False
    uploader = job.uploaded_by
    with acting_as(Actor("user", uploader.id, uploader.full_name) if uploader else SYSTEM):
        rows = _waiting(job)
        if not rows:
            job.state = ImportJob.State.DONE
            job.finished_at = now()
            job.save(update_fields=["state", "finished_at"])
            publish(ImportFinished(job_id=job.id))
            return False
        # Two imports of one file, or a form sent meanwhile, decide one after the other who is new.
        lock(CONTACTS)
        _leave_to_the_next_flush()
        rows = _take(job, rows)
    outcomes = [row.outcome for row in rows]
    job.created_count += outcomes.count(ImportRow.Outcome.CREATED)
    job.updated_count += outcomes.count(ImportRow.Outcome.UPDATED)
    job.failed_count += outcomes.count(ImportRow.Outcome.FAILED)
    job.skipped += outcomes.count(ImportRow.Outcome.SKIP)
    job.save(update_fields=["created_count", "updated_count", "failed_count", "skipped"])
    return True


def write(job: ImportJob, rows: list[RowInHand]) -> list[RowInHand]:
    """Take ``rows`` as their kind is taken, each with its outcome."""
    return kind_of(job.kind).write(job, rows)


def _leave_to_the_next_flush() -> None:
    """This piece need not wait for the disk: a power cut that loses it loses its outcomes too, and it is taken again.

    Whatever anybody commits after it, the end of the import among them, is on disk only with it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def _take(job: ImportJob, rows: list[RowInHand]) -> list[RowInHand]:
    """Write all rows at once; when the database refuses one of them, one by one, so that only that one fails."""
    try:
        with transaction.atomic():
            return write(job, rows)
    except (IntegrityError, DataError):
        return [_take_one(job, row) for row in _waiting(job)]


def _take_one(job: ImportJob, row: RowInHand) -> RowInHand:
    """Write one row. Whoever used its number first has committed by now, so at the second try it means them."""
    code = ""
    for _attempt in range(2):
        try:
            with transaction.atomic():
                return write(job, [copy(row)])[0]
        except IntegrityError:
            code = "taken_meanwhile"
        except DataError:
            code = "not_storable"
    row.problems = [*row.problems, {"code": code, "column": "", "value": row.values.get("external_id", "")}]
    row.outcome = ImportRow.Outcome.FAILED
    rewrite_rows(ImportRow, ["problems", "outcome"], [(row.id, row.problems, row.outcome)])
    return row


def _waiting(job: ImportJob) -> list[RowInHand]:
    waiting = job.rows.filter(outcome__in=_WAITING).order_by("number")
    return [RowInHand(*row) for row in waiting.values_list("id", "number", "values", "problems", "outcome")[:CHUNK]]
