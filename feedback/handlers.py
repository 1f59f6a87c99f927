"""What the feedback room does after its own events."""

from cxcrm.core.events import on
from feedback.events import (
    ComplaintConfirmed,
    ComplaintExpired,
    ComplaintOpened,
    ComplaintReferred,
    ComplaintReopened,
    ResponseChanged,
    ResponseReceived,
)
from feedback.services.health import rescore_complaining
from feedback.services.understanding import recount_answered, recount_complaining
from feedback.services.visits import read_answered, read_complaining


# Whoever answers or complains does not wait for what it tells of them.
@on(ResponseReceived, ResponseChanged)
def understand_from_answer(event: ResponseReceived | ResponseChanged) -> None:
    recount_answered(response_id=event.response_id)


@on(ComplaintOpened, ComplaintConfirmed, ComplaintExpired, ComplaintReferred, ComplaintReopened)
def understand_from_case(
    event: ComplaintOpened | ComplaintConfirmed | ComplaintExpired | ComplaintReferred | ComplaintReopened,
) -> None:
    recount_complaining(complaint_id=event.complaint_id)
    rescore_complaining(complaint_id=event.complaint_id)


@on(ResponseReceived)
def see_who_answered(event: ResponseReceived) -> None:
    read_answered(response_id=event.response_id)


@on(ComplaintOpened)
def see_who_complained(event: ComplaintOpened) -> None:
    read_complaining(complaint_id=event.complaint_id)
