"""Endpoints of what a map consists of beside stages and touchpoints: links, customers' words, published versions."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Quote
from customers.selectors.quotes import quotes_visible_to
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.viewsets import ReadViewSet
from journeys.models import Journey, JourneyVersion, Stage, StageLink, StageQuote
from journeys.selectors.publishing import one_sided_in
from journeys.services.evidence import cite_at_stage, take_from_stage


class MissingOut(serializers.Serializer):
    """One thing that is missing before publishing: what, where, and what to do about it in words."""

    code = serializers.ChoiceField(choices=["no_stages", "unreachable", "few_quotes", "nobody"])
    stage = serializers.UUIDField(allow_null=True)
    touchpoint = serializers.UUIDField(allow_null=True)
    message = serializers.CharField()


class StageLinkOut(OutputSerializer):
    class Meta:
        model = StageLink
        fields = ["id", "from_stage", "to_stage", "created_at"]


class StageLinkFilter(filters.FilterSet):
    journey = filters.UUIDFilter(field_name="from_stage__journey_id")
    from_stage = filters.UUIDFilter(field_name="from_stage_id")

    class Meta:
        model = StageLink
        fields: list[str] = []


class StageLinkViewSet(ReadViewSet):
    """Where a stage leads instead of to the next one. They are drawn by `POST stages/{id}/ways/`."""

    room = "journeys"
    queryset = StageLink.objects.all()
    serializer_class = StageLinkOut
    filterset_class = StageLinkFilter


class StageQuoteOut(OutputSerializer):
    class Meta:
        model = StageQuote
        fields = ["id", "stage", "quote", "created_at"]


class StageQuoteIn(InputSerializer):
    stage = RowIdField(queryset=Stage.objects.all(), source="stage_id")
    quote = RowIdField(queryset=Quote.objects.all(), seen_by=quotes_visible_to, source="quote_id")


class StageQuoteFilter(filters.FilterSet):
    journey = filters.UUIDFilter(field_name="stage__journey_id")
    stage = filters.UUIDFilter(field_name="stage_id")
    quote = filters.UUIDFilter(field_name="quote_id")

    class Meta:
        model = StageQuote
        fields: list[str] = []


class StageQuoteViewSet(ReadViewSet):
    """Customers' words cited at stages; a stage is published on three of them at least."""

    room = "journeys"
    queryset = StageQuote.objects.all()
    serializer_class = StageQuoteOut
    inputs = {"create": StageQuoteIn}
    filterset_class = StageQuoteFilter
    http_method_names = [*ReadViewSet.http_method_names, "delete"]

    def create(self, request: Request) -> Response:
        """Cite a quote at a stage; again, and it stands there once."""
        return self.answer(cite_at_stage(**self.parsed()))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Take a quote away from a stage; the quote itself stays."""
        take_from_stage(stage_quote_id=self.pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class VersionOut(OutputSerializer):
    class Meta:
        model = JourneyVersion
        fields = ["id", "journey", "number", "published_by", "published_at"]


class PublishedOut(VersionOut):
    """``one_sided`` are the stages drawn for the company alone: a warning, and no reason not to publish."""

    one_sided = serializers.SerializerMethodField()

    class Meta(VersionOut.Meta):
        fields = [*VersionOut.Meta.fields, "one_sided"]

    def get_one_sided(self, version: JourneyVersion) -> list[UUID]:
        return [stage.pk for stage in one_sided_in(version.journey)]


class VersionWithMapOut(OutputSerializer):
    """``snapshot`` is the map as it was published; it names quotes by their ids."""

    class Meta:
        model = JourneyVersion
        fields = ["id", "journey", "number", "published_by", "published_at", "snapshot"]


class VersionViewSet(ReadViewSet):
    """A journey as it was published, version by version; none is ever changed."""

    room = "journeys"
    queryset = JourneyVersion.objects.all()
    serializer_class = VersionOut
    outputs = {"retrieve": VersionWithMapOut}
    ordering = ("-number", "-id")

    def get_queryset(self) -> QuerySet[JourneyVersion]:
        journey_id = self.kwargs["journey_id"]
        if not Journey.objects.filter(pk=journey_id).exists():
            raise Http404
        return super().get_queryset().filter(journey_id=journey_id)
