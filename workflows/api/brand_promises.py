"""Endpoints for what the brand promises everybody, period by period."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from cxcrm.core.api.fields import InputSerializer, MomentField, OutputSerializer, RowIdField
from cxcrm.core.api.permissions import WRITE
from cxcrm.core.api.viewsets import ReadViewSet
from journeys.models import Touchpoint
from tenants.staff.models import User
from tenants.staff.roles import BRAND
from workflows.models import Promise
from workflows.selectors.promises import brand_promises
from workflows.services import brand_promises as service

# Whoever leads the brand writes here too.
_LEADS = (BRAND, WRITE)


class BrandPromiseOut(OutputSerializer):
    """One period of it; ``follows`` is the period before, ``renews_months`` null where it does not come back."""

    class Meta:
        model = Promise
        fields = [
            "id", "text", "said_where", "touchpoint", "due_at", "renews_months", "owner", "department", "state",
            "evidence", "settled_at", "settled_by", "follows", "created_at",
        ]  # fmt: skip


class BrandPromiseIn(InputSerializer):
    text = serializers.CharField(max_length=300)
    said_where = serializers.CharField(max_length=120, help_text="Advert, menu, website, packaging, …")
    due_at = MomentField(help_text="In the future, within a year.")
    owner = RowIdField(queryset=User.objects.all(), source="owner_id", help_text="An executive or a brand steward.")
    renews_months = serializers.IntegerField(min_value=1, max_value=12, required=False, allow_null=True)
    touchpoint = RowIdField(queryset=Touchpoint.objects.all(), source="touchpoint_id", required=False, allow_null=True)


class SettleBrandPromiseIn(InputSerializer):
    outcome = serializers.ChoiceField(
        choices=["kept", "broken"], help_text="`kept` after the day it was due counts as kept late."
    )
    evidence = serializers.CharField(max_length=500, help_text="How one can see it.")


class WithdrawBrandPromiseIn(InputSerializer):
    evidence = serializers.CharField(max_length=500, help_text="Why the brand does not promise it any more.")


class BrandPromiseFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=Promise.State.choices)
    owner = filters.UUIDFilter(field_name="owner_id")
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    due_since = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="gte")
    due_until = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="lt")

    class Meta:
        model = Promise
        fields: list[str] = []


class BrandPromiseViewSet(MaskingViews, ReadViewSet):
    """What the brand promises everybody; brand stewards write here like executives."""

    room = "workflows"
    rights = {"create": _LEADS, "settle": _LEADS, "withdraw": _LEADS}
    queryset = Promise.objects.all()
    serializer_class = BrandPromiseOut
    inputs = {"create": BrandPromiseIn, "settle": SettleBrandPromiseIn, "withdraw": WithdrawBrandPromiseIn}
    filterset_class = BrandPromiseFilter
    ordering = ("due_at", "id")

    def get_queryset(self) -> Any:
        return brand_promises()

    def create(self, request: Request) -> Response:
        """Write it down for one period; its owner is reminded a week before the period ends."""
        return self.answer(service.make_brand_promise(**self.parsed()))

    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: Any) -> Response:
        """Was it kept in this period? One that comes back is laid for the next period at once."""
        return self.answer(service.settle_brand_promise(promise_id=self.seen_pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: Any) -> Response:
        """The brand does not promise it any more."""
        return self.answer(service.withdraw_brand_promise(promise_id=self.seen_pk, **self.parsed()))
