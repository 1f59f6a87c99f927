"""What the customers room tells the floors above."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cxcrm.core.events import DomainEvent, event


@event("customers.customer_created", says=_("a customer was added"))
@dataclass(frozen=True, kw_only=True)
class CustomerCreated(DomainEvent):
    customer_id: UUID


@event("customers.customer_changed", says=_("a customer was changed"))
@dataclass(frozen=True, kw_only=True)
class CustomerChanged(DomainEvent):
    customer_id: UUID


@event("customers.customer_erased", says=_("a customer's personal data was erased"))
@dataclass(frozen=True, kw_only=True)
class CustomerErased(DomainEvent):
    customer_id: UUID


@event("customers.consent_stated", says=_("a consent was stated"))
@dataclass(frozen=True, kw_only=True)
class ConsentStated(DomainEvent):
    customer_id: UUID
    purpose: str
    granted: bool


@event("customers.import_finished", says=_("an import was finished"))
@dataclass(frozen=True, kw_only=True)
class ImportFinished(DomainEvent):
    job_id: UUID


@event("customers.file_attached", says=_("a file was attached"))
@dataclass(frozen=True, kw_only=True)
class FileAttached(DomainEvent):
    customer_id: UUID
    attachment_id: UUID


@event("customers.file_removed", says=_("a file was removed"))
@dataclass(frozen=True, kw_only=True)
class FileRemoved(DomainEvent):
    customer_id: UUID
    attachment_id: UUID


@event("customers.purchase_recorded", says=_("a purchase was recorded"))
@dataclass(frozen=True, kw_only=True)
class PurchaseRecorded(DomainEvent):
    purchase_id: UUID
    customer_id: UUID


@event("customers.purchase_changed", says=_("a purchase was changed"))
@dataclass(frozen=True, kw_only=True)
class PurchaseChanged(DomainEvent):
    purchase_id: UUID
    customer_id: UUID


@event("customers.import_undone", says=_("an import was undone"))
@dataclass(frozen=True, kw_only=True)
class ImportUndone(DomainEvent):
    job_id: UUID


@event("customers.customers_merged", says=_("two customers were merged"))
@dataclass(frozen=True, kw_only=True)
class CustomersMerged(DomainEvent):
    """``customer_id`` is the one that stayed."""

    customer_id: UUID
    merged_id: UUID
    merge_id: UUID


@event("customers.merge_undone", says=_("a merge was undone"))
@dataclass(frozen=True, kw_only=True)
class MergeUndone(DomainEvent):
    customer_id: UUID
    merged_id: UUID
    merge_id: UUID


@event("customers.quote_taken", says=_("a customer's words were taken as a quote"))
@dataclass(frozen=True, kw_only=True)
class QuoteTaken(DomainEvent):
    quote_id: UUID
    customer_id: UUID


@event("customers.segment_refreshed", says=_("a segment was counted anew"))
@dataclass(frozen=True, kw_only=True)
class SegmentRefreshed(DomainEvent):
    """Who belongs to the segment changed: ``came`` and ``went`` count them."""

    segment_id: UUID
    came: int
    went: int


@event("customers.persona_published", says=_("a persona was published"))
@dataclass(frozen=True, kw_only=True)
class PersonaPublished(DomainEvent):
    persona_id: UUID
    segment_id: UUID


@event("customers.persona_retired", says=_("a persona was retired"))
@dataclass(frozen=True, kw_only=True)
class PersonaRetired(DomainEvent):
    persona_id: UUID
    segment_id: UUID


@event("customers.quiz_opened", says=_("everybody was asked about a persona"))
@dataclass(frozen=True, kw_only=True)
class QuizOpened(DomainEvent):
    quiz_id: UUID
    persona_id: UUID


@event("customers.quiz_closed", says=_("a round of questions about a persona ended"))
@dataclass(frozen=True, kw_only=True)
class QuizClosed(DomainEvent):
    quiz_id: UUID
    persona_id: UUID


@event("customers.persona_assigned", says=_("a customer's persona was set by hand"))
@dataclass(frozen=True, kw_only=True)
class PersonaAssigned(DomainEvent):
    """By hand; None gave the customer back to the rules."""

    customer_id: UUID
    persona_id: UUID | None


@event("customers.personas_reassigned", says=_("rules changed whom personas stand for"))
@dataclass(frozen=True, kw_only=True)
class PersonasReassigned(DomainEvent):
    """By the segments' rules, for as many customers as ``changed`` says."""

    changed: int


@event("customers.fact_noted", says=_("something was learned about a customer"))
@dataclass(frozen=True, kw_only=True)
class FactNoted(DomainEvent):
    customer_id: UUID
    fact_id: UUID


@event("customers.data_asked", says=_("a customer asked about their data"))
@dataclass(frozen=True, kw_only=True)
class DataAsked(DomainEvent):
    customer_id: UUID
    request_id: UUID


@event("customers.data_settled", says=_("a request about data was settled"))
@dataclass(frozen=True, kw_only=True)
class DataSettled(DomainEvent):
    customer_id: UUID
    request_id: UUID
