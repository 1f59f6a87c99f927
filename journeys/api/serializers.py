"""What journeys look like from outside, and what may be sent about them."""

from rest_framework import serializers

from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from journeys.models import Accountability, Journey, Stage, Touchpoint, Viewpoint
from journeys.models.journey import SENTENCE
from tenants.staff.models import Department


class JourneyOut(OutputSerializer):
    class Meta:
        model = Journey
        fields = ["id", "name", "name_en", "is_default", "state", "created_at"]


class JourneyIn(InputSerializer):
    name = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    is_default = serializers.BooleanField(required=False)


class StageOut(OutputSerializer):
    class Meta:
        model = Stage
        fields = ["id", "journey", "code", "position", "name", "name_en", "customer_goal", "viewpoint", "created_at"]


class StageChange(InputSerializer):
    """``position`` counts from 1; the stages after it move on."""

    name = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    position = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    customer_goal = serializers.CharField(max_length=SENTENCE, required=False, allow_blank=True)
    viewpoint = serializers.ChoiceField(choices=Viewpoint.choices, required=False, allow_blank=True)


class StageIn(StageChange):
    journey = RowIdField(queryset=Journey.objects.all(), source="journey_id")
    code = serializers.SlugField(max_length=40, required=False)


class TouchpointOut(OutputSerializer):
    class Meta:
        model = Touchpoint
        fields = [
            "id", "stage", "position", "code", "name", "name_en", "department", "channel", "is_moment_of_truth",
            "has_own_feeling", "customer_outcome", "is_public", "is_active", "created_at",
        ]  # fmt: skip


class TouchpointChange(InputSerializer):
    stage = RowIdField(queryset=Stage.objects.all(), source="stage_id")
    name = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    department = RowIdField(queryset=Department.objects.all(), source="department_id", required=False, allow_null=True)
    channel = serializers.ChoiceField(choices=Touchpoint.Channel.choices, required=False, allow_blank=True)
    is_moment_of_truth = serializers.BooleanField(required=False)
    has_own_feeling = serializers.BooleanField(required=False)
    customer_outcome = serializers.CharField(max_length=SENTENCE, required=False, allow_blank=True)
    is_public = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)


class PlaceIn(InputSerializer):
    """``position`` counts from 1 among the touchpoints of ``stage``; those after it move on."""

    stage = RowIdField(queryset=Stage.objects.all(), source="stage_id")
    position = serializers.IntegerField(min_value=1, max_value=1000)


class WaysIn(InputSerializer):
    """Stages of the same journey; an empty list leads on to the next stage again."""

    to = serializers.ListField(child=RowIdField(queryset=Stage.objects.all()), max_length=100)


class TouchpointIn(TouchpointChange):
    code = serializers.SlugField(max_length=40, required=False)


class AccountabilityOut(OutputSerializer):
    """``valid_to`` is the first day somebody else answers; null while it lasts."""

    class Meta:
        model = Accountability
        fields = ["id", "touchpoint", "stage", "executive", "deputy", "valid_from", "valid_to", "note", "created_at"]


class AccountabilityIn(InputSerializer):
    """Name either a touchpoint or a stage."""

    executive = serializers.UUIDField(source="executive_id")
    touchpoint = RowIdField(queryset=Touchpoint.objects.all(), source="touchpoint_id", required=False)
    stage = RowIdField(queryset=Stage.objects.all(), source="stage_id", required=False)
    deputy = serializers.UUIDField(source="deputy_id", required=False, allow_null=True)
    from_day = serializers.DateField()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
