"""You said – we did: what was done goes back, once, to the customers who raised it."""

from typing import Final
from uuid import UUID

from django.db import transaction

from cxcrm.core.context import current_actor
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from journeys.models import Initiative
from journeys.services.naming import line
from tenants.staff.models import User
from tenants.staff.selectors.people import working_user
from workflows import events
from workflows.errors import AlreadyTold, NobodyToTell, NotDoneYet, TellingIsPersonal
from workflows.models import Message, WeDid
from workflows.selectors.people import may_act_for
from workflows.selectors.we_did import Audience, audience_of, is_done
from workflows.services.outbox import queue_message

SENTENCE: Final = 300


@transaction.atomic
def tell_raisers(*, initiative_id: UUID, said_vi: str = "", said_en: str = "") -> WeDid:
    """Mail one sentence to everybody whose complaint or quote the initiative rests on, in the language they read.

    Raises NotFound, TellingIsPersonal, NotDoneYet, AlreadyTold, NobodyToTell, InvalidInput where a language is missing
    that somebody reads.
    """
    initiative = Initiative.objects.select_for_update(no_key=True).filter(pk=initiative_id).first()
    if initiative is None:
        raise NotFound
    writer = _writer(initiative)
    if not is_done(initiative):
        raise NotDoneYet
    if WeDid.objects.filter(initiative=initiative).exists():  # under the initiative's lock
        raise AlreadyTold
    audience = audience_of(initiative.pk)
    if not audience.customers:
        raise NobodyToTell
    told = WeDid.objects.create(
        initiative=initiative,
        written_by=writer,
        meant_for=len(audience.customers),
        **_sentences(audience, said_vi=said_vi, said_en=said_en),
    )
    for customer in audience.customers:
        queue_message(
            kind=Message.Kind.WE_DID,
            ref=told.pk,
            dedupe_key=f"we_did:{initiative.pk}:{customer.pk}",
            customer=customer,
            email=audience.emails[customer.pk],
        )
    publish(events.RaisersTold(we_did_id=told.pk, initiative_id=initiative.pk))
    return told


def _writer(initiative: Initiative) -> User:
    writer = working_user(current_actor().user_id)
    if writer is None or not may_act_for(writer, initiative.owner_id):
        raise TellingIsPersonal
    return writer


def _sentences(audience: Audience, **said: str) -> dict[str, str]:
    """What was written, cleaned; needed in every language that somebody reads. Raises InvalidInput."""
    return {
        field: line(text, field, SENTENCE, required=field.removeprefix("said_") in audience.languages)
        for field, text in said.items()
    }
