"""Health in words: why somebody may leave, what a forecast rests on, and whether it may be trusted."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers.logic.health import ACTIVE_DAYS, GRACE
from customers.logic.health import FEATURES as COLUMNS
from customers.models import ChurnModel, CustomerHealth
from cxcrm.core.money import money

Verdict, Basis, Band, Flag = ChurnModel.Verdict, ChurnModel.Basis, CustomerHealth.Band, CustomerHealth.Flag

# What somebody experienced; these are reasons just by being so.
EXPERIENCED: Final[Mapping[str, Any]] = {
    "overdue_case": _("We owe them an answer to a complaint, and the promised time is over."),
    "detractor": _("The last time, they would not have recommended us."),
    "hard": _("The last time, they found it hard to get done what they wanted."),
    "unhappy": _("The last time, they were not satisfied."),
    "unanswered": _("They wrote to us and got no answer for more than two working days."),
    "promoter": _("The last time, they would have recommended us."),
    "resolved": _("Their last complaint was solved, and they said so."),
}
FLAGS: Final[Mapping[str, Any]] = {
    Flag.CRITICAL_CASE: _("A critical complaint of theirs is open: at risk, whatever else is counted."),
    Flag.REPEATED_CASES: _("They complained more than once in 90 days: at risk, whatever else is counted."),
}
# The columns of the forecast, as its page lists them.
FEATURES: Final[Mapping[str, Any]] = {
    "recency": _("days since the last purchase"),
    "orders": _("days with a purchase in 12 months"),
    "overdue": _("longer away than their own habit"),
    "spend": _("money spent in 12 months"),
    "trend": _("comes more often than three months before"),
    "overdue_case": _("an answer to a complaint is overdue"),
    "detractor": _("would not recommend us"),
    "hard": _("found it hard"),
    "unhappy": _("not satisfied"),
    "unanswered": _("a message without an answer"),
    "promoter": _("would recommend us"),
    "resolved": _("complaint solved, said so themselves"),
    "plan": _("has a plan or contract"),
    "due": _("the plan ends within the time looked ahead"),
    "over": _("the plan is over and not renewed"),
}
# Why the forecast is used, or not, in one sentence an executive reads.
VERDICTS: Final[Mapping[str, Any]] = {
    Verdict.ACCEPTED: _("Tested on the past, it did at least as well as the rule of thumb, so it is used."),
    Verdict.NOT_BETTER: _("Tested on the past, it did no better than the rule of thumb, so the rule is used."),
    Verdict.OFF: _(
        "It ranks well, but its percentages lay more than 5 points beside what came, so the rule of thumb is used."
    ),
    Verdict.FEW_CUSTOMERS: _(
        "A forecast of your own takes at least 200 customers who keep coming, also at the times it is tested on. Until "
        "then the rule of thumb is used."
    ),
    Verdict.FEW_LEAVING: _(
        "To learn from, at least 50 customers must have left and 50 stayed. Until then the rule of thumb is used."
    ),
    Verdict.SHORT_HISTORY: _(
        "The purchases do not reach back far enough to test a forecast on them. Until then the rule of thumb is used; "
        "importing older purchases helps."
    ),
    Verdict.NO_PURCHASES: _(
        "There is nothing to count on: no customer has bought twice here or has a plan. Import purchases, or let the "
        "till send them."
    ),
}
TONES: Final[Mapping[str, str]] = {Band.HEALTHY: "good", Band.WATCH: "warn", Band.AT_RISK: "bad"}
THUMB: Final = _("who has not come for long and came seldom in the last 12 months leaves first")
THUMB_PLANS: Final = _("of those with a plan, whose is over and not renewed leaves first")


def in_words(reason: Mapping[str, Any], unit: Callable[[], str]) -> str:
    """One reason of a customer's health as a sentence; ``unit``, the currency, is asked only where money is told."""
    match reason["code"]:
        case "away":
            days = ngettext("Came last %(n)s day ago", "Came last %(n)s days ago", reason["days"])
            usual = ngettext("comes every day as a rule", "comes every %(n)s days as a rule", reason["usual"])
            return f"{days % {'n': reason['days']}}; {usual % {'n': reason['usual']}}."
        case "often":
            often = ngettext("Came on %(n)s day in 12 months", "Came on %(n)s days in 12 months", reason["year"])
            if not reason["quarter"] and reason["part"] <= 0:  # what speaks for staying says nothing against it
                return f"{often % {'n': _number(reason['year'])}}."
            lately = ngettext("%(n)s of them in the last 3", "%(n)s of them in the last 3", reason["quarter"])
            return f"{often % {'n': _number(reason['year'])}}, {lately % {'n': _number(reason['quarter'])}}."
        case "spend":
            return gettext("Spent %(money)s in 12 months.") % {"money": money(Decimal(str(reason["spent"])), unit())}
        case "plan":
            return _plan_in_words(reason)
        case code:
            return str(EXPERIENCED[code])


def _plan_in_words(reason: Mapping[str, Any]) -> str:
    until = {"day": day_in_words(date.fromordinal(reason["until"]))}
    if reason["over"] and reason["part"] <= 0:  # what speaks for staying says nothing against it
        still = day_in_words(date.fromordinal(reason["until"] + GRACE))
        return gettext("Their plan was paid until %(day)s; there is time to renew it until %(still)s.") % {
            **until,
            "still": still,
        }
    if reason["over"]:
        return gettext("Their plan is paid until %(day)s, not renewed yet.") % until
    times = reason["renewed"]
    if not times:
        return gettext("Their plan is paid until %(day)s.") % until
    renewed = ngettext("renewed %(n)s time", "renewed %(n)s times", times) % {"n": _number(times)}
    return gettext("Their plan is paid until %(day)s, %(renewed)s.") % {**until, "renewed": renewed}


def day_in_words(day: date) -> str:
    return str(date_format(day, "SHORT_DATE_FORMAT"))


def reasons_shown(health: CustomerHealth, unit: Callable[[], str]) -> list[dict[str, Any]]:
    """A customer's reasons, the flag first: sentence, and whether it speaks for leaving."""
    flag = [{"words": FLAGS[health.flag], "is_up": True, "code": health.flag}] if health.flag else []
    told = [{"words": in_words(one, unit), "is_up": one["part"] > 0, "code": one["code"]} for one in health.reasons]
    return [*flag, *told]


def plan_share(model: ChurnModel) -> float:
    """The share of customers with a plan or contract among those the forecast was trained on, 0 to 1."""
    return float(dict(zip(COLUMNS, model.means, strict=False)).get("plan", 0))


def counted(model: ChurnModel) -> str:
    """What "left" means here, in words: for a firm without plans, with nothing else, and with both."""
    share = plan_share(model)
    if not share:
        said = gettext(
            "Counted are customers who bought on at least two days and came in the last %(active)s days. Whoever then "
            "buys nothing for %(days)s days has left."
        )
    elif share == 1:
        said = gettext(
            "Counted are customers with a plan or contract. Whoever has not renewed it %(grace)s days after its end "
            "has left; looked at are the next %(days)s days."
        )
    else:
        said = gettext(
            "Counted are customers with a plan or contract: whoever has not renewed it %(grace)s days after its end "
            "has left. Counted are also those who bought on at least two days and came in the last %(active)s days: "
            "whoever then buys nothing for %(days)s days has left."
        )
    return said % {"active": max(ACTIVE_DAYS, model.horizon), "days": model.horizon, "grace": GRACE}


def _number(value: int) -> str:
    return str(number_format(value, force_grouping=True))
