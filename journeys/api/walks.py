"""Endpoints for walks: somebody of the firm goes the customer's way and says at each stage how it felt."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.viewsets import ReadViewSet
from journeys.api.emotions import MeanOut
from journeys.errors import PersonOnly
from journeys.logic.emotions import HIGHEST, LOWEST
from journeys.models import Journey, JourneyWalk, Stage
from journeys.selectors.walks import compared
from journeys.services.walks import NOTE, Felt, log_walk


class JourneyWalkOut(OutputSerializer):
    class Meta:
        model = JourneyWalk
        fields = ["id", "journey", "walker", "how", "walked_on", "created_at"]


class WalkStepOut(serializers.Serializer):
    """``reported`` is what customers report of the stage, null where the reader has not drawn their own curve."""

    stage = serializers.UUIDField(source="step.stage_id")
    valence = serializers.IntegerField(source="step.valence")
    note = serializers.CharField(source="step.note")
    reported = MeanOut(allow_null=True)
    off_by = serializers.FloatField(allow_null=True, help_text="The walk less the customers' mean.")


class WalkStepIn(InputSerializer):
    stage = RowIdField(queryset=Stage.objects.all(), source="stage_id")
    valence = serializers.IntegerField(min_value=LOWEST, max_value=HIGHEST)
    note = serializers.CharField(max_length=NOTE, help_text="What happened, in one sentence.")


class JourneyWalkIn(InputSerializer):
    """Stages one did not come to are left out."""

    journey = RowIdField(queryset=Journey.objects.all(), source="journey_id")
    how = serializers.ChoiceField(choices=JourneyWalk.How.choices)
    steps = WalkStepIn(many=True, allow_empty=False)


class JourneyWalkFilter(filters.FilterSet):
    journey = filters.UUIDFilter(field_name="journey_id")
    walker = filters.UUIDFilter(field_name="walker_id")
    how = filters.MultipleChoiceFilter(choices=JourneyWalk.How.choices)
    since = filters.DateFilter(field_name="walked_on", lookup_expr="gte")

    class Meta:
        model = JourneyWalk
        fields: list[str] = []


class JourneyWalkViewSet(MaskingViews, ReadViewSet):
    """Who went the customer's way and when; once a day by each, and never changed."""

    room = "journeys"
    queryset = JourneyWalk.objects.all()
    serializer_class = JourneyWalkOut
    inputs = {"create": JourneyWalkIn}
    outputs = {"steps": WalkStepOut}
    filterset_class = JourneyWalkFilter
    ordering = ("-walked_on", "-id")

    def create(self, request: Request) -> Response:
        """Say how a walk of today felt; for somebody logged in, not for a key."""
        told: dict[str, Any] = self.parsed()
        if self.staff_user is None:
            raise PersonOnly
        felt = [Felt(**step) for step in told.pop("steps")]
        return self.answer(log_walk(walker_id=self.staff_user.pk, felt=felt, **told))

    @extend_schema(responses=WalkStepOut(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[])
    def steps(self, request: Request, pk: Any) -> Response:
        """How each stage felt, beside what customers report of it."""
        return Response(self.get_serializer(compared(self.get_object(), request.user), many=True).data)
