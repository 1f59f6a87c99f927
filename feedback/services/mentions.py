"""Calling colleagues into a case by naming them in an internal note."""

from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.events import publish
from feedback.events import ColleagueMentioned
from feedback.logic.mentions import Colleague, mentioned
from feedback.models import ComplaintNote, NoteMention
from tenants.staff.models import User
from tenants.staff.roles import Level


@transaction.atomic
def call_colleagues_in(note: ComplaintNote) -> list[NoteMention]:
    """Tell whoever the note names with "@" and reads complaints at all: being called in lets them see the case.

    Nobody is told of what they wrote themselves, nor for a partner's key.
    """
    actor = current_actor()
    if "@" not in note.body or actor.kind != "user" or actor.id is None:
        return []
    people = {person.pk: person for person in User.objects.working().exclude(pk=actor.id)}
    named = mentioned(
        note.body, [Colleague(person.pk, person.full_name, person.given_name) for person in people.values()]
    )
    made = []
    for ident in named:
        if people[ident].allows("feedback", Level.READ):
            mention = NoteMention.objects.create(note=note, user=people[ident])
            publish(ColleagueMentioned(complaint_id=note.complaint_id, mention_id=mention.pk))
            made.append(mention)
    return made


@transaction.atomic
def see_mentions(*, complaint_id: UUID, user_id: UUID) -> int:
    """They looked at the case, so it is no news any more; returns how many were."""
    unseen = NoteMention.objects.filter(note__complaint_id=complaint_id, user_id=user_id, seen_at=None)
    return unseen.update(seen_at=now())
