"""What becomes of a mail that answers one of ours: stored first, read later, acted on once."""

import hashlib
import logging
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.selectors.customers import has_email
from customers.services.interactions import record_interaction
from cxcrm.core.clock import db_now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.language import speaking
from feedback.errors import InvalidState, ReopenWindowClosed
from feedback.logic.answers import MAX_TEXT
from feedback.logic.mail_text import is_mere_thanks
from feedback.models import Complaint
from feedback.services import complaints
from feedback.services.note_files import NewFile, keep_mailed
from tenants.services.agenda import agenda_kind, enqueue
from tenants.services.inbound import heads_of
from tenants.services.nights import nightly
from tenants.staff.selectors.firm import the_firm
from workflows.logic.mime import Read, Unreadable, read
from workflows.models import Alert, IncomingMail, Message
from workflows.selectors.messages import complaint_answered
from workflows.services import delivery
from workflows.services.alerts import raise_alert

logger = logging.getLogger(__name__)

READ: Final = "workflows.read_mail"
# As long as a firm may ask what went wrong with a mail.
KEEP_RAW: Final = timedelta(days=30)
_LONGEST_ID: Final = 255
_LONGEST_RAW: Final = 1_000_000
_Outcome = IncomingMail.Outcome
# Room for the remarks that are added below.
_LONGEST_BODY: Final = MAX_TEXT - 600


@transaction.atomic
def take_in(raw: bytes, answers_id: UUID) -> IncomingMail:
    """Store a mail that came to the reply address of our mail ``answers_id``; one brought again is the first one."""
    answered = Message.objects.filter(pk=answers_id).first()
    incoming, created = IncomingMail.objects.get_or_create(
        message_id=_message_id(raw), defaults={"raw": raw, "answers": answered}
    )
    if created:
        enqueue(READ, incoming.id)
    return incoming


@transaction.atomic
def give_up(incoming_id: UUID, error: str) -> None:
    """It cannot be read: it is kept, and the firm is told to look."""
    incoming = IncomingMail.objects.select_for_update(of=("self",), no_key=True).get(pk=incoming_id)
    _settle(incoming, _Outcome.FAILED, reason=error)
    _ask_to_read(incoming)


@agenda_kind(READ, lane="normal", priority=4, on_dead=give_up)
@transaction.atomic
def read_mail(incoming_id: UUID) -> None:
    """Read a stored mail and do what it asks for; done once, however often it is called."""
    incoming = (
        IncomingMail.objects.select_for_update(of=("self",), no_key=True)
        .select_related("answers__customer", "answers__user")
        .get(pk=incoming_id)
    )
    if incoming.outcome != _Outcome.WAITING:
        return
    try:
        mail = read(bytes(incoming.raw))
    except Unreadable as error:
        give_up(incoming.id, str(error))
        return
    incoming.sender, incoming.subject = mail.sender, mail.subject
    incoming.text = mail.text
    # Words and files are kept elsewhere from now on; what is left is enough to see what went wrong.
    incoming.raw = bytes(incoming.raw)[:_LONGEST_RAW]
    with speaking(the_firm().language):
        _act_on(incoming, mail)


def _act_on(incoming: IncomingMail, mail: Read) -> None:
    message = incoming.answers
    if message is None:
        _settle(incoming, _Outcome.UNMATCHED)
        _ask_to_read(incoming)
    elif mail.bounce:
        _settle(incoming, _Outcome.BOUNCED, reason=mail.bounce)
        delivery.bounced(message.id, mail.bounce)
    elif mail.is_report or mail.is_automatic:
        _settle(incoming, _Outcome.AUTOMATIC)
    else:
        incoming.customer, incoming.user = message.customer, message.user
        complaint_id = complaint_answered(message)
        if message.user is not None and complaint_id is not None:
            _note_of_staff(incoming, complaint_id)
            _keep_files(incoming, mail)
        elif message.customer is not None and complaint_id is not None:
            _word_of_customer(incoming, complaint_id)
            _keep_files(incoming, mail)
        elif message.customer is not None:
            _onto_timeline(incoming)
            _keep_files(incoming, mail)
        else:
            _settle(incoming, _Outcome.UNMATCHED)
            _ask_to_read(incoming)


def _note_of_staff(incoming: IncomingMail, complaint_id: UUID) -> None:
    """An internal note by whom we wrote to; from another address it is signed by the address."""
    user = incoming.user
    if user is None:
        return
    is_theirs = user.is_active and user.email.lower() == incoming.sender
    incoming.from_other_address = not is_theirs
    author = Actor("user", user.id, str(user)) if is_theirs else Actor("system", None, incoming.sender)
    with acting_as(author):
        incoming.note = complaints.add_note(complaint_id=complaint_id, body=_body(incoming))
    incoming.complaint_id = complaint_id
    _settle(incoming, _Outcome.NOTED)


def _word_of_customer(incoming: IncomingMail, complaint_id: UUID) -> None:
    """The customer's note. A case closed within the window is opened again, unless they only say thanks."""
    customer = incoming.customer
    if customer is None:
        return
    known = _is_theirs(incoming, customer.id)
    incoming.from_other_address = not known
    incoming.complaint_id = complaint_id
    body = _body(incoming)
    with acting_as(Actor("customer", customer.id, customer.full_name)):
        if known and not is_mere_thanks(incoming.text) and _reopen(complaint_id, body):
            incoming.note = Complaint.objects.get(pk=complaint_id).notes.order_by("created_at", "id").last()
            _settle(incoming, _Outcome.REOPENED)
        else:
            incoming.note = complaints.add_note(complaint_id=complaint_id, body=body)
            _settle(incoming, _Outcome.NOTED)


def _reopen(complaint_id: UUID, body: str) -> bool:
    """Only what is closed: one we asked about waits for a plain yes or no, and is told of by a note."""
    closed = (Complaint.State.CLOSED_CONFIRMED, Complaint.State.CLOSED_NO_REPLY)
    if not Complaint.objects.filter(pk=complaint_id, state__in=closed).exists():
        return False
    try:
        complaints.reopen(complaint_id=complaint_id, words=body)
    except (ReopenWindowClosed, InvalidState):
        return False
    return True


def _onto_timeline(incoming: IncomingMail) -> None:
    """An answer to a survey's mail, where there is no complaint: kept with the customer, and somebody is to read it."""
    customer = incoming.customer
    if customer is None:
        return
    known = _is_theirs(incoming, customer.id)
    incoming.from_other_address = not known
    with acting_as(Actor("customer", customer.id, customer.full_name)):
        record_interaction(
            customer_id=customer.id,
            kind="mail",
            what="mail.received",
            direction="in",
            body=_body(incoming),
            data={"subject": incoming.subject},
        )
    _settle(incoming, _Outcome.TIMELINE)
    _ask_to_read(incoming)


def _is_theirs(incoming: IncomingMail, customer_id: UUID) -> bool:
    """Whether it came from the address we wrote to, or another one the customer gave us."""
    written_to = incoming.answers.email.lower() if incoming.answers else ""
    return bool(incoming.sender) and (incoming.sender == written_to or has_email(customer_id, incoming.sender))


def _body(incoming: IncomingMail) -> str:
    """The words as a note, with what was left out of them said below."""
    text = incoming.text or _("(no text)")
    remarks = []
    if len(text) > _LONGEST_BODY:
        text = f"{text[:_LONGEST_BODY]}…"
        remarks.append(_("The mail was longer; all of it stands under “Incoming mails”."))
    if incoming.from_other_address:
        remarks.append(_("Sent from another address: %(address)s") % {"address": incoming.sender or "?"})
    return "\n\n".join([text, *(f"[{remark}]" for remark in remarks)])


def _keep_files(incoming: IncomingMail, mail: Read) -> None:
    """With the note, else with the customer; what is not kept is named with the reason, in the note too."""
    files = [NewFile(file.name, file.content) for file in mail.files]
    if not files or (incoming.customer_id is None and incoming.note is None):
        return
    incoming.attachments = keep_mailed(
        files,
        note_id=incoming.note.pk if incoming.note else None,
        customer_id=incoming.customer_id,
        is_from_customer=incoming.user_id is None,
    )
    incoming.save(update_fields=["attachments"])


def _ask_to_read(incoming: IncomingMail) -> None:
    detail = f"{incoming.sender}: {incoming.subject}".strip(": ")
    raise_alert(kind=Alert.Kind.UNREAD_MAIL, ref=incoming.id, detail=detail)


def _settle(incoming: IncomingMail, outcome: str, *, reason: str = "") -> None:
    incoming.outcome, incoming.reason = outcome, reason[:300]
    incoming.save()


def _message_id(raw: bytes) -> str:
    given = "".join(str(heads_of(raw).get("Message-ID", "")).split())
    if given.isascii() and given.isprintable() and 3 <= len(given) <= _LONGEST_ID:
        return given
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


@nightly
@transaction.atomic
def forget_raw() -> int:
    """What came is dropped once its words are kept elsewhere for long; a mail nobody could read stays."""
    old = IncomingMail.objects.filter(created_at__lt=db_now() - KEEP_RAW).exclude(raw=b"")
    return old.exclude(outcome__in=(_Outcome.WAITING, _Outcome.FAILED)).update(raw=b"")
