"""The four characters of the source article (domain.md §1, 1.6) where a brand speaks: mails and customers' pages.

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
        "tell": _("{We} are sorry that something was not right. Please take all the room {xh} need."),
        "told": _("Thank you for the trust. It is in good hands."),
        "follow": _("It is good that {xh} look in. Nothing that happens is hidden here."),
        "handed": _("A colleague is looking after it for {xh} now, with the same care."),
        "solved": _("Only {xh} can tell. Every answer is welcome."),
        "glad": _("{We} are so glad that it is well again"),
        "leave": _("{We} understand, and will not press {xh}."),
        "left": _("Thank you for every answer so far. {We} keep them with care."),
        "remind": _(
            "Some days ago {we} wrote to {xh} what was done. {We} would so much like to know that it is well again."
        ),
        "heard": _(
            "Some time ago {xh} entrusted {brand} with what was not right. {We} have kept it in mind, and did this:"
        ),
        "thanking": _("Thank you from the heart for telling us."),
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
        "tell": _("Something went wrong? Say it as it happened."),
        "told": _("Got it. No excuses."),
        "follow": _("No fog here. This is where it stands."),
        "handed": _("A colleague has it in hand for {xh} now."),
        "solved": _("Straight answer, please. {We} can take it."),
        "glad": _("Sorted. That is how it should be"),
        "leave": _("Enough questions? Fair."),
        "left": _("Done, no hard feelings. What {xh} said so far counts."),
        "remind": _("Some days ago {we} wrote to {xh} what was done. No word back yet, so {we} ask once more."),
        "heard": _("Some time ago {xh} told {brand} straight what was not right. {We} did this about it:"),
        "thanking": _("It took saying it. Thanks."),
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
        "tell": _("{We} regret that something fell short. {We} would be grateful to hear of it."),
        "told": _("{We} thank {xh} sincerely. It has reached {brand}."),
        "follow": _("{We} are pleased to keep {xh} informed here of every step."),
        "handed": _("A colleague has the honour of attending to it for {xh} now."),
        "solved": _("{We} would be grateful for the candid word of {xh}."),
        "glad": _("{We} are honoured that the matter is resolved"),
        "leave": _("{We} respect the wish of {xh} entirely."),
        "left": _("{We} remain grateful for every answer {xh} has given."),
        "remind": _(
            "Some days ago {we} had the honour to write to {xh} what was done. "
            "{We} would be grateful to know whether it is resolved."
        ),
        "heard": _(
            "Some time ago {xh} graciously told {brand} what fell short. "
            "It was taken to heart, and {we} did the following:"
        ),
        "thanking": _("{We} remain grateful that {xh} told us."),
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
        "tell": _("Something not right? Tell {brand} in your own words."),
        "told": _("Thanks for letting us know! {We} have it."),
        "follow": _("Good to see {xh} here! This is how far it is."),
        "handed": _("Another one of the team is on it for {xh} now."),
        "solved": _("So, how is it now? Just say it as it is."),
        "glad": _("Lovely, it is all sorted"),
        "leave": _("Too many questions? No problem at all."),
        "left": _("Thanks for all the answers so far!"),
        "remind": _("Some days ago {we} wrote to {xh} what was done. Just checking: is everything fine now?"),
        "heard": _(
            "Some time ago {xh} told {brand} what was not right. {We} did not forget, and here is what {we} did:"
        ),
        "thanking": _("Thanks for speaking up!"),
        "signing": _("See you soon,"),
    },
}
