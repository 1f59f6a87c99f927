"""What listening knows of a group of customers: how willing they are to recommend, and how often they complain."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.logic.shares import SHOWN_FROM
from customers.selectors.group_figures import GroupFigure, tells_of_groups
from cxcrm.core.clock import now
from feedback.models import Complaint, Survey
from feedback.selectors import metrics
from tenants.staff.roles import Level

NPS_DAYS: Final = 365
CASE_DAYS: Final = 90


@tells_of_groups
def answers_and_cases(reader: Any, customer_ids: "QuerySet[Any]") -> Iterator[GroupFigure]:
    """NPS of each customer's latest answer within a year, and cases per hundred customers within 90 days."""
    if not reader.allows("feedback", Level.READ):
        return
    yield _nps(customer_ids)
    yield _cases(customer_ids)


def _nps(customer_ids: "QuerySet[Any]") -> GroupFigure:
    score = metrics.score(Survey.Metric.NPS, since=now() - timedelta(days=NPS_DAYS), customer_ids=customer_ids)
    made_of = ngettext("%(n)s answer in the last %(days)s days", "%(n)s answers in the last %(days)s days", score.n) % {
        "n": number_format(score.n, force_grouping=True),
        "days": NPS_DAYS,
    }
    if score.value is None or score.enough == "hidden":
        return GroupFigure("NPS", None, _("too few to tell"), made_of, score.n, "nps")
    low, high = round(score.low), round(score.high)
    made_of = _("%(low)s to %(high)s, %(made_of)s") % {"low": low, "high": high, "made_of": made_of}
    return GroupFigure(
        "NPS", score.value, f"{round(score.value):+d}".replace("+0", "0").replace("-", "−"), made_of, score.n, "nps"
    )


def _cases(customer_ids: "QuerySet[Any]") -> GroupFigure:
    customers = customer_ids.count()
    cases = Complaint.objects.filter(
        customer_id__in=customer_ids, received_at__gte=now() - timedelta(days=CASE_DAYS)
    ).count()
    label = _("Cases per 100 customers")
    made_of = ngettext(
        "%(n)s case of %(customers)s customers in the last %(days)s days",
        "%(n)s cases of %(customers)s customers in the last %(days)s days",
        cases,
    ) % {
        "n": number_format(cases, force_grouping=True),
        "customers": number_format(customers, force_grouping=True),
        "days": CASE_DAYS,
    }
    if customers < SHOWN_FROM:
        return GroupFigure(label, None, _("too few to tell"), made_of, customers, "cases")
    rate = 100 * cases / customers
    return GroupFigure(label, rate, number_format(rate, decimal_pos=1, use_l10n=True), made_of, customers, "cases")
