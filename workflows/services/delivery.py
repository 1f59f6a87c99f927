"""The delivery machine: lease, re-check, fence, hand over, mark.

The lease is the agenda's. ``_begin`` re-checks and renders under the complaint's lock and commits ``sending`` as the
fence; only then is the message handed over, outside any transaction; ``_accepted`` marks it with the ledger. Whoever
finds ``sending`` knows that a worker died in between: a survey is then held as uncertain (at most once) unless it was
handed over in a group and the group's position says that it was accepted or cannot have left; everything else is sent
again under the same Message-ID (at least once).
"""

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from cxcrm.core import mail
from cxcrm.core.clock import db_now, now
from cxcrm.core.context import current_tenant
from cxcrm.core.once import reading_once
from feedback.models import Complaint
from tenants.models import SentRecord
from tenants.services import routes
from tenants.services.agenda import Later, NotYet, agenda_kind
from tenants.services.claims import PATIENCE
from tenants.services.hand_overs import close_and_look
from workflows.logic.handing_over import Fate, fate_of
from workflows.mails import compose
from workflows.mails.base import HELD, Composed, PutOff, answer_address
from workflows.models import Alert, Message
from workflows.selectors.messages import complaint_of
from workflows.services import holding, outcomes
from workflows.services.outbox import SERVICE, URGENT

_State, _Kind = Message.State, Message.Kind
_SETTLED = frozenset({_State.SKIPPED, _State.REFUSED, _State.UNCERTAIN})
_FENCED = (
    "state", "reason", "attempts", "subject", "text", "shared_text", "handover", "place", "message_id", "email",
)  # fmt: skip
_AT_MOST_ONCE = frozenset({_Kind.INVITATION})

BACKOFF_BASE: Final = timedelta(seconds=10)
BACKOFF_CAP: Final = timedelta(minutes=30)
URGENT_CAP: Final = timedelta(minutes=2)
# An escalation that cannot leave is shown, and the next rung told, after this many tries or ``PATIENCE``, 5 minutes.
PATIENCE_WITH_ESCALATIONS: Final = 6
# Other mails are out of date after three days of trying.
GIVE_UP_AFTER: Final = timedelta(days=3)
# The secret part of a link: 43 URL-safe characters, or the password link's token.
_SECRET = re.compile(r"(/[a-z]/)[\w-]{43}(?=[/?\s]|$)|(/welcome/[0-9a-f-]{36}/)[\w-]+")


@dataclass(frozen=True)
class _Fenced:
    """A message on its way: only whoever holds this may hand it over."""

    message_id: UUID
    outgoing: mail.OutgoingMail


@transaction.atomic
def given_up(message_id: UUID, error: str) -> None:
    """Its agenda item is dead: whoever must know is told, an escalation climbs on."""
    message = _locked(message_id)
    if _is_settled_by_position(message):
        return
    if message.state in {_State.QUEUED, _State.SENDING}:
        _settle(message, _State.SKIPPED, f"given up: {error}")
        outcomes.after_undeliverable(message)


@agenda_kind(URGENT, lane="escalation", priority=1, by_mail=True, on_dead=given_up)
@agenda_kind(SERVICE, lane="normal", priority=4, by_mail=True, on_dead=given_up)
def deliver(message_id: UUID) -> Later | None:
    """Send one message if it is still to be sent; returns when to try again, or None when its fate is known."""
    route = mail.route_name()
    rest = routes.admit(route)
    if rest is not None:
        return _wait(message_id, rest)
    fenced = _begin(message_id)
    if not isinstance(fenced, _Fenced):
        return fenced
    try:
        mail.send(fenced.outgoing)
    except mail.MailError as error:
        if error.route_at_fault:
            routes.report_failure(route, error.reason, hopeless=error.hopeless)
        else:
            routes.report_success(route)
        return failed(message_id, error)
    accepted_after_all(message_id)
    routes.report_success(route)
    return None


def failed(message_id: UUID, error: mail.MailError) -> Later | None:
    """It was not accepted, or perhaps: settle it or say when to try again."""
    match error:
        case mail.MailRefused():
            return _refused(message_id, error.reason)
        case mail.MailUncertain():
            return _perhaps(message_id, error.reason)
        case _:
            return _put_off(message_id, error.reason)


def accepted_after_all(message_id: UUID) -> None:
    """The server took it, whatever our rows say by now."""
    _accepted(message_id)
    _follow_up(message_id)


@transaction.atomic
def bounced(message_id: UUID, reason: str) -> None:
    """It was accepted, and a report came back that it could not be delivered after all."""
    message = _locked(message_id)
    if message.state in {_State.SENT, _State.SENDING, _State.UNCERTAIN}:
        _settle(message, _State.REFUSED, reason)
        outcomes.after_refused(message)


@transaction.atomic
def _wait(message_id: UUID, until: datetime) -> Later | None:
    """The server is left alone for now: nothing is tried, no attempt counts, but nobody waits for ever in silence."""
    message = Message.objects.select_for_update(of=("self",), no_key=True).filter(pk=message_id).first()
    if message is None:
        raise NotYet(f"message {message_id}")
    if message.state in {_State.QUEUED, _State.SENDING}:
        _tell_otherwise(message)
    return Later(until)


@transaction.atomic
def _begin(message_id: UUID) -> _Fenced | Later | None:
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        raise NotYet(f"message {message_id}")
    complaint_id = complaint_of(message)
    if complaint_id is not None:
        Complaint.objects.select_for_update(no_key=True).get(pk=complaint_id)
    message = (
        Message.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "customer")
        .get(pk=message_id)
    )
    if message.state == _State.SENT or _in_ledger(message):
        _mark_sent(message)
        outcomes.after_sent(message)
        return None
    if message.state in _SETTLED:
        return None
    if _is_settled_by_position(message):
        return None
    with reading_once():
        composed = compose(message)
        if isinstance(composed, Composed):
            return _fence(message, composed)
    if isinstance(composed, PutOff) and composed.reason == HELD:
        _settle(message, _State.QUEUED, composed.reason)
        return Later(holding.hold_back(messages={message.id: message.ref}).get(message.id, db_now()))
    if isinstance(composed, PutOff):
        message.due_at = composed.until
        message.save(update_fields=["due_at"])
        _settle(message, _State.QUEUED, composed.reason)
        return Later(composed.until)
    _settle(message, _State.SKIPPED, composed.reason)
    outcomes.after_skipped(message)
    return None


def _is_settled_by_position(message: Message) -> bool:
    """What leaves at most once and was on its way when a worker died: False only when it cannot have left."""
    if message.state != _State.SENDING or message.kind not in _AT_MOST_ONCE:
        return False
    fate = fate_of(message.place, close_and_look(message.handover))
    if fate is Fate.SENT:
        _mark_sent(message)
        outcomes.after_sent(message)
    elif fate is Fate.PERHAPS:
        _settle(message, _State.UNCERTAIN, "the worker died while sending")
        outcomes.after_uncertain(message)
    return fate is not Fate.FREE


def _fence(message: Message, composed: Composed) -> _Fenced:
    subject, text, html = composed.render()
    if message.user is not None:
        message.email = message.user.email
    message.state, message.reason = _State.SENDING, ""
    message.attempts += 1
    message.subject = subject[:300]
    message.text = _SECRET.sub(lambda found: f"{found[1] or found[2]}…", text)
    message.shared_text = message.handover = message.place = None
    message.message_id = mail.message_id(current_tenant().id, message.dedupe_key)
    message.save(update_fields=_FENCED)
    outgoing = mail.OutgoingMail(
        to=message.email,
        subject=subject,
        text=text,
        html=html,
        message_id=message.message_id,
        from_name=composed.from_name,
        reply_to=answer_address(message.kind, message.id) or composed.reply_to,
        headers={**composed.headers, "X-Cxcrm-Delivery": f"{message.kind}; attempt={message.attempts}"},
        files=composed.files,
    )
    return _Fenced(message.id, outgoing)


@transaction.atomic
def _accepted(message_id: UUID) -> None:
    """The server took it: mark and ledger in one transaction."""
    _mark_sent(_locked(message_id))


@transaction.atomic
def _follow_up(message_id: UUID) -> None:
    """What a sent mail means to the other rooms; a worker killed before this is made good by the next attempt."""
    outcomes.after_sent(_locked(message_id))


@transaction.atomic
def _refused(message_id: UUID, reason: str) -> None:
    message = _locked(message_id)
    _settle(message, _State.REFUSED, reason)
    outcomes.after_refused(message)


@transaction.atomic
def _perhaps(message_id: UUID, reason: str) -> Later | None:
    """The line broke after the message was handed over."""
    message = _locked(message_id)
    if message.kind in _AT_MOST_ONCE:
        _settle(message, _State.UNCERTAIN, reason)
        outcomes.after_uncertain(message)
        return None
    return _again(message, reason)


@transaction.atomic
def _put_off(message_id: UUID, reason: str) -> Later | None:
    """Nothing was accepted; trying again may help."""
    return _again(_locked(message_id), reason)


def _again(message: Message, reason: str) -> Later | None:
    urgent = message.kind == _Kind.ESCALATION
    if not urgent and now() - (message.due_at or message.created_at) > GIVE_UP_AFTER:
        _settle(message, _State.SKIPPED, f"given up: {reason}")
        outcomes.after_undeliverable(message)
        return None
    _settle(message, _State.QUEUED, reason)
    _tell_otherwise(message)
    ceiling = min(URGENT_CAP if urgent else BACKOFF_CAP, BACKOFF_BASE * 2 ** min(message.attempts - 1, 12))
    return Later(db_now() + timedelta(seconds=1) + ceiling * random.random())  # noqa: S311 - jitter, not a secret


def _tell_otherwise(message: Message) -> None:
    """An escalation that cannot leave for too long is shown, and the next rung told, once."""
    if message.kind != _Kind.ESCALATION:
        return
    waited = db_now() - message.created_at
    if message.attempts < PATIENCE_WITH_ESCALATIONS and waited < PATIENCE:
        return
    if not Alert.objects.filter(kind=Alert.Kind.UNDELIVERED, ref=message.ref).exists():
        outcomes.after_undeliverable(message)


def _mark_sent(message: Message) -> None:
    if message.state != _State.SENT:
        message.state, message.reason = _State.SENT, ""
        message.sent_at = message.sent_at or now()
        message.save(update_fields=["state", "reason", "sent_at"])
    SentRecord.objects.bulk_create(
        [SentRecord(tenant_id=current_tenant().id, dedupe_key=message.dedupe_key, message_id=message.message_id)],
        ignore_conflicts=True,
    )


def _in_ledger(message: Message) -> bool:
    """Has this left the house before, whatever our own rows say (they may be from a backup)?"""
    return SentRecord.objects.filter(tenant_id=current_tenant().id, dedupe_key=message.dedupe_key).exists()


def _settle(message: Message, state: str, reason: str) -> None:
    message.state, message.reason = state, reason[:500]
    message.save(update_fields=["state", "reason"])


def _locked(message_id: UUID) -> Message:
    return (
        Message.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "customer")
        .get(pk=message_id)
    )
