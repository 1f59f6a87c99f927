"""What customers agreed to: statements are appended, never changed."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from customers.errors import ConsentTimeInvalid, CustomerNotFound
from customers.events import ConsentStated
from customers.models import Consent, Customer, Interaction
from customers.services import fields
from customers.services.interactions import record_interaction
from customers.services.understanding import recount_customers
from cxcrm.core.clock import now
from cxcrm.core.events import publish

# Clocks of two machines differ a little.
CLOCK_SKEW: Final = timedelta(minutes=5)


@transaction.atomic
def state_consent(
    *,
    customer_id: UUID,
    purpose: str,
    granted: bool,
    method: str,
    evidence: str = "",
    text_version: str = "",
    stated_at: datetime | None = None,
) -> Consent:
    """Append a customer's yes or no for one purpose; the latest by ``stated_at`` (default now) holds.

    Repeating the standing statement word for word (a second tap on an opt-out link) returns it and writes nothing.
    Raises CustomerNotFound, ChoiceInvalid, TextInvalid, ConsentTimeInvalid for a time in the future.
    """
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise CustomerNotFound
    if stated_at is not None and stated_at > now() + CLOCK_SKEW:
        raise ConsentTimeInvalid(field="stated_at")
    consent = Consent(
        customer=customer,
        purpose=fields.choice(purpose, Consent.Purpose, "purpose"),
        granted=granted,
        method=fields.choice(method, Consent.Method, "method"),
        evidence=fields.line(evidence, "evidence", 300),
        text_version=fields.line(text_version, "text_version", 20),
        stated_at=stated_at or now(),
    )
    standing = Consent.objects.filter(customer=customer, purpose=purpose).first()
    if standing is not None and _words(standing) == _words(consent) and stated_at in (None, standing.stated_at):
        return standing
    consent.save(force_insert=True)
    record_interaction(
        customer_id=customer.id,
        kind=Interaction.Kind.CONSENT,
        what="consent.granted" if granted else "consent.withdrawn",
        direction=Interaction.Direction.IN,
        data={"purpose": consent.purpose, "method": consent.method},
        subject=consent,
        occurred_at=consent.stated_at,
    )
    recount_customers(customer_ids=[customer.id])
    publish(ConsentStated(customer_id=customer.id, purpose=consent.purpose, granted=granted))
    return consent


def _words(consent: Consent) -> tuple[bool, str, str, str]:
    return consent.granted, consent.method, consent.evidence, consent.text_version
