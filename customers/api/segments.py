"""Endpoints for segments: the rule, what it would find, who belongs, how the size changed."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from customers.models import Customer, Segment, SegmentMember, SegmentSize
from customers.selectors import segments as selectors
from customers.selectors.customers import visible_to as customers_visible_to
from customers.selectors.segment_fields import CUSTOMER_FIELDS
from customers.services import segments as services
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdsField
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.permissions import READ
from cxcrm.core.api.viewsets import ListViewSet, ReadViewSet, RoomViewSet
from cxcrm.core.conditions.words import OP_WORDS, in_words
from tenants.staff.selectors.firm import the_firm

AT_ONCE = 1000


class CustomerSegmentOut(OutputSerializer):
    """``condition`` is the rule of one by rule; ``is_broken`` when it asks for something that is gone."""

    condition = serializers.JSONField()

    class Meta:
        model = Segment
        fields = [
            "id", "name", "description", "kind", "condition", "size", "refreshed_at", "is_broken", "is_active",
            "version", "created_at", "updated_at",
        ]  # fmt: skip


class SegmentIn(InputSerializer):
    """``condition``: {"all": […]}, {"any": […]}, {"not": …}, or a leaf {"field", "op", "value", "days"}."""

    name = serializers.CharField(max_length=services.MAX_NAME)
    description = serializers.CharField(max_length=services.MAX_DESCRIPTION, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Segment.Kind.choices, required=False)
    condition = serializers.JSONField(required=False)


class SegmentChange(InputSerializer):
    """Only what is sent changes; ``is_active`` false puts the segment away."""

    name = serializers.CharField(max_length=services.MAX_NAME)
    description = serializers.CharField(max_length=services.MAX_DESCRIPTION, allow_blank=True)
    kind = serializers.ChoiceField(choices=Segment.Kind.choices)
    condition = serializers.JSONField()
    is_active = serializers.BooleanField()
    version = serializers.IntegerField(min_value=1)


class RuleIn(InputSerializer):
    condition = serializers.JSONField()


class RuleCountOut(serializers.Serializer):
    """``number`` is reckoned from ``looked_at`` customers where it is not exact."""

    number = serializers.IntegerField()
    is_exact = serializers.BooleanField()
    looked_at = serializers.IntegerField()


class RuleValueOut(serializers.Serializer):
    asked = serializers.CharField()
    value = serializers.CharField()


class RuleSampleOut(serializers.Serializer):
    """A customer the rule finds, and what it asked about them."""

    id = serializers.UUIDField()
    full_name = serializers.CharField()
    values = RuleValueOut(many=True)


class RulePreviewOut(RuleCountOut):
    """``words`` is the rule as a sentence in the caller's language."""

    words = serializers.CharField()
    samples = RuleSampleOut(many=True)


class RuleChoiceOut(serializers.Serializer):
    value = serializers.CharField()
    label = serializers.CharField()


class RuleFieldOut(serializers.Serializer):
    """One thing a rule may ask by. ``has_window``: the last so many ``days`` may be asked for."""

    code = serializers.CharField()
    label = serializers.CharField()
    group = serializers.CharField()
    kind = serializers.CharField()
    ops = RuleChoiceOut(many=True)
    choices = RuleChoiceOut(many=True)
    has_window = serializers.BooleanField()


class MembersIn(InputSerializer):
    customers = RowIdsField(queryset=Customer.objects.all(), seen_by=customers_visible_to, max_length=AT_ONCE)


class MembersOut(serializers.Serializer):
    changed = serializers.IntegerField()


class SegmentFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Segment.Kind.choices)
    is_active = YesNoFilter()

    class Meta:
        model = Segment
        fields: list[str] = []


class SegmentViewSet(MaskingViews, ReadViewSet):
    """Groups of customers, by a rule that is asked every night and whenever it changes, or put together by hand."""

    room = "customers"
    queryset = Segment.objects.all()
    serializer_class = CustomerSegmentOut
    inputs = {
        "create": SegmentIn,
        "partial_update": SegmentChange,
        "count": RuleIn,
        "preview": RuleIn,
        "add": MembersIn,
        "remove": MembersIn,
    }
    outputs = {
        "count": RuleCountOut,
        "preview": RulePreviewOut,
        "fields": RuleFieldOut,
        "add": MembersOut,
        "remove": MembersOut,
    }
    levels = {"fields": READ, "count": READ, "preview": READ}
    filterset_class = SegmentFilter
    ordering = ("name", "id")

    def get_queryset(self) -> QuerySet[Segment]:
        return selectors.visible_to(self.request.user)

    def create(self, request: Request) -> Response:
        """Make a segment; one by rule is filled before the answer, or later (`refreshed_at` is null) above 50,000."""
        return self.answer(services.create_segment(reader=request.user, **self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change what is sent; a new rule is asked at once. Send the `version` you read to be told of a faster one."""
        changed = services.change_segment(segment_id=self.seen_pk, reader=request.user, **self.parsed())
        return self.answer(changed)

    @action(detail=True, methods=["post"])
    def refresh(self, request: Request, pk: Any) -> Response:
        """Ask the rule anew, now; in the background (`refreshed_at` is null until then) above 50,000 customers."""
        self.parsed()
        return self.answer(services.recount_segment(segment_id=self.seen_pk))

    @action(detail=True, methods=["post"])
    def add(self, request: Request, pk: Any) -> Response:
        """Put up to 1,000 customers into a segment made by hand; who is there already stays."""
        return self.show({"changed": services.add_to_segment(segment_id=self.seen_pk, **self.parsed())})

    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: Any) -> Response:
        """Take customers out of a segment made by hand."""
        return self.show({"changed": services.remove_from_segment(segment_id=self.seen_pk, **self.parsed())})

    @extend_schema(responses=RuleFieldOut(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def fields(self, request: Request) -> Response:
        """Everything a rule may ask by, the firm's own fields included, with the questions each knows."""
        told = [
            {
                "code": field.code,
                "label": str(field.label),
                "group": str(field.group),
                "kind": field.kind.value,
                "ops": [{"value": op.value, "label": str(OP_WORDS[op])} for op in field.ops],
                "choices": [{"value": value, "label": str(label)} for value, label in field.offered()],
                "has_window": field.has_window,
            }
            for field in CUSTOMER_FIELDS.fields().values()
        ]
        return Response(RuleFieldOut(told, many=True).data)

    @action(detail=False, methods=["post"])
    def count(self, request: Request) -> Response:
        """How many customers a rule would find, without keeping it."""
        node = selectors.condition_of(self.parsed()["condition"], request.user)
        return self.show(selectors.count_matching(node))

    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """The same with the rule as a sentence and up to ten customers it finds."""
        node = selectors.condition_of(self.parsed()["condition"], request.user)
        found = selectors.look(node, reader=request.user)
        return self.show(
            {
                "number": found.counted.number,
                "is_exact": found.counted.is_exact,
                "looked_at": found.counted.looked_at,
                "words": in_words(node, the_firm().currency),
                "samples": [
                    {
                        "id": sample.customer.pk,
                        "full_name": sample.customer.full_name,
                        "values": [{"asked": asked, "value": value} for asked, value in sample.values],
                    }
                    for sample in found.samples
                ],
            }
        )


class OfSegment(RoomViewSet):
    """What belongs to one segment of the address."""

    room = "customers"

    @cached_property
    def segment(self) -> Segment:
        """Raises Http404."""
        return get_object_or_404(selectors.visible_to(self.request.user), pk=self.kwargs["segment_id"])


class SegmentMemberOut(OutputSerializer):
    class Meta:
        model = SegmentMember
        fields = ["id", "customer", "created_at"]


class SegmentMemberViewSet(OfSegment, ListViewSet):
    """Who belongs to a segment, the latest first."""

    queryset = SegmentMember.objects.all()
    serializer_class = SegmentMemberOut
    ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[SegmentMember]:
        return selectors.members_of(self.segment.pk)


class SegmentSizeOut(OutputSerializer):
    class Meta:
        model = SegmentSize
        fields = ["id", "day", "size"]


class SegmentSizeViewSet(OfSegment, ListViewSet):
    """How large a segment was at the end of each day it was counted, the latest first."""

    queryset = SegmentSize.objects.all()
    serializer_class = SegmentSizeOut
    ordering = ("-day", "-id")

    def get_queryset(self) -> QuerySet[SegmentSize]:
        return selectors.sizes_of(self.segment.pk)
