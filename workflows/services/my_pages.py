"""The link to a customer's own page, mailed to who asks for it."""

from django.db import transaction

from customers.selectors.customers import customers_at
from cxcrm.core.clock import now
from tenants.staff.errors import TooManyTries
from tenants.staff.logic.waiting import LETTERS
from tenants.staff.services.tries import claim_try
from workflows.models import Message
from workflows.services.outbox import queue_message


@transaction.atomic
def mail_my_page(*, email: str) -> None:
    """Mail the link to every customer of this address, for families share one; nothing happens for other addresses.

    Nor when this mailbox was written to often just now: whoever asks is told the same in every case.
    """
    address = email.strip().lower()
    try:
        claim_try(keys={f"my-page|{address}": LETTERS})
    except TooManyTries:
        return
    for customer in customers_at(address):
        key = f"my_page:{customer.pk}:{now():%Y%m%d%H%M}"
        queue_message(kind=Message.Kind.MY_PAGE, ref=customer.pk, dedupe_key=key, customer=customer, email=address)
