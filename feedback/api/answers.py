"""Endpoints for invitations, what customers answered, and the scores made of it."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response as ApiResponse

from customers.api.masking import MaskingViews
from cxcrm.core.api.exporting import ExportingViewSet
from cxcrm.core.api.fields import InputSerializer, MomentField, OutputSerializer, RowField
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.viewsets import ReadViewSet, RoomView
from feedback.exports import RESPONSE_COLUMNS, RESPONSE_RELATED
from feedback.models import Answer, Invitation, Response, Survey
from feedback.selectors import metrics
from feedback.selectors.oddness import WORDS
from feedback.selectors.reach import answers_visible_to
from feedback.services.oddness import BECAUSE, count_again, set_aside
from feedback.services.responses import record_response
from journeys.models import Touchpoint
from tenants.staff.models import User


class InvitationOut(OutputSerializer):
    class Meta:
        model = Invitation
        fields = [
            "id", "dispatch", "survey", "customer", "email", "touchpoint", "state", "skip_reason", "sent_at",
            "expires_at", "created_at",
        ]  # fmt: skip


class AnswerOut(OutputSerializer):
    class Meta:
        model = Answer
        fields = ["question", "kind", "number", "text"]


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A response",
            value={
                "id": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d11",
                "invitation": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d12",
                "survey": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d13",
                "customer": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d10",
                "touchpoint": None,
                "metric": "nps",
                "score": 3,
                "words": "Chờ quét mã QR mười phút không được.",
                "contact_me": True,
                "language": "vi",
                "answered_at": "2026-11-22T02:30:00Z",
                "changed_at": None,
                "answers": [],
            },
            response_only=True,
        )
    ]
)
class ResponseOut(OutputSerializer):
    answers = AnswerOut(many=True)

    class Meta:
        model = Response
        fields = [
            "id", "invitation", "survey", "customer", "touchpoint", "metric", "score", "words", "contact_me",
            "language", "answered_at", "changed_at", "is_imported", "odd",
            "set_aside_at", "set_aside_by", "set_aside_because", "answers",
        ]  # fmt: skip


class AnswerField(serializers.Field):
    """A whole number for a scale, a list of three choices for words, text for everything else."""

    default_error_messages = {"invalid": _("Answer with a number or a text.")}

    def to_internal_value(self, data: Any) -> int | str | list[str]:
        if isinstance(data, list) and all(isinstance(one, str) for one in data):
            return data
        if isinstance(data, bool) or not isinstance(data, (int, str)):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


extend_schema_field({"type": ["integer", "string", "array"], "items": {"type": "string"}})(AnswerField)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Collected by a partner", value={"score": 3, "words": "Chờ quét mã QR mười phút."}, request_only=True
        )
    ]
)
class ResponseIn(InputSerializer):
    """``score`` answers the first question, ``answers`` (question id → value) the others."""

    score = serializers.IntegerField(min_value=0, max_value=10)
    words = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    contact_me = serializers.BooleanField(required=False)
    touchpoint = serializers.UUIDField(source="touchpoint_id", required=False, allow_null=True)
    answers = serializers.DictField(child=AnswerField(), required=False)
    language = serializers.ChoiceField(choices=User.Language.choices, required=False)

    def validate_answers(self, answers: dict[str, Any]) -> dict[UUID, Any]:
        read = serializers.UUIDField().run_validation
        return {read(question): value for question, value in answers.items()}


class InvitationFilter(filters.FilterSet):
    dispatch = filters.UUIDFilter(field_name="dispatch_id")
    survey = filters.UUIDFilter(field_name="survey_id")
    customer = filters.UUIDFilter(field_name="customer_id")
    state = filters.ChoiceFilter(choices=Invitation.State.choices)

    class Meta:
        model = Invitation
        fields: list[str] = []


class InvitationViewSet(MaskingViews, ReadViewSet):
    """Customers asked, and what became of each mail. What is not certain is shown as uncertain."""

    room = "feedback"
    queryset = Invitation.objects.all()
    serializer_class = InvitationOut
    inputs = {"response": ResponseIn}
    outputs = {"response": ResponseOut}
    creates = frozenset({"response"})
    from_customers = frozenset({"response"})
    filterset_class = InvitationFilter

    @action(detail=True, methods=["post"])
    def response(self, request: Request, pk: Any) -> ApiResponse:
        """Hand in an answer collected elsewhere. Posting again within 24 hours changes it; it stays one answer."""
        stored = record_response(invitation_id=self.get_object().pk, **self.parsed())
        return self.show(Response.objects.prefetch_related("answers").get(pk=stored.pk))


class ResponseFilter(filters.FilterSet):
    survey = filters.UUIDFilter(field_name="survey_id")
    customer = filters.UUIDFilter(field_name="customer_id")
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    invitation = filters.UUIDFilter(field_name="invitation_id")
    metric = filters.ChoiceFilter(choices=Survey.Metric.choices)
    contact_me = YesNoFilter()
    is_counted = YesNoFilter(field_name="set_aside_at", lookup_expr="isnull")
    odd = filters.ChoiceFilter(choices=list(WORDS.items()), method="filter_odd")
    score_from = filters.NumberFilter(field_name="score", lookup_expr="gte", min_value=0, max_value=10)
    score_to = filters.NumberFilter(field_name="score", lookup_expr="lte", min_value=0, max_value=10)
    answered_since = filters.IsoDateTimeFilter(field_name="answered_at", lookup_expr="gte")
    answered_until = filters.IsoDateTimeFilter(field_name="answered_at", lookup_expr="lt")

    class Meta:
        model = Response
        fields: list[str] = []

    def filter_odd(self, rows: QuerySet[Response], _name: str, reason: str) -> QuerySet[Response]:
        return rows.filter(odd__contains=[reason])


class SetAsideIn(InputSerializer):
    because = serializers.CharField(max_length=BECAUSE)


class ResponseViewSet(MaskingViews, ExportingViewSet, ReadViewSet):
    """What customers answered, the latest first."""

    room = "feedback"
    queryset = Response.objects.all()
    serializer_class = ResponseOut
    filterset_class = ResponseFilter
    inputs = {"set_aside": SetAsideIn}
    export_columns = RESPONSE_COLUMNS
    export_related = RESPONSE_RELATED
    ordering = ("-answered_at", "-id")

    def get_queryset(self) -> Any:
        return answers_visible_to(self.request.user)

    @action(detail=True, methods=["post"], url_path="set-aside")
    def set_aside(self, request: Request, pk: Any) -> ApiResponse:
        """Leave an answer that looks odd out of every measure, and say why; it is never deleted. As a person."""
        return self.answer(set_aside(response_id=self.seen_pk, **self.parsed()))

    @action(detail=True, methods=["post"], url_path="count-again")
    def count_again(self, request: Request, pk: Any) -> ApiResponse:
        """Count it like any other."""
        self.parsed()
        return self.answer(count_again(response_id=self.seen_pk))


class MetricQuery(InputSerializer):
    """``since`` is included, ``until`` is not."""

    metric = serializers.ChoiceField(choices=Survey.Metric.scores())
    since = MomentField(required=False)
    until = MomentField(required=False)
    touchpoint = RowField(queryset=Touchpoint.objects.all(), required=False)
    survey = RowField(queryset=Survey.objects.all(), required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "NPS",
            value={
                "metric": "nps",
                "value": 20.0,
                "low": -9.3,
                "high": 46.1,
                "n": 40,
                "enough": "ok",
                "mean": None,
                "alert": None,
                "response_rate": 0.31,
            },
            response_only=True,
        )
    ]
)
class ScoreOut(serializers.Serializer):
    """A score never comes alone: ``low`` and ``high`` are its 95 % interval, ``n`` the answers behind it.

    NPS runs from -100 to 100, CSAT and CES from 0 to 100. ``enough`` is ``hidden`` under 5 answers (then do not show
    the value), ``few`` under 30, else ``ok``. ``mean`` and ``alert`` (share of bad answers) are for CSAT and CES.
    """

    metric = serializers.ChoiceField(choices=Survey.Metric.scores())
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.IntegerField()
    enough = serializers.ChoiceField(choices=["hidden", "few", "ok"])
    mean = serializers.FloatField(allow_null=True)
    alert = serializers.FloatField(allow_null=True)
    response_rate = serializers.FloatField(allow_null=True)


class MetricView(RoomView):
    """A score with its interval and the number of answers behind it."""

    room = "feedback"
    serializer_class = ScoreOut

    @extend_schema(parameters=[MetricQuery])
    def get(self, request: Request) -> ApiResponse:
        """A score with its interval and the number of answers behind it."""
        query = MetricQuery(data={key: value for key, value in request.query_params.items() if key != "lang"})
        query.is_valid(raise_exception=True)
        asked = dict(query.validated_data)
        metric = asked.pop("metric")
        score = metrics.score(metric, **asked)
        found = {name: getattr(score, name, None) for name in ("value", "low", "high", "n", "enough", "mean", "alert")}
        rate = metrics.response_rate(**asked)
        return ApiResponse(ScoreOut({"metric": metric, **found, "response_rate": rate}).data)
