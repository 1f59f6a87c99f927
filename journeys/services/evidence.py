"""Customers' words at a stage: cited there, or taken away again."""

from uuid import UUID

from django.db import transaction

from customers.selectors.quotes import quotes
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from journeys.events import WordsCited
from journeys.models import Stage, StageQuote


@transaction.atomic
def cite_at_stage(*, stage_id: UUID, quote_id: UUID) -> StageQuote:
    """Put a customer's words to a stage; putting them there again changes nothing. Raises NotFound."""
    stage = Stage.objects.select_for_update(no_key=True).filter(pk=stage_id).first()
    if stage is None:
        raise NotFound
    quote = quotes().filter(pk=quote_id).first()
    if quote is None:
        raise NotFound(field="quote")
    row, is_new = StageQuote.objects.get_or_create(stage=stage, quote=quote)
    if is_new:
        publish(WordsCited(stage_id=stage.pk))
    return row


@transaction.atomic
def take_from_stage(*, stage_quote_id: UUID) -> None:
    """Take a customer's words away from a stage; the words themselves stay. Raises NotFound."""
    row = StageQuote.objects.select_for_update().filter(pk=stage_quote_id).first()
    if row is None:
        raise NotFound
    row.delete()
    publish(WordsCited(stage_id=row.stage_id))
