"""Taking a customer's words from the timeline, to be cited wherever they bear something out."""

from typing import Final
from uuid import UUID

from django.db import transaction

from customers.errors import EntryNotFound, QuoteNotSaid
from customers.events import QuoteTaken
from customers.logic.masks import without_contacts
from customers.logic.quoting import stands_in, trimmed
from customers.models import Interaction, Quote
from customers.selectors.customers import Reader
from customers.selectors.quotes import entry_open_to, is_quotable
from customers.services import fields
from cxcrm.core.context import current_actor
from cxcrm.core.events import publish

MAX_QUOTE: Final = 500


@transaction.atomic
def take_quote(*, interaction_id: UUID, text: str = "", feedback_type: str = "", reader: Reader | None = None) -> Quote:
    """Keep words a customer said; taken twice, it is the same quote.

    ``text`` must stand word for word in the entry (at most 500 characters); left out, all of a short entry is taken.
    Phone numbers and addresses in it are starred. A ``feedback_type`` given later is noted on the one that is there.
    With ``reader`` only an entry they may read is quoted. Raises EntryNotFound, QuoteNotSaid, TextInvalid and
    ChoiceInvalid.
    """
    entry = entry_open_to(reader, interaction_id)
    if entry is None:
        raise EntryNotFound
    feedback_type = fields.choice(feedback_type, Quote.FeedbackType, "feedback_type", blank=True)
    words = trimmed(fields.paragraphs(text or entry.body, "text", MAX_QUOTE))
    if not (is_quotable(entry) and stands_in(words, entry.body)):
        raise QuoteNotSaid(field="text")
    actor = current_actor()
    # Whoever takes the same words at the same moment waits here and finds them taken.
    Interaction.objects.select_for_update(no_key=True).get(pk=entry.pk)
    quote, is_new = Quote.objects.get_or_create(
        interaction=entry,
        text=without_contacts(words)[:MAX_QUOTE],
        defaults={
            "customer_id": entry.customer_id,
            "feedback_type": feedback_type,
            "said_at": entry.occurred_at,
            "taken_by_id": actor.user_id,
        },
    )
    if not is_new and feedback_type and quote.feedback_type != feedback_type:
        quote.feedback_type = feedback_type
        quote.save(update_fields=["feedback_type"])
    if is_new:
        publish(QuoteTaken(quote_id=quote.pk, customer_id=quote.customer_id))
    return quote
