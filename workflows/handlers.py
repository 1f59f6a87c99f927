"""What the floors below tell, and which service answers."""

from cxcrm.core.events import on
from feedback.events import (
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
    SurveyDispatched,
)
from workflows.models import SlaClock
from workflows.services import clocks, closing, first_contact, ladders, notifications


@on(SurveyDispatched)
def send_invitations(event: SurveyDispatched) -> None:
    notifications.invite(dispatch_id=event.dispatch_id)


@on(ComplaintOpened)
def start_measuring(event: ComplaintOpened) -> None:
    clocks.start_clocks(complaint_id=event.complaint_id)
    ladders.start_ladder(complaint_id=event.complaint_id)


@on(ComplaintOpened)
def acknowledge_receipt(event: ComplaintOpened) -> None:
    notifications.acknowledge_receipt(complaint_id=event.complaint_id)


@on(ComplaintOpened)
def announce_first_owner(event: ComplaintOpened) -> None:
    notifications.announce_first_owner(complaint_id=event.complaint_id)


@on(ComplaintAssigned)
def announce_owner(event: ComplaintAssigned) -> None:
    notifications.announce_owner(complaint_id=event.complaint_id, owner_id=event.owner_id)


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


@on(ComplaintNoted, ComplaintStarted, ComplaintDecided)
def note_first_contact(event: ComplaintNoted | ComplaintStarted | ComplaintDecided) -> None:
    first_contact.note_first_contact(complaint_id=event.complaint_id)


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
