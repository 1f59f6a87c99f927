"""Endpoints for customers' words that are cited."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Quote
from customers.selectors.contacts import may_look_for
from customers.selectors.quotes import quotes_visible_to
from customers.services.quotes import MAX_QUOTE, take_quote
from cxcrm.core.api.fields import InputSerializer, OutputSerializer
from cxcrm.core.api.viewsets import ReadViewSet


class QuoteOut(OutputSerializer):
    """``interaction`` is the timeline entry it was said in; phone numbers and addresses in ``text`` are starred."""

    class Meta:
        model = Quote
        fields = ["id", "customer", "interaction", "text", "feedback_type", "said_at", "taken_by", "created_at"]


class QuoteIn(InputSerializer):
    """``text`` must stand word for word in the entry; left out, all of a short entry is taken."""

    interaction = serializers.UUIDField(source="interaction_id")
    text = serializers.CharField(max_length=MAX_QUOTE, required=False, allow_blank=True)
    feedback_type = serializers.ChoiceField(choices=Quote.FeedbackType.choices, required=False, allow_blank=True)


class QuoteFilter(filters.FilterSet):
    customer = filters.UUIDFilter(field_name="customer_id")
    feedback_type = filters.MultipleChoiceFilter(choices=Quote.FeedbackType.choices)

    class Meta:
        model = Quote
        fields: list[str] = []


class QuoteViewSet(ReadViewSet):
    """What customers said, word for word, taken to be cited where it bears something out."""

    room = "customers"
    queryset = Quote.objects.all()
    serializer_class = QuoteOut
    inputs = {"create": QuoteIn}
    filterset_class = QuoteFilter
    ordering = ("-said_at", "-id")

    def get_queryset(self) -> QuerySet[Quote]:
        return quotes_visible_to(self.request.user)

    def search_queryset(self, queryset: Any, text: str) -> Any:
        """Words of the quote, without regard to accents."""
        return (
            queryset.filter(text__unaccent__icontains=text)
            if may_look_for(text, self.request.user)
            else queryset.none()
        )

    def create(self, request: Request) -> Response:
        """Take a quote from a timeline entry. Taken twice, it is the same one."""
        return self.answer(take_quote(reader=request.user, **self.parsed()))
