"""What customers told and showed is noted here, heard again, and withdrawn; guesses are kept and count for nothing."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import capfirst

from customers.errors import (
    ChoiceInvalid,
    CustomerIsErased,
    CustomerNotFound,
    FactIsWithdrawn,
    FactNotFound,
    FactNotObservable,
    FactReasonMissing,
    FactTextMissing,
    MomentInvalid,
    ReferenceUnknown,
)
from customers.events import FactNoted
from customers.logic.facts import may_be_observed
from customers.logic.sensitive import looks_sensitive
from customers.models import Customer, Fact, Interaction, Quote
from customers.selectors.customers import Reader
from customers.services import fields
from customers.services.consents import CLOCK_SKEW
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from customers.services.understanding import recount_customers
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.events import publish
from cxcrm.core.language import speaking
from tenants.staff.selectors.firm import the_firm

MAX_FACT: Final = 300
MAX_ABOUT: Final = 80
MAX_MODE: Final = 40
# What is not a fact of its own and can be checked with the customer all the same.
CHECKABLE: Final = ("contact", "place")
Source = Fact.Source


@transaction.atomic
def note_fact(
    *,
    customer_id: UUID,
    kind: str,
    text: str = "",
    about: str = "",
    mode: str = "",
    reason: str = "",
    way: str = "",
    source: str = Source.DECLARED,
    is_sensitive: bool = False,
    quote_id: UUID | None = None,
    stated_at: datetime | None = None,
) -> Fact:
    """Keep one thing a customer told or showed, or a guess of ours (``source``).

    Said again in the same words it is the same fact, confirmed; what was a guess till then came true. What the
    customer said outside any entry goes on the timeline, so that it can be quoted. What looks sensitive is marked so,
    whatever ``is_sensitive`` says. By what ``way`` somebody came needs no words, and of such facts the latest alone
    holds; our guess never replaces what is known. Raises CustomerNotFound, CustomerIsErased, ChoiceInvalid,
    TextInvalid, FactTextMissing, FactReasonMissing, FactNotObservable, ReferenceUnknown, MomentInvalid for a time
    ahead.
    """
    _lock(customer_id)
    at = stated_at or now()
    way = fields.choice(way, Fact.Way, "way", blank=True) if kind in Fact.HOW else ""
    text = text or (_said(way) if way else "")
    if at > now() + CLOCK_SKEW:
        raise MomentInvalid(field="stated_at")
    fact = Fact(
        customer_id=customer_id,
        kind=fields.choice(kind, Fact.Kind, "kind"),
        text=fields.line(text, "text", MAX_FACT),
        about=fields.line(about, "about", MAX_ABOUT),
        mode=fields.line(mode, "mode", MAX_MODE),
        reason=fields.choice(reason, Fact.Reason, "reason", blank=True),
        way=way,
        source=fields.choice(source, Source, "source"),
        is_sensitive=is_sensitive or looks_sensitive(text),
        quote=_quote(quote_id, customer_id),
        stated_at=at,
        confirmed_at=at,
        noted_by_id=_staff(),
    )
    _check(fact)
    twin = Fact.objects.filter(customer_id=customer_id, kind=kind, text__iexact=fact.text, withdrawn_at=None).first()
    if twin is not None:
        return _confirm(twin, fact.source, max(at, twin.confirmed_at), fact)
    if way and fact.source != Source.GUESS:
        _of_this_kind(fact).update(withdrawn_at=now())
    fact.save(force_insert=True)
    if fact.source == Source.DECLARED and fact.quote is None:
        record_interaction(
            customer_id=customer_id,
            kind=Interaction.Kind.NOTE,
            what="fact.noted",
            direction=Interaction.Direction.IN,
            body=fact.text,
            data={"fact": fact.kind},
            subject=fact,
            occurred_at=at,
        )
    publish(FactNoted(customer_id=customer_id, fact_id=fact.id))
    recount_customers(customer_ids=[customer_id])
    return fact


@transaction.atomic
def note_from_entry(
    *, interaction_id: UUID, words: str = "", text: str = "", reader: Reader | None = None, **told: Any
) -> Fact:
    """Keep what an entry of the timeline tells, with the customer's own ``words`` of it as quote.

    Left out, ``text`` is the words. Raises what ``take_quote`` and ``note_fact`` raise.
    """
    quote = take_quote(interaction_id=interaction_id, text=words, reader=reader)
    return note_fact(
        customer_id=quote.customer_id,
        quote_id=quote.pk,
        text=text or quote.text[:MAX_FACT],
        stated_at=min(quote.said_at, now()),
        **told,
    )


@transaction.atomic
def confirm_fact(*, fact_id: UUID, source: str = Source.DECLARED) -> Fact:
    """Heard or seen again: what is known is fresh, and a guess is none any more. Twice is harmless.

    Raises FactNotFound, FactIsWithdrawn, ChoiceInvalid, FactNotObservable.
    """
    fact = _locked(fact_id)
    if fact.withdrawn_at is not None:
        raise FactIsWithdrawn
    if fields.choice(source, Source, "source") == Source.GUESS:
        raise ChoiceInvalid(field="source", value=source)
    if source == Source.OBSERVED and not may_be_observed(fact.kind):
        raise FactNotObservable(field="source")
    return _confirm(fact, source, now())


@transaction.atomic
def withdraw_fact(*, fact_id: UUID) -> Fact:
    """It does not hold any more, or never did; that it was known stays. Twice is harmless. Raises FactNotFound."""
    fact = _locked(fact_id)
    if fact.withdrawn_at is None:
        fact.withdrawn_at = now()
        fact.save(update_fields=["withdrawn_at"])
        recount_customers(customer_ids=[fact.customer_id])
    return fact


@transaction.atomic
def confirm_known(*, customer_id: UUID, item: str) -> None:
    """The customer's contact or place was checked with them and still holds. Raises CustomerNotFound, ChoiceInvalid."""
    if item not in CHECKABLE:
        raise ChoiceInvalid(field="item", value=item)
    _lock(customer_id)
    record_interaction(customer_id=customer_id, kind=Interaction.Kind.NOTE, what="known.confirmed", data={"item": item})
    recount_customers(customer_ids=[customer_id])


def _check(fact: Fact) -> None:
    if not fact.text:
        raise FactTextMissing(field="text")
    if fact.kind not in Fact.USING:
        fact.mode = ""
    if fact.kind not in Fact.WHY:
        fact.reason = ""
    elif not fact.reason:
        raise FactReasonMissing(field="reason")
    if fact.source == Source.OBSERVED and not may_be_observed(fact.kind):
        raise FactNotObservable(field="source")


def _of_this_kind(fact: Fact) -> "QuerySet[Fact]":
    """What held till now of how the customer came: they came once."""
    return Fact.objects.filter(customer_id=fact.customer_id, kind=fact.kind, withdrawn_at=None).exclude(pk=fact.pk)


def _said(way: str) -> str:
    """A way in the firm's language, where nobody wrote more."""
    with speaking(the_firm().language):
        return capfirst(str(Fact.Way(way).label))


def _confirm(fact: Fact, source: str, at: datetime, told: Fact | None = None) -> Fact:
    """``source`` is a guess only where the same was guessed again, which changes nothing."""
    if source == Source.GUESS:
        return fact
    if fact.source == Source.GUESS:
        fact.guessed_at, fact.source = fact.stated_at, source
    elif source == Source.DECLARED:
        fact.source = source
    fact.confirmed_at = max(at, fact.confirmed_at)
    if told is not None:
        fact.quote, fact.mode, fact.way = fact.quote or told.quote, fact.mode or told.mode, told.way or fact.way
    fact.save(update_fields=["guessed_at", "source", "confirmed_at", "quote", "mode", "way"])
    recount_customers(customer_ids=[fact.customer_id])
    return fact


def _lock(customer_id: UUID) -> None:
    row = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id).values_list("erased_at").first()
    if row is None:
        raise CustomerNotFound
    if row[0] is not None:
        raise CustomerIsErased


def _locked(fact_id: UUID) -> Fact:
    """The fact, its customer locked first as everywhere."""
    found = Fact.objects.filter(pk=fact_id).values_list("customer_id", flat=True).first()
    if found is None:
        raise FactNotFound
    _lock(found)
    return Fact.objects.select_for_update(of=("self",), no_key=True).get(pk=fact_id)


def _quote(quote_id: UUID | None, customer_id: UUID) -> Quote | None:
    if quote_id is None:
        return None
    quote = Quote.objects.filter(pk=quote_id, customer_id=customer_id).first()
    if quote is None:
        raise ReferenceUnknown(field="quote")
    return quote


def _staff() -> UUID | None:
    return current_actor().user_id
