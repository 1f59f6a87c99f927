"""What listening keeps of a customer's words, for when they are forgotten."""

from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from customers.services.erasure import Trace, leaves_traces, may_hold_up
from feedback.errors import CaseOpen
from feedback.models import (
    Answer,
    CommunityAnswer,
    CommunityQuestion,
    Complaint,
    ComplaintNote,
    Invitation,
    Perspective,
    Response,
)


@may_hold_up
def no_open_case(customer_id: UUID) -> None:
    """Raise CaseOpen while a complaint is unanswered: nobody could tell the customer how it ended."""
    complaint = Complaint.objects.filter(customer_id=customer_id, state__in=Complaint.OPEN_STATES).first()
    if complaint is not None:
        raise CaseOpen(number=complaint.number)


leaves_traces(
    Trace(
        Invitation,
        lambda who: Q(customer_id=who.id, state=Invitation.State.QUEUED),
        put={"state": Invitation.State.SKIPPED, "skip_reason": "erased"},
    ),
    Trace(Invitation, lambda who: Q(customer_id=who.id), emptied=("email",)),
    Trace(Response, lambda who: Q(customer_id=who.id), emptied=("words", "set_aside_because"), naming=("words",)),
    Trace(Answer, lambda who: Q(response__customer_id=who.id), emptied=("text",), naming=("text",)),
    Trace(
        Complaint,
        lambda who: Q(customer_id=who.id),
        emptied=("remedy_sought", "tags", "terms"),
        replaced=("subject", "description"),
    ),
    Trace(Complaint, lambda who: Q(customer_id=who.id) & ~Q(action_taken=""), replaced=("action_taken",)),
    Trace(ComplaintNote, lambda who: Q(complaint__customer_id=who.id), replaced=("body",), naming=("body",)),
    Trace(
        ComplaintNote,
        lambda who: Q(complaint__customer_id=who.id, from_customer=True),
        emptied=("author_label",),
    ),
    Trace(
        Perspective,
        lambda who: Q(complaint__customer_id=who.id),
        emptied=("trying", "happened", "good_end", "quote"),
    ),
    # What they asked and answered is not shown any more; that they did, and whether it helped, stays counted.
    Trace(
        CommunityQuestion,
        lambda who: Q(customer_id=who.id),
        emptied=("shown_name", "search_text", "digest"),
        replaced=("text",),
        put={"published_at": None, "may_publish": False, "state": CommunityQuestion.State.SET_ASIDE},
    ),
    Trace(
        CommunityAnswer,
        lambda who: Q(customer_id=who.id),
        emptied=("shown_name",),
        replaced=("text",),
        put={"published_at": None, "accepted_at": None, "review_due": None, "refused_at": Now()},
    ),
    Trace(CommunityQuestion, lambda who: Q(answers__customer_id=who.id), emptied=("search_text",)),
)
