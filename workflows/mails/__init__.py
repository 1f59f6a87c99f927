"""What each kind of mail says, decided at the moment it is sent."""

from collections.abc import Callable
from typing import Final

from django.utils import timezone

from cxcrm.core.language import speaking
from tenants.staff.selectors.firm import firm_zone
from workflows.mails import (
    acknowledgement,
    answered,
    assigned,
    causes,
    change,
    closing,
    compensation,
    data_request,
    digest,
    escalation,
    invitation,
    mention,
    my_page,
    promise,
    question,
    reply,
    resolution,
    review,
    sign_up,
    supervision,
    welcome,
)
from workflows.mails.base import Composed, PutOff, Skip
from workflows.models import Message

__all__ = ["Composed", "PutOff", "Skip", "compose"]

Composer = Callable[[Message], Composed | PutOff | Skip]

_Kind = Message.Kind
_COMPOSERS: Final[dict[str, Composer]] = {
    _Kind.INVITATION: invitation.compose,
    _Kind.ACKNOWLEDGEMENT: acknowledgement.compose,
    _Kind.RESOLUTION: resolution.compose,
    _Kind.RESOLUTION_REMINDER: resolution.compose_reminder,
    _Kind.REPLY: reply.compose,
    _Kind.ESCALATION: escalation.compose,
    _Kind.CLOSING: closing.compose,
    _Kind.WELCOME: welcome.compose,
    _Kind.PASSWORD: welcome.compose_new_password,
    _Kind.ASSIGNED: assigned.compose,
    _Kind.ANSWERED: answered.compose,
    _Kind.DIGEST: digest.compose,
    _Kind.SIGN_UP: sign_up.compose,
    _Kind.MENTION: mention.compose,
    _Kind.PROMISE_DUE: promise.compose_due,
    _Kind.PROMISE_BROKEN: promise.compose_broken,
    _Kind.COMPENSATION_ASKED: compensation.compose_asked,
    _Kind.COMPENSATION_DECIDED: compensation.compose_decided,
    _Kind.REVIEW_ASKED: review.compose_asked,
    _Kind.REVIEW_LATE: review.compose_late,
    _Kind.REVIEW_ANSWERED: review.compose_answered,
    _Kind.SUPERVISION: supervision.compose,
    _Kind.CAUSE_PROPOSED: causes.compose_proposed,
    _Kind.WE_DID: causes.compose_we_did,
    _Kind.CHANGE_ASKED: change.compose_asked,
    _Kind.CHANGE_RAISED: change.compose_raised,
    _Kind.CHANGE_NEWS: change.compose_news,
    _Kind.CHANGE_PASSED: change.compose_passed,
    _Kind.CHANGES_PASSED: change.compose_several,
    _Kind.MY_PAGE: my_page.compose,
    _Kind.DATA_REQUEST: data_request.compose,
    _Kind.QUESTION_ASKED: question.compose_asked,
    _Kind.QUESTION_RAISED: question.compose_raised,
    _Kind.QUESTION_ANSWERED: question.compose_answered,
}


def compose(message: Message) -> Composed | PutOff | Skip:
    """The mail as it should read now, in the reader's language and the firm's time zone, or why it should not leave."""
    if message.user is not None and not message.user.is_active:
        return Skip("left")
    with speaking(language_of(message)), timezone.override(firm_zone()):
        return _COMPOSERS[message.kind](message)


def language_of(message: Message) -> str:
    """The language of whoever reads it."""
    reader = message.user or message.customer
    return reader.language if reader else "vi"
