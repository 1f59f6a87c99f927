"""Endpoints for purchases: what a till or shop system sends, one by one or by hundreds, as often as it likes."""

from dataclasses import asdict
from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from customers.api.views import OfCustomer
from customers.models import Purchase
from customers.selectors import purchases as selectors
from customers.services import purchases as services
from cxcrm.core.api.fields import ErrorSerializer, InputSerializer, MomentField, OutputSerializer
from cxcrm.core.api.viewsets import ReadViewSet, RoomViewSet

MAX_BATCH = 500

_SENT = {
    "customer_number": "KH000042",
    "source": "pos",
    "external_id": "HD000123",
    "kind": "order",
    "occurred_at": "2026-11-22T02:30:00Z",
    "amount": "59000.00",
    "currency": "VND",
    "items": "1 x bạc xỉu, 1 x bánh mì",
    "channel": "tại quán",
    "state": "paid",
}


class PurchaseOut(OutputSerializer):
    class Meta:
        model = Purchase
        fields = [
            "id", "customer", "source", "external_id", "kind", "occurred_at", "covers_until", "amount", "currency",
            "branch", "branch_name", "items", "channel", "state", "note", "version", "created_at", "updated_at",
        ]  # fmt: skip


class PurchaseChange(InputSerializer):
    """Only what is sent is changed. ``covers_until`` is the last day a plan, membership or contract is paid for, on the
    firm's calendar and not before the purchase; null where it covers no time.
    """

    kind = serializers.ChoiceField(choices=Purchase.Kind.choices, required=False)
    occurred_at = MomentField(required=False)
    covers_until = serializers.DateField(required=False, allow_null=True)
    amount = serializers.DecimalField(max_digits=15, decimal_places=2, min_value=0, required=False)
    currency = serializers.CharField(min_length=3, max_length=3, required=False)
    branch = serializers.UUIDField(required=False, allow_null=True)
    branch_name = serializers.CharField(max_length=services.MAX_BRANCH, required=False, allow_blank=True)
    items = serializers.CharField(max_length=services.MAX_ITEMS, required=False, allow_blank=True)
    channel = serializers.CharField(max_length=services.MAX_CHANNEL, required=False, allow_blank=True)
    state = serializers.ChoiceField(choices=Purchase.State.choices, required=False)
    note = serializers.CharField(max_length=5000, required=False, allow_blank=True)


@extend_schema_serializer(examples=[OpenApiExample("An order from the till", value=_SENT, request_only=True)])
class PurchaseIn(PurchaseChange):
    """Sent again with the same ``source`` and ``external_id``, a purchase is brought up to date, never doubled.

    The customer is named by ``customer`` (id), or by ``customer_number`` in the same system, ``phone`` or ``email``.
    """

    customer = serializers.UUIDField(required=False, source="customer_id")
    customer_number = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=80, required=False, allow_blank=True)
    email = serializers.CharField(max_length=254, required=False, allow_blank=True)
    source = serializers.CharField(max_length=40, required=False, allow_blank=True)
    external_id = serializers.CharField(max_length=120, required=False, allow_blank=True)


class PurchasesIn(InputSerializer):
    """Up to 500 purchases, each taken or refused by itself."""

    purchases = serializers.ListField(child=PurchaseIn(), allow_empty=False, max_length=MAX_BATCH)


class TakenSerializer(serializers.Serializer):
    """What became of one purchase of a batch: its id, or why it was refused."""

    id = serializers.UUIDField(allow_null=True)
    external_id = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["created", "known", "refused"])
    error = ErrorSerializer(allow_null=True)


class BatchOut(serializers.Serializer):
    results = TakenSerializer(many=True)


class FiguresOut(serializers.Serializer):
    """How often, how lately, for how much; cancelled and returned purchases do not count, a year is 365 days.

    ``covered_until`` is the last day of a plan or contract, also of one that is over; null without any.
    """

    count = serializers.IntegerField()
    count_in_year = serializers.IntegerField()
    first_at = MomentField(allow_null=True)
    last_at = MomentField(allow_null=True)
    spent = serializers.DictField(child=serializers.DecimalField(max_digits=20, decimal_places=2))
    spent_ever = serializers.DictField(child=serializers.DecimalField(max_digits=20, decimal_places=2))
    covered_until = serializers.DateField(allow_null=True)


class PurchaseFilter(filters.FilterSet):
    customer = filters.UUIDFilter(field_name="customer_id")
    kind = filters.ChoiceFilter(choices=Purchase.Kind.choices)
    state = filters.ChoiceFilter(choices=Purchase.State.choices)
    branch = filters.UUIDFilter(field_name="branch_id")
    source = filters.CharFilter()
    external_id = filters.CharFilter()
    occurred_since = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gte")
    occurred_until = filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="lt")
    covers_since = filters.DateFilter(field_name="covers_until", lookup_expr="gte")
    covers_before = filters.DateFilter(field_name="covers_until", lookup_expr="lt")

    class Meta:
        model = Purchase
        fields: list[str] = []


class PurchaseViewSet(MaskingViews, ReadViewSet):
    """What customers bought, booked or came for."""

    room = "customers"
    queryset = Purchase.objects.all()
    serializer_class = PurchaseOut
    inputs = {"create": PurchaseIn, "partial_update": PurchaseChange}
    filterset_class = PurchaseFilter
    ordering = ("-occurred_at", "-id")

    def create(self, request: Request) -> Response:
        """Record a purchase (201), or bring the one of this number up to date (200)."""
        purchase, is_new = services.record_purchase(**self.parsed())
        answer = self.answer(purchase)
        answer.status_code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return answer

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change what is said about a purchase, such as its state."""
        return self.answer(services.change_purchase(purchase_id=self.get_object().pk, **self.parsed()))


class PurchaseBatchViewSet(RoomViewSet):
    """Many purchases in one call, as a till sends its day."""

    room = "customers"
    queryset = Purchase.objects.all()
    serializer_class = BatchOut
    inputs = {"create": PurchasesIn}
    creates: frozenset[str] = frozenset()

    def create(self, request: Request) -> Response:
        """Record up to 500 purchases; each is taken or refused by itself, so look at every result."""
        sent = self.parsed()["purchases"]
        results = [
            {
                "id": purchase.pk if purchase else None,
                "external_id": one.get("external_id", ""),
                "outcome": "refused" if refusal else "created" if is_new else "known",
                "error": {"code": refusal.code, "message": str(refusal), "data": refusal.data} if refusal else None,
            }
            for one, (purchase, is_new, refusal) in zip(sent, services.record_many(purchases=sent), strict=True)
        ]
        return self.show({"results": results})


class FiguresViewSet(OfCustomer):
    """What one customer's purchases come to."""

    queryset = Purchase.objects.all()
    serializer_class = FiguresOut
    pagination_class = None
    filter_backends: list[Any] = []

    @extend_schema(responses=FiguresOut)
    def list(self, request: Request, customer_id: Any) -> Response:
        """How often, how lately and for how much the customer bought."""
        figures, until = selectors.figures_of(self.customer.pk), selectors.covered_until(self.customer.pk)
        return Response(FiguresOut({**asdict(figures), "covered_until": until}).data)
