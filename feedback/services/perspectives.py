"""Writing down how a case looks from the customer's side."""

from uuid import UUID

from django.db import transaction

from cxcrm.core.context import current_actor
from feedback.errors import ComplaintInvalid
from feedback.models import Perspective
from feedback.services.case import clean_text, lock, tell
from feedback.services.understanding import recount_complaining

_LONGEST = {"trying": 500, "happened": 500, "quote": 300, "good_end": 500}


@transaction.atomic
def take_perspective(
    *,
    complaint_id: UUID,
    trying: str = "",
    happened: str = "",
    feeling: str = "",
    quote: str = "",
    good_end: str = "",
) -> Perspective:
    """Keep the answers to the four questions; writing again replaces them. Raises NotFound, ComplaintInvalid."""
    complaint = lock(complaint_id)
    said = {"trying": trying, "happened": happened, "quote": quote, "good_end": good_end}
    values = {name: clean_text(text, name) for name, text in said.items()}
    for name, text in values.items():
        if len(text) > _LONGEST[name]:
            raise ComplaintInvalid(field=name, reason="too_long")
    if feeling and feeling not in Perspective.Feeling.values:
        raise ComplaintInvalid(field="feeling", reason="not_a_choice")
    actor = current_actor()
    written_by = actor.user_id
    row, _created = Perspective.objects.update_or_create(
        complaint=complaint, defaults={**values, "feeling": feeling, "written_by_id": written_by}
    )
    tell(complaint, "complaint.perspective", body=row.good_end)
    recount_complaining(complaint_id=complaint.pk)
    return row
