"""The import that is being worked on, held so that nobody else decides about it meanwhile."""

from uuid import UUID

from customers.errors import ImportNotFound
from customers.models import ImportJob


def locked_job(job_id: UUID) -> ImportJob:
    """The job, locked until the transaction ends. Raises ImportNotFound."""
    job = ImportJob.objects.select_for_update(of=("self",)).filter(pk=job_id).first()
    if job is None:
        raise ImportNotFound
    return job
