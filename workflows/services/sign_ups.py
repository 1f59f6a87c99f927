"""The mail that confirms a sign-up; it leaves from the operators' tenant like any other mail of theirs."""

from uuid import UUID

from django.db import transaction

from tenants.models import SignUp
from tenants.services import sign_ups
from tenants.services.agenda import NotYet, agenda_kind
from workflows.models import Message
from workflows.services.outbox import queue_message


@agenda_kind(sign_ups.MAIL, priority=1)
@transaction.atomic
def mail_sign_up(sign_up_id: UUID) -> None:
    """Queue the mail with the link, once for each time it was asked for."""
    sign_up = SignUp.objects.filter(pk=sign_up_id).first()
    if sign_up is None:
        raise NotYet(f"sign-up {sign_up_id}")
    queue_message(
        kind=Message.Kind.SIGN_UP,
        ref=sign_up.id,
        dedupe_key=f"sign_up:{sign_up.id}:{sign_up.mails}",
        email=sign_up.owner_email,
    )
