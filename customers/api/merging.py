"""Endpoints for merges: making one customer of two, looking it up, taking it back."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer, MergeRecord
from customers.selectors.duplicates import duplicate_pairs
from customers.services.merging import MERGED, SURVIVOR, keep_apart, merge_customers, undo_merge
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.viewsets import ReadViewSet, RoomViewSet
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


class PairOut(serializers.Serializer):
    """Two customers who may be one, and what they have in common; ``certainty`` is a percentage to rank by."""

    first = serializers.UUIDField(source="first.pk")
    second = serializers.UUIDField(source="second.pk")
    first_name = serializers.CharField(source="first.full_name")
    second_name = serializers.CharField(source="second.full_name")
    phone = serializers.BooleanField(help_text="They share a number.")
    email = serializers.BooleanField(help_text="They share an address.")
    place = serializers.BooleanField(help_text="They live at one place.")
    name = serializers.BooleanField(help_text="They have one name.")
    certainty = serializers.IntegerField()


class ApartIn(InputSerializer):
    first = RowIdField(queryset=Customer.objects.all(), source="first_id")
    second = RowIdField(queryset=Customer.objects.all(), source="second_id")


class DuplicateViewSet(RoomViewSet):
    """Pairs that look like one customer. Merge one by `merges/`, or say that they are two."""

    room = "customers"
    queryset = Customer.objects.none()
    serializer_class = PairOut
    inputs = {"keep_apart": ApartIn}
    pagination_class = None
    filter_backends: list[Any] = []

    @extend_schema(responses=PairOut(many=True))
    def list(self, request: Request) -> Response:
        """The surest first, at most 200: when the first ones are merged, the next move up."""
        return Response(PairOut(duplicate_pairs(), many=True).data)

    @extend_schema(request=ApartIn, responses={204: None})
    @action(detail=False, methods=["post"], url_path="keep-apart")
    def keep_apart(self, request: Request) -> Response:
        """These are two customers: the pair is not shown again."""
        keep_apart(**self.parsed())
        return Response(status=status.HTTP_204_NO_CONTENT)
