"""What files of complaints and of responses hold."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cxcrm.core.exports.columns import NUMBER, Column, columns
from feedback.models import Complaint, Response


def _complaint_of(response: Response) -> str:
    complaint: Any = getattr(response, "complaint", None)
    return complaint.number if complaint else ""


_CUSTOMER_ID = Column(_("customer's ID"), lambda row: str(row.customer_id))

COMPLAINT_COLUMNS: tuple[Column, ...] = columns(
    Complaint,
    NUMBER,
    "number",
    "customer",
    _CUSTOMER_ID,
    "subject",
    "description",
    "remedy_sought",
    "severity",
    "state",
    "channel",
    "touchpoint",
    "branch",
    "owner",
    "root_cause",
    "remedy",
    "action_taken",
    "received_at",
    "acknowledged_at",
    "first_contact_at",
    "resolved_at",
    "closed_at",
    "reopened_count",
    Column(_("tags"), lambda row: ", ".join(row.tags)),
)
COMPLAINT_RELATED = ("customer", "touchpoint", "branch", "owner", "root_cause__parent", "remedy")

RESPONSE_COLUMNS: tuple[Column, ...] = columns(
    Response,
    NUMBER,
    "customer",
    _CUSTOMER_ID,
    "survey",
    "metric",
    "score",
    "words",
    "contact_me",
    "touchpoint",
    Column(_("complaint"), _complaint_of),
    "language",
    "answered_at",
    "set_aside_at",
    "set_aside_because",
)
RESPONSE_RELATED = ("customer", "survey", "touchpoint", "complaint")
