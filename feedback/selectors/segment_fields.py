"""What listening knows of customers, for segments to ask by: their answers and their cases."""

from functools import partial
from typing import Any

from django.db.models import CharField, Count, DecimalField, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.selectors.segment_fields import CUSTOMER_FIELDS
from cxcrm.core.conditions.asking import Kind
from cxcrm.core.conditions.fields import Field
from cxcrm.core.conditions.sources import Figure, LastDay, newest
from feedback.models import Complaint, Response, Survey

ANSWERS, CASES = _("Answers"), _("Cases")


def _answers(metric: str = "") -> QuerySet[Response]:
    return Response.objects.filter(metric=metric) if metric else Response.objects.all()


def _cases(**narrowed: Any) -> QuerySet[Complaint]:
    return Complaint.objects.filter(**narrowed)


def _last_score(metric: Survey.Metric) -> Figure:
    figure = newest("score", "answered_at", DecimalField(max_digits=6, decimal_places=2))
    return Figure(partial(_answers, metric.value), moment="answered_at", figure=figure)


CUSTOMER_FIELDS.add(
    Field("answers.nps", _("last NPS score (0–10)"), Kind.NUMBER, _last_score(Survey.Metric.NPS), ANSWERS),
    Field("answers.csat", _("last satisfaction (1–5)"), Kind.NUMBER, _last_score(Survey.Metric.CSAT), ANSWERS),
    Field("answers.ces", _("last ease (1–7)"), Kind.NUMBER, _last_score(Survey.Metric.CES), ANSWERS),
    Field("answers.last", _("last answer"), Kind.DAY, LastDay(_answers, moment="answered_at"), ANSWERS),
    Field(
        "answers.count", _("number of answers"), Kind.COUNT,
        Figure(_answers, moment="answered_at", figure=Count("pk"), missing=0, is_count=True), ANSWERS, has_window=True,
    ),
    Field(
        "cases.open", _("open cases"), Kind.COUNT,
        Figure(
            partial(_cases, state__in=Complaint.OPEN_STATES), moment="received_at", figure=Count("pk"), missing=0,
            is_count=True,
        ),
        CASES,
    ),
    Field(
        "cases.count", _("number of cases"), Kind.COUNT,
        Figure(_cases, moment="received_at", figure=Count("pk"), missing=0, is_count=True), CASES, has_window=True,
    ),
    Field("cases.last", _("last case"), Kind.DAY, LastDay(_cases, moment="received_at"), CASES),
    Field(
        "cases.severity", _("severity of the last case"), Kind.CHOICE,
        Figure(_cases, moment="received_at", figure=newest("severity", "received_at", CharField())), CASES,
        choices=lambda: Complaint.Severity.choices,
    ),
)  # fmt: skip
