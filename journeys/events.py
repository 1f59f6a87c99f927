"""What the journeys room tells the floors above."""

from dataclasses import dataclass
from uuid import UUID

from cxcrm.core.events import DomainEvent, event


@event("journeys.accountability_handed_over")
@dataclass(frozen=True, kw_only=True)
class AccountabilityHandedOver(DomainEvent):
    accountability_id: UUID


@event("journeys.journey_changed")
@dataclass(frozen=True, kw_only=True)
class JourneyChanged(DomainEvent):
    """A journey, or one of its stages or touchpoints, was added or changed."""

    journey_id: UUID
