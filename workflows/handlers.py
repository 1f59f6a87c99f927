"""What the floors below tell, and which service answers."""

from customers.events import DataAsked, DataSettled
from cxcrm.core.events import on
from feedback.events import (
    ColleagueMentioned,
    ComplaintAssessed,
    ComplaintAssigned,
    ComplaintConfirmed,
    ComplaintDecided,
    ComplaintExpired,
    ComplaintNoted,
    ComplaintOpened,
    ComplaintReferred,
    ComplaintReopened,
    ComplaintResolved,
    ComplaintStarted,
    ContextChanged,
    ContextEnded,
    GapFound,
    QuestionAnswered,
    QuestionAsked,
    QuestionRaised,
    ReplyTemplateProposed,
    SurveyDispatched,
)
from journeys.events import (
    AccountabilityHandedOver,
    InitiativeDecided,
    InitiativeProposed,
    InitiativeSentBack,
    InitiativeSigned,
    JourneyPublished,
    JourneySentBack,
    JourneySubmitted,
    StandardProposed,
    StandardSet,
)
from journeys.selectors.standards import place_of
from tenants.staff.events import DutiesChanged, HeadsChanged
from workflows.models import ClockPause, Review, SlaClock
from workflows.selectors.events import caused_at
from workflows.services import (
    causes,
    change_successors,
    clocks,
    closing,
    compensations,
    data_requests,
    first_contact,
    gaps,
    holding,
    ladders,
    notifications,
    pauses,
    questions,
    reviews,
    segments,
)


@on(SurveyDispatched)
def send_invitations(event: SurveyDispatched) -> None:
    notifications.invite(dispatch_id=event.dispatch_id)


@on(ContextChanged, ContextEnded)
def look_again_at_held(event: ContextChanged | ContextEnded) -> None:
    holding.look_again(context_id=event.context_id)


@on(ComplaintOpened)
def start_measuring(event: ComplaintOpened) -> None:
    clocks.start_clocks(complaint_id=event.complaint_id)
    ladders.start_ladder(complaint_id=event.complaint_id)


@on(ComplaintOpened, ComplaintReopened)
def begin_segment(event: ComplaintOpened | ComplaintReopened) -> None:
    segments.begin_segment(complaint_id=event.complaint_id, at=caused_at())


@on(ComplaintOpened)
def acknowledge_receipt(event: ComplaintOpened) -> None:
    notifications.acknowledge_receipt(complaint_id=event.complaint_id)


@on(ComplaintOpened)
def announce_first_owner(event: ComplaintOpened) -> None:
    notifications.announce_first_owner(complaint_id=event.complaint_id)


@on(ComplaintAssigned)
def announce_owner(event: ComplaintAssigned) -> None:
    notifications.announce_owner(complaint_id=event.complaint_id, owner_id=event.owner_id)


@on(ComplaintAssigned)
def hand_segment_over(event: ComplaintAssigned) -> None:
    segments.hand_segment_over(complaint_id=event.complaint_id, holder_id=event.owner_id, at=caused_at())


@on(ComplaintAssessed)
def measure_anew(event: ComplaintAssessed) -> None:
    clocks.restart_clocks(complaint_id=event.complaint_id)
    ladders.replan_ladder(complaint_id=event.complaint_id)


@on(ComplaintNoted)
def mail_reply(event: ComplaintNoted) -> None:
    if not event.is_internal:
        notifications.mail_reply(note_id=event.note_id)


@on(ComplaintNoted)
def tell_owner(event: ComplaintNoted) -> None:
    notifications.tell_owner(note_id=event.note_id)


@on(ComplaintNoted)
def end_pause(event: ComplaintNoted) -> None:
    pauses.end_for_customer(note_id=event.note_id)


@on(ColleagueMentioned)
def call_in(event: ColleagueMentioned) -> None:
    notifications.call_in(mention_id=event.mention_id)


@on(ComplaintDecided)
def book_remedy(event: ComplaintDecided) -> None:
    compensations.book_remedy(complaint_id=event.complaint_id, remedy_id=event.remedy_id)


@on(ComplaintNoted, ComplaintStarted, ComplaintDecided)
def note_first_contact(event: ComplaintNoted | ComplaintStarted | ComplaintDecided) -> None:
    first_contact.note_first_contact(complaint_id=event.complaint_id)


@on(ComplaintResolved, ComplaintReferred)
def end_account(event: ComplaintResolved | ComplaintReferred) -> None:
    pauses.end_pause(complaint_id=event.complaint_id, why=ClockPause.End.ANSWERED, at=caused_at())
    segments.stop_segment(complaint_id=event.complaint_id, at=caused_at())


@on(ComplaintResolved)
def stop_measuring(event: ComplaintResolved) -> None:
    clocks.stop_clock(complaint_id=event.complaint_id, kind=SlaClock.Kind.RESOLVE)
    clocks.stop_clock(complaint_id=event.complaint_id, kind=SlaClock.Kind.FIRST_CONTACT)
    ladders.finish_ladder(complaint_id=event.complaint_id)


@on(ComplaintResolved)
def ask_whether_solved(event: ComplaintResolved) -> None:
    notifications.ask_whether_solved(complaint_id=event.complaint_id)
    closing.await_customer(complaint_id=event.complaint_id)


@on(ComplaintReopened)
def measure_again_higher(event: ComplaintReopened) -> None:
    clocks.start_clocks(complaint_id=event.complaint_id)
    ladders.reopen_ladder(complaint_id=event.complaint_id)


@on(ComplaintReferred)
def stop_measuring_referred(event: ComplaintReferred) -> None:
    clocks.stop_clock(complaint_id=event.complaint_id, kind=SlaClock.Kind.RESOLVE)
    clocks.stop_clock(complaint_id=event.complaint_id, kind=SlaClock.Kind.FIRST_CONTACT)
    ladders.finish_ladder(complaint_id=event.complaint_id)


@on(ComplaintConfirmed, ComplaintExpired, ComplaintReferred)
def close_the_loop(event: ComplaintConfirmed | ComplaintExpired | ComplaintReferred) -> None:
    notifications.close_the_loop(complaint_id=event.complaint_id)


@on(JourneySubmitted)
def ask_for_journey(event: JourneySubmitted) -> None:
    reviews.open_review(kind="journey", ref=event.journey_id)


@on(StandardProposed)
def ask_for_standard(event: StandardProposed) -> None:
    reviews.open_review(kind="touchpoint", ref=event.touchpoint_id)


@on(InitiativeProposed)
def ask_for_initiative(event: InitiativeProposed) -> None:
    reviews.open_review(kind="initiative", ref=event.initiative_id)


@on(ReplyTemplateProposed)
def ask_for_template(event: ReplyTemplateProposed) -> None:
    reviews.open_review(kind="reply_template", ref=event.template_id)


@on(JourneyPublished)
def journey_is_approved(event: JourneyPublished) -> None:
    reviews.settle_review(kind="journey", ref=event.journey_id, state=Review.State.APPROVED)


@on(JourneySentBack)
def journey_is_sent_back(event: JourneySentBack) -> None:
    reviews.settle_review(kind="journey", ref=event.journey_id, state=Review.State.SENT_BACK)


@on(InitiativeSigned)
def initiative_is_approved(event: InitiativeSigned) -> None:
    reviews.settle_review(kind="initiative", ref=event.initiative_id, state=Review.State.APPROVED)


@on(InitiativeSentBack)
def initiative_is_sent_back(event: InitiativeSentBack) -> None:
    reviews.settle_review(kind="initiative", ref=event.initiative_id, state=Review.State.SENT_BACK)


@on(InitiativeDecided)
def initiative_needs_no_review(event: InitiativeDecided) -> None:
    reviews.settle_review(kind="initiative", ref=event.initiative_id, state=Review.State.SETTLED)


@on(StandardSet)
def standard_needs_no_review(event: StandardSet) -> None:
    reviews.settle_review(kind="touchpoint", ref=place_of(event.standard_id), state=Review.State.SETTLED)


@on(ComplaintResolved)
def look_at_its_cause(event: ComplaintResolved) -> None:
    causes.look_at_cause_of(complaint_id=event.complaint_id)


@on(GapFound)
def warn_of_gap(event: GapFound) -> None:
    gaps.warn_of_gap(gap_id=event.gap_id)


@on(QuestionAsked)
def ask_who_knows(event: QuestionAsked) -> None:
    questions.ask_who_knows(question_id=event.question_id)


@on(QuestionRaised)
def tell_accountable(event: QuestionRaised) -> None:
    questions.tell_accountable(question_id=event.question_id)


@on(QuestionAnswered)
def tell_asker(event: QuestionAnswered) -> None:
    questions.tell_asker(answer_id=event.answer_id)


@on(DutiesChanged)
def follow_whoever_left(event: DutiesChanged) -> None:
    change_successors.follow_person(user_id=event.user_id)


@on(HeadsChanged)
def follow_new_head(event: HeadsChanged) -> None:
    former = (event.former_lead_id, event.former_handler_id)
    change_successors.follow_heads(department_id=event.department_id, former_ids=former)


@on(AccountabilityHandedOver)
def follow_new_executive(event: AccountabilityHandedOver) -> None:
    change_successors.note_hand_over(accountability_id=event.accountability_id)


@on(DataAsked)
def watch_data_request(event: DataAsked) -> None:
    data_requests.watch(request_id=event.request_id)


@on(DataSettled)
def forget_data_request(event: DataSettled) -> None:
    data_requests.over(request_id=event.request_id)
