"""The four characters of the source article (domain.md §1, 1.6) where a brand speaks first: mails and survey pages.

{brand}, {we} and {We} are the firm, {xh} and {Xh} the customer. None leads to a high or a low score.
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VOICES: Final[dict[str, dict[str, Promise]]] = {
    "gentle": {
        "opening": _("{brand} warmly thanks {xh} for coming to us."),
        "ask": _("Whenever it suits, may {we} ask {xh} one small question?"),
        "lead": _("There is no hurry: every word is read with care."),
        "thanks": _("Thank you with all our heart"),
        "received": _("{brand} has received the answer and treasures it."),
        "receipt": _(
            "{We} thank {xh} for entrusting {brand} with this. It has arrived, and one person is looking after it."
        ),
        "done": _("{We} have listened to what {xh} told {brand}, and this is what {we} have done:"),
        "signing": _("With warm regards,"),
    },
    "rebel": {
        "opening": _("{brand} here. No small talk."),
        "ask": _("One question, and {xh} say it as it is."),
        "lead": _("Say it as it is."),
        "thanks": _("Heard. Thanks!"),
        "received": _("{brand} has it, every word."),
        "receipt": _("Got it. {brand} was told what happened, and one person has it in hand right now."),
        "done": _("{Xh} told {brand}. {We} did this:"),
        "signing": _("Straight from us,"),
    },
    "luxury": {
        "opening": _("It was a privilege for {brand} to welcome {xh}."),
        "ask": _("May {we} ask {xh} for a moment, and one answer?"),
        "lead": _("Please take all the time you wish."),
        "thanks": _("With our sincere thanks"),
        "received": _("The answer has reached {brand} safely."),
        "receipt": _("{We} are grateful that {xh} told {brand} of this. It has arrived, and one person attends to it."),
        "done": _("Following what {xh} told {brand}, {we} have done the following:"),
        "signing": _("Yours respectfully,"),
    },
    "friendly": {
        "opening": _("Thanks for dropping by {brand}!"),
        "ask": _("Got a minute, so {we} can ask {xh} one quick question?"),
        "lead": _("Just say what comes to mind."),
        "thanks": _("Thanks a lot!"),
        "received": _("{brand} got the answer and is reading it."),
        "receipt": _("Thank you for telling {brand} straight away. It is here, and one of us is on it."),
        "done": _("Here is what {we} did about what {xh} told {brand}:"),
        "signing": _("See you soon,"),
    },
}
