"""What customers choose for themselves on their own page; kept by whoever writes to them, asks or calls."""

from typing import Final
from uuid import UUID

from django.db import transaction

from customers.errors import ChoiceInvalid, TooMany, WishMissing
from customers.models import Consent, Customer, Fact
from customers.selectors.consents import standing
from customers.services.consents import state_consent
from customers.services.customers import Changes, update_customer
from customers.services.facts import note_fact, withdraw_fact

SURVEY: Final = Consent.Purpose.SURVEY
# How often surveys may come.
USUAL, SELDOM, NONE = "usual", "seldom", "none"
RHYTHMS: Final = (USUAL, SELDOM, NONE)
MAX_WISHES: Final = 20
EVIDENCE: Final = "my page"


def survey_rhythm(customer: Customer) -> str:
    """What holds now; who was never asked for their consent gets none."""
    if not standing([customer.pk], SURVEY).get(customer.pk, False):
        return NONE
    return SELDOM if customer.surveys_seldom else USUAL


@transaction.atomic
def choose_surveys(*, customer_id: UUID, rhythm: str) -> None:
    """As usual, at most one in 180 days, or none at all. Raises ChoiceInvalid, CustomerNotFound, CustomerIsErased."""
    if rhythm not in RHYTHMS:
        raise ChoiceInvalid(field="rhythm", value=rhythm[:20])
    update_customer(customer_id=customer_id, surveys_seldom=rhythm == SELDOM)
    may_ask = standing([customer_id], SURVEY).get(customer_id, False)
    if may_ask != (rhythm != NONE):
        choose_topic(customer_id=customer_id, purpose=SURVEY, granted=rhythm != NONE)


@transaction.atomic
def choose_topic(*, customer_id: UUID, purpose: str, granted: bool) -> Consent:
    """A yes or no for one purpose, by the customer's own hand. Raises what ``state_consent`` raises."""
    return state_consent(
        customer_id=customer_id, purpose=purpose, granted=granted, method=Consent.Method.PAGE, evidence=EVIDENCE
    )


@transaction.atomic
def choose_address(*, customer_id: UUID, salutation: str, given_name: str, language: str) -> Customer:
    """How to address them and in which language; their own word beats everybody's. Raises as ``update_customer``."""
    changes: Changes = {"salutation": salutation, "language": language}
    if salutation:
        changes["salutation_source"] = Customer.SalutationSource.DECLARED
    if given_name.strip():
        changes["given_name"] = given_name
    return update_customer(customer_id=customer_id, **changes)


@transaction.atomic
def add_wish(*, customer_id: UUID, text: str) -> Fact:
    """A standing wish, such as less ice. Raises WishMissing, TooMany, and what else ``note_fact`` raises."""
    if not text.strip():
        raise WishMissing(field="text")
    if len(wishes_of(customer_id)) >= MAX_WISHES:
        raise TooMany(field="text", limit=MAX_WISHES)
    return note_fact(customer_id=customer_id, kind=Fact.Kind.PREFERENCE, text=text)


@transaction.atomic
def drop_wish(*, customer_id: UUID, fact_id: UUID) -> None:
    """It does not hold any more. Twice is harmless, and what is no wish of theirs stays as it is."""
    if fact_id in {fact.pk for fact in wishes_of(customer_id)}:
        withdraw_fact(fact_id=fact_id)


def wishes_of(customer_id: UUID) -> list[Fact]:
    """What they told us they like, the latest first; nothing sensitive, for links are passed on."""
    return list(
        Fact.objects.filter(
            customer_id=customer_id,
            kind=Fact.Kind.PREFERENCE,
            source=Fact.Source.DECLARED,
            is_sensitive=False,
            withdrawn_at=None,
        )[:MAX_WISHES]
    )
