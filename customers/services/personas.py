"""Personas are drafted, published and retired here, and customers assigned to them by hand."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from customers.errors import CustomerNotFound, ReferenceUnknown
from customers.events import PersonaAssigned, PersonaPublished, PersonaRetired
from customers.group_errors import (
    ConfidenceInvalid,
    PersonaChanged,
    PersonaDrafted,
    PersonaIncomplete,
    PersonaNotDraft,
    PersonaNotFound,
    PersonaNotLive,
    PersonaTooLong,
    SegmentArchived,
    SegmentNeeded,
    SegmentNotFound,
)
from customers.logic.personas import MAX_WORDS, TEXTS
from customers.models import Customer, CustomerPersona, Persona, PersonaQuote, Quote, Segment
from customers.selectors.personas import readiness_of
from customers.services import fields
from customers.services.locks import lock
from customers.services.persona_rules import PERSONAS, assign_by_rule
from customers.services.quizzes import end_rounds_about
from customers.services.segments import needs_segments
from cxcrm.core.clock import now
from cxcrm.core.configuration import record
from cxcrm.core.context import current_actor
from cxcrm.core.events import publish

State = Persona.State
_LIMITS: Final = {"name": 60, "who": 240, "need": 240, "expectation": 240, "emotion": 80, "channel": 80}
MAX_POSITION: Final = 1000


@needs_segments
def no_live_persona(segment_id: UUID) -> None:
    """Raise SegmentNeeded while a persona stands for the segment."""
    live = Persona.objects.filter(segment_id=segment_id, state=State.LIVE).first()
    if live is not None:
        raise SegmentNeeded(persona=live.name)


@transaction.atomic
def draft_persona(*, segment_id: UUID, **told: Any) -> Persona:
    """Begin a new version of a segment's persona, from the live one where there is one, with its quotes.

    Raises SegmentNotFound, SegmentArchived, PersonaDrafted when one is being drafted, and what ``change_persona`` does.
    """
    segment = Segment.objects.select_for_update(no_key=True).filter(pk=segment_id).first()
    if segment is None:
        raise SegmentNotFound(field="segment")
    if not segment.is_active:
        raise SegmentArchived
    versions = Persona.objects.filter(segment=segment)
    if versions.filter(state=State.DRAFT).exists():
        raise PersonaDrafted
    live = versions.filter(state=State.LIVE).first()
    last = versions.order_by("-number").values_list("number", flat=True).first() or 0
    draft = Persona(segment=segment, number=last + 1, name=segment.name[: _LIMITS["name"]])
    for name in (*TEXTS, "sentence_id", "position"):
        if live is not None:
            setattr(draft, name, getattr(live, name))
    draft.save(force_insert=True)
    if live is not None:
        cited = PersonaQuote.objects.filter(persona=live).values_list("quote_id", flat=True)
        PersonaQuote.objects.bulk_create([PersonaQuote(persona=draft, quote_id=ident) for ident in cited])
    _take(draft, told)
    record(draft, "added")
    return draft


@transaction.atomic
def change_persona(*, persona_id: UUID, version: int | None = None, **told: Any) -> Persona:
    """Change the words, the sentence or the position of a draft.

    Raises PersonaNotFound, PersonaNotDraft, PersonaChanged, TextInvalid, PersonaTooLong, ReferenceUnknown for a
    sentence that is none of its quotes.
    """
    draft = _draft(persona_id)
    if version is not None and version != draft.version:
        raise PersonaChanged(version=draft.version)
    _take(draft, told)
    record(draft, "changed")
    return draft


@transaction.atomic
def cite_quote(*, persona_id: UUID, quote_id: UUID) -> PersonaQuote:
    """Rest a draft on one more thing a customer said; repeating it changes nothing."""
    draft = _draft(persona_id)
    quote = Quote.objects.filter(pk=quote_id).exclude(text="").first()
    if quote is None:
        raise ReferenceUnknown(field="quote")
    citation, _made = PersonaQuote.objects.get_or_create(persona=draft, quote=quote)
    return citation


@transaction.atomic
def drop_quote(*, persona_id: UUID, quote_id: UUID) -> None:
    """Take a quote off a draft; its sentence goes with it. Repeating it changes nothing."""
    draft = _draft(persona_id)
    PersonaQuote.objects.filter(persona=draft, quote_id=quote_id).delete()
    if draft.sentence_id == quote_id:
        draft.sentence = None
        draft.save(update_fields=["sentence"])


@transaction.atomic
def publish_persona(*, persona_id: UUID) -> Persona:
    """Make a draft the live portrait of its segment; the one before it is retired and its customers go over.

    Raises PersonaNotFound, PersonaNotDraft, PersonaTooLong, PersonaIncomplete with everything it lacks.
    """
    draft = _draft(persona_id)
    ready = readiness_of(draft)
    if ready.words > MAX_WORDS:
        raise PersonaTooLong(words=ready.words, limit=MAX_WORDS)
    if ready.lacks:
        raise PersonaIncomplete(ready.lacks, quotes=ready.quotes, conversations=ready.conversations)
    lock(PERSONAS)
    at, actor = now(), current_actor()
    before = Persona.objects.select_for_update(no_key=True).filter(segment_id=draft.segment_id, state=State.LIVE)
    retired = [_retired(one, at) for one in before]
    draft.state, draft.published_at = State.LIVE, at
    draft.published_by_id = actor.user_id
    _save(draft)
    CustomerPersona.objects.filter(persona__in=retired).update(persona=draft)
    publish(PersonaPublished(persona_id=draft.id, segment_id=draft.segment_id))
    assign_by_rule()
    return draft


@transaction.atomic
def retire_persona(*, persona_id: UUID) -> Persona:
    """Take a live persona out of use; nobody is taken for it any more. Raises PersonaNotFound, PersonaNotLive."""
    persona = _locked(persona_id)
    if persona.state != State.LIVE:
        raise PersonaNotLive
    lock(PERSONAS)
    _retired(persona, now())
    CustomerPersona.objects.filter(persona=persona).delete()
    publish(PersonaRetired(persona_id=persona.id, segment_id=persona.segment_id))
    assign_by_rule()
    return persona


@transaction.atomic
def discard_draft(*, persona_id: UUID) -> None:
    """Throw a draft away. Raises PersonaNotFound, PersonaNotDraft."""
    draft = _draft(persona_id)
    record(draft, "removed")
    draft.delete()


@transaction.atomic
def assign_persona(
    *, customer_id: UUID, persona_id: UUID | None, confidence: Decimal | float | str = 1
) -> CustomerPersona | None:
    """Say by hand what a customer is taken for, and how surely; no rule changes it. None gives it back to the rules.

    Raises CustomerNotFound, PersonaNotLive, ConfidenceInvalid.
    """
    if not Customer.objects.filter(pk=customer_id, erased_at=None).exists():
        raise CustomerNotFound
    lock(PERSONAS)
    if persona_id is None:
        CustomerPersona.objects.filter(customer_id=customer_id, by=CustomerPersona.By.HAND).delete()
        assign_by_rule()
        publish(PersonaAssigned(customer_id=customer_id, persona_id=None))
        return CustomerPersona.objects.filter(customer_id=customer_id).first()
    if not Persona.objects.filter(pk=persona_id, state=State.LIVE).exists():
        raise PersonaNotLive(field="persona")
    actor = current_actor()
    assigned, _made = CustomerPersona.objects.update_or_create(
        customer_id=customer_id,
        defaults={
            "persona_id": persona_id,
            "confidence": _confidence(confidence),
            "by": CustomerPersona.By.HAND,
            "assigned_by_id": actor.user_id,
            "assigned_at": now(),
        },
    )
    publish(PersonaAssigned(customer_id=customer_id, persona_id=persona_id))
    return assigned


def _take(draft: Persona, told: dict[str, Any]) -> None:
    for name in TEXTS:
        if name in told:
            setattr(draft, name, fields.line(told[name], name, _LIMITS[name]))
    if "position" in told:
        if not 0 <= told["position"] <= MAX_POSITION:
            raise ReferenceUnknown(field="position")
        draft.position = told["position"]
    if "sentence" in told:
        mine = Quote.objects.filter(pk__in=PersonaQuote.objects.filter(persona=draft).values("quote_id"))
        draft.sentence_id = fields.reference(told["sentence"], mine, "sentence")
    words = readiness_of(draft).words
    if words > MAX_WORDS:
        raise PersonaTooLong(words=words, limit=MAX_WORDS)
    _save(draft)


def _save(persona: Persona) -> None:
    persona.version += 1
    persona.updated_at = now()
    try:
        with transaction.atomic():
            persona.save()
    except IntegrityError as error:  # somebody was faster
        raise PersonaDrafted from error


def _retired(persona: Persona, at: Any) -> Persona:
    persona.state, persona.retired_at = State.RETIRED, at
    _save(persona)
    end_rounds_about(persona)
    return persona


def _draft(persona_id: UUID) -> Persona:
    persona = _locked(persona_id)
    if persona.state != State.DRAFT:
        raise PersonaNotDraft
    return persona


def _locked(persona_id: UUID) -> Persona:
    persona = Persona.objects.select_for_update(no_key=True, of=("self",)).filter(pk=persona_id).first()
    if persona is None:
        raise PersonaNotFound
    return persona


def _confidence(value: Decimal | float | str) -> Decimal:
    try:
        confidence = Decimal(str(value))
    except InvalidOperation as error:
        raise ConfidenceInvalid(field="confidence") from error
    if not confidence.is_finite() or not 0 <= confidence <= 1:
        raise ConfidenceInvalid(field="confidence")
    return confidence.quantize(Decimal("0.01"))
