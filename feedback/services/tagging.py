"""Words staff put on complaints to find them again."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from customers.services.fields import tags as clean_tags
from cxcrm.core.events import publish
from feedback.events import ComplaintTagged
from feedback.models import Complaint
from feedback.services.case import lock, save


@transaction.atomic
def tag_complaint(*, complaint_id: UUID, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Complaint:
    """Put the words of ``add`` on it and take those of ``remove`` off, whatever their case; in any state.

    A word that is there already, or was never there, changes nothing. Raises NotFound, TextInvalid for a word over 40
    characters, TooMany when more than 30 would stand.
    """
    complaint = lock(complaint_id)
    gone = {tag.casefold() for tag in clean_tags(remove)}
    kept = clean_tags([*(tag for tag in complaint.tags if tag.casefold() not in gone), *add])
    if kept == complaint.tags:
        return complaint
    complaint.tags = kept
    save(complaint, "tags")
    publish(ComplaintTagged(complaint_id=complaint.pk))
    return complaint
