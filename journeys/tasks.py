"""What the agenda carries out for this room."""

from uuid import UUID

from journeys.services import visit_reading
from tenants.services.agenda import Later, agenda_kind
from tenants.services.nights import nightly

nightly(visit_reading.begin_night)


@agenda_kind(visit_reading.KIND, priority=9)
def read_visits(reading_id: UUID) -> Later | None:
    """Read the next customers' timelines; called again until none is left, and the ways are counted."""
    return visit_reading.go_on(reading_id=reading_id)
