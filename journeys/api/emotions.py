"""Endpoints of feelings: both curves, and what customers reported."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer, Quote
from customers.selectors.customers import visible_to as customers_visible_to
from customers.selectors.quotes import quotes_visible_to
from cxcrm.core.api.fields import InputSerializer, MomentField, OutputSerializer, RowIdField
from cxcrm.core.api.viewsets import ReadViewSet
from journeys.logic.emotions import HIGHEST, LOWEST
from journeys.models import Feeling, ReportedEmotion, Stage, Touchpoint
from journeys.selectors.emotions import reports_visible_to
from journeys.services.emotions import report_emotion


class MeanOut(serializers.Serializer):
    """A mean between -2 and +2 with its 95 % interval, mean ± t(n−1)·s/√n."""

    n = serializers.IntegerField()
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class GapOut(serializers.Serializer):
    """``empathy`` is the mean of |assumed − reported| over ``points``, ``optimism`` the mean of assumed − reported."""

    points = serializers.IntegerField()
    empathy = serializers.FloatField()
    optimism = serializers.FloatField()
    worst = serializers.CharField(source="worst.key", help_text="The point where the curves are furthest apart.")


class PointOut(serializers.Serializer):
    """``point`` is the id of the touchpoint or stage; ``is_drawn`` says whether the reader has spoken about it."""

    point = serializers.CharField(source="spot.key")
    stage = serializers.UUIDField(source="spot.stage_id")
    touchpoint = serializers.UUIDField(source="spot.touchpoint_id", allow_null=True)
    is_drawn = serializers.BooleanField()
    assumed = MeanOut(allow_null=True)
    reported = MeanOut(allow_null=True)


class CurvesOut(serializers.Serializer):
    """``gap`` and ``remembered`` (the mean of the strongest feeling and the last one) are null until ``is_open``."""

    is_open = serializers.BooleanField(help_text="Whether the reader sees every point.")
    since = MomentField(help_text="Reports from this moment on are counted.")
    points = PointOut(many=True)
    gap = GapOut(allow_null=True)
    remembered = serializers.FloatField(allow_null=True)


class DrawnIn(InputSerializer):
    point = serializers.CharField(max_length=40)
    valence = serializers.IntegerField(min_value=LOWEST, max_value=HIGHEST)


class DrawIn(InputSerializer):
    """One value for each point with ``is_drawn`` false."""

    points = DrawnIn(many=True, allow_empty=False)


class ReportedEmotionOut(OutputSerializer):
    class Meta:
        model = ReportedEmotion
        fields = [
            "id", "stage", "touchpoint", "customer", "quote", "valence", "feeling", "source", "coder", "felt_at",
            "created_at",
        ]  # fmt: skip


class ReportedEmotionIn(InputSerializer):
    """``coded`` names the quote it was read in; the customer is then the one who said it."""

    stage = RowIdField(queryset=Stage.objects.all(), source="stage_id")
    touchpoint = RowIdField(
        queryset=Touchpoint.objects.all(), source="touchpoint_id", required=False, allow_null=True
    )  # fmt: skip
    customer = RowIdField(
        queryset=Customer.objects.all(),
        seen_by=customers_visible_to,
        source="customer_id",
        required=False,
        allow_null=True,
    )
    quote = RowIdField(
        queryset=Quote.objects.all(), seen_by=quotes_visible_to, source="quote_id", required=False, allow_null=True
    )
    valence = serializers.IntegerField(min_value=LOWEST, max_value=HIGHEST)
    feeling = serializers.ChoiceField(choices=Feeling.choices, required=False, allow_blank=True)
    source = serializers.ChoiceField(choices=ReportedEmotion.Source.choices)
    felt_at = MomentField(required=False)


class ReportedEmotionFilter(filters.FilterSet):
    journey = filters.UUIDFilter(field_name="stage__journey_id")
    stage = filters.UUIDFilter(field_name="stage_id")
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    customer = filters.UUIDFilter(field_name="customer_id")
    source = filters.MultipleChoiceFilter(choices=ReportedEmotion.Source.choices)

    class Meta:
        model = ReportedEmotion
        fields: list[str] = []


class ReportedEmotionViewSet(ReadViewSet):
    """How customers felt, as they said it. Somebody logged in sees those of points they have spoken about first."""

    room = "journeys"
    queryset = ReportedEmotion.objects.all()
    serializer_class = ReportedEmotionOut
    inputs = {"create": ReportedEmotionIn}
    filterset_class = ReportedEmotionFilter
    ordering = ("-felt_at", "-id")

    def get_queryset(self) -> QuerySet[ReportedEmotion]:
        return reports_visible_to(self.request.user)

    def create(self, request: Request) -> Response:
        """Write down a feeling; whoever is logged in is named as the one who did."""
        values: dict[str, Any] = self.parsed()
        return self.answer(report_emotion(**values))
