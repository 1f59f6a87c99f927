"""The first personal contact: a promise kept by talking to the customer, not by a mail the machine wrote."""

from uuid import UUID

from django.db import transaction

from feedback.models import Complaint
from workflows.models import SlaClock
from workflows.selectors.clocks import current_clock
from workflows.services.clocks import stop_clock


@transaction.atomic
def note_first_contact(*, complaint_id: UUID) -> None:
    """Stop the clock once somebody has spoken to the customer in the current run."""
    contacted_at = Complaint.objects.values_list("first_contact_at", flat=True).get(pk=complaint_id)
    clock = current_clock(complaint_id, SlaClock.Kind.FIRST_CONTACT)
    if contacted_at and clock and contacted_at >= clock.started_at:
        stop_clock(complaint_id=complaint_id, kind=SlaClock.Kind.FIRST_CONTACT, at=contacted_at)
