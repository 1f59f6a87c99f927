"""Mails from nobody we know, brought home by a person: to the customer it is from, or left alone."""

from uuid import UUID

from django.db import transaction

from customers.selectors.customers import called
from customers.services.interactions import record_interaction
from cxcrm.core.context import Actor, acting_as
from feedback.logic.answers import MAX_TEXT
from workflows.errors import IncomingNotWaiting
from workflows.models import Alert, IncomingMail
from workflows.selectors.incoming import UNKNOWN
from workflows.services.alerts import clear_alerts


@transaction.atomic
def give_to_customer(*, incoming_id: UUID, customer_id: UUID, meant_for: str = "") -> IncomingMail:
    """It is from this customer: it stands on their timeline, and nobody waits for it any more.

    Raises IncomingNotWaiting for what somebody brought home before, ChoiceInvalid.
    """
    mail = _waiting(incoming_id)
    with acting_as(Actor("customer", customer_id, called(customer_id))):
        record_interaction(
            customer_id=customer_id,
            kind="mail",
            what="mail.received",
            direction="in",
            body=mail.text[:MAX_TEXT],
            data={"subject": mail.subject},
            occurred_at=mail.created_at,
            meant_for=meant_for,
        )
    mail.customer_id, mail.outcome = customer_id, IncomingMail.Outcome.TIMELINE
    mail.save(update_fields=["customer", "outcome"])
    _over(mail)
    return mail


@transaction.atomic
def leave_alone(*, incoming_id: UUID) -> IncomingMail:
    """Somebody looked: nothing is to be done. Raises IncomingNotWaiting."""
    mail = _waiting(incoming_id)
    mail.outcome = IncomingMail.Outcome.LEFT
    mail.save(update_fields=["outcome"])
    _over(mail)
    return mail


def _waiting(incoming_id: UUID) -> IncomingMail:
    rows = IncomingMail.objects.select_for_update(of=("self",), no_key=True).defer("raw")
    mail = rows.filter(pk=incoming_id, outcome__in=UNKNOWN).first()
    if mail is None:
        raise IncomingNotWaiting
    return mail


def _over(mail: IncomingMail) -> None:
    clear_alerts(refs=[mail.pk], kinds=[Alert.Kind.UNREAD_MAIL])
