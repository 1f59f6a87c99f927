"""What listening knows of how deep a relationship goes: who answered or complained, and who would recommend."""

from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.lookups import GreaterThanOrEqual

from customers.logic.depth import Depth
from customers.selectors.depth import shows
from feedback.logic.metrics import PROMOTER_FROM
from feedback.models import Complaint, Response, Survey


@shows(Depth.SPEAKS)
def answered_or_complained() -> Any:
    mine = {"customer": OuterRef("pk")}
    answers, cases = Response.objects.filter(**mine).order_by(), Complaint.objects.filter(**mine).order_by()
    return Exists(answers) | Exists(cases)


@shows(Depth.RECOMMENDS)
def would_recommend() -> Any:
    """Their latest NPS answer is a promoter's."""
    answers = Response.objects.filter(customer=OuterRef("pk"), metric=Survey.Metric.NPS)
    return GreaterThanOrEqual(Subquery(answers.order_by("-answered_at", "-id").values("score")[:1]), PROMOTER_FROM)
