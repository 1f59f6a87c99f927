"""Which touchpoint answers and cases are about, for whoever reads visits of stages in the timeline (journeys room)."""

from uuid import UUID

from feedback.models import Complaint, Response
from journeys.services.visit_reading import read_visits
from journeys.services.visit_sources import tells_touchpoints

tells_touchpoints(
    "feedback.answers",
    sql="SELECT r.id, r.touchpoint_id FROM feedback_response r JOIN asked USING (customer_id)"
    " WHERE r.touchpoint_id IS NOT NULL",
)
tells_touchpoints(
    "feedback.cases",
    sql="SELECT c.id, c.touchpoint_id FROM feedback_complaint c JOIN asked USING (customer_id)"
    " WHERE c.touchpoint_id IS NOT NULL",
)


def read_answered(*, response_id: UUID) -> None:
    """Read the timeline of whoever gave this answer."""
    read_visits(customer_ids=Response.objects.filter(pk=response_id).values_list("customer_id", flat=True))


def read_complaining(*, complaint_id: UUID) -> None:
    """Read the timeline of whoever this case is about."""
    read_visits(customer_ids=Complaint.objects.filter(pk=complaint_id).values_list("customer_id", flat=True))
