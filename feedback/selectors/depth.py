"""What listening knows of how deep a relationship goes: who speaks, who would recommend, who helps other customers."""

from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.lookups import GreaterThanOrEqual

from customers.logic.depth import Depth
from customers.selectors.depth import shows
from feedback.logic.metrics import PROMOTER_FROM
from feedback.models import CommunityAnswer, CommunityQuestion, Complaint, Response, Survey


@shows(Depth.SPEAKS)
def answered_or_complained() -> Any:
    mine = {"customer": OuterRef("pk")}
    answers, cases = Response.objects.filter(**mine).order_by(), Complaint.objects.filter(**mine).order_by()
    return Exists(answers) | Exists(cases)


@shows(Depth.SPEAKS)
def asked() -> Any:
    return Exists(CommunityQuestion.objects.filter(customer=OuterRef("pk")).order_by())


@shows(Depth.RECOMMENDS)
def helps_others() -> Any:
    """An answer of theirs to another customer stands on the community's page."""
    return Exists(CommunityAnswer.objects.filter(customer=OuterRef("pk"), published_at__isnull=False).order_by())


@shows(Depth.RECOMMENDS)
def would_recommend() -> Any:
    """Their latest NPS answer is a promoter's."""
    answers = Response.objects.filter(customer=OuterRef("pk"), metric=Survey.Metric.NPS)
    return GreaterThanOrEqual(Subquery(answers.order_by("-answered_at", "-id").values("score")[:1]), PROMOTER_FROM)
