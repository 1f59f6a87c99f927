"""What the firm believes of how well it understands its customers, kept beside what is counted."""

from uuid import UUID

from django.db import transaction

from customers.errors import BeliefInvalid
from customers.models import UnderstandingBelief


@transaction.atomic
def state_belief(*, share: int, stated_by_id: UUID | None = None) -> UnderstandingBelief:
    """Keep the share of active customers somebody believes the firm understands, in whole per cent.

    The latest holds; earlier ones stay. Raises BeliefInvalid outside 0 to 100.
    """
    if not 0 <= share <= 100:
        raise BeliefInvalid(field="share")
    return UnderstandingBelief.objects.create(share=share, stated_by_id=stated_by_id)
