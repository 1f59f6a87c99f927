"""A root cause came back, to whoever answers for it; what was done about it, to the customers who raised it."""

from customers.models import Customer
from feedback.selectors.tone import care_for
from workflows.mails.base import AUTOMATIC, Composed, Skip, absolute, to_customer, to_staff
from workflows.models import CauseProposal, Message, WeDid
from workflows.selectors.people import person
from workflows.selectors.we_did import raisers


def compose_proposed(message: Message) -> Composed | Skip:
    """How often and where; nothing once somebody decided. No customer is named: the page shows what they may see."""
    proposal = CauseProposal.objects.select_related("root_cause__parent", "touchpoint", "owner").get(pk=message.ref)
    if message.user is None or proposal.state != CauseProposal.State.WAITING:
        return Skip("cause_decided")
    return to_staff(
        "cause_proposed",
        message.user,
        headers=dict(AUTOMATIC),
        proposal=proposal,
        cause=str(proposal.root_cause),
        place=str(proposal.touchpoint or ""),
        standing_in="" if message.user.pk == proposal.owner_id else person(proposal.owner),
        page_url=absolute(f"/admin/workflows/causeproposal/{proposal.pk}/change/"),
    )


def compose_we_did(message: Message) -> Composed | Skip:
    """One sentence; nothing to who was erased or does not want to be written to by now."""
    told = WeDid.objects.get(pk=message.ref)
    customer = message.customer
    if customer is None or customer.erased_at is not None:
        return Skip("erased")
    if not raisers(told.initiative_id).filter(pk=customer.pk).exists():
        return Skip("opted_out")
    said = (told.said_en if customer.language == "en" else told.said_vi) or told.said_vi or told.said_en
    return we_did_to(customer, said)


def we_did_to(customer: Customer, said: str) -> Composed:
    """What was done, as ``customer`` reads it, in the active language."""
    care = care_for(customer, about_complaint=True)
    return to_customer("we_did", customer, about_complaint=True, headers=dict(AUTOMATIC), said=said, care=care)
