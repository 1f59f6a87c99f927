"""Endpoints for merges: making one customer of two, looking it up, taking it back."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer, MergeRecord
from customers.services.merging import MERGED, SURVIVOR, merge_customers, undo_merge
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.viewsets import ReadViewSet
from tenants.staff.roles import Level


class CustomersMergeOut(OutputSerializer):
    """``moved`` has the ids of rows that belong to the survivor now, ``left`` what undoing could not give back."""

    class Meta:
        model = MergeRecord
        fields = [
            "id", "survivor", "merged", "merged_name", "merged_by", "choices", "moved", "left",
            "undone_at", "created_at",
        ]  # fmt: skip


class CustomersMergeIn(InputSerializer):
    """``choices`` names for single fields whose value stays; without, the survivor's unless it is empty."""

    survivor = RowIdField(queryset=Customer.objects.all(), source="survivor_id")
    merged = RowIdField(queryset=Customer.objects.all(), source="merged_id")
    choices = serializers.DictField(child=serializers.ChoiceField(choices=[SURVIVOR, MERGED]), required=False)


class MergeViewSet(ReadViewSet):
    """Two records that were one customer. The merged one's address answers 410 with the id of the other."""

    room = "customers"
    queryset = MergeRecord.objects.all()
    serializer_class = CustomersMergeOut
    inputs = {"create": CustomersMergeIn}

    def get_queryset(self) -> Any:
        may = self.request.user.allows("customers", Level.READ)
        return MergeRecord.objects.all() if may else MergeRecord.objects.none()

    def create(self, request: Request) -> Response:
        """Merge two customers: everything of `merged` belongs to `survivor` from now on."""
        return self.answer(merge_customers(**self.parsed()))

    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: Any) -> Response:
        """Make two customers of one again; what changed since stays with the survivor and is named in `left`."""
        self.parsed()
        return self.answer(undo_merge(merge_id=self.get_object().pk))
