"""What the journeys room tells the floors above."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cxcrm.core.events import DomainEvent, event


@event("journeys.accountability_handed_over", says=_("an accountability was handed over"))
@dataclass(frozen=True, kw_only=True)
class AccountabilityHandedOver(DomainEvent):
    accountability_id: UUID


@event("journeys.journey_changed", says=_("a journey was changed"))
@dataclass(frozen=True, kw_only=True)
class JourneyChanged(DomainEvent):
    """A journey, or one of its stages or touchpoints, was added or changed."""

    journey_id: UUID


@event("journeys.brand_changed", says=_("the brand profile was changed"))
@dataclass(frozen=True, kw_only=True)
class BrandChanged(DomainEvent):
    profile_id: UUID


@event("journeys.insight_changed", says=_("an insight was written or changed"))
@dataclass(frozen=True, kw_only=True)
class InsightChanged(DomainEvent):
    insight_id: UUID


@event("journeys.insight_validated", says=_("an insight was validated"))
@dataclass(frozen=True, kw_only=True)
class InsightValidated(DomainEvent):
    insight_id: UUID


@event("journeys.insight_retired", says=_("an insight was retired"))
@dataclass(frozen=True, kw_only=True)
class InsightRetired(DomainEvent):
    insight_id: UUID


@event("journeys.decision_logged", says=_("a decision was logged"))
@dataclass(frozen=True, kw_only=True)
class DecisionLogged(DomainEvent):
    decision_id: UUID


@event("journeys.decision_checked", says=_("somebody looked back at a decision"))
@dataclass(frozen=True, kw_only=True)
class DecisionChecked(DomainEvent):
    decision_id: UUID


@event("journeys.journey_submitted", says=_("a journey was submitted for review"))
@dataclass(frozen=True, kw_only=True)
class JourneySubmitted(DomainEvent):
    journey_id: UUID


@event("journeys.journey_sent_back", says=_("a journey was sent back to be reworked"))
@dataclass(frozen=True, kw_only=True)
class JourneySentBack(DomainEvent):
    journey_id: UUID


@event("journeys.journey_published", says=_("a journey was published"))
@dataclass(frozen=True, kw_only=True)
class JourneyPublished(DomainEvent):
    journey_id: UUID
    version_id: UUID


@event("journeys.standard_set", says=_("a standard was written"))
@dataclass(frozen=True, kw_only=True)
class StandardSet(DomainEvent):
    standard_id: UUID


@event("journeys.standard_proposed", says=_("a standard was submitted to the brand steward"))
@dataclass(frozen=True, kw_only=True)
class StandardProposed(DomainEvent):
    touchpoint_id: UUID


@event("journeys.standard_sent_back", says=_("a proposed standard was sent back"))
@dataclass(frozen=True, kw_only=True)
class StandardSentBack(DomainEvent):
    touchpoint_id: UUID


@event("journeys.standard_acknowledged", says=_("a standard was read and acknowledged"))
@dataclass(frozen=True, kw_only=True)
class StandardAcknowledged(DomainEvent):
    acknowledgement_id: UUID


@event("journeys.words_cited", says=_("a customer's words were put to a stage, or taken away"))
@dataclass(frozen=True, kw_only=True)
class WordsCited(DomainEvent):
    stage_id: UUID


@event("journeys.curve_drawn", says=_("somebody drew how they think customers feel"))
@dataclass(frozen=True, kw_only=True)
class AssumedCurveDrawn(DomainEvent):
    journey_id: UUID


@event("journeys.emotion_reported", says=_("a customer's feeling was written down"))
@dataclass(frozen=True, kw_only=True)
class EmotionReported(DomainEvent):
    emotion_id: UUID


@event("journeys.initiative_changed", says=_("an initiative was changed"))
@dataclass(frozen=True, kw_only=True)
class InitiativeChanged(DomainEvent):
    initiative_id: UUID


@event("journeys.initiative_proposed", says=_("an initiative was proposed"))
@dataclass(frozen=True, kw_only=True)
class InitiativeProposed(DomainEvent):
    initiative_id: UUID


@event("journeys.initiative_signed", says=_("the brand steward signed an initiative"))
@dataclass(frozen=True, kw_only=True)
class InitiativeSigned(DomainEvent):
    initiative_id: UUID


@event("journeys.initiative_sent_back", says=_("the brand steward sent an initiative back"))
@dataclass(frozen=True, kw_only=True)
class InitiativeSentBack(DomainEvent):
    initiative_id: UUID


@event("journeys.initiative_decided", says=_("an initiative was decided"))
@dataclass(frozen=True, kw_only=True)
class InitiativeDecided(DomainEvent):
    initiative_id: UUID


@event("journeys.initiative_ended", says=_("an initiative was ended"))
@dataclass(frozen=True, kw_only=True)
class InitiativeEnded(DomainEvent):
    initiative_id: UUID


@event("journeys.visits_told", says=_("another system told where customers were on their way"))
@dataclass(frozen=True, kw_only=True)
class VisitsTold(DomainEvent):
    """How many visits were new or corrected."""

    taken: int


@event("journeys.visit_rules_changed", says=_("what counts as a visit of a stage was changed"))
@dataclass(frozen=True, kw_only=True)
class VisitRulesChanged(DomainEvent):
    rule_id: UUID


@event("journeys.environment_walked", says=_("a place was walked with its checklist"))
@dataclass(frozen=True, kw_only=True)
class EnvironmentWalked(DomainEvent):
    """``failed`` points were not in order."""

    environment_id: UUID
    audit_id: UUID
    failed: int


@event("journeys.journey_walked", says=_("somebody walked a journey as a customer"))
@dataclass(frozen=True, kw_only=True)
class JourneyWalked(DomainEvent):
    walk_id: UUID
