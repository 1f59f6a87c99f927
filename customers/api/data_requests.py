"""Endpoints for what customers ask about their own data."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from customers.models import Customer, DataRequest
from customers.selectors.data_requests import data_requests_visible_to
from customers.services import data_requests as services
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.viewsets import ReadViewSet


class DataRequestOut(OutputSerializer):
    """``answer_by`` lies two working days after it was asked, ``due_at`` 10 days (20 to be erased)."""

    class Meta:
        model = DataRequest
        fields = [
            "id", "customer", "kind", "words", "asked_at", "answer_by", "due_at", "owner", "answered_at", "settled_at",
            "settled_by", "outcome", "reply", "created_at",
        ]  # fmt: skip


class DataRequestIn(InputSerializer):
    """Asked again while it is open, it is the same request."""

    customer = RowIdField(queryset=Customer.objects.all(), source="customer_id")
    kind = serializers.ChoiceField(choices=DataRequest.Kind.choices)
    words = serializers.CharField(
        max_length=2_000, required=False, allow_blank=True, help_text="What is wrong and how it should be."
    )


class ReplyIn(InputSerializer):
    reply = serializers.CharField(max_length=2_000, help_text="What the customer reads on their page.")


class SettleIn(ReplyIn):
    outcome = serializers.ChoiceField(choices=DataRequest.Outcome.choices)


class DataRequestFilter(filters.FilterSet):
    customer = filters.UUIDFilter(field_name="customer_id")
    kind = filters.ChoiceFilter(choices=DataRequest.Kind.choices)
    open = filters.BooleanFilter(field_name="settled_at", lookup_expr="isnull", label="Not settled yet")

    class Meta:
        model = DataRequest
        fields: list[str] = []


class DataRequestViewSet(MaskingViews, ReadViewSet):
    """A copy, a correction or to be erased: what customers ask about their data, with the clocks of the law."""

    room = "customers"
    queryset = DataRequest.objects.all()
    serializer_class = DataRequestOut
    inputs = {"create": DataRequestIn, "tell": ReplyIn, "settle": SettleIn}
    filterset_class = DataRequestFilter
    ordering = ("due_at", "id")

    def get_queryset(self) -> QuerySet[DataRequest]:
        return data_requests_visible_to(self.request.user)

    def create(self, request: Request) -> Response:
        """Take down what a customer asks; its clocks run from now."""
        return self.answer(services.ask_about_data(**self.parsed()))

    @action(detail=True, methods=["post"], url_path="answer")
    def tell(self, request: Request, pk: Any) -> Response:
        """Tell the customer that it is being done and how."""
        return self.answer(services.answer_request(request_id=self.get_object().pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: Any) -> Response:
        """It was done, or refused with the reason."""
        return self.answer(services.settle_request(request_id=self.get_object().pk, **self.parsed()))
