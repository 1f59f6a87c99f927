"""What the agenda carries out for this room."""

from uuid import UUID

from customers.services import import_run
from tenants.services.agenda import Later, agenda_kind


@agenda_kind(import_run.KIND, priority=7)
def run_import(job_id: UUID) -> Later | None:
    """Take the next rows of an import; called again until none is left."""
    return import_run.continue_import(job_id=job_id)
