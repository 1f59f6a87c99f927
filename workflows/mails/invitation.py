"""The survey invitation: the first question stands in the mail."""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from customers.logic.names import Address
from customers.selectors.salutations import address_for
from cxcrm.core import mail
from cxcrm.core.clock import now
from cxcrm.core.context import current_tenant
from cxcrm.core.language import speaking
from feedback.logic.contexts import Context, longest, nearest, pausing
from feedback.models import Invitation, Question, Survey
from feedback.selectors.audience import may_be_asked
from feedback.selectors.contexts import TOO_LONG, contexts_of
from feedback.selectors.wording import questions_addressed
from journeys.logic.voice import Pair
from journeys.selectors.voice import character, pair_for
from tenants.staff.models import Firm
from tenants.staff.selectors.firm import firm_zone, the_firm
from workflows.mails.base import AUTOMATIC, HELD, Composed, PutOff, Skip, absolute, linker, to_whoever, words_of_care
from workflows.models import Message
from workflows.selectors.calendars import late_rule

_SPLIT_AFTER = 6
_OF_A_QUESTION = tuple(field.attname for field in Question._meta.concrete_fields if field.name != "choices")
# All that differs between two readers of one survey in one language; see ``pattern`` and ``filler``.
_ANYBODY: Final = Address(mail.mark("greeting"), mail.mark("you"), mail.mark("You"))
_ANY_PAIR: Final = Pair(mail.mark("we"), mail.mark("We"), mail.mark("you"), mail.mark("You"))


def compose(message: Message) -> Composed | PutOff | Skip:
    """Ask the first question with a link per number, unless the customer may not be asked any more, or too late."""
    invitation = Invitation.objects.select_related("survey", "customer").get(pk=message.ref)
    at = now()
    if reason := may_be_asked(invitation) or _out_of_date(message, invitation, at):
        return Skip(reason)
    contexts = contexts_of([invitation.customer_id], at).get(invitation.customer_id, [])
    if holder := longest(pausing(contexts, invitation.survey.cadence)):
        return PutOff(holder.ends_at, HELD)
    leaves_at = late_rule().departure(message.due_at or invitation.created_at, at)
    if leaves_at != at:
        return PutOff(leaves_at, "late") if leaves_at else Skip("too_late")
    customer = invitation.customer
    language = "en" if customer.language == "en" else "vi"
    address = address_for(customer, language=language)
    filled = filler()(invitation.id, customer.id, address, language)
    around = nearest(contexts)
    return _composed(
        invitation.survey,
        language,
        address,
        around,
        form=filled["form"],
        opt_out=filled["opt_out"],
        my_page=filled["my_page"],
    )


def _out_of_date(message: Message, invitation: Invitation, at: datetime) -> str:
    """Why it is too late for an invitation whose time is over; "" while it is not."""
    if invitation.expires_at > at:
        return ""
    return TOO_LONG if message.reason == HELD else "expired"


def pattern(survey: Survey, language: str, context: Context | None) -> mail.Pattern:
    """The same mail for anybody in a context, rendered once; what ``filler`` tells makes it somebody's."""
    form, opt_out, my_page = mail.mark("form"), mail.mark("opt_out"), mail.mark("my_page")
    with speaking(language), timezone.override(firm_zone()):
        composed = _composed(
            survey, language, _ANYBODY, context, form=form, opt_out=opt_out, my_page=my_page, pair=_ANY_PAIR
        )
        subject, text, html = composed.render()
    # Where answers are taken in, each reader's copy has an address of its own for them.
    reply_to = "" if settings.INBOUND_DOMAIN else composed.reply_to
    return mail.Pattern(subject, text, html, from_name=composed.from_name, reply_to=reply_to, headers=composed.headers)


def fingerprint(survey: Survey, language: str, context: Context | None) -> Hashable:
    """All that a pattern is made of: while it stays the same, so does the pattern."""
    firm = the_firm()
    return (
        current_tenant(),
        language,
        context,
        character(),
        *(getattr(firm, field.attname) for field in Firm._meta.concrete_fields),
        *survey.questions.filter(position=1).values_list(*_OF_A_QUESTION),
        settings.INBOUND_DOMAIN,
        settings.MAIL_FROM_ADDRESS,
    )


def filler() -> Callable[[UUID, UUID, Address, str], dict[str, str]]:
    """What to fill a pattern with, told by an invitation's id, its customer's, how to address them and in what."""
    form, opt_out, my_page = linker("s", "survey"), linker("u", "opt-out"), linker("m", "my-page")
    pairs: dict[tuple[str, str], Pair] = {}  # of as many readers as there are, few are addressed differently

    def values(invitation_id: UUID, customer_id: UUID, address: Address, language: str) -> dict[str, str]:
        key = (language, address.inline)
        pair = pairs.get(key) or pairs.setdefault(key, pair_for(address, language))
        return {
            "greeting": address.greeting,
            "you": pair.you,
            "You": pair.you_capital,
            "we": pair.we,
            "We": pair.we_capital,
            "form": form(invitation_id),
            "opt_out": opt_out(customer_id),
            "my_page": my_page(customer_id),
        }

    return values


def kept_text(pattern: mail.Pattern) -> str:
    """The text as it is kept: marks where readers differ, and the secret part of links blotted out."""
    secret = {"form": absolute("/s/…/"), "opt_out": absolute("/u/…/"), "my_page": absolute("/m/…/")}
    return pattern.text_with(secret)


def kept_values(filled: dict[str, str]) -> dict[str, str]:
    """What is kept of one reader's values, for ``kept_text``."""
    return {name: filled[name] for name in ("greeting", "you", "You", "we", "We")}


def _composed(
    survey: Survey,
    language: str,
    address: Address,
    context: Context | None,
    *,
    form: str,
    opt_out: str,
    my_page: str,
    pair: Pair | None = None,
) -> Composed:
    question = questions_addressed(survey, address, language)[0]
    scores = [{"number": number, "url": f"{form}?score={number}"} for number in question.scale]
    return to_whoever(
        "invitation",
        address,
        pair=pair,
        headers={
            **AUTOMATIC,
            "List-Unsubscribe": f"<{opt_out}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        question=question,
        care=words_of_care(context, language, address),
        # Two halves stand side by side on a screen and one above the other on a phone.
        halves=[half for half in (scores[:_SPLIT_AFTER], scores[_SPLIT_AFTER:]) if half]
        if len(scores) > _SPLIT_AFTER + 1
        else [scores],
        scores=scores,
        form_url=form,
        opt_out_url=opt_out,
        my_page_url=my_page,
    )
