"""How the firm speaks to a customer just now: in the brand's voice, or with words of care while a context is on."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import get_language

from customers.logic.names import Address, address
from customers.models import Customer
from customers.selectors.salutations import address_for
from cxcrm.core.clock import now
from feedback.context_words import Worded, care
from feedback.logic.contexts import nearest
from feedback.selectors.contexts import contexts_of, everywhere
from journeys.logic.voice import NEUTRAL, Pair, Voice
from journeys.selectors.voice import pair_for, voice_for
from tenants.staff.selectors.firm import the_firm


@dataclass(frozen=True)
class Tone:
    """``care`` is "" while nothing special is on; where there is some, it stands in the place of the ``voice``.

    ``pair`` is what the firm calls itself and whoever reads, for everything else on the page.
    """

    voice: Voice | None
    care: str
    pair: Pair


def tone_for(customer: Customer, *, about_complaint: bool = False) -> Tone:
    """The tone of a page for a customer we know, in the active language."""
    spoken_to = address_for(customer, complaint=about_complaint, language=_language())
    context = nearest(contexts_of([customer.pk]).get(customer.pk, []))
    return _tone(spoken_to, pair_for(spoken_to, _language()), context)


def tone_for_anybody() -> Tone:
    """The tone of a page for somebody we do not know: only a context of the whole country concerns them for sure.

    Nobody is known, so it speaks in the neutral pair, as its other words do.
    """
    language = _language()
    firm = the_firm()
    spoken_to = address(None, None, "", "", language, formal=firm.formal, complaint=True)
    return _tone(spoken_to, NEUTRAL[language], everywhere(now()))


def care_for(customer: Customer, *, about_complaint: bool = False) -> str:
    """The words of care a mail to ``customer`` opens with, in the active language; "" while nothing special is on."""
    context = nearest(contexts_of([customer.pk]).get(customer.pk, []))
    return _care(context, address_for(customer, complaint=about_complaint, language=_language()))


def _tone(spoken_to: Address, pair: Pair, context: Worded | None) -> Tone:
    if context is not None:
        return Tone(None, _care(context, spoken_to), pair)
    return Tone(voice_for(pair), "", pair)


def _care(context: Worded | None, spoken_to: Address) -> str:
    if context is None:
        return ""
    names = {"inline": spoken_to.inline, "inline_capital": spoken_to.inline_capital}
    return care(context, _language(), brand=the_firm().brand, **names)


def _language() -> Literal["vi", "en"]:
    return "en" if get_language() == "en" else "vi"
