"""Personas: the portraits, whom they stand for, and how many they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from customers.logic.personas import KNOWN_FROM, TEXTS, lacks, shares, word_count
from customers.models import CustomerPersona, Persona, PersonaQuote, Quote, SegmentMember
from customers.selectors.activity import active_customers
from customers.selectors.customers import Reader
from customers.selectors.quotes import cites_quotes
from tenants.staff.roles import Level

SUGGESTED: Final = 12
cites_quotes(PersonaQuote)


@dataclass(frozen=True)
class Shares:
    """How active customers spread over the live personas.

    ``by_persona`` adds up to one; ``known`` of ``active`` customers have a persona with enough confidence.
    """

    by_persona: Mapping[UUID, float]
    counts: Mapping[UUID, int]
    known: int
    active: int

    @property
    def coverage(self) -> float | None:
        return self.known / self.active if self.active else None


def visible_to(user: Reader) -> "QuerySet[Persona]":
    """Every persona for those who may read customers, none for others."""
    return Persona.objects.all() if user.allows("customers", Level.READ) else Persona.objects.none()


def assignments_visible_to(user: Reader) -> "QuerySet[CustomerPersona]":
    rows = CustomerPersona.objects.filter(customer__merged_into=None)
    return rows if user.allows("customers", Level.READ) else rows.none()


def live_personas() -> "QuerySet[Persona]":
    """One of each segment that has one, in order."""
    return Persona.objects.filter(state=Persona.State.LIVE).order_by("position", "name", "id")


def persona_of(customer_id: UUID) -> CustomerPersona | None:
    """What a customer is taken for, whatever the confidence."""
    mine = CustomerPersona.objects.filter(customer_id=customer_id)
    return mine.select_related("persona", "assigned_by").first()


def known_as(persona_id: UUID) -> "QuerySet[CustomerPersona]":
    """Active customers the persona stands for, with enough confidence."""
    sure = CustomerPersona.objects.filter(persona_id=persona_id, confidence__gte=KNOWN_FROM)
    return sure.filter(customer__in=active_customers().values("pk")).order_by()


def is_known_for(persona_id: UUID | None, customer: str = "customer_id") -> Q:
    """Whether a row's customer is known for that live persona, or (None) for none; ``customer`` is its column."""
    sure = CustomerPersona.objects.filter(
        customer_id=OuterRef(customer), persona__state=Persona.State.LIVE, confidence__gte=KNOWN_FROM
    )
    return Q(Exists(sure.filter(persona_id=persona_id))) if persona_id else ~Q(Exists(sure))


def shares_by_persona() -> Shares:
    """How active customers spread over the live personas (domain.md §2.11: the shares of the fit score)."""
    active = active_customers()
    rows = CustomerPersona.objects.filter(
        persona__state=Persona.State.LIVE, confidence__gte=KNOWN_FROM, customer__in=active.values("pk")
    )
    found = dict(rows.order_by().values_list("persona_id").annotate(number=Count("pk")))
    counts = {ident: found.get(ident, 0) for ident in live_personas().values_list("pk", flat=True)}
    return Shares(shares(counts), counts, sum(counts.values()), active.count())


def quotes_of(persona_id: UUID) -> "QuerySet[Quote]":
    """What the persona rests on, in the order it was cited."""
    cited = PersonaQuote.objects.filter(persona_id=persona_id).order_by("created_at", "id")
    return Quote.objects.filter(pk__in=cited.values("quote_id")).select_related("customer").order_by("-said_at", "-id")


def quotes_to_cite(persona: Persona) -> "QuerySet[Quote]":
    """What customers of the persona's segment said and it does not cite yet, the latest first."""
    members = SegmentMember.objects.filter(segment_id=persona.segment_id).values("customer_id")
    cited = PersonaQuote.objects.filter(persona=persona).values("quote_id")
    fitting = Quote.objects.filter(customer_id__in=members).exclude(pk__in=cited).exclude(text="")
    return fitting.select_related("customer").order_by("-said_at", "-id")


@dataclass(frozen=True)
class Readiness:
    """How far a persona is: words of how many it may have, quotes, conversations, and what it lacks."""

    words: int
    quotes: int
    conversations: int
    lacks: list[tuple[str, str]]


def readiness_of(persona: Persona) -> Readiness:
    cited = PersonaQuote.objects.filter(persona=persona).exclude(quote__text="")
    counted = cited.aggregate(quotes=Count("pk"), conversations=Count("quote__interaction_id", distinct=True))
    told = {name: str(getattr(persona, name)) for name in TEXTS}
    sentence = persona.sentence.text if persona.sentence else ""
    return Readiness(
        words=word_count(*told.values(), sentence),
        quotes=counted["quotes"],
        conversations=counted["conversations"],
        lacks=[*lacks(told, sentence=bool(sentence), **counted)],
    )
