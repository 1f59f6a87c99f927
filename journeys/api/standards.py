"""Endpoints of what good looks like at touchpoints, and who has read it."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.permissions import MANAGE, READ
from cxcrm.core.api.viewsets import ReadViewSet
from journeys.errors import PersonOnly
from journeys.models import Standard, StandardAcknowledgement, StandardProposal, Touchpoint
from journeys.services.standards import BEHAVIOUR, TEXT, acknowledge_standard, propose_standard, set_standard


class StandardOut(OutputSerializer):
    """``replaced_at`` is null for the one in force."""

    class Meta:
        model = Standard
        fields = [
            "id", "touchpoint", "version", "text", "behaviours", "written_by", "in_force_since", "replaced_at",
            "created_at",
        ]  # fmt: skip


class StandardIn(InputSerializer):
    """At most five behaviours."""

    touchpoint = RowIdField(queryset=Touchpoint.objects.all(), source="touchpoint_id")
    text = serializers.CharField(max_length=TEXT)
    behaviours = serializers.ListField(
        child=serializers.CharField(max_length=BEHAVIOUR), max_length=20, required=False
    )  # fmt: skip


class ProposedStandardOut(OutputSerializer):
    class Meta:
        model = StandardProposal
        fields = ["id", "touchpoint", "text", "behaviours", "proposed_by", "created_at"]


class StandardFilter(filters.FilterSet):
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    in_force = YesNoFilter(field_name="replaced_at", lookup_expr="isnull")

    class Meta:
        model = Standard
        fields: list[str] = []


class AcknowledgementOut(OutputSerializer):
    class Meta:
        model = StandardAcknowledgement
        fields = ["id", "standard", "user", "acknowledged_at", "created_at"]


class StandardViewSet(ReadViewSet):
    """What good looks like at a touchpoint, version by version; exactly one is in force."""

    room = "journeys"
    write_level = MANAGE
    levels = {"acknowledge": READ}
    queryset = Standard.objects.all()
    serializer_class = StandardOut
    inputs = {"create": StandardIn}
    outputs = {"acknowledge": AcknowledgementOut}
    filterset_class = StandardFilter

    def create(self, request: Request) -> Response:
        """Put a touchpoint's standard in force; the one before is replaced, and everybody it concerns reads it.

        In a firm with a brand steward others submit to ``/proposed-standards/``.
        """
        return self.answer(set_standard(**self.parsed()))

    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: Any) -> Response:
        """I have read it and work like this; for somebody logged in, not for a key. Again, and nothing changes."""
        standard = self.get_object()
        self.parsed()
        if self.staff_user is None:
            raise PersonOnly
        return self.show(acknowledge_standard(standard_id=standard.pk, user_id=self.staff_user.pk))


class ProposedStandardFilter(filters.FilterSet):
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")

    class Meta:
        model = StandardProposal
        fields: list[str] = []


class ProposedStandardViewSet(ReadViewSet):
    """Standards that wait for the brand steward, at most one for each touchpoint."""

    room = "journeys"
    write_level = MANAGE
    queryset = StandardProposal.objects.all()
    serializer_class = ProposedStandardOut
    inputs = {"create": StandardIn}
    filterset_class = ProposedStandardFilter

    def create(self, request: Request) -> Response:
        """Submit a standard to the brand steward; again, and it replaces what waits for the same touchpoint."""
        return self.answer(propose_standard(**self.parsed()))


class AcknowledgementFilter(filters.FilterSet):
    standard = filters.UUIDFilter(field_name="standard_id")
    user = filters.UUIDFilter(field_name="user_id")

    class Meta:
        model = StandardAcknowledgement
        fields: list[str] = []


class AcknowledgementViewSet(ReadViewSet):
    """Who has read which standard, and when."""

    room = "journeys"
    queryset = StandardAcknowledgement.objects.all()
    serializer_class = AcknowledgementOut
    filterset_class = AcknowledgementFilter
