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
