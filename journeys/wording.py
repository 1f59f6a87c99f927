"""What codes of this room say to people."""

from typing import Any, Final

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
