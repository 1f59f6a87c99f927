"""Endpoints for what is spent on the experience of customers, quarter by quarter."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from cxcrm.core.api.fields import InputSerializer, OutputSerializer
from cxcrm.core.api.permissions import WRITE
from cxcrm.core.api.viewsets import ReadViewSet
from workflows.models import CxBudget
from workflows.services.budgets import save_budget


def _amount() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True)


class BudgetOut(OutputSerializer):
    """``quarter`` is its first day; amounts in the firm's currency, null while nobody has said them."""

    class Meta:
        model = CxBudget
        fields = [
            "id", "quarter", "listening_planned", "listening_spent", "fixing_planned", "fixing_spent",
            "training_planned", "training_spent", "note", "written_by", "updated_at", "created_at",
        ]  # fmt: skip


class BudgetIn(InputSerializer):
    """``quarter`` is any day of it; amounts left out stay as they are."""

    quarter = serializers.DateField()
    listening_planned, listening_spent = _amount(), _amount()
    fixing_planned, fixing_spent = _amount(), _amount()
    training_planned, training_spent = _amount(), _amount()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class BudgetFilter(filters.FilterSet):
    since = filters.DateFilter(field_name="quarter", lookup_expr="gte")

    class Meta:
        model = CxBudget
        fields: list[str] = []


class BudgetViewSet(MaskingViews, ReadViewSet):
    """Listening, fixing, training: what was planned and spent, one row a quarter."""

    room = "workflows"
    # What is spent is read by who writes it; the brand steward reads it on its page.
    levels = dict.fromkeys(("list", "retrieve"), WRITE)
    queryset = CxBudget.objects.all()
    serializer_class = BudgetOut
    inputs = {"create": BudgetIn}
    filterset_class = BudgetFilter
    ordering = ("-quarter", "-id")

    def create(self, request: Request) -> Response:
        """Say what is planned or was spent in a quarter; said again, what is named is replaced."""
        told: dict[str, Any] = self.parsed()
        return self.answer(save_budget(**told))
