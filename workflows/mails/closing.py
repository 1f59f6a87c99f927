"""The closing note to the owner and everybody who was told: who did what, how long it took, what the customer says."""

from cxcrm.core.clock import now
from feedback.models import Complaint
from workflows import wording
from workflows.mails.base import Composed, Skip, case_url, threaded, to_staff
from workflows.models import Message, SlaClock
from workflows.selectors.clocks import current_clock
from workflows.selectors.ladders import decisions_of
from workflows.selectors.people import customer_called


def compose(message: Message) -> Composed | Skip:
    """How it ended; not when it was reopened meanwhile."""
    complaint = Complaint.objects.select_related("customer", "owner", "root_cause__parent", "touchpoint", "branch").get(
        pk=message.ref
    )
    if complaint.is_open or complaint.state == Complaint.State.COMMUNICATED or message.user is None:
        return Skip("reopened")
    clock = current_clock(complaint.id, SlaClock.Kind.RESOLVE)
    ended = complaint.resolved_at or complaint.closed_at or now()
    return to_staff(
        "closing",
        message.user,
        headers=threaded(complaint),
        complaint=complaint,
        is_owner=message.user == complaint.owner,
        customer=customer_called(complaint.customer),
        took=wording.span(ended - complaint.received_at),
        in_time=clock.state == SlaClock.State.MET if clock else None,
        decisions=list(decisions_of(complaint.id).order_by("created_at")[:3]),
        case_url=case_url(complaint),
    )
