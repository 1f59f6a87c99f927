"""What was done, and the question whether it is solved; once more when nobody answered."""

from feedback.models import Complaint
from feedback.selectors.tone import care_for
from workflows.mails.base import Composed, Skip, link, threaded, to_customer
from workflows.models import Message


def compose(message: Message) -> Composed | Skip:
    """Tell the customer what was done and ask."""
    return _ask(message, reminder=False)


def compose_reminder(message: Message) -> Composed | Skip:
    """Ask again."""
    return _ask(message, reminder=True)


def _ask(message: Message, *, reminder: bool) -> Composed | Skip:
    complaint = Complaint.objects.select_related("customer", "owner").get(pk=message.ref)
    if complaint.state != Complaint.State.COMMUNICATED:
        return Skip("reopened" if complaint.is_open else "confirmed")
    solved = link("r", "solved", complaint.id)
    return to_customer(
        "resolution",
        complaint.customer,
        about_complaint=True,
        headers=threaded(complaint),
        complaint=complaint,
        care=care_for(complaint.customer, about_complaint=True),
        is_reminder=reminder,
        yes_url=f"{solved}?answer=yes",
        no_url=f"{solved}?answer=no",
        track_url=link("t", "track", complaint.id),
    )
