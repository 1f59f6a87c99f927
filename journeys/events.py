"""What the journeys room tells the floors above."""

from dataclasses import dataclass
from uuid import UUID

from cxcrm.core.events import DomainEvent, event


@event("journeys.accountability_handed_over")
@dataclass(frozen=True, kw_only=True)
class AccountabilityHandedOver(DomainEvent):
    accountability_id: UUID
