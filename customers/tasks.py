"""What the agenda carries out for this room."""

from uuid import UUID

from customers.services import (
    health,
    import_checking,
    import_run,
    import_undo,
    imports,
    quizzes,
    segments,
    understanding_nights,
)
from tenants.services.agenda import Later, agenda_kind
from tenants.services.nights import nightly

nightly(imports.forget_old_rows)
nightly(segments.refresh_all_later)
nightly(understanding_nights.begin_night)
nightly(health.begin_night)


@agenda_kind(import_checking.KIND, priority=6)
def check_import(job_id: UUID) -> Later | None:
    """Judge the next rows of a long file; called again until none is left."""
    return import_checking.continue_check(job_id=job_id)


@agenda_kind(import_run.KIND, priority=7)
def run_import(job_id: UUID) -> Later | None:
    """Take the next rows of an import; called again until none is left."""
    return import_run.continue_import(job_id=job_id)


@agenda_kind(import_undo.KIND, priority=7)
def undo_import(job_id: UUID) -> Later | None:
    """Undo the next rows of an import; called again until none is left."""
    return import_undo.continue_undo(job_id=job_id)


@agenda_kind(segments.KIND, priority=8)
def refresh_segment(segment_id: UUID) -> None:
    """Ask a segment's rule anew."""
    segments.refresh_or_say(segment_id=segment_id)


@agenda_kind(understanding_nights.KIND, priority=9)
def tend_understanding(day_id: UUID) -> Later | None:
    """Reckon the next customers' levels; called again until none is left."""
    return understanding_nights.tend(day_id=day_id)


@agenda_kind(health.KIND, priority=9)
def tend_health(model_id: UUID) -> Later | None:
    """Train the forecast of who leaves, or count the next customers by it; called again until none is left."""
    return health.tend(model_id=model_id)


@agenda_kind(quizzes.KIND)
def close_quiz(quiz_id: UUID) -> Later | None:
    """End a round of questions about a persona when its days are over."""
    return quizzes.close_due_quiz(quiz_id=quiz_id)
