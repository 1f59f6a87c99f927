"""Endpoints for personas, what they rest on, and whom they stand for."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.logic.personas import MAX_WORDS
from customers.models import Customer, CustomerPersona, Persona, PersonaQuote, Quote, Segment
from customers.selectors import personas as selectors
from customers.selectors.customers import visible_to as customers_visible_to
from customers.selectors.quotes import quotes_visible_to
from customers.selectors.segments import visible_to as segments_visible_to
from customers.services import personas as services
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.permissions import MANAGE, WRITE
from cxcrm.core.api.viewsets import ListViewSet, ReadViewSet
from tenants.staff.roles import PORTRAITS

DRAFTING = (PORTRAITS, WRITE)


class PersonaOut(OutputSerializer):
    """``number`` counts the versions of a segment's persona; ``sentence`` is one of its quotes."""

    class Meta:
        model = Persona
        fields = [
            "id", "segment", "number", "state", "name", "who", "need", "expectation", "emotion", "channel", "sentence",
            "position", "published_at", "published_by", "retired_at", "version", "created_at", "updated_at",
        ]  # fmt: skip


class PersonaWords(InputSerializer):
    """All words together at most 120. ``sentence`` must be one of the persona's quotes."""

    name = serializers.CharField(max_length=60)
    who = serializers.CharField(max_length=240, allow_blank=True)
    need = serializers.CharField(max_length=240, allow_blank=True)
    expectation = serializers.CharField(max_length=240, allow_blank=True)
    emotion = serializers.CharField(max_length=80, allow_blank=True)
    channel = serializers.CharField(max_length=80, allow_blank=True)
    position = serializers.IntegerField(min_value=0, max_value=services.MAX_POSITION)


class PersonaChange(PersonaWords):
    sentence = RowIdField(queryset=Quote.objects.all(), seen_by=quotes_visible_to, allow_null=True)
    version = serializers.IntegerField(min_value=1)


class PersonaIn(PersonaWords):
    """A new version begins as the live one; what is sent stands instead."""

    segment = RowIdField(queryset=Segment.objects.all(), seen_by=segments_visible_to, source="segment_id")

    def get_fields(self) -> Any:
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name == "segment"
        return fields


class PersonaFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=Persona.State.choices)
    segment = filters.UUIDFilter(field_name="segment_id")

    class Meta:
        model = Persona
        fields: list[str] = []


class ShareOut(serializers.Serializer):
    persona = serializers.UUIDField()
    customers = serializers.IntegerField()
    share = serializers.FloatField()


class SharesOut(serializers.Serializer):
    """``shares`` add up to one over the ``known`` of ``active`` customers (who bought in the last 180 days)."""

    active = serializers.IntegerField()
    known = serializers.IntegerField()
    shares = ShareOut(many=True)


class ReadinessOut(serializers.Serializer):
    """What a draft comes to, and what it lacks to be published."""

    words = serializers.IntegerField()
    max_words = serializers.IntegerField()
    quotes = serializers.IntegerField()
    conversations = serializers.IntegerField()
    lacks = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))


class PersonaViewSet(ReadViewSet):
    """One shared portrait a segment, in versions. Drafting and publishing take `customers:manage`.

    A brand steward, as a person, drafts too.
    """

    room = "customers"
    write_level = MANAGE
    rights = dict.fromkeys(("create", "partial_update", "destroy"), DRAFTING)
    queryset = Persona.objects.all()
    serializer_class = PersonaOut
    inputs = {"create": PersonaIn, "partial_update": PersonaChange}
    filterset_class = PersonaFilter
    ordering = ("position", "id")
    http_method_names = [*ReadViewSet.http_method_names, "delete"]

    def get_queryset(self) -> QuerySet[Persona]:
        return selectors.visible_to(self.request.user)

    def create(self, request: Request) -> Response:
        """Begin a new version of a segment's persona."""
        return self.answer(services.draft_persona(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change a draft."""
        return self.answer(services.change_persona(persona_id=self.seen_pk, **self.parsed()))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Throw a draft away."""
        services.discard_draft(persona_id=self.seen_pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: Any) -> Response:
        """Make a draft the live version. Refused with everything it lacks in `data.lacks`."""
        self.parsed()
        return self.answer(services.publish_persona(persona_id=self.seen_pk))

    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: Any) -> Response:
        """Take a live persona out of use; nobody is taken for it any more."""
        self.parsed()
        return self.answer(services.retire_persona(persona_id=self.seen_pk))

    @extend_schema(responses=ReadinessOut)
    @action(detail=True)
    def readiness(self, request: Request, pk: Any) -> Response:
        """Words, quotes and conversations of a persona, and what it lacks to be published."""
        ready = selectors.readiness_of(self.get_object())
        told = {
            "words": ready.words,
            "max_words": MAX_WORDS,
            "quotes": ready.quotes,
            "conversations": ready.conversations,
            "lacks": [{"code": code, "field": name} for code, name in ready.lacks],
        }
        return Response(ReadinessOut(told).data)

    @extend_schema(responses=SharesOut, filters=False)
    @action(detail=False, pagination_class=None)
    def shares(self, request: Request) -> Response:
        """How active customers spread over the live personas."""
        found = selectors.shares_by_persona()
        told = {
            "active": found.active,
            "known": found.known,
            "shares": [
                {"persona": ident, "customers": number, "share": found.by_persona.get(ident, 0.0)}
                for ident, number in found.counts.items()
            ],
        }
        return Response(SharesOut(told).data)


class PersonaQuoteOut(OutputSerializer):
    class Meta:
        model = PersonaQuote
        fields = ["id", "quote", "created_at"]


class PersonaQuoteIn(InputSerializer):
    quote = RowIdField(queryset=Quote.objects.all(), seen_by=quotes_visible_to, source="quote_id")


class PersonaQuoteViewSet(ListViewSet):
    """What a persona rests on: quotes of customers. Changing a draft's takes what drafting takes."""

    room = "customers"
    write_level = MANAGE
    rights = dict.fromkeys(("create", "destroy"), DRAFTING)
    queryset = PersonaQuote.objects.all()
    serializer_class = PersonaQuoteOut
    inputs = {"create": PersonaQuoteIn}
    ordering = ("created_at", "id")
    http_method_names = [*ListViewSet.http_method_names, "delete"]

    @cached_property
    def persona(self) -> Persona:
        """Raises Http404."""
        return get_object_or_404(selectors.visible_to(self.request.user), pk=self.kwargs["persona_id"])

    def get_queryset(self) -> QuerySet[PersonaQuote]:
        return PersonaQuote.objects.filter(persona=self.persona)

    def create(self, request: Request, persona_id: Any) -> Response:
        """Rest a draft on one more quote; repeating it changes nothing."""
        return self.answer(services.cite_quote(persona_id=self.persona.pk, **self.parsed()))

    def destroy(self, request: Request, persona_id: Any, pk: Any) -> Response:
        """Take a quote off a draft."""
        services.drop_quote(persona_id=self.persona.pk, quote_id=self.get_object().quote_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AssignmentOut(OutputSerializer):
    """``confidence`` from 0 to 1; from 0.6 on the persona counts as known."""

    class Meta:
        model = CustomerPersona
        fields = ["id", "customer", "persona", "confidence", "by", "assigned_by", "assigned_at"]


class AssignmentIn(InputSerializer):
    """By hand; ``persona`` null gives the customer back to the segments' rules."""

    customer = RowIdField(queryset=Customer.objects.all(), seen_by=customers_visible_to, source="customer_id")
    persona = RowIdField(
        queryset=Persona.objects.all(), seen_by=selectors.visible_to, source="persona_id", allow_null=True
    )
    confidence = serializers.DecimalField(max_digits=3, decimal_places=2, min_value=0, max_value=1, required=False)


class AssignmentFilter(filters.FilterSet):
    customer = filters.UUIDFilter(field_name="customer_id")
    persona = filters.UUIDFilter(field_name="persona_id")
    by = filters.ChoiceFilter(choices=CustomerPersona.By.choices)

    class Meta:
        model = CustomerPersona
        fields: list[str] = []


class AssignmentViewSet(ListViewSet):
    """Which persona each customer is taken for."""

    room = "customers"
    queryset = CustomerPersona.objects.all()
    serializer_class = AssignmentOut
    inputs = {"create": AssignmentIn}
    filterset_class = AssignmentFilter
    ordering = ("-assigned_at", "-id")

    def get_queryset(self) -> QuerySet[CustomerPersona]:
        return selectors.assignments_visible_to(self.request.user)

    @extend_schema(responses={201: AssignmentOut, 204: None})
    def create(self, request: Request) -> Response:
        """Say what a customer is taken for; what is said by hand no rule changes. 204 when nothing is left."""
        assigned = services.assign_persona(**self.parsed())
        return self.answer(assigned) if assigned else Response(status=status.HTTP_204_NO_CONTENT)
