"""What codes of this room say to people."""

from datetime import date
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# The lines of the five checklists (journeys.logic.checklists), answered from 0 "not at all" to 4 "fully".
CHECKLIST: Final[dict[str, Any]] = {
    "touchpoint_better": _("With them the touchpoint gets better for customers."),
    "reliable": _("They deliver what they promise, when they promise it."),
    "few_complaints": _("Few of our complaints come from what they deliver."),
    "sees_scorecard": _("They see their own scorecard and accept it."),
    "our_tone": _("It sounds like our brand."),
    "right_salutation": _("It addresses the reader rightly."),
    "clear": _("A hurried reader understands it at once."),
    "one_request": _("It asks for one thing only."),
    "easy_to_leave": _("It says how to stop such mails."),
    "asked_for_empathy": _("Two questions were asked about putting oneself in a customer's place."),
    "scored_by_guide": _("The answers were scored by our guide, by two people."),
    "met_customers": _("The candidate met real customers or their words."),
    "answers_a_cause": _("It answers a root cause we counted."),
    "measured_before": _("We measured before it."),
    "measured_after": _("We measure after it, on the same scale."),
    "good_for_customers": _("Customers are better off with it."),
    "exceptions_said": _("It says when it does not apply and who decides."),
    "plain_words": _("There is a version in plain words for customers."),
}
MARKS: Final = (
    ("", _("not answered")),
    ("4", _("4 – fully")),
    ("3", _("3 – mostly")),
    ("2", _("2 – half")),
    ("1", _("1 – hardly")),
    ("0", _("0 – not at all")),
)
# The five gates, in the order they stand in (journeys.logic.fit).
GATES: Final[dict[str, Any]] = {
    "majority": _("good for the majority"),
    "no_harm": _("harms nobody"),
    "brand": _("fits the brand"),
    "insight": _("rests on what customers said"),
    "affordable": _("we can afford it"),
}
GATE_RULES: Final[dict[str, Any]] = {
    "majority": _("At least half of the customers gain, or it is owed anyway."),
    "no_harm": _("No persona of a tenth or more, and not the staff, is worse off without an answer to it."),
    "brand": _("On the brand checklist at least 60 %, signed by the brand steward."),
    "insight": _("At least one validated insight and five quotes."),
    "affordable": _("It costs at most a quarter of the margin it touches, and staff have the time."),
}
BANDS: Final[dict[str, Any]] = {"fits": _("Fits"), "adjust": _("To be adjusted"), "unfit": _("Does not fit")}
ALARMS: Final[dict[str, Any]] = {
    "few_at_others_cost": _("Special few: fewer than a tenth gain, and others pay for it."),
    "money_for_few": _("Special few: all this money goes to fewer than a tenth of the customers."),
    "eats_the_margin": _("Excellence for all: it eats more than a quarter of the margin."),
}
MISSING: Final[dict[str, Any]] = {
    "personas": _("Publish your personas first; their shares must make one."),
    "effects": _("Say for every persona and for the staff what they get out of it."),
    "insight": _("Name the insight it answers."),
    "buyers_seat": _("Answer the three questions from the buyer's seat."),
    "harms": _("Name three ways it could do harm."),
    "guardrail": _("Set one guardrail: the figure at which you stop."),
    "costs": _("Fill in the cost card: what it costs, and the margin of the customers it reaches."),
}
BRAND_CHECKS: Final = (
    _("It follows from our positioning."),
    _("It sounds and feels like our traits."),
    _("It serves the many, not the few we could impress."),
    _("We can keep what it promises every day, in every branch."),
    _("A customer would recognise it as ours."),
)
SIZES: Final = (
    (2, _("+2 – much better off")),
    (1, _("+1 – better off")),
    (0, _("0 – notice nothing")),
    (-1, _("−1 – worse off")),
    (-2, _("−2 – much worse off")),
)


def quarter_name(quarter: date) -> str:
    """A quarter by its first day, in the reader's language."""
    return gettext("quarter %(number)s/%(year)s") % {"number": (quarter.month + 2) // 3, "year": quarter.year}


def signed(value: float, places: int = 1) -> str:
    """A mean or difference with its sign, in the reader's digits: "+0,4", "−1,2", "0"."""
    rounded = round(value, places)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{number_format(abs(rounded), places)}" if rounded else "0"
