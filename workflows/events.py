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


@event("workflows.pause_started", says=_("a case was paused"))
@dataclass(frozen=True, kw_only=True)
class PauseStarted(DomainEvent):
    pause_id: UUID
    complaint_id: UUID


@event("workflows.pause_ended", says=_("a pause ended"))
@dataclass(frozen=True, kw_only=True)
class PauseEnded(DomainEvent):
    pause_id: UUID
    complaint_id: UUID


@dataclass(frozen=True, kw_only=True)
class PromiseEvent(DomainEvent):
    """Base of what happens to one promise."""

    promise_id: UUID


@event("workflows.promise_made", says=_("a promise was made"))
@dataclass(frozen=True, kw_only=True)
class PromiseMade(PromiseEvent):
    pass


@event("workflows.promise_broken", says=_("a promise was broken"))
@dataclass(frozen=True, kw_only=True)
class PromiseBroken(PromiseEvent):
    pass


@event("workflows.promise_settled", says=_("a promise was settled"))
@dataclass(frozen=True, kw_only=True)
class PromiseSettled(PromiseEvent):
    pass


@event("workflows.budget_said", says=_("a budget for the experience was written"))
@dataclass(frozen=True, kw_only=True)
class BudgetSaid(DomainEvent):
    budget_id: UUID


@event("workflows.compensation_asked", says=_("a compensation was asked for"))
@dataclass(frozen=True, kw_only=True)
class CompensationAsked(DomainEvent):
    compensation_id: UUID
    complaint_id: UUID


@event("workflows.compensation_decided", says=_("a compensation was decided"))
@dataclass(frozen=True, kw_only=True)
class CompensationDecided(DomainEvent):
    compensation_id: UUID
    complaint_id: UUID


@event("workflows.review_opened", says=_("an approval was asked for"))
@dataclass(frozen=True, kw_only=True)
class ReviewOpened(DomainEvent):
    review_id: UUID


@event("workflows.review_late", says=_("an approval was not answered in time"))
@dataclass(frozen=True, kw_only=True)
class ReviewLate(DomainEvent):
    review_id: UUID


@event("workflows.review_settled", says=_("an approval was answered"))
@dataclass(frozen=True, kw_only=True)
class ReviewSettled(DomainEvent):
    review_id: UUID


@event("workflows.cause_proposed", says=_("a root cause came back"))
@dataclass(frozen=True, kw_only=True)
class CauseProposed(DomainEvent):
    proposal_id: UUID


@event("workflows.cause_decided", says=_("what to do about a root cause was decided"))
@dataclass(frozen=True, kw_only=True)
class CauseDecided(DomainEvent):
    proposal_id: UUID


@dataclass(frozen=True, kw_only=True)
class ChangeEvent(DomainEvent):
    """Base of what happens to one change request between departments."""

    change_id: UUID


@event("workflows.change_asked", says=_("another department was asked for a change"))
@dataclass(frozen=True, kw_only=True)
class ChangeAsked(ChangeEvent):
    pass


@event("workflows.change_answered", says=_("a change request was answered"))
@dataclass(frozen=True, kw_only=True)
class ChangeAnswered(ChangeEvent):
    pass


@event("workflows.change_raised", says=_("a change request was brought before whoever stands above both"))
@dataclass(frozen=True, kw_only=True)
class ChangeRaised(ChangeEvent):
    pass


@event("workflows.change_settled", says=_("a change request was settled"))
@dataclass(frozen=True, kw_only=True)
class ChangeSettled(ChangeEvent):
    pass


@event("workflows.change_done", says=_("a change another department asked for was done"))
@dataclass(frozen=True, kw_only=True)
class ChangeDone(ChangeEvent):
    pass


@event("workflows.change_judged", says=_("it was said whether a change helped"))
@dataclass(frozen=True, kw_only=True)
class ChangeJudged(ChangeEvent):
    pass


@event("workflows.change_day_proposed", says=_("another day was proposed for a change"))
@dataclass(frozen=True, kw_only=True)
class ChangeDayProposed(ChangeEvent):
    pass


@event("workflows.change_day_answered", says=_("it was answered whether a change may come on another day"))
@dataclass(frozen=True, kw_only=True)
class ChangeDayAnswered(ChangeEvent):
    """The request says whether the day was moved."""


@event("workflows.change_passed_on", says=_("a change request passed to somebody else"))
@dataclass(frozen=True, kw_only=True)
class ChangePassedOn(ChangeEvent):
    """Its last steps say from whom to whom."""


@event("workflows.raisers_told", says=_("customers were told what was done about what they said"))
@dataclass(frozen=True, kw_only=True)
class RaisersTold(DomainEvent):
    we_did_id: UUID
    initiative_id: UUID


@event("workflows.conduct_policy_set", says=_("a conduct policy came into force"))
@dataclass(frozen=True, kw_only=True)
class ConductPolicySet(DomainEvent):
    policy_id: UUID


@event("workflows.conduct_policy_read", says=_("somebody read the conduct policy"))
@dataclass(frozen=True, kw_only=True)
class ConductPolicyRead(DomainEvent):
    policy_id: UUID


@event("workflows.thanks_passed_on", says=_("a customer's thanks were passed on"))
@dataclass(frozen=True, kw_only=True)
class ThanksPassedOn(DomainEvent):
    recognition_id: UUID


@dataclass(frozen=True, kw_only=True)
class CoachingEvent(DomainEvent):
    """Base of what happens to one coaching; who it is about stands in the row alone."""

    coaching_id: UUID


@event("workflows.coaching_opened", says=_("something seen in a case was put to a colleague"))
@dataclass(frozen=True, kw_only=True)
class CoachingOpened(CoachingEvent):
    pass


@event("workflows.coaching_answered", says=_("a colleague told their side"))
@dataclass(frozen=True, kw_only=True)
class CoachingAnswered(CoachingEvent):
    pass


@event("workflows.coaching_decided", says=_("what follows for a colleague was decided"))
@dataclass(frozen=True, kw_only=True)
class CoachingDecided(CoachingEvent):
    pass
