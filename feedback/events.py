"""What the feedback room tells the floor above."""

from dataclasses import dataclass
from uuid import UUID

from cxcrm.core.events import DomainEvent, event


@event("feedback.survey_dispatched")
@dataclass(frozen=True, kw_only=True)
class SurveyDispatched(DomainEvent):
    dispatch_id: UUID


@event("feedback.response_received")
@dataclass(frozen=True, kw_only=True)
class ResponseReceived(DomainEvent):
    response_id: UUID


@event("feedback.response_changed")
@dataclass(frozen=True, kw_only=True)
class ResponseChanged(DomainEvent):
    """The customer answered again within the edit window."""

    response_id: UUID


@dataclass(frozen=True, kw_only=True)
class ComplaintEvent(DomainEvent):
    """Base of what happens to one complaint."""

    complaint_id: UUID


@event("feedback.complaint_opened")
@dataclass(frozen=True, kw_only=True)
class ComplaintOpened(ComplaintEvent):
    pass


@event("feedback.complaint_acknowledged")
@dataclass(frozen=True, kw_only=True)
class ComplaintAcknowledged(ComplaintEvent):
    """The customer was told that it arrived."""


@event("feedback.complaint_assessed")
@dataclass(frozen=True, kw_only=True)
class ComplaintAssessed(ComplaintEvent):
    """The severity was changed by staff, so the promised times change too."""


@event("feedback.complaint_assigned")
@dataclass(frozen=True, kw_only=True)
class ComplaintAssigned(ComplaintEvent):
    owner_id: UUID


@event("feedback.complaint_started")
@dataclass(frozen=True, kw_only=True)
class ComplaintStarted(ComplaintEvent):
    pass


@event("feedback.complaint_decided")
@dataclass(frozen=True, kw_only=True)
class ComplaintDecided(ComplaintEvent):
    remedy_id: UUID


@event("feedback.complaint_noted")
@dataclass(frozen=True, kw_only=True)
class ComplaintNoted(ComplaintEvent):
    note_id: UUID
    is_internal: bool


@event("feedback.complaint_resolved")
@dataclass(frozen=True, kw_only=True)
class ComplaintResolved(ComplaintEvent):
    """Answered: root cause and action are known, the customer is to be asked."""


@event("feedback.complaint_confirmed")
@dataclass(frozen=True, kw_only=True)
class ComplaintConfirmed(ComplaintEvent):
    """The customer says it is solved."""


@event("feedback.complaint_expired")
@dataclass(frozen=True, kw_only=True)
class ComplaintExpired(ComplaintEvent):
    """The customer did not answer in time; closed, and may be reopened by link."""


@event("feedback.complaint_reopened")
@dataclass(frozen=True, kw_only=True)
class ComplaintReopened(ComplaintEvent):
    pass


@event("feedback.complaint_referred")
@dataclass(frozen=True, kw_only=True)
class ComplaintReferred(ComplaintEvent):
    """Referred to an outside body."""
