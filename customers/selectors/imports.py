"""Imports as the wizard shows them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from customers.logic.columns import guess_mapping
from customers.models import ImportJob, ImportRow

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: what it is taken as ("" for not at all), how sure that is (0 to 1), and a few cells."""

    index: int
    header: str
    field: str
    confidence: float
    examples: list[Any]


def columns_of(job: ImportJob) -> list[Column]:
    """Every column of the file; one chosen by a person is certain (1)."""
    guesses = guess_mapping([str(header) for header in job.headers])
    examples = list(job.rows.order_by("number").values_list("cells", flat=True)[:EXAMPLES])
    columns = []
    for index, header in enumerate(job.headers):
        field = job.mapping.get(str(index), "")
        guess = guesses.get(index)
        guessed = guess is not None and guess.field == field
        confidence = guess.confidence if guess and guessed else float(bool(field))
        columns.append(Column(index, header, field, confidence, [row[index] for row in examples]))
    return columns


def refused_rows(job_id: UUID) -> "QuerySet[ImportRow]":
    """Rows that were not taken or could not be stored, in the order of the file."""
    refused = (ImportRow.Outcome.REFUSE, ImportRow.Outcome.FAILED)
    return ImportRow.objects.filter(job_id=job_id, outcome__in=refused).order_by("number")


def rows_with_remarks(job_id: UUID) -> "QuerySet[ImportRow]":
    """Rows there is something to say about, refused ones first."""
    return ImportRow.objects.filter(job_id=job_id).exclude(problems=[]).order_by("-outcome", "number")


def rows_left(job_id: UUID) -> int:
    """How many rows of a running import still wait."""
    waiting = (ImportRow.Outcome.CREATE, ImportRow.Outcome.UPDATE)
    return ImportRow.objects.filter(job_id=job_id, outcome__in=waiting).count()
