"""What the feedback room tells the floor above."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cxcrm.core.events import DomainEvent, event


@event("feedback.survey_dispatched", says=_("a survey was sent"))
@dataclass(frozen=True, kw_only=True)
class SurveyDispatched(DomainEvent):
    dispatch_id: UUID


@event("feedback.response_received", says=_("a customer answered a survey"))
@dataclass(frozen=True, kw_only=True)
class ResponseReceived(DomainEvent):
    response_id: UUID


@event("feedback.response_changed", says=_("a customer changed their answer"))
@dataclass(frozen=True, kw_only=True)
class ResponseChanged(DomainEvent):
    """The customer answered again within the edit window."""

    response_id: UUID


@event("feedback.response_set_aside", says=_("an odd answer was left out of the measures"))
@dataclass(frozen=True, kw_only=True)
class ResponseSetAside(DomainEvent):
    response_id: UUID


@event("feedback.response_counted_again", says=_("an answer set aside is counted again"))
@dataclass(frozen=True, kw_only=True)
class ResponseCountedAgain(DomainEvent):
    response_id: UUID


@event("feedback.forecast_sealed", says=_("an executive sealed a forecast"))
@dataclass(frozen=True, kw_only=True)
class ForecastMade(DomainEvent):
    forecast_id: UUID


@event("feedback.gap_found", says=_("a gap between belief and customers was found"))
@dataclass(frozen=True, kw_only=True)
class GapFound(DomainEvent):
    """For ``executive_id``, who answers for the place; None where nobody does."""

    gap_id: UUID
    executive_id: UUID | None


@event("feedback.context_declared", says=_("a special context was declared"))
@dataclass(frozen=True, kw_only=True)
class ContextDeclared(DomainEvent):
    context_id: UUID


@event("feedback.context_changed", says=_("a special context was changed"))
@dataclass(frozen=True, kw_only=True)
class ContextChanged(DomainEvent):
    """What was held back by it may leave now, or wait for longer."""

    context_id: UUID


@event("feedback.context_ended", says=_("a special context was ended early"))
@dataclass(frozen=True, kw_only=True)
class ContextEnded(DomainEvent):
    context_id: UUID


@dataclass(frozen=True, kw_only=True)
class ComplaintEvent(DomainEvent):
    """Base of what happens to one complaint."""

    complaint_id: UUID


@event("feedback.complaint_opened", says=_("a complaint was received"))
@dataclass(frozen=True, kw_only=True)
class ComplaintOpened(ComplaintEvent):
    pass


@event("feedback.complaint_acknowledged", says=_("a complaint was acknowledged"))
@dataclass(frozen=True, kw_only=True)
class ComplaintAcknowledged(ComplaintEvent):
    """The customer was told that it arrived."""


@event("feedback.complaint_assessed", says=_("a complaint's severity was set"))
@dataclass(frozen=True, kw_only=True)
class ComplaintAssessed(ComplaintEvent):
    """The severity was changed by staff, so the promised times change too."""


@event("feedback.complaint_assigned", says=_("a complaint was given to somebody"))
@dataclass(frozen=True, kw_only=True)
class ComplaintAssigned(ComplaintEvent):
    owner_id: UUID


@event("feedback.complaint_started", says=_("work on a complaint began"))
@dataclass(frozen=True, kw_only=True)
class ComplaintStarted(ComplaintEvent):
    pass


@event("feedback.complaint_decided", says=_("a remedy was chosen"))
@dataclass(frozen=True, kw_only=True)
class ComplaintDecided(ComplaintEvent):
    remedy_id: UUID


@event("feedback.complaint_noted", says=_("a note was written"))
@dataclass(frozen=True, kw_only=True)
class ComplaintNoted(ComplaintEvent):
    note_id: UUID
    is_internal: bool


@event("feedback.colleague_mentioned", says=_("a colleague was called in"))
@dataclass(frozen=True, kw_only=True)
class ColleagueMentioned(ComplaintEvent):
    mention_id: UUID


@event("feedback.complaint_resolved", says=_("a complaint was answered"))
@dataclass(frozen=True, kw_only=True)
class ComplaintResolved(ComplaintEvent):
    """Answered: root cause and action are known, the customer is to be asked."""


@event("feedback.complaint_confirmed", says=_("the customer confirmed: solved"))
@dataclass(frozen=True, kw_only=True)
class ComplaintConfirmed(ComplaintEvent):
    """The customer says it is solved."""


@event("feedback.complaint_expired", says=_("a complaint was closed without the customer's answer"))
@dataclass(frozen=True, kw_only=True)
class ComplaintExpired(ComplaintEvent):
    """The customer did not answer in time; closed, and may be reopened by link."""


@event("feedback.complaint_reopened", says=_("a complaint was reopened"))
@dataclass(frozen=True, kw_only=True)
class ComplaintReopened(ComplaintEvent):
    pass


@event("feedback.complaint_referred", says=_("a complaint was referred to others"))
@dataclass(frozen=True, kw_only=True)
class ComplaintReferred(ComplaintEvent):
    """Referred to an outside body."""


@event("feedback.complaint_tagged", says=_("a complaint's tags were changed"))
@dataclass(frozen=True, kw_only=True)
class ComplaintTagged(ComplaintEvent):
    pass


@event("feedback.reply_template_proposed", says=_("words for replies were submitted to the brand steward"))
@dataclass(frozen=True, kw_only=True)
class ReplyTemplateProposed(DomainEvent):
    template_id: UUID


@event("feedback.reply_template_approved", says=_("words for replies were approved"))
@dataclass(frozen=True, kw_only=True)
class ReplyTemplateApproved(DomainEvent):
    template_id: UUID


@event("feedback.reply_template_sent_back", says=_("words for replies were sent back"))
@dataclass(frozen=True, kw_only=True)
class ReplyTemplateSentBack(DomainEvent):
    template_id: UUID


@dataclass(frozen=True, kw_only=True)
class QuestionEvent(DomainEvent):
    """Base of what happens to one question to the community."""

    question_id: UUID


@event("feedback.question_asked", says=_("a question was asked"))
@dataclass(frozen=True, kw_only=True)
class QuestionAsked(QuestionEvent):
    pass


@event("feedback.question_raised", says=_("a question was passed on to whoever answers for it"))
@dataclass(frozen=True, kw_only=True)
class QuestionRaised(QuestionEvent):
    """Nobody asked answered in time, or the asker says that it does not help."""


@event("feedback.question_answered", says=_("a question was answered"))
@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(QuestionEvent):
    """An answer may be read by the asker now."""

    answer_id: UUID


@event("feedback.question_changed", says=_("a question was published, coded or set aside"))
@dataclass(frozen=True, kw_only=True)
class QuestionChanged(QuestionEvent):
    pass


@event("feedback.answer_judged", says=_("an answer was accepted, looked at again or taken back"))
@dataclass(frozen=True, kw_only=True)
class AnswerJudged(QuestionEvent):
    answer_id: UUID


@event("feedback.impact_kept", says=_("what we do for the community was written down"))
@dataclass(frozen=True, kw_only=True)
class ImpactKept(DomainEvent):
    impact_id: UUID
