"""Endpoints for what a solved complaint is explained and made good with: root causes and remedies."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField, SettingSerializer
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.viewsets import SettingViewSet
from feedback.models import Remedy, RootCause
from feedback.services.causes import merge_root_causes
from feedback.services.configuration import save_remedy, save_root_cause


class RootCauseOut(OutputSerializer):
    class Meta:
        model = RootCause
        fields = ["id", "parent", "name", "name_en", "is_active", "created_at"]


class RootCauseIn(SettingSerializer):
    class Meta:
        model = RootCause
        fields = ["parent", "name", "name_en", "is_active"]


class MergeIn(InputSerializer):
    into = RowIdField(queryset=RootCause.objects.all(), source="into_id")


class RemedyOut(OutputSerializer):
    class Meta:
        model = Remedy
        fields = [
            "id", "touchpoint", "name", "name_en", "cost", "is_recommended", "position", "is_active", "created_at",
        ]  # fmt: skip


class RemedyIn(SettingSerializer):
    class Meta:
        model = Remedy
        fields = ["touchpoint", "name", "name_en", "cost", "is_recommended", "position", "is_active"]


class RootCauseFilter(filters.FilterSet):
    parent = filters.UUIDFilter(field_name="parent_id")
    is_active = YesNoFilter()

    class Meta:
        model = RootCause
        fields: list[str] = []


class RootCauseViewSet(SettingViewSet):
    """Why things go wrong, in two levels the firm edits itself."""

    room = "feedback"
    queryset = RootCause.objects.all()
    serializer_class = RootCauseOut
    inputs = {"create": RootCauseIn, "partial_update": RootCauseIn, "merge": MergeIn}
    filterset_class = RootCauseFilter

    def keep(self, row: Any) -> Any:
        return save_root_cause(root_cause=row)

    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: Any) -> Response:
        """Move its complaints and parts to another cause; this one is no longer offered. Answers with the other."""
        return self.answer(merge_root_causes(cause_id=self.get_object().pk, **self.parsed()))


class RemedyFilter(filters.FilterSet):
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    is_active = YesNoFilter()

    class Meta:
        model = Remedy
        fields: list[str] = []


class RemedyViewSet(SettingViewSet):
    """What can be offered to make a complaint good, and what it costs in the firm's currency."""

    room = "feedback"
    queryset = Remedy.objects.all()
    serializer_class = RemedyOut
    inputs = {"create": RemedyIn, "partial_update": RemedyIn}
    filterset_class = RemedyFilter

    def keep(self, row: Any) -> Any:
        return save_remedy(remedy=row)
