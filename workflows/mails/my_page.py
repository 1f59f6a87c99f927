"""The way to a customer's own page, for who asked for it."""

from workflows.mails.base import AUTOMATIC, Composed, Skip, my_page, to_customer
from workflows.models import Message


def compose(message: Message) -> Composed | Skip:
    """Nothing to somebody who was forgotten meanwhile."""
    customer = message.customer
    if customer is None or customer.erased_at is not None:
        return Skip("erased")
    return to_customer(
        "my_page", customer, about_complaint=False, headers=dict(AUTOMATIC), page_url=my_page(customer.pk)
    )
