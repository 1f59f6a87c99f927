"""Endpoints for surveys, their questions, and sending them."""

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response as ApiResponse

from customers.models import Customer
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField, RowIdsField, SettingSerializer
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.permissions import READ, WRITE
from cxcrm.core.api.viewsets import ReadViewSet, RemovableSettingViewSet, SettingViewSet
from feedback.models import Dispatch, Question, Survey
from feedback.selectors.audience import preview
from feedback.services.configuration import remove_question, save_question, save_survey
from feedback.services.dispatches import send_survey
from journeys.models import Touchpoint

MAX_CUSTOMERS = 10_000


class ChoiceSerializer(serializers.Serializer):
    value = serializers.CharField(max_length=40)
    vi = serializers.CharField(max_length=120)
    en = serializers.CharField(max_length=120)


class QuestionOut(OutputSerializer):
    """Wordings may use {brand}, {xh} and {Xh}; the first question asks for the score."""

    choices = ChoiceSerializer(many=True)

    class Meta:
        model = Question
        fields = [
            "id", "position", "kind", "text_vi", "text_en", "low_vi", "low_en", "high_vi", "high_en", "choices",
            "required", "item", "is_mirror", "touchpoint",
        ]  # fmt: skip


class QuestionIn(SettingSerializer):
    choices = ChoiceSerializer(many=True, required=False)

    class Meta:
        model = Question
        fields = [
            "position", "kind", "text_vi", "text_en", "low_vi", "low_en", "high_vi", "high_en", "choices", "required",
            "item", "is_mirror", "touchpoint",
        ]  # fmt: skip
        extra_kwargs = {
            "kind": {"required": False, "help_text": "Left out, it is that of the item."},
            "text_vi": {"required": False, "help_text": "Left out, it is the English wording, or that of the item."},
            "text_en": {"required": False, "help_text": "Left out, it is the Vietnamese wording, or that of the item."},
        }


class SurveyOut(OutputSerializer):
    questions = QuestionOut(many=True)

    class Meta:
        model = Survey
        fields = [
            "id", "name", "metric", "cadence", "touchpoint", "is_active", "expires_after_days", "questions",
            "created_at",
        ]  # fmt: skip


class SurveyIn(SettingSerializer):
    class Meta:
        model = Survey
        fields = ["name", "metric", "cadence", "touchpoint", "is_active", "expires_after_days"]


class AudienceIn(InputSerializer):
    """Whom to ask, by id; who may not be asked now is left out and counted by reason."""

    customers = RowIdsField(queryset=Customer.objects.all(), max_length=MAX_CUSTOMERS, source="customer_ids")


class SendIn(AudienceIn):
    touchpoint = RowIdField(
        queryset=Touchpoint.objects.filter(is_active=True),
        source="touchpoint_id",
        required=False,
        allow_null=True,
        help_text="What the answers are about; default: the survey's own.",
    )


class PreviewOut(serializers.Serializer):
    """``skipped`` is reason → number of customers."""

    matched = serializers.IntegerField()
    sendable = serializers.SerializerMethodField()
    skipped = serializers.DictField(child=serializers.IntegerField())

    def get_sendable(self, plan: Any) -> int:
        return len(plan.sendable)


class DispatchOut(OutputSerializer):
    """``skipped`` is reason → number of customers left out."""

    skipped = serializers.DictField(child=serializers.IntegerField())

    class Meta:
        model = Dispatch
        fields = ["id", "survey", "touchpoint", "sent_by", "matched", "invited", "skipped", "created_at"]


class SurveyFilter(filters.FilterSet):
    metric = filters.ChoiceFilter(choices=Survey.Metric.choices)
    is_active = YesNoFilter()

    class Meta:
        model = Survey
        fields: list[str] = []


class SurveyViewSet(SettingViewSet):
    """Surveys with their questions. Asking customers takes `feedback:write`, changing a survey `feedback:manage`."""

    room = "feedback"
    levels = {"preview": READ, "send": WRITE}
    queryset = Survey.objects.all()
    serializer_class = SurveyOut
    inputs = {"create": SurveyIn, "partial_update": SurveyIn, "preview": AudienceIn, "send": SendIn}
    outputs = {"preview": PreviewOut, "send": DispatchOut}
    creates = frozenset({"create", "send"})
    filterset_class = SurveyFilter

    def keep(self, row: Any) -> Any:
        return save_survey(survey=row)

    @action(detail=True, methods=["post"])
    def preview(self, request: Request, pk: Any) -> ApiResponse:
        """Who of these customers may be asked now, and why the others may not. Nothing is sent."""
        return self.show(preview(self.get_object(), self.parsed()["customer_ids"]))

    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: Any) -> ApiResponse:
        """Invite those who may be asked. Each mail looks at the rules again just before it leaves."""
        sent = send_survey(survey_id=self.get_object().pk, sent_by=self.staff_user, **self.parsed())
        return self.show(sent)


class QuestionViewSet(RemovableSettingViewSet):
    """The questions of one survey; the first asks for the score, and an answered one is never removed."""

    room = "feedback"
    queryset = Question.objects.all()
    serializer_class = QuestionOut
    inputs = {"create": QuestionIn, "partial_update": QuestionIn}
    ordering = ("position", "id")

    def get_queryset(self) -> Any:
        return Question.objects.filter(**self.owner_fields())

    def owner_fields(self) -> dict[str, Any]:
        return {"survey": get_object_or_404(Survey, pk=self.kwargs["survey_id"])}

    def keep(self, row: Any) -> Any:
        return save_question(question=row)

    def drop(self, row: Any) -> None:
        remove_question(question=row)


class DispatchFilter(filters.FilterSet):
    survey = filters.UUIDFilter(field_name="survey_id")

    class Meta:
        model = Dispatch
        fields: list[str] = []


class DispatchViewSet(ReadViewSet):
    """Sendings of surveys, each with how many were invited and how many left out for which reason."""

    room = "feedback"
    queryset = Dispatch.objects.all()
    serializer_class = DispatchOut
    filterset_class = DispatchFilter
