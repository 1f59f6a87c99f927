"""What the fate of a mail means to the rest of the firm. Every function may be repeated without harm."""

from uuid import UUID

from customers.services.customers import mark_undeliverable
from customers.services.interactions import record_interaction
from feedback.models import Complaint
from feedback.services import complaints, invitations
from tenants.models import Usage
from tenants.services import plans
from workflows.models import Alert, EscalationStep, Message, WeDid
from workflows.selectors.messages import complaint_of
from workflows.services.alerts import clear_alerts, raise_alert
from workflows.services.ladders import climb_on, untell

_Kind = Message.Kind
# Mails to customers that nothing else puts on their timeline.
_TIMELINE = frozenset({_Kind.ACKNOWLEDGEMENT, _Kind.RESOLUTION, _Kind.RESOLUTION_REMINDER})


def after_sent(message: Message) -> None:
    """An invitation is sent; a receipt acknowledges its complaint; mails to customers go on their timeline."""
    if message.followed_up:
        return
    message.followed_up = True
    message.save(update_fields=["followed_up"])
    # A slow worker may report after it was given up, and a server may come back: then nobody need look any more.
    clear_alerts(refs=(message.id, message.ref), kinds=(Alert.Kind.UNCERTAIN, Alert.Kind.UNDELIVERED))
    if message.kind == _Kind.INVITATION:
        invitations.mark_sent(invitation_id=message.ref)
    if message.kind in _TIMELINE and message.customer_id:
        _note_on_timeline(message)
    if message.kind == _Kind.WE_DID and message.customer_id:
        _note_what_was_done(message, message.customer_id)
    if message.kind == _Kind.ACKNOWLEDGEMENT:
        complaint = Complaint.objects.get(pk=message.ref)
        if complaint.is_open and complaint.acknowledged_at is None:
            complaints.acknowledge(complaint_id=complaint.id)


def after_skipped(message: Message) -> None:
    """Called off before it left."""
    if message.kind == _Kind.INVITATION:
        invitations.mark_skipped(invitation_id=message.ref, reason=message.reason)
    elif message.kind == _Kind.ESCALATION:
        reasons = EscalationStep.Reason
        untell(step_id=message.ref, reason=reasons.HELD if message.reason == "held" else reasons.ANSWERED)


def after_refused(message: Message) -> None:
    """The mailbox does not want it: a customer's address is marked, an escalation climbs on."""
    plans.count(Usage.Metric.REFUSED_MAILS)
    if message.customer_id:
        mark_undeliverable(email=message.email)
    if message.kind == _Kind.INVITATION:
        invitations.mark_bounced(invitation_id=message.ref)
    else:
        after_undeliverable(message)


def after_undeliverable(message: Message) -> None:
    """Somebody was not reached and must be by other means."""
    if message.kind == _Kind.INVITATION:
        invitations.mark_skipped(invitation_id=message.ref, reason="undeliverable")
    elif message.kind == _Kind.ESCALATION:
        climb_on(step_id=message.ref, detail=f"{message.email}: {message.reason}")
    else:
        _alert(message, Alert.Kind.UNDELIVERED)


def after_uncertain(message: Message) -> None:
    """Perhaps sent, so never sent again, and never shown as sent."""
    plans.count(Usage.Metric.UNCERTAIN_MAILS)
    if message.kind == _Kind.INVITATION:
        invitations.mark_uncertain(invitation_id=message.ref)
    _alert(message, Alert.Kind.UNCERTAIN)


def _alert(message: Message, kind: str) -> None:
    complaint_id: UUID | None = complaint_of(message)
    raise_alert(kind=kind, ref=message.id, complaint_id=complaint_id, detail=f"{message.email}: {message.reason}")


def _note_on_timeline(message: Message) -> None:
    if message.customer_id is None:
        return
    record_interaction(
        customer_id=message.customer_id,
        kind="mail",
        what="mail.sent",
        direction="out",
        data={"mail": message.kind, "subject": message.subject},
        subject=Complaint.objects.get(pk=message.ref),
    )


def _note_what_was_done(message: Message, customer_id: UUID) -> None:
    told = WeDid.objects.select_related("initiative").get(pk=message.ref)
    english = message.customer is not None and message.customer.language == "en"
    record_interaction(
        customer_id=customer_id,
        kind="mail",
        what="initiative.told",
        direction="out",
        body=(told.said_en if english else told.said_vi) or str(told),
        data={"initiative": told.initiative.name},
        subject=told.initiative,
    )
