"""Answers that look odd: marked when they come, set aside by whoever leads the brand, and counted again."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from feedback.errors import NotOdd, SettingAsideInvalid, SettingAsideIsPersonal
from feedback.events import ResponseCountedAgain, ResponseSetAside
from feedback.logic.oddness import CUSTOMERS_IN_A_MAILBOX, ONE_MAILBOX, odd_reasons
from feedback.models import ComplaintNote, Invitation, Response
from feedback.selectors.oddness import may_set_aside
from tenants.staff.selectors.people import working_user

_MAILBOX_WITHIN, _SENT_WITHIN = timedelta(days=1), timedelta(days=30)
BECAUSE: Final = 300


def mark_oddness(*, response: Response, invitation: Invitation, seconds: float | None) -> None:
    """Mark a new answer, and with it those before it from the same mailbox; nothing personal is kept for it."""
    at = response.answered_at
    mailbox = Response.objects.filter(
        invitation__email=invitation.email, answered_at__gt=at - _MAILBOX_WITHIN, answered_at__lte=at
    )
    people = mailbox.values("customer").distinct().count() if invitation.email else 1
    sent = ComplaintNote.objects.filter(
        complaint__customer=response.customer_id,
        is_internal=False,
        from_customer=False,
        author__isnull=False,
        created_at__gt=at - _SENT_WITHIN,
    )
    response.odd = odd_reasons(seconds=seconds, in_mailbox=people, sent=sent.values_list("body", flat=True))
    if response.odd:
        response.save(update_fields=["odd"])
    if people == CUSTOMERS_IN_A_MAILBOX:
        for before in mailbox.exclude(pk=response.pk).exclude(odd__contains=[ONE_MAILBOX]).select_for_update():
            before.odd = [*before.odd, ONE_MAILBOX]
            before.save(update_fields=["odd"])


@transaction.atomic
def set_aside(*, response_id: UUID, because: str) -> Response:
    """Leave a marked answer out of every measure, and say why; it stays where it is and can be read by all.

    Raises NotFound, SettingAsideIsPersonal, NotOdd, SettingAsideInvalid. Again, and only the reason changes.
    """
    response, user_id = _locked(response_id)
    words = " ".join(because.split())
    if not response.odd:
        raise NotOdd
    if not words or len(words) > BECAUSE:
        raise SettingAsideInvalid(field="because")
    response.set_aside_at, response.set_aside_by_id, response.set_aside_because = now(), user_id, words
    response.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_because"])
    publish(ResponseSetAside(response_id=response.pk))
    return response


@transaction.atomic
def count_again(*, response_id: UUID) -> Response:
    """Count it like any other; that it looked odd stays. Raises NotFound, SettingAsideIsPersonal."""
    response, _user_id = _locked(response_id)
    if response.set_aside_at is not None:
        response.set_aside_at, response.set_aside_by_id, response.set_aside_because = None, None, ""
        response.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_because"])
        publish(ResponseCountedAgain(response_id=response.pk))
    return response


def _locked(response_id: UUID) -> tuple[Response, UUID]:
    person = working_user(current_actor().user_id)
    if person is None or not may_set_aside(person):
        raise SettingAsideIsPersonal
    response = Response.objects.select_for_update(of=("self",), no_key=True).filter(pk=response_id).first()
    if response is None:
        raise NotFound
    return response, person.pk
