"""Calls and visits staff note down, each with what came of it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from customers.errors import ChoiceInvalid
from customers.models import Interaction
from customers.services.interactions import record_interaction
from customers.services.understanding import recount_customers


class ContactOutcome(TextChoices):
    """What came of a call or a visit; stored as a code, said in the reader's language."""

    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    CALL_BACK = "call_back", _("call back later")
    CAME_BY = "came_by", _("the customer came by")
    WENT_THERE = "went_there", _("we went there")


OUTCOMES: Final[dict[str, tuple[ContactOutcome, ...]]] = {
    Interaction.Kind.CALL: (ContactOutcome.REACHED, ContactOutcome.NO_ANSWER, ContactOutcome.CALL_BACK),
    Interaction.Kind.VISIT: (ContactOutcome.CAME_BY, ContactOutcome.WENT_THERE, ContactOutcome.NO_ANSWER),
}
_FROM_CUSTOMER: Final = (ContactOutcome.CAME_BY,)


@transaction.atomic
def log_contact(
    *,
    customer_id: UUID,
    how: str,
    outcome: str,
    body: str = "",
    occurred_at: datetime | None = None,
    meant_for: str = "",
) -> Interaction:
    """Note a call or a visit (``how``) and what came of it; words may be left out.

    Raises ChoiceInvalid for an outcome that does not go with it, TextInvalid for more than 10,000 characters.
    """
    if outcome not in OUTCOMES.get(how, ()):
        raise ChoiceInvalid(field="outcome", value=outcome)
    direction: Any = Interaction.Direction
    entry = record_interaction(
        customer_id=customer_id,
        kind=how,
        what=f"{how}.logged",
        direction=direction.IN if outcome in _FROM_CUSTOMER else direction.OUT,
        body=body,
        data={"outcome": outcome},
        occurred_at=occurred_at,
        meant_for=meant_for,
    )
    recount_customers(customer_ids=[customer_id])
    return entry
