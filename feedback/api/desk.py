"""Endpoints for what the desk works with: reply templates, mentions, the customer's point of view."""

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, SettingSerializer
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.viewsets import ListViewSet, RemovableSettingViewSet
from feedback.models import Complaint, Perspective, ReplyTemplate
from feedback.selectors.complaints import visible_to
from feedback.services.perspectives import take_perspective
from feedback.services.reply_templates import remove_reply_template, save_reply_template


class ReplyTemplateOut(OutputSerializer):
    """``proposed_text`` waits for the brand steward; ``text`` is what is used meanwhile."""

    class Meta:
        model = ReplyTemplate
        fields = [
            "id", "name", "language", "text", "proposed_text", "touchpoint", "severity", "position", "is_active",
            "created_at",
        ]  # fmt: skip


class ReplyTemplateIn(SettingSerializer):
    """``text`` may hold flat placeholders such as ``{{customer_greeting}}``; one that does not exist is refused."""

    text = serializers.CharField(max_length=4000)

    class Meta:
        model = ReplyTemplate
        fields = ["name", "language", "text", "touchpoint", "severity", "position", "is_active"]


class ReplyTemplateFilter(filters.FilterSet):
    language = filters.ChoiceFilter(choices=ReplyTemplate.Language.choices)
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    is_active = YesNoFilter()

    class Meta:
        model = ReplyTemplate
        fields: list[str] = []


class ReplyTemplateViewSet(RemovableSettingViewSet):
    """Words for replies. See ``complaints/{id}/ready-replies/`` for those that fit a case, filled in."""

    room = "feedback"
    queryset = ReplyTemplate.objects.all()
    serializer_class = ReplyTemplateOut
    inputs = {"create": ReplyTemplateIn, "partial_update": ReplyTemplateIn}
    filterset_class = ReplyTemplateFilter

    def keep(self, row: Any) -> Any:
        return save_reply_template(template=row)

    def drop(self, row: Any) -> None:
        remove_reply_template(template=row)


class PerspectiveOut(OutputSerializer):
    class Meta:
        model = Perspective
        fields = ["id", "trying", "happened", "feeling", "quote", "good_end", "written_by", "created_at"]


class PerspectiveIn(InputSerializer):
    """Writing again replaces what was there."""

    trying = serializers.CharField(max_length=500, required=False, allow_blank=True)
    happened = serializers.CharField(max_length=500, required=False, allow_blank=True)
    feeling = serializers.ChoiceField(choices=Perspective.Feeling.choices, required=False, allow_blank=True)
    quote = serializers.CharField(max_length=300, required=False, allow_blank=True)
    good_end = serializers.CharField(max_length=500, required=False, allow_blank=True)


class PerspectiveViewSet(MaskingViews, ListViewSet):
    """One complaint from the customer's side: the four questions, at most one row."""

    room = "feedback"
    queryset = Perspective.objects.all()
    serializer_class = PerspectiveOut
    inputs = {"create": PerspectiveIn}

    def get_queryset(self) -> Any:
        return Perspective.objects.filter(complaint_id=self._complaint().pk)

    def _complaint(self) -> Complaint:
        return get_object_or_404(visible_to(self.request.user), pk=self.kwargs["complaint_id"])

    def create(self, request: Request, complaint_id: Any) -> Response:
        """Answer the four questions."""
        return self.answer(take_perspective(complaint_id=self._complaint().pk, **self.parsed()))
