"""What staff are asked, word for word, and what pillars, orientations and inputs of the flywheel are called."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TITLES: Final[dict[str, Promise]] = {
    "pulse": _("How it is to work here"),
    "assumed": _("What I assume staff feel"),
    "pillars": _("Five pillars of empathy"),
    "orientation": _("Whom we look at"),
}
PILLARS: Final[dict[str, Promise]] = {
    "people": pgettext_lazy("pillar", "People"),
    "process": pgettext_lazy("pillar", "Process"),
    "strategy": pgettext_lazy("pillar", "Strategy"),
    "leadership": pgettext_lazy("pillar", "Leadership"),
    "technology": pgettext_lazy("pillar", "Technology"),
}
ORIENTATIONS: Final[dict[str, Promise]] = {
    "product": pgettext_lazy("orientation", "Product"),
    "employee": pgettext_lazy("orientation", "Employee"),
    "competitor": pgettext_lazy("orientation", "Competitor"),
    "boss": pgettext_lazy("orientation", "Boss"),
    "customer": pgettext_lazy("orientation", "Customer"),
}
INPUTS: Final[dict[str, Promise]] = {
    "values": pgettext_lazy("flywheel", "Values"),
    "culture": pgettext_lazy("flywheel", "Culture"),
    "leadership": pgettext_lazy("flywheel", "Leadership"),
    "technology": pgettext_lazy("flywheel", "Technology"),
}
MOMENTS: Final[dict[str, Promise]] = {
    "day_start": _("Start of the shift"),
    "day_rush": _("The rush hour"),
    "day_complaint": _("A customer complains"),
    "day_boss": _("Talking with one's superior"),
    "day_end": _("End of the shift"),
}
WHY: Final = _("Why? What would make working here better?")
# {brand} is the firm's name.
SENTENCES: Final[dict[str, Promise]] = {
    "enps": _("How likely are you to recommend {brand} to friends as a place to work?"),
    "support": _("I have the authority and the tools to fix things for customers on the spot."),
    **MOMENTS,
    "people_1": _("Whoever is new here is taught to listen to customers, not only how the work is done."),
    "people_2": _("Whoever does right by a customer is recognised for it here."),
    "people_3": _("When I am in difficulty, my colleagues help at once."),
    "people_4": _("I am treated the way I am asked to treat customers."),
    "process_1": _("The way we work gets customers what they came for, quickly."),
    "process_2": _("When something is not in the rules, I know what I may do."),
    "process_3": _("Customers need not tell their story over again to each of us."),
    "process_4": _("When something goes wrong we mend the way we work and look for nobody to blame."),
    "strategy_1": _("I know whom we serve first of all, and why they choose us."),
    "strategy_2": _("Large decisions here take into account how customers will feel."),
    "strategy_3": _("Between quick profit and what is good for customers, we choose the customers."),
    "strategy_4": _("What is expected of me is also about customers, not only about sales."),
    "leadership_1": _("Those who lead us meet customers often and listen to what we tell."),
    "leadership_2": _("I can tell my superior what is not right without being afraid."),
    "leadership_3": _("Those who lead us keep what they promise, to customers and to us."),
    "leadership_4": _("My superior knows what a working day of mine is like."),
    "technology_1": _("Our tools help me remember customers and what they asked for."),
    "technology_2": _("What there is to know about a customer I find in one place."),
    "technology_3": _("Our tools work well, also in the rush hour."),
    "technology_4": _("A customer who wants to speak with a person can always reach one."),
    "product_1": _("We begin with what we make well and then look for who buys it."),
    "product_2": _("Speaking of something new, we speak of what it can do more than of who needs it."),
    "employee_1": _("We choose the way of working that is easiest for staff."),
    "employee_2": _("What staff think decides most of what changes here."),
    "competitor_1": _("We change prices, offers or products when competitors do."),
    "competitor_2": _("In our meetings competitors come up before customers do."),
    "boss_1": _("Even small things for a customer wait until the boss agrees."),
    "boss_2": _("When we must choose, we choose what the boss likes."),
    "customer_1": _("Every decision begins with who our customers are and what they need."),
    "customer_2": _("We let go of quick profit where customers would lose by it."),
}


def sentence_of(code: str, brand: str) -> str:
    """An item's wording in the reader's language."""
    return str(SENTENCES[code]).replace("{brand}", brand)


def scale_of(low: int, high: int) -> tuple[Any, Any]:
    """What the ends of a scale mean."""
    if (low, high) == (0, 10):
        return _("not at all"), _("certainly")
    return (_("strongly disagree"), _("strongly agree")) if low == 1 else (_("very unpleasant"), _("very pleasant"))
