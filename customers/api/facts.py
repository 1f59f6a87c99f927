"""Endpoints for what customers told and showed."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from customers.models import Customer, Fact, Interaction, Quote
from customers.selectors.contacts import may_look_for
from customers.selectors.facts import facts_visible_to
from customers.services import facts as services
from customers.services.quotes import MAX_QUOTE
from cxcrm.core.api.fields import InputSerializer, MomentField, OutputSerializer, RowIdField
from cxcrm.core.api.viewsets import ReadViewSet

_SENT = {
    "customer": "0192f0c1-7d5e-7a43-9c55-0a7a6c5b9d10",
    "kind": "unexpected_use",
    "text": "Bã cà phê xin về ủ gốc hồng",
    "about": "bã cà phê",
}


class FactOut(OutputSerializer):
    """``confirmed_at`` is when it was last heard or seen; ``guessed_at`` tells of a guess the customer confirmed."""

    class Meta:
        model = Fact
        fields = [
            "id", "customer", "kind", "text", "about", "mode", "reason", "way", "source", "is_sensitive", "quote",
            "noted_by",
            "stated_at", "confirmed_at", "guessed_at", "withdrawn_at", "created_at",
        ]  # fmt: skip


class _Told(InputSerializer):
    kind = serializers.ChoiceField(choices=Fact.Kind.choices)
    about = serializers.CharField(max_length=services.MAX_ABOUT, required=False, allow_blank=True)
    mode = serializers.CharField(
        max_length=services.MAX_MODE,
        required=False,
        allow_blank=True,
        help_text="What for, in a word or two; kept of `usage` and `unexpected_use`.",
    )
    reason = serializers.ChoiceField(
        choices=Fact.Reason.choices,
        required=False,
        allow_blank=True,
        help_text="Asked of `why_like` and `why_dislike`.",
    )
    way = serializers.ChoiceField(
        choices=Fact.Way.choices,
        required=False,
        allow_blank=True,
        help_text="Of `first_source` and `convinced_by`; of these the latest alone holds.",
    )
    source = serializers.ChoiceField(choices=Fact.Source.choices, required=False)
    is_sensitive = serializers.BooleanField(required=False)


@extend_schema_serializer(examples=[OpenApiExample("An unexpected use", value=_SENT, request_only=True)])
class FactIn(_Told):
    """Said again in the same words, it is the same fact, confirmed. A guess earns nothing until it is confirmed."""

    customer = RowIdField(queryset=Customer.objects.all(), source="customer_id")
    text = serializers.CharField(
        max_length=services.MAX_FACT, required=False, allow_blank=True, help_text="May be left out where a way is told."
    )
    quote = RowIdField(queryset=Quote.objects.all(), source="quote_id", required=False, allow_null=True)
    stated_at = MomentField(required=False)


class EntryFactIn(_Told):
    """``words`` must stand word for word in the entry and become a quote; left out, all of a short entry is taken."""

    interaction = RowIdField(queryset=Interaction.objects.all(), source="interaction_id")
    words = serializers.CharField(max_length=MAX_QUOTE, required=False, allow_blank=True)
    text = serializers.CharField(max_length=services.MAX_FACT, required=False, allow_blank=True)


class AgainIn(InputSerializer):
    source = serializers.ChoiceField(
        choices=[Fact.Source.DECLARED.value, Fact.Source.OBSERVED.value], default=Fact.Source.DECLARED.value
    )


class FactFilter(filters.FilterSet):
    customer = filters.UUIDFilter(field_name="customer_id")
    kind = filters.MultipleChoiceFilter(choices=Fact.Kind.choices)
    source = filters.ChoiceFilter(choices=Fact.Source.choices)
    reason = filters.ChoiceFilter(choices=Fact.Reason.choices)
    mode = filters.CharFilter(field_name="mode", lookup_expr="iexact")
    way = filters.ChoiceFilter(choices=Fact.Way.choices)
    about = filters.CharFilter(field_name="about", lookup_expr="iexact")
    standing = filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull", label="Not withdrawn")

    class Meta:
        model = Fact
        fields: list[str] = []


class FactViewSet(MaskingViews, ReadViewSet):
    """What customers told and showed, and what staff guess: preferences, uses, needs, reasons."""

    room = "customers"
    queryset = Fact.objects.all()
    serializer_class = FactOut
    inputs = {"create": FactIn, "from_entry": EntryFactIn, "confirm": AgainIn}
    creates = frozenset({"create", "from_entry"})
    filterset_class = FactFilter
    ordering = ("-confirmed_at", "-id")

    def get_queryset(self) -> QuerySet[Fact]:
        return facts_visible_to(self.request.user)

    def search_queryset(self, queryset: Any, text: str) -> Any:
        """Words of it, without regard to accents."""
        may = may_look_for(text, self.request.user)
        return queryset.filter(text__unaccent__icontains=text) if may else queryset.none()

    def create(self, request: Request) -> Response:
        """Note something a customer told or showed, or a guess of ours."""
        return self.answer(services.note_fact(**self.parsed()))

    @action(detail=False, methods=["post"], url_path="from-entry")
    def from_entry(self, request: Request) -> Response:
        """Note what an entry of the timeline tells; the customer's words of it become a quote."""
        return self.answer(services.note_from_entry(reader=request.user, **self.parsed()))

    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: Any) -> Response:
        """Heard or seen again: it is fresh. A guess the customer confirms is known from then on."""
        return self.answer(services.confirm_fact(fact_id=self.get_object().pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: Any) -> Response:
        """It does not hold any more; that it was known stays."""
        self.parsed()
        return self.answer(services.withdraw_fact(fact_id=self.get_object().pk))
