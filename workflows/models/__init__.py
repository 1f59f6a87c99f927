"""Events, clocks, ladders and messages: how what was said reaches whom it concerns in time."""

from workflows.models.alert import Alert
from workflows.models.audit import ReplyAudit
from workflows.models.budget import CxBudget
from workflows.models.calendar import Calendar, CalendarDay
from workflows.models.cause import CauseCase, CauseProposal, WeDid
from workflows.models.change import ChangeCase, ChangeRequest, ChangeStep
from workflows.models.compensation import Compensation, CompensationAsk
from workflows.models.conduct import Coaching, ConductAcknowledgement, ConductPolicy, Recognition
from workflows.models.contradiction import DismissedContradiction
from workflows.models.event import Event, Receipt
from workflows.models.incoming import IncomingMail
from workflows.models.ladder import EscalationLevel, EscalationPolicy, EscalationStep, Ladder, LadderDecision
from workflows.models.message import Message, SharedText
from workflows.models.pause import ClockPause, ClockSegment, PauseReason
from workflows.models.promise import Promise
from workflows.models.review import Review
from workflows.models.sla import SlaClock, SlaPolicy

__all__ = [
    "Alert",
    "Calendar",
    "CalendarDay",
    "CauseCase",
    "CauseProposal",
    "ChangeCase",
    "ChangeRequest",
    "ChangeStep",
    "ClockPause",
    "ClockSegment",
    "Coaching",
    "Compensation",
    "CompensationAsk",
    "ConductAcknowledgement",
    "ConductPolicy",
    "CxBudget",
    "DismissedContradiction",
    "EscalationLevel",
    "EscalationPolicy",
    "EscalationStep",
    "Event",
    "IncomingMail",
    "Ladder",
    "LadderDecision",
    "Message",
    "PauseReason",
    "Promise",
    "Receipt",
    "Recognition",
    "ReplyAudit",
    "Review",
    "SharedText",
    "SlaClock",
    "SlaPolicy",
    "WeDid",
]
