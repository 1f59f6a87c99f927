"""Mails as rows: what they are about, and why one was not sent, in words."""

from uuid import UUID

from django.utils.translation import gettext as _

from cxcrm.core import mail
from feedback.models import Complaint, ComplaintNote, NoteMention
from workflows.models import Compensation, CompensationAsk, EscalationStep, Message, Promise, SharedText

_Kind = Message.Kind
_ABOUT_A_COMPLAINT = frozenset(
    {_Kind.ACKNOWLEDGEMENT, _Kind.RESOLUTION, _Kind.RESOLUTION_REMINDER, _Kind.CLOSING, _Kind.ASSIGNED}
)


def complaint_of(message: Message) -> UUID | None:
    """The complaint a mail is about, if any."""
    if message.kind in _ABOUT_A_COMPLAINT:
        return message.ref
    if message.kind == _Kind.ESCALATION:
        steps = EscalationStep.objects.filter(pk=message.ref)
        return steps.values_list("ladder__complaint_id", flat=True).first()
    if message.kind == _Kind.MENTION:
        return NoteMention.objects.filter(pk=message.ref).values_list("note__complaint_id", flat=True).first()
    if message.kind in {_Kind.PROMISE_DUE, _Kind.PROMISE_BROKEN}:
        return Promise.objects.filter(pk=message.ref).values_list("complaint_id", flat=True).first()
    if message.kind == _Kind.COMPENSATION_ASKED:
        asks = CompensationAsk.objects.filter(pk=message.ref)
        return asks.values_list("compensation__complaint_id", flat=True).first()
    if message.kind == _Kind.COMPENSATION_DECIDED:
        return Compensation.objects.filter(pk=message.ref).values_list("complaint_id", flat=True).first()
    if message.kind in {_Kind.REPLY, _Kind.ANSWERED}:
        return ComplaintNote.objects.filter(pk=message.ref).values_list("complaint_id", flat=True).first()
    return None


def complaint_answered(message: Message) -> UUID | None:
    """The complaint an answer to this mail belongs to: for a survey's mail the one its answer has opened, if any."""
    if message.kind == _Kind.INVITATION:
        opened = Complaint.objects.filter(response__invitation_id=message.ref)
        return opened.values_list("pk", flat=True).first()
    return complaint_of(message)


def text_of(message: Message) -> str:
    """The text of a mail as it was sent, the secret part of its links blotted out; empty before it was."""
    if message.shared_text is None:
        return message.text
    shared = SharedText.objects.filter(pk=message.shared_text).values_list("text", flat=True).first()
    return mail.fill_in(shared or "", message.filled_in)


def reason_text(message: Message) -> str:
    """Why a mail was not sent, in the reader's language; a server's own words stay as they are."""
    known = {
        "held": _("Somebody acted before it was sent."),
        "answered": _("The complaint was answered before it was sent."),
        "reopened": _("The complaint was reopened before it was sent."),
        "confirmed": _("The customer had answered before it was sent."),
        "left": _("This account was closed."),
        "has_password": _("This person has a password already."),
        "moved_on": _("The complaint belongs to somebody else by now."),
        "no_consent": _("The customer never agreed to surveys."),
        "opted_out": _("The customer does not want surveys."),
        "no_email": _("There is no e-mail address."),
        "undeliverable": _("The mailbox refuses mail."),
        "asked_recently": _("The customer was asked recently."),
        "open_complaint": _("The customer has an open complaint."),
        "yearly_cap": _("The customer was asked often enough this year."),
        "late": _("It could not leave in time and waits for the next opening hours."),
        "too_late": _("It could not leave in time, and the firm sends no late surveys."),
        "erased": _("The customer's personal data was erased."),
        "context": _("Surveys are paused where the customer lives; it waits until that is over."),
        "context_too_long": _("Surveys were paused where the customer lives until it was too late."),
        "expired": _("The invitation was out of date."),
        "answered_already": _("The customer had answered already."),
        "seen": _("The person had looked at the case before it was sent."),
        "promise_settled": _("The promise was settled before it was sent."),
        "compensation_over": _("The request was answered before it was sent."),
        "change_over": _("The change request was answered, or stands differently by now."),
        "question_over": _("The question was answered, or the answer taken back, before it was sent."),
        "review_over": _("The approval was answered, or became somebody else's, before it was sent."),
        "cause_decided": _("Somebody had decided on the cause before it was sent."),
        "sign_up_over": _("The request was confirmed or had expired before it was sent."),
        "nothing_waiting": _("Everything was done before it was sent."),
        "the worker died while sending": _("Sending was interrupted; it may have arrived."),
    }
    return str(known.get(message.reason, message.reason))
