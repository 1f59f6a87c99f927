"""Writing a remark on a complaint down, whoever made it."""

from cxcrm.core.context import current_actor
from feedback.models import Complaint, ComplaintNote

LABEL_LENGTH = 160


def write_note(
    complaint: Complaint, body: str, *, is_internal: bool = True, from_customer: bool = False
) -> ComplaintNote:
    """Store ``body``, signed by the customer when it is theirs, else by whoever acts."""
    actor = current_actor()
    return ComplaintNote.objects.create(
        complaint=complaint,
        author_id=None if from_customer else actor.user_id,
        author_label=complaint.customer.full_name if from_customer else actor.label[:LABEL_LENGTH],
        body=body,
        is_internal=is_internal,
        from_customer=from_customer,
    )
