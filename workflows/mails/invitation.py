"""The survey invitation: the first question stands in the mail."""

from cxcrm.core.clock import now
from feedback.models import Invitation
from feedback.selectors.audience import may_be_asked
from feedback.selectors.wording import questions_for
from workflows.mails.base import AUTOMATIC, Composed, Skip, link, to_customer
from workflows.models import Message

_SPLIT_AFTER = 6


def compose(message: Message) -> Composed | Skip:
    """Ask the first question with a link per number, unless the customer may not be asked any more."""
    invitation = Invitation.objects.select_related("survey", "customer").get(pk=message.ref)
    reason = may_be_asked(invitation) or ("expired" if invitation.expires_at <= now() else "")
    if reason:
        return Skip(reason)
    customer = invitation.customer
    question = questions_for(invitation.survey, customer, "en" if customer.language == "en" else "vi")[0]
    form, opt_out = link("s", "survey", invitation.id), link("u", "opt-out", customer.id)
    scores = [{"number": number, "url": f"{form}?score={number}"} for number in question.scale]
    return to_customer(
        "invitation",
        customer,
        about_complaint=False,
        headers={
            **AUTOMATIC,
            "List-Unsubscribe": f"<{opt_out}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        question=question,
        # Two halves stand side by side on a screen and one above the other on a phone.
        halves=[half for half in (scores[:_SPLIT_AFTER], scores[_SPLIT_AFTER:]) if half]
        if len(scores) > _SPLIT_AFTER + 1
        else [scores],
        scores=scores,
        form_url=form,
        opt_out_url=opt_out,
        expires_at=invitation.expires_at,
    )
