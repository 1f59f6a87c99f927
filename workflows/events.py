"""What the workflows room records; there is no floor above, so these serve the audit log and webhooks to come."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cxcrm.core.events import DomainEvent, event


@event("workflows.clock_breached", says=_("a promised time was missed"))
@dataclass(frozen=True, kw_only=True)
class ClockBreached(DomainEvent):
    clock_id: UUID
    complaint_id: UUID


@event("workflows.step_told", says=_("an escalation reached somebody"))
@dataclass(frozen=True, kw_only=True)
class StepTold(DomainEvent):
    step_id: UUID
    complaint_id: UUID


@event("workflows.ladder_decided", says=_("an escalation was decided"))
@dataclass(frozen=True, kw_only=True)
class LadderDecided(DomainEvent):
    decision_id: UUID
    complaint_id: UUID
