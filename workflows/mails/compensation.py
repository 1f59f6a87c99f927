"""A compensation above somebody's limit: asked of whoever may grant it, and the answer to who asked."""

from customers.logic.masks import without_contacts
from cxcrm.core.money import money
from feedback.selectors.complaints import similar_count
from tenants.staff.selectors.firm import the_firm
from tenants.staff.selectors.limits import limit_of
from workflows import wording
from workflows.logic.private import shortened
from workflows.mails.base import Composed, Skip, case_url, link, threaded, to_staff
from workflows.mails.escalation import place_of
from workflows.models import Compensation, CompensationAsk, Message
from workflows.selectors.people import customer_called, person

_QUOTE_LENGTH = 320


def compose_asked(message: Message) -> Composed | Skip:
    """How much, for whom, why, and the two ways to answer; nothing once somebody answered."""
    ask = CompensationAsk.objects.select_related(
        "deputy_for", "compensation__asked_by", "compensation__complaint__customer",
        "compensation__complaint__touchpoint", "compensation__complaint__branch",
    ).get(pk=message.ref)  # fmt: skip
    row = ask.compensation
    complaint = row.complaint
    if message.user is None or row.state != Compensation.State.WAITING:
        return Skip("compensation_over")
    asked_by = row.asked_by
    return to_staff(
        "compensation_asked",
        message.user,
        headers=threaded(complaint),
        complaint=complaint,
        row=row,
        amount=money(row.amount, the_firm().currency),
        customer=customer_called(complaint.customer),
        place=place_of(complaint),
        asked_by=person(asked_by) if asked_by else "",
        limit=money(limit_of(asked_by), the_firm().currency) if asked_by else "",
        standing_in=person(ask.deputy_for) if ask.deputy_for else "",
        quote=shortened(without_contacts(complaint.description), _QUOTE_LENGTH),
        similar_count=similar_count(complaint),
        answer_by=wording.moment(ask.answer_by),
        answer_url=link("g", "grant", ask.id),
        case_url=case_url(complaint),
    )


def compose_decided(message: Message) -> Composed | Skip:
    """What became of the request, to whoever made it."""
    row = Compensation.objects.select_related(
        "decided_by", "complaint__customer", "complaint__touchpoint", "complaint__branch"
    ).get(pk=message.ref)
    if message.user is None or row.state == Compensation.State.WAITING:
        return Skip("compensation_over")
    return to_staff(
        "compensation_decided",
        message.user,
        headers=threaded(row.complaint),
        complaint=row.complaint,
        row=row,
        amount=money(row.amount, the_firm().currency),
        customer=customer_called(row.complaint.customer),
        decided_by=person(row.decided_by) if row.decided_by else "",
        case_url=case_url(row.complaint),
    )
