"""Endpoints of the brand steward's approvals."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.fields import InputSerializer, OutputSerializer
from cxcrm.core.api.viewsets import ReadViewSet
from workflows.models import Review
from workflows.services import reviews


class ReviewOut(OutputSerializer):
    """Exactly one of ``journey``, ``touchpoint`` (its standard), ``initiative`` and ``reply_template`` is named."""

    class Meta:
        model = Review
        fields = [
            "id", "journey", "touchpoint", "initiative", "reply_template", "state", "asked_by", "steward", "answer_by",
            "raised_at", "decided_by", "decided_at", "note", "created_at",
        ]  # fmt: skip


class ApproveReviewIn(InputSerializer):
    """``marks``, for an initiative: the five lines of the brand checklist, 0 to 4."""

    marks = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=4), max_length=5, required=False
    )
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class SendBackIn(InputSerializer):
    note = serializers.CharField(max_length=300)


class ReviewFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Review.State.choices)
    steward = filters.UUIDFilter(field_name="steward_id")

    class Meta:
        model = Review
        fields: list[str] = []


class ReviewViewSet(ReadViewSet):
    """What waits for the brand steward's yes, and what became of it. Answering is a person's act: no key can."""

    room = "journeys"
    queryset = Review.objects.all()
    serializer_class = ReviewOut
    inputs = {"approve": ApproveReviewIn, "send_back": SendBackIn}
    filterset_class = ReviewFilter

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: Any) -> Response:
        """Put it in force; an initiative is signed for the brand."""
        return self.answer(reviews.approve_review(review_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, pk: Any) -> Response:
        """Say what should be different."""
        return self.answer(reviews.send_back_review(review_id=self.pk, **self.parsed()))
