"""Endpoints of environments: places with their checklists, and what was found when somebody walked them."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.permissions import MANAGE
from cxcrm.core.api.viewsets import ReadViewSet
from cxcrm.core.errors import NotFound
from journeys.api.initiatives import InitiativeOut
from journeys.logic.environments import ITEM_LENGTH, MAX_ITEMS
from journeys.models import AuditItem, Environment, EnvironmentAudit, Stage, Touchpoint
from journeys.services import environments as services
from tenants.staff.models import Branch, Department, User


class EnvironmentOut(OutputSerializer):
    """``items`` is the checklist in the firm's words; ``due_on`` the day by which it is to be walked again."""

    items = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Environment
        fields = [
            "id", "name", "name_en", "kind", "branch", "department", "accountable", "stage", "touchpoint", "items",
            "due_on", "is_active", "created_at",
        ]  # fmt: skip


class EnvironmentChange(InputSerializer):
    """Left out of a new one, ``items`` are the usual points of its kind.

    A place stands at a ``stage`` or at a ``touchpoint`` of the journey, or at neither; one forgets the other.
    """

    name = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Environment.Kind.choices, required=False)
    branch = RowIdField(queryset=Branch.objects.all(), source="branch_id", required=False, allow_null=True)
    department = RowIdField(queryset=Department.objects.all(), source="department_id", required=False, allow_null=True)
    accountable = RowIdField(queryset=User.objects.all(), source="accountable_id")
    stage = RowIdField(queryset=Stage.objects.all(), source="stage_id", required=False, allow_null=True)
    touchpoint = RowIdField(queryset=Touchpoint.objects.all(), source="touchpoint_id", required=False, allow_null=True)
    items = serializers.ListField(
        child=serializers.CharField(max_length=ITEM_LENGTH), min_length=1, max_length=MAX_ITEMS, required=False
    )
    is_active = serializers.BooleanField(required=False)


class EnvironmentIn(EnvironmentChange):
    is_active = None


class EnvironmentFilter(filters.FilterSet):
    accountable = filters.UUIDFilter(field_name="accountable_id")
    stage = filters.UUIDFilter(field_name="stage_id")
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    due_by = filters.DateFilter(field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Environment
        fields: list[str] = []


class EnvironmentViewSet(ReadViewSet):
    """Places around the experience, each walked once a month. Keeping them takes `journeys:manage`."""

    room = "journeys"
    write_level = MANAGE
    queryset = Environment.objects.all()
    serializer_class = EnvironmentOut
    inputs = {"create": EnvironmentIn, "partial_update": EnvironmentChange}
    filterset_class = EnvironmentFilter
    ordering = ("due_on", "id")

    def create(self, request: Request) -> Response:
        """Add a place; it is due to be walked today."""
        return self.answer(services.add_environment(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change a place; walks of the past keep the words they were asked in."""
        return self.answer(services.change_environment(environment_id=self.seen_pk, **self.parsed()))


class WalkOut(OutputSerializer):
    """``passed`` of ``rated`` points were in order; those that do not apply are in neither."""

    class Meta:
        model = EnvironmentAudit
        fields = ["id", "environment", "done_on", "done_at", "done_by", "passed", "rated"]


class WalkedPointOut(OutputSerializer):
    """A point as it read that day; ``note`` says what is wrong."""

    class Meta:
        model = AuditItem
        fields = ["id", "position", "text", "result", "note", "initiative"]


class WalkedPointIn(InputSerializer):
    text = serializers.CharField(max_length=ITEM_LENGTH)
    result = serializers.ChoiceField(choices=AuditItem.Result.choices)
    note = serializers.CharField(max_length=services.NOTE, required=False, allow_blank=True)


class WalkIn(InputSerializer):
    """Every point of the checklist, word for word, with what was found today."""

    environment = RowIdField(queryset=Environment.objects.all(), source="environment_id")
    found = WalkedPointIn(many=True, allow_empty=False)

    def validate_found(self, found: list[dict[str, Any]]) -> list[services.Found]:
        return [services.Found(**one) for one in found]


class ProposeIn(InputSerializer):
    """``point`` is a point of this walk that is not in order."""

    point = serializers.UUIDField()


class WalkFilter(filters.FilterSet):
    environment = filters.UUIDFilter(field_name="environment_id")
    since = filters.DateFilter(field_name="done_on", lookup_expr="gte")

    class Meta:
        model = EnvironmentAudit
        fields: list[str] = []


class EnvironmentWalkViewSet(MaskingViews, ReadViewSet):
    """What was found when somebody walked a place; once a day each, and never changed."""

    room = "journeys"
    queryset = EnvironmentAudit.objects.all()
    serializer_class = WalkOut
    inputs = {"create": WalkIn, "propose": ProposeIn}
    outputs = {"points": WalkedPointOut, "propose": InitiativeOut}
    creates = frozenset({"create", "propose"})
    filterset_class = WalkFilter
    ordering = ("-done_on", "-id")
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[EnvironmentAudit]:
        return EnvironmentAudit.objects.all()

    def create(self, request: Request) -> Response:
        """Keep what was found today; the next walk is due in a month."""
        return self.answer(services.record_walk(**self.parsed()))

    @extend_schema(responses=WalkedPointOut(many=True))
    @action(detail=True, pagination_class=None)
    def points(self, request: Request, pk: Any) -> Response:
        """What was found at each point, in the order it was walked."""
        return Response(self.get_serializer(self.get_object().items.order_by("position"), many=True).data)

    @extend_schema(responses={201: InitiativeOut})
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, pk: Any) -> Response:
        """Begin an initiative to put a point right, for whoever answers for the place. Taken twice, it is the same."""
        told = self.parsed()
        point = self.get_object().items.filter(pk=told["point"]).first()
        if point is None:
            raise NotFound
        return self.show(services.propose_from_point(item_id=point.pk))
