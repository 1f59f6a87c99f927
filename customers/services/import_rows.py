"""What kinds of rows from floors above need of this one's tables."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from customers.models import ImportChange, ImportJob, ImportRow, Interaction
from customers.services.import_kinds import RowInHand
from cxcrm.core.db.arrays import among
from cxcrm.core.db.copying import copy_objects, delete_rows, rewrite_rows

__all__ = [
    "ImportChange",
    "ImportJob",
    "ImportRow",
    "Interaction",
    "Outcome",
    "drop_entries",
    "save_entries",
    "settle",
    "taken_for",
]

Outcome = ImportRow.Outcome


def settle(rows: Sequence[RowInHand]) -> None:
    """Write down what became of rows that were taken."""
    rewrite_rows(
        ImportRow,
        ["outcome", "problems", "customer", "record_id"],
        [(row.id, row.outcome, row.problems, row.customer_id, row.record_id) for row in rows],
    )


def taken_for(job: ImportJob, customer_ids: Iterable[UUID]) -> list[UUID]:
    """Records that rows of this import made for these customers so far."""
    rows = ImportRow.objects.filter(job=job, outcome=Outcome.CREATED, customer_id__in=among(set(customer_ids)))
    return [record for record in rows.values_list("record_id", flat=True) if record]


def save_entries(entries: Sequence[Interaction]) -> None:
    """Append many entries to timelines at once."""
    copy_objects(Interaction, entries)


def drop_entries(subject_ids: Iterable[UUID]) -> None:
    """Remove the timeline's entries of records that an import laid in and that are taken back."""
    delete_rows(Interaction, "subject_id", subject_ids)
