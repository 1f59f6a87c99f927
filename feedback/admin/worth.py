"""What customers are worth: what they spend and are likely to, who buys again, and who left after a complaint."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from customers.selectors.worth import AGAIN_DAYS, Cohort, worth
from cxcrm.core.money import money
from cxcrm.core.once import reading_once
from feedback.selectors.after_complaint import AfterComplaint, after_complaint


class WorthPage:
    """Handed to the pages of responses: ``worth_view`` is one page of its own."""

    def worth_view(self: Any, request: HttpRequest) -> HttpResponse:
        if not (self.has_view_permission(request) and request.user.has_perm("customers.view_customer")):
            raise PermissionDenied
        with reading_once():
            found = worth(request.user)
            unit = found.currency
            return self.page(
                request,
                "admin/feedback/worth.html",
                title=_("What customers are worth"),
                found=found,
                spent=money(found.spent, unit),
                expected=None if found.expected is None else money(_whole(found.expected), unit),
                kept=None if found.kept is None else 100 * found.kept,
                at_risk=money(found.bands.spent_at_risk, unit),
                lost=None if found.lost is None else money(found.lost, unit),
                cohorts=[_cohort(one) for one in reversed(found.cohorts)],
                again_days=AGAIN_DAYS,
                after=_after(after_complaint()),
            ).render()


def _whole(amount: Any) -> Any:
    """A forecast pretends no cents."""
    return amount.quantize(type(amount)(1))


def _cohort(cohort: Cohort) -> dict[str, Any]:
    low, high = cohort.interval
    return {"cohort": cohort, "low": low, "high": high}


def _after(found: AfterComplaint) -> dict[str, Any]:
    """The two shares as bars, and how far apart; only counts where they are too few."""
    if found.gap is None or found.others_left is None:
        return {"found": found, "rows": []}
    rows = [
        {"label": _("complained"), "share": 100 * found.left / found.n, "n": found.n, "is_ours": True},
        {"label": _("bought as often, did not complain"), "share": found.others_left, "n": found.others},
    ]
    return {"found": found, "rows": rows, "points": abs(found.gap.difference), "is_more": found.gap.difference > 0}
