"""Saying that two sentences may stand side by side after all, and taking that back."""

from uuid import UUID

from django.db import transaction

from cxcrm.core.configuration import keep
from cxcrm.core.context import current_actor
from cxcrm.core.errors import NotFound
from journeys.services.naming import line
from tenants.staff.selectors.people import working_user
from workflows.errors import NotYoursToDismiss
from workflows.models import DismissedContradiction
from workflows.selectors.contradictions import behind, finding, may_dismiss

WHY_LENGTH = 300


@transaction.atomic
def dismiss_contradiction(*, key: str, why: str) -> DismissedContradiction:
    """Say why it is none; it comes back when one of the sentences is reworded.

    Raises NotFound (gone, or dismissed already), NotYoursToDismiss, InvalidInput (no reason).
    """
    person = working_user(current_actor().user_id)
    found = finding(key)
    if found is None:
        raise NotFound
    if person is None or not may_dismiss(person, found):
        raise NotYoursToDismiss
    row = DismissedContradiction(
        key=found.key,
        first=found.first.sentence,
        second=found.second.sentence,
        why=line(why, "why", WHY_LENGTH, required=True),
        said_by=person,
    )
    keep(row)
    return row


@transaction.atomic
def take_back_dismissal(*, dismissed_id: UUID) -> None:
    """It is one after all: it stands among the open ones again, and in the steward's report.

    Raises NotFound (taken back already), NotYoursToDismiss.
    """
    person = working_user(current_actor().user_id)
    row = DismissedContradiction.objects.select_for_update().filter(pk=dismissed_id).first()
    if row is None:
        raise NotFound
    if person is None or not may_dismiss(person, behind(row)):
        raise NotYoursToDismiss
    row.delete()
