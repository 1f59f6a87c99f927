"""Endpoints for what the firm knows and decides: the brand, insights with their evidence, decisions."""

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Quote
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField, RowIdsField
from cxcrm.core.api.permissions import MANAGE
from cxcrm.core.api.viewsets import ListViewSet, ReadViewSet
from cxcrm.core.once import reading_once
from journeys.models import BrandProfile, Decision, Feeling, Insight, InsightQuote, Stage, Touchpoint, Viewpoint
from journeys.selectors.time_figures import figures_around
from journeys.selectors.voice import voices_of
from journeys.services.brand import save_brand
from journeys.services.decisions import log_decision, look_back
from journeys.services.insights import (
    add_evidence,
    change_insight,
    remove_evidence,
    retire_insight,
    validate_insight,
    write_insight,
)
from tenants.staff.models import User
from tenants.staff.selectors.firm import the_firm


class TraitIn(InputSerializer):
    name = serializers.CharField(max_length=40)
    do = serializers.CharField(max_length=300, required=False, allow_blank=True)
    dont = serializers.CharField(max_length=300, required=False, allow_blank=True)


class BrandOut(OutputSerializer):
    """``traits`` are three to five of ``name``, ``do`` and ``dont``; ``meaning`` is what experience means in this firm.

    ``voice`` has the lines of the character in ``preset`` by language, as mails and pages say them; {xh} and {Xh} stand
    for whoever is addressed. It is empty for a character of one's own.
    """

    colour = serializers.SerializerMethodField()
    self_pronoun = serializers.SerializerMethodField()
    voice = serializers.SerializerMethodField()

    class Meta:
        model = BrandProfile
        fields = [
            "id", "positioning", "majority", "meaning", "preset", "traits", "colour", "self_pronoun", "voice",
            "version", "created_at", "updated_at",
        ]  # fmt: skip

    def to_representation(self, profile: BrandProfile) -> Any:
        with reading_once():  # the firm stands behind every one of these
            return super().to_representation(profile)

    def get_colour(self, profile: BrandProfile) -> str:
        """The firm's colour, as # and six digits."""
        return the_firm().colour

    def get_self_pronoun(self, profile: BrandProfile) -> str:
        """What the brand calls itself to customers, in the firm's language."""
        return the_firm().self_pronoun

    def get_voice(self, profile: BrandProfile) -> dict[str, dict[str, str]]:
        return voices_of(profile.preset)


class BrandIn(InputSerializer):
    """All of it; with ``version`` only over the one that was read (0 where there was none).

    ``colour`` and ``self_pronoun`` are the firm's: left out, they stay. A colour below 3:1 on white is refused.
    """

    positioning = serializers.CharField(max_length=300)
    majority = serializers.CharField(max_length=200)
    meaning = serializers.CharField(max_length=300, required=False, allow_blank=True)
    preset = serializers.ChoiceField(choices=BrandProfile.Preset.choices, required=False)
    traits = TraitIn(many=True)
    colour = serializers.CharField(max_length=7, required=False)
    self_pronoun = serializers.CharField(max_length=40, required=False)
    version = serializers.IntegerField(required=False, min_value=0)


class BrandViewSet(ReadViewSet):
    """What the brand stands for: a list of at most one."""

    room = "journeys"
    write_level = MANAGE
    queryset = BrandProfile.objects.all()
    serializer_class = BrandOut
    inputs = {"create": BrandIn}

    def create(self, request: Request) -> Response:
        """Write the brand profile, or write it anew."""
        return self.answer(save_brand(**self.parsed()))


class InsightOut(OutputSerializer):
    """“I want … but … because …”. ``shown_by`` of ``out_of`` asked showed it, ``unserved`` of these do not get it."""

    class Meta:
        model = Insight
        fields = [
            "id", "want", "but", "because", "feeling", "good_end", "level", "parent", "state", "stage", "touchpoint",
            "shown_by", "out_of", "unserved", "review_on", "validated_at", "retired_at", "why_retired", "written_by",
            "version", "created_at", "updated_at",
        ]  # fmt: skip


class InsightChange(InputSerializer):
    """Only what is sent is changed; ``version`` guards against changing what somebody else changed."""

    want = serializers.CharField(max_length=200)
    but = serializers.CharField(max_length=200)
    because = serializers.CharField(max_length=200)
    feeling = serializers.ChoiceField(choices=Feeling.choices, required=False, allow_blank=True)
    good_end = serializers.CharField(max_length=300, required=False, allow_blank=True)
    level = serializers.ChoiceField(choices=Insight.Level.choices, required=False)
    parent = RowIdField(queryset=Insight.objects.all(), source="parent_id", required=False, allow_null=True)
    stage = RowIdField(queryset=Stage.objects.all(), source="stage_id", required=False, allow_null=True)
    touchpoint = RowIdField(queryset=Touchpoint.objects.all(), source="touchpoint_id", required=False, allow_null=True)
    shown_by = serializers.IntegerField(min_value=0, max_value=10_000_000, required=False, allow_null=True)
    out_of = serializers.IntegerField(min_value=0, max_value=10_000_000, required=False, allow_null=True)
    unserved = serializers.IntegerField(min_value=0, max_value=10_000_000, required=False, allow_null=True)
    review_on = serializers.DateField(required=False)
    version = serializers.IntegerField(required=False, min_value=1)


class InsightIn(InsightChange):
    version = None
    quote = RowIdField(queryset=Quote.objects.all(), source="quote_id", required=False)


class RetireIn(InputSerializer):
    why = serializers.CharField(max_length=300)


class InsightFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=Insight.State.choices)
    level = filters.ChoiceFilter(choices=Insight.Level.choices)
    stage = filters.UUIDFilter(field_name="stage_id")
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    parent = filters.UUIDFilter(field_name="parent_id")
    review_until = filters.DateFilter(field_name="review_on", lookup_expr="lte")

    class Meta:
        model = Insight
        fields: list[str] = []


class InsightViewSet(ReadViewSet):
    """What customers think, wish and feel without saying it in so many words."""

    room = "journeys"
    queryset = Insight.objects.all()
    serializer_class = InsightOut
    inputs = {"create": InsightIn, "partial_update": InsightChange, "retire": RetireIn}
    filterset_class = InsightFilter

    def create(self, request: Request) -> Response:
        """Write a hypothesis, with the quote it came from where there is one."""
        return self.answer(write_insight(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change the sentence, where it belongs, or how many showed it."""
        return self.answer(change_insight(insight_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def validate(self, request: Request, pk: Any) -> Response:
        """Say that it holds; three quotes of three customers must bear it out, feeling and good end be written."""
        self.parsed()
        return self.answer(validate_insight(insight_id=self.pk))

    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: Any) -> Response:
        """Say that it is true no longer, and why."""
        return self.answer(retire_insight(insight_id=self.pk, **self.parsed()))


class EvidenceOut(OutputSerializer):
    class Meta:
        model = InsightQuote
        fields = ["id", "insight", "quote", "added_by", "created_at"]


class EvidenceIn(InputSerializer):
    quote = RowIdField(queryset=Quote.objects.all(), source="quote_id")


class EvidenceViewSet(ListViewSet):
    """The quotes that bear one insight out."""

    room = "journeys"
    queryset = InsightQuote.objects.all()
    serializer_class = EvidenceOut
    inputs = {"create": EvidenceIn}
    http_method_names = ["get", "head", "post", "delete"]

    def get_queryset(self) -> Any:
        return InsightQuote.objects.filter(insight=get_object_or_404(Insight, pk=self.kwargs["insight_id"]))

    def create(self, request: Request, insight_id: Any) -> Response:
        """Bear it out with a quote; sent twice, it is there once."""
        return self.answer(add_evidence(insight_id=insight_id, **self.parsed()))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, insight_id: Any, pk: Any) -> Response:
        """Take a quote away; an insight that is not borne out any more is a hypothesis again."""
        link = self.get_object()
        remove_evidence(insight_id=link.insight_id, quote_id=link.quote_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class LoggedDecisionOut(OutputSerializer):
    """``marks`` answer the checklist of its kind line by line, 0 to 4."""

    class Meta:
        model = Decision
        fields = [
            "id", "topic", "kind", "basis", "who_they_are", "what_they_need", "insight", "effect_on_customers",
            "effect_on_staff", "viewpoint", "marks", "decider", "decided_on", "check_back_on", "checked_at", "outcome",
            "learning", "created_at",
        ]  # fmt: skip


class LoggedDecisionIn(InputSerializer):
    """``decider`` may be left out by staff, who then are it; "customer_evidence" needs ``quotes``."""

    topic = serializers.CharField(max_length=200)
    basis = serializers.ChoiceField(choices=Decision.Basis.choices)
    kind = serializers.ChoiceField(choices=Decision.Kind.choices, required=False)
    who_they_are = serializers.CharField(max_length=200, required=False, allow_blank=True)
    what_they_need = serializers.CharField(max_length=300, required=False, allow_blank=True)
    insight = RowIdField(queryset=Insight.objects.all(), source="insight_id", required=False, allow_null=True)
    quotes = RowIdsField(queryset=Quote.objects.all(), source="quote_ids", required=False, max_length=50)
    effect_on_customers = serializers.CharField(max_length=300, required=False, allow_blank=True)
    effect_on_staff = serializers.CharField(max_length=300, required=False, allow_blank=True)
    viewpoint = serializers.ChoiceField(choices=Viewpoint.choices, required=False, allow_blank=True)
    marks = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=4, allow_null=True), required=False, max_length=10
    )
    decider = RowIdField(queryset=User.objects.all(), source="decider_id", required=False)
    decided_on = serializers.DateField(required=False)
    check_back_on = serializers.DateField(required=False)


class TimeFigureOut(serializers.Serializer):
    """One figure on both sides in the reader's language; ``verdict`` is what may be said of the difference."""

    code = serializers.CharField()
    label = serializers.CharField()
    before = serializers.CharField()
    before_of = serializers.CharField()
    after = serializers.CharField()
    after_of = serializers.CharField()
    verdict = serializers.ChoiceField(choices=["few", "same", "better", "worse"])


class LookBackIn(InputSerializer):
    outcome = serializers.ChoiceField(choices=Decision.Outcome.choices)
    learning = serializers.CharField(max_length=500)


class DecisionFilter(filters.FilterSet):
    basis = filters.MultipleChoiceFilter(choices=Decision.Basis.choices)
    kind = filters.MultipleChoiceFilter(choices=Decision.Kind.choices)
    viewpoint = filters.MultipleChoiceFilter(choices=Viewpoint.choices)
    decider = filters.UUIDFilter(field_name="decider_id")
    check_back_until = filters.DateFilter(field_name="check_back_on", lookup_expr="lte")

    class Meta:
        model = Decision
        fields: list[str] = []


class DecisionViewSet(ReadViewSet):
    """What was decided, on what ground, and what came of it."""

    room = "journeys"
    queryset = Decision.objects.all()
    serializer_class = LoggedDecisionOut
    inputs = {"create": LoggedDecisionIn, "look_back": LookBackIn}
    filterset_class = DecisionFilter
    ordering = ("-decided_on", "-id")

    def create(self, request: Request) -> Response:
        """Log a decision."""
        return self.answer(log_decision(**self.parsed()))

    @extend_schema(responses=TimeFigureOut(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[])
    def figures(self, request: Request, pk: Any) -> Response:
        """How it was before and after, at most 60 days on either side; empty while no whole day has passed."""
        return Response(TimeFigureOut(figures_around(request.user, self.get_object()), many=True).data)

    @action(detail=True, methods=["post"], url_path="look-back")
    def look_back(self, request: Request, pk: Any) -> Response:
        """Say what came of it and what was learned; once."""
        return self.answer(look_back(decision_id=self.pk, **self.parsed()))
