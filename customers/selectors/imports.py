"""Imports as the pages show them."""

from uuid import UUID

from django.db.models import QuerySet

from customers.models import ImportRow


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
