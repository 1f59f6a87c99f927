"""A customer asks about their own data: to whoever answers for it, at once and again when a clock is nearly over."""

from customers.models import DataRequest
from cxcrm.core.clock import now
from workflows import wording
from workflows.mails.base import AUTOMATIC, Composed, Skip, absolute, to_staff
from workflows.models import Message
from workflows.selectors.people import customer_called


def compose(message: Message) -> Composed | Skip:
    """Nothing once it was settled."""
    asked = DataRequest.objects.select_related("customer").get(pk=message.ref)
    if message.user is None or asked.settled_at is not None:
        return Skip("settled")
    return to_staff(
        "data_request",
        message.user,
        headers=dict(AUTOMATIC),
        asked=asked,
        customer=customer_called(asked.customer),
        answer_by=wording.moment(asked.answer_by),
        due=wording.moment(asked.due_at),
        is_answered=asked.answered_at is not None,
        is_late=asked.next_due <= now(),
        page_url=absolute(f"/admin/customers/customer/{asked.customer_id}/change/#data"),
    )
