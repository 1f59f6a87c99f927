"""What every mail has in common: the firm's name and colour, the reader's pronouns, headers that thread."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language

from customers.logic.names import Address
from customers.models import Customer
from customers.selectors.salutations import address_for
from cxcrm.core import mail
from cxcrm.core.context import current_tenant
from cxcrm.core.reply_address import make_reply_address
from cxcrm.core.tokens import make_token, token_maker
from feedback.context_words import care
from feedback.logic.contexts import Context
from feedback.models import Complaint
from journeys.logic.voice import Pair
from journeys.selectors.voice import pair_for, voice_for
from tenants.services.domains import url_for
from tenants.staff.models import Firm, User
from tenants.staff.selectors.firm import firm_zone, the_firm
from workflows.mails.look import STYLES, readable_on
from workflows.models import Message
from workflows.selectors.people import staff_address

# Mails about no customer: there is nothing an answer could land on.
_ANSWERED_BY_THE_FIRM: Final = frozenset(
    {
        Message.Kind.WELCOME,
        Message.Kind.PASSWORD,
        Message.Kind.SIGN_UP,
        Message.Kind.DIGEST,
        Message.Kind.REVIEW_ASKED,
        Message.Kind.REVIEW_LATE,
        Message.Kind.REVIEW_ANSWERED,
        Message.Kind.SUPERVISION,
        Message.Kind.CHANGE_ASKED,
        Message.Kind.CHANGE_RAISED,
        Message.Kind.CHANGE_NEWS,
        Message.Kind.CHANGE_PASSED,
        Message.Kind.CHANGES_PASSED,
        Message.Kind.DATA_REQUEST,
        Message.Kind.QUESTION_ASKED,
        Message.Kind.QUESTION_RAISED,
    }
)
# Why an invitation is put off while a context pauses surveys (see services.holding).
HELD: Final = "context"
AUTOMATIC: Final = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True)
class Skip:
    """This mail should not leave; ``reason`` is a code (selectors.messages.reason_text has the words)."""

    reason: str


@dataclass(frozen=True)
class PutOff:
    """This mail should leave later; ``reason`` is a code like those of ``Skip``."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Composed:
    """A mail ready to be rendered."""

    template: str
    language: str
    context: dict[str, Any]
    from_name: str
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    files: tuple[mail.MailFile, ...] = ()

    def render(self) -> tuple[str, str, str]:
        """Subject, text and HTML."""
        with timezone.override(firm_zone()):
            return mail.render(self.template, self.language, self.context)


def to_customer(
    template: str, customer: Customer, *, about_complaint: bool, headers: dict[str, str], **context: Any
) -> Composed:
    """A mail of the brand to one of its customers."""
    address = address_for(customer, complaint=about_complaint, language=_language())
    return to_whoever(template, address, headers=headers, my_page_url=my_page(customer.pk), **context)


def to_whoever(
    template: str, address: Address, *, headers: dict[str, str], pair: Pair | None = None, **context: Any
) -> Composed:
    """A mail of the brand to whoever is addressed so; ``pair`` where its words are told later, as in a pattern."""
    firm, language = the_firm(), _language()
    pair = pair or pair_for(address, language)
    return Composed(
        template=template,
        language=language,
        context={
            **_frame(firm),
            "greeting": address.greeting,
            "you": pair.you,
            "You": pair.you_capital,
            "we": pair.we,
            "We": pair.we_capital,
            "voice": voice_for(pair),
            **context,
        },
        from_name=firm.brand,
        reply_to=firm.reply_to,
        headers=headers,
    )


def words_of_care(context: Context | None, language: str, address: Address) -> str:
    """What a mail begins with while ``context`` is on; "" without one. ``language`` must be the active one."""
    if context is None:
        return ""
    return care(context, language, brand=the_firm().brand, inline=address.inline, inline_capital=address.inline_capital)


def to_staff(template: str, user: User, *, headers: dict[str, str], **context: Any) -> Composed:
    """A mail of the firm to one of its own people."""
    firm, address = the_firm(), staff_address(user)
    return Composed(
        template=template,
        language=_language(),
        context={
            **_frame(firm),
            "greeting": address.greeting,
            "you": address.inline,
            "You": address.inline_capital,
            "user": user,
            **context,
        },
        from_name=firm.brand,
        reply_to=firm.reply_to,
        headers=headers,
    )


def to_visitor(template: str, *, headers: dict[str, str], **context: Any) -> Composed:
    """A mail to somebody who is neither a customer nor one of the firm's people yet."""
    firm = the_firm()
    return Composed(
        template=template,
        language=_language(),
        context={**_frame(firm), **context},
        from_name=firm.brand,
        reply_to=firm.reply_to,
        headers=headers,
    )


def answer_address(kind: str, message_id: UUID) -> str:
    """Where an answer to this mail lands by itself; "" where it goes to the firm's own address."""
    return "" if kind in _ANSWERED_BY_THE_FIRM else make_reply_address(current_tenant().id, message_id)


def threaded(complaint: Complaint) -> dict[str, str]:
    """Headers by which all mails of one complaint form one conversation."""
    root = mail.message_id(current_tenant().id, f"complaint:{complaint.id}")
    return {"References": root, "In-Reply-To": root, **AUTOMATIC}


def my_page(customer_id: UUID) -> str:
    """The address of a customer's own page, which stands at the foot of every mail to them."""
    return link("m", "my-page", customer_id)


def link(purpose_path: str, purpose: str, ident: UUID) -> str:
    """Absolute address of a signed page, such as ``link("r", "solved", complaint.id)``."""
    return absolute(f"/{purpose_path}/{make_token(purpose, ident)}/")


def linker(purpose_path: str, purpose: str) -> Callable[[UUID], str]:
    """``link`` for many objects."""
    start, token = absolute(f"/{purpose_path}/"), token_maker(purpose)
    return lambda ident: f"{start}{token(ident)}/"


def absolute(path: str) -> str:
    """Absolute address on the firm's own host."""
    return url_for(current_tenant().host, path)


def case_url(complaint: Complaint) -> str:
    """The page staff work on a complaint."""
    return absolute(f"/admin/feedback/complaint/{complaint.id}/change/")


def _frame(firm: Firm) -> dict[str, Any]:
    return {
        "firm": firm,
        "brand": firm.brand,
        "colour": firm.colour,
        "on_colour": readable_on(firm.colour),
        "lang": _language(),
        "s": STYLES,
    }


def _language() -> str:
    return "en" if get_language() == "en" else "vi"
