"""Endpoints of special contexts: declaring, changing, ending, what one holds back and whom to reach out to."""

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Segment
from cxcrm.core.api.fields import InputSerializer, MomentField, OutputSerializer, RowIdField
from cxcrm.core.api.viewsets import ReadViewSet
from cxcrm.core.clock import now
from feedback.models import ContextEvent
from feedback.selectors.contexts import held_by, in_force
from feedback.selectors.outreach import reached
from feedback.services.contexts import CARE_LENGTH, NAME_LENGTH, change_context, declare_context, end_context
from tenants.staff.models import User


class ContextOut(OutputSerializer):
    """``provinces`` are codes, none is everywhere; it is over at ``ends_at``, or at ``ended_at`` where ended early."""

    class Meta:
        model = ContextEvent
        fields = [
            "id", "name", "kind", "starts_at", "ends_at", "ended_at", "provinces", "pauses", "care_vi", "care_en",
            "segment", "accountable", "declared_by", "version", "created_at", "updated_at",
        ]  # fmt: skip


class ContextChange(InputSerializer):
    """Only what is sent is changed; ``version`` guards against changing what somebody else changed."""

    name = serializers.CharField(max_length=NAME_LENGTH)
    kind = serializers.ChoiceField(choices=ContextEvent.Kind.choices)
    starts_at = MomentField()
    ends_at = MomentField()
    provinces = serializers.ListField(child=serializers.CharField(max_length=2), required=False, max_length=34)
    pauses = serializers.ChoiceField(choices=ContextEvent.Pauses.choices, required=False)
    care_vi = serializers.CharField(max_length=CARE_LENGTH, required=False, allow_blank=True)
    care_en = serializers.CharField(max_length=CARE_LENGTH, required=False, allow_blank=True)
    segment = RowIdField(queryset=Segment.objects.all(), source="segment_id", required=False, allow_null=True)
    accountable = RowIdField(queryset=User.objects.all(), source="accountable_id", required=False)
    version = serializers.IntegerField(required=False, min_value=1)


class ContextIn(ContextChange):
    """``accountable`` may be left out by staff, who then are it."""

    version = None


class HeldOut(serializers.Serializer):
    """Invitations held back: ``waiting`` still, ``left_after`` it, ``too_late`` by then, ``dropped`` for other reasons.

    ``unknown`` customers have no known province, so a context of provinces does not touch them.
    """

    standing = serializers.ChoiceField(choices=["coming", "on", "over", "called_off"])
    customers = serializers.IntegerField()
    unknown = serializers.IntegerField()
    waiting = serializers.IntegerField()
    left_after = serializers.IntegerField()
    too_late = serializers.IntegerField()
    dropped = serializers.IntegerField()


class ReachedOut(serializers.Serializer):
    """``cases`` are open ones the caller may see."""

    customer = serializers.UUIDField(source="customer.pk")
    cases = serializers.SerializerMethodField()
    at_risk = serializers.BooleanField()
    in_segment = serializers.BooleanField()

    def get_cases(self, one: Any) -> list[str]:
        return [str(case.pk) for case in one.cases]


class ContextFilter(filters.FilterSet):
    kind = filters.MultipleChoiceFilter(choices=ContextEvent.Kind.choices)
    on_at = filters.IsoDateTimeFilter(method="filter_on", label="On at this moment")

    class Meta:
        model = ContextEvent
        fields: list[str] = []

    def filter_on(self, rows: Any, _name: str, at: Any) -> Any:
        return rows.filter(pk__in=in_force(at).order_by().values("pk"))


class ContextViewSet(ReadViewSet):
    """Storms, epidemics, Tết, price shocks: where surveys wait and words change."""

    room = "feedback"
    queryset = ContextEvent.objects.all()
    serializer_class = ContextOut
    inputs = {"create": ContextIn, "partial_update": ContextChange}
    filterset_class = ContextFilter
    ordering = ("-starts_at", "-id")

    def create(self, request: Request) -> Response:
        """Declare one; invitations to customers there are held back from then on."""
        return self.answer(declare_context(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change one that is not over; what it held back is looked at again at once."""
        return self.answer(change_context(context_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: Any) -> Response:
        """End it now, or call it off before it begins; what waits for it leaves."""
        self.parsed()
        return self.answer(end_context(context_id=self.pk))

    @extend_schema(responses=HeldOut)
    @action(detail=True, methods=["get"])
    def held(self, request: Request, pk: Any) -> Response:
        """What it held back so far."""
        context = get_object_or_404(self.get_queryset(), pk=self.pk)
        return Response(HeldOut({"standing": context.standing(now()), **vars(held_by(context))}).data)

    @extend_schema(responses=ReachedOut(many=True))
    @action(detail=True, methods=["get"])
    def outreach(self, request: Request, pk: Any) -> Response:
        """The first fifty to reach out to: open cases the caller may see, at risk, in the segment named."""
        context = get_object_or_404(self.get_queryset(), pk=self.pk)
        return Response(ReachedOut(reached(request.user, context), many=True).data)
