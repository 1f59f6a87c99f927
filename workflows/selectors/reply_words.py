"""Reply templates with the values of one case filled in."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone

from customers.logic.names import Address
from customers.selectors.salutations import address_for
from cxcrm.core.clock import now
from cxcrm.core.language import speaking
from feedback.logic.placeholders import fill
from feedback.models import Complaint
from feedback.selectors.desk import templates_for
from journeys.logic.voice import Pair
from journeys.selectors.voice import pair_for
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_zone, the_firm
from workflows import wording
from workflows.models import SlaClock
from workflows.selectors.clocks import current_clock

# What stands where a value is empty: true of any case, and still a sentence.
_NEUTRAL: Final = {
    "vi": {
        "promised_time": "hết ngày hôm nay",
        "remedy": "làm lại hoặc hoàn tiền, theo ý của {xh}",
        "staff_name": "Người phụ trách",
    },
    "en": {
        "promised_time": "the end of today",
        "remedy": "a replacement or a refund, as you prefer",
        "staff_name": "Customer care",
    },
}


@dataclass(frozen=True)
class ReadyReply:
    """A template as it would be inserted."""

    id: UUID
    name: str
    text: str


def ready_replies(complaint: Complaint, user: User | None) -> list[ReadyReply]:
    """The templates that fit a case, in the customer's language, filled in for ``user`` to send."""
    language = "en" if complaint.customer.language == "en" else "vi"
    address = address_for(complaint.customer, complaint=True, language=language)
    pair = pair_for(address, language)
    values = _values(complaint, user, language, address, pair)
    neutral = {name: pair.fill(text) for name, text in _NEUTRAL[language].items()}
    return [
        ReadyReply(template.pk, template.name, fill(template.text, values, neutral))
        for template in templates_for(complaint)
    ]


def _values(complaint: Complaint, user: User | None, language: str, address: Address, pair: Pair) -> dict[str, str]:
    firm = the_firm()
    with speaking(language), timezone.override(firm_zone()):
        return {
            "customer_greeting": address.greeting,
            "customer": address.inline,
            "number": complaint.number,
            "subject": complaint.subject.rstrip(" .…"),
            "staff_name": user.full_name if user else "",
            "brand": firm.brand,
            "we": pair.we,
            "we_capital": pair.we_capital,
            "promised_time": _promised(complaint),
            "remedy": _remedy(complaint, language),
        }


def _promised(complaint: Complaint) -> str:
    """When the next step is promised: the first personal contact, else the answer; "" when neither lies ahead."""
    for kind in (SlaClock.Kind.FIRST_CONTACT, SlaClock.Kind.RESOLVE):
        clock = current_clock(complaint.pk, kind)
        if clock is not None and clock.stopped_at is None and clock.due_at > now():
            return wording.moment(clock.due_at)
    return ""


def _remedy(complaint: Complaint, language: str) -> str:
    remedy = complaint.remedy
    if remedy is None:
        return ""
    name = (remedy.name_en or remedy.name) if language == "en" else remedy.name
    return name[:1].lower() + name[1:]
