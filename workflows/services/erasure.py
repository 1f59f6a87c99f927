"""What was mailed, received and noted about a customer, for when they are forgotten."""

from collections.abc import Callable
from typing import Final

from django.db.models import Q

from customers.services.erasure import Person, Trace, leaves_traces
from feedback.models import Complaint, ComplaintNote, Invitation, Response
from workflows.models import (
    Alert,
    ChangeCase,
    ChangeRequest,
    ChangeStep,
    ClockPause,
    Coaching,
    Compensation,
    EscalationStep,
    Event,
    IncomingMail,
    LadderDecision,
    Message,
    Promise,
    Recognition,
)


def _about(who: Person) -> list[object]:
    """Everything of theirs a mail, an alert or an event may be about, by id."""
    cases = Complaint.objects.filter(customer_id=who.id).values_list("pk", flat=True)
    return [
        who.id,
        *cases,
        *ChangeCase.objects.filter(complaint__customer_id=who.id).values_list("change_id", flat=True),
        *ComplaintNote.objects.filter(complaint__customer_id=who.id).values_list("pk", flat=True),
        *EscalationStep.objects.filter(ladder__complaint__customer_id=who.id).values_list("pk", flat=True),
        *Invitation.objects.filter(customer_id=who.id).values_list("pk", flat=True),
        *Response.objects.filter(customer_id=who.id).values_list("pk", flat=True),
    ]


def _mails(who: Person) -> Q:
    """To them, about a case of theirs, or naming them among others, as the morning's digest does."""
    named = Q()
    for name in who.names:
        named |= Q(subject__icontains=name) | Q(text__icontains=name)
    return Q(customer_id=who.id) | Q(ref__in=_about(who)) | named


def _said_by_them(who: Person) -> Q:
    """Events signed by the customer; on the public pages an id of theirs is in the payload."""
    by_payload = Q()
    for name in ("customer_id", "complaint_id", "response_id", "invitation_id"):
        by_payload |= Q(**{f"payload__{name}__in": [str(ident) for ident in _about(who)]})
    return Q(actor_kind="customer") & (Q(actor_id=who.id) | by_payload)


def _named_in(column: str) -> Callable[[Person], Q]:
    """Rows of change requests that call them by their whole name in ``column``; first names alone are in many texts."""

    def named(who: Person) -> Q:
        told = Q(pk__in=[])
        for name in who.names:
            if len(name) >= _TELLING:
                told |= Q(**{f"{column}__icontains": name})
        return told

    return named


def _hurt(who: Person) -> Q:
    return _named_in("hurts")(who) | Q(cases__complaint__customer_id=who.id)


def _thanked_for(who: Person) -> Q:
    return Q(response__customer_id=who.id) | Q(quote__customer_id=who.id) | Q(complaint__customer_id=who.id)


def _coached(who: Person) -> Q:
    return Q(complaint__customer_id=who.id)


_TELLING: Final = 6
# What is to change stays unless it names them; what hurt is theirs where it rests on a case of theirs.
_ON_CHANGES: Final = ("subject", "proposal", "words", "new_day_because", "done_words", "helped_words")

leaves_traces(
    *(Trace(ChangeRequest, _named_in(name), replaced=(name,), naming=(name,)) for name in _ON_CHANGES),
    Trace(ChangeStep, _named_in("words"), replaced=("words",), naming=("words",)),
    Trace(ChangeRequest, _hurt, replaced=("hurts",), naming=("hurts",)),
    Trace(
        Message,
        lambda who: Q(customer_id=who.id, state=Message.State.QUEUED),
        put={"state": Message.State.SKIPPED},
    ),
    Trace(Message, _mails, emptied=("subject", "text", "filled_in", "reason"), naming=("subject", "text", "reason")),
    Trace(Message, lambda who: Q(customer_id=who.id), emptied=("email",), put={"reason": "erased"}),
    Trace(
        IncomingMail,
        lambda who: Q(customer_id=who.id) | Q(complaint__customer_id=who.id),
        emptied=("raw", "sender", "subject", "text", "attachments", "reason"),
        naming=("sender", "subject", "text"),
    ),
    Trace(ClockPause, lambda who: Q(complaint__customer_id=who.id), emptied=("note",)),
    Trace(
        Compensation,
        lambda who: Q(complaint__customer_id=who.id),
        emptied=("decision_note",),
        replaced=("reason",),
    ),
    Trace(Promise, lambda who: Q(customer_id=who.id), emptied=("evidence",), replaced=("text",)),
    Trace(LadderDecision, lambda who: Q(ladder__complaint__customer_id=who.id), emptied=("note",), naming=("note",)),
    Trace(
        Alert,
        lambda who: Q(complaint__customer_id=who.id) | Q(ref__in=_about(who)),
        emptied=("detail",),
        naming=("detail",),
    ),
    Trace(Recognition, _thanked_for, emptied=("note",), naming=("note",)),
    # What followed for a colleague stays, with whom and when; in what words the case was told goes with the case.
    Trace(Coaching, _coached, replaced=("seen",), emptied=("reply", "because"), naming=("seen", "reply", "because")),
    Trace(Event, _said_by_them, emptied=("actor_label",)),
)
