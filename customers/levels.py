"""The items and levels of understanding in words: what each is called, and how the next one is asked for."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.logic.depth import Depth
from customers.models import Fact, Understanding

ITEMS: Final[Mapping[str, Any]] = {
    "name": _("full name and salutation"),
    "contact": _("a way to reach them that works"),
    "place": _("where they live"),
    "birth": _("age or role"),
    "consent": _("what they agreed to"),
    "origin": _("how they found us, and their home branch"),
    "purchases": _("three purchases"),
    "preferences": _("two preferences"),
    "usage": _("how they use it"),
    "why": _("why they like it or not"),
    "persona": _("their persona"),
    "channel": _("how and when to reach them"),
    "emotion": _("how they felt"),
    "need": _("what they need or expect"),
    "insight": _("their words in an insight that holds"),
    "conversation": _("a talk seen from their side"),
    "prediction": _("a guess of ours they confirmed"),
    "settled": _("the last trouble settled, or nothing to improve"),
}
# One sentence each, to be said to the customer in one's own words.
QUESTIONS: Final[Mapping[str, Any]] = {
    "name": _("How would they like to be addressed?"),
    "contact": _("Is this still the best number or address to reach them?"),
    "place": _("Which ward do they live or work in?"),
    "birth": _("What do they do, or about how old are they?"),
    "consent": _("May we ask them now and then how it was?"),
    "origin": _("How did they first hear of us?"),
    "preferences": _("What do they always like the same way?"),
    "usage": _("What do they use it for, when, and with whom?"),
    "why": _("What is the main reason they come – or stay away?"),
    "channel": _("When and how may we best reach them?"),
    "emotion": _("How did they feel the last time, and at which moment?"),
    "need": _("What do they wish for that nobody does well yet?"),
    "settled": _("Is there anything we should do better?"),
}
# The kind of fact an answer is noted as; other answers have their place elsewhere on the page.
ANSWERED_BY: Final[Mapping[str, str]] = {
    "birth": Fact.Kind.BIRTH,
    "origin": Fact.Kind.FIRST_SOURCE,
    "preferences": Fact.Kind.PREFERENCE,
    "usage": Fact.Kind.USAGE,
    "why": Fact.Kind.WHY_LIKE,
    "channel": Fact.Kind.CHANNEL_TIME,
    "need": Fact.Kind.NEED,
    "settled": Fact.Kind.NOTHING_TO_IMPROVE,
}
DIMENSIONS: Final[Mapping[str, Any]] = {
    "K": pgettext_lazy("of a customer", "Known"),
    "U": pgettext_lazy("of a customer", "Understood"),
    "E": pgettext_lazy("of a customer", "Felt with"),
}
# What each level means, in five seconds.
LEVELS: Final[Mapping[int, Any]] = {
    Understanding.Level.SEE: _("We see that they come."),
    Understanding.Level.KNOW: _("We know who they are and how to reach them."),
    Understanding.Level.UNDERSTAND: _("We understand what they do, and why."),
    Understanding.Level.EMPATHISE: _("We know how they feel, and act on it."),
}
# How deep a relationship goes, as said of one customer.
DEPTHS: Final[Mapping[Depth, Any]] = {
    Depth.ONE_OFF: pgettext_lazy("relationship", "just begun"),
    Depth.RETURNS: pgettext_lazy("relationship", "comes back"),
    Depth.SPEAKS: pgettext_lazy("relationship", "gives us feedback"),
    Depth.RECOMMENDS: pgettext_lazy("relationship", "recommends us"),
    Depth.CREATES: pgettext_lazy("relationship", "changes things with us"),
}

# What of a habit changes (selectors.habits), and how the parts of a day and of a week are called.
ASPECTS: Final[Mapping[str, Any]] = {
    "hour": _("time of day"),
    "day": _("day of the week"),
    "channel": _("how they bought"),
    "branch": _("branch"),
    "item": _("what they buy"),
}
_TIMES: Final[Mapping[str, Any]] = {
    "morning": _("in the morning (before 11:00)"),
    "noon": _("around noon (11:00–14:00)"),
    "afternoon": _("in the afternoon (14:00–17:00)"),
    "evening": _("in the evening (from 17:00)"),
    "weekday": _("Monday to Friday"),
    "weekend": _("at the weekend"),
}


def habit_words(aspect: str, habit: str) -> Any:
    """A habit as the reader calls it; channels, branches and products have their own names."""
    return _TIMES.get(habit, habit) if aspect in ("hour", "day") else habit
