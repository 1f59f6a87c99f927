"""Endpoints for initiatives: proposing, the gates, deciding, running, learning."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Persona, Quote
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.viewsets import ListViewSet, ReadViewSet
from journeys.logic.fit import CHECKS, Gate
from journeys.models import Guardrail, Initiative, InitiativeEffect, Insight, Touchpoint, Viewpoint
from journeys.services import initiatives as services
from tenants.staff.models import User


class InitiativeOut(OutputSerializer):
    """``fit`` is 0 to 100, ``failed`` the gates not passed, ``rice`` orders those that pass (domain.md §2.11)."""

    failed = serializers.ListField(child=serializers.ChoiceField(choices=[(str(gate), str(gate)) for gate in Gate]))

    class Meta:
        model = Initiative
        fields = [
            "id", "name", "what", "state", "owner", "touchpoint", "changes", "pillar", "need", "notice", "price",
            "foundation", "confidence", "viewpoint", "marks", "signed_by", "signed_at", "one_off", "run_people",
            "run_other", "margin", "revenue", "gain_retained", "gain_referred", "gain_saved", "capacity", "reach",
            "impact", "effort", "harms", "fit", "failed", "rice", "overridden_by", "decided_by", "decided_at",
            "decided_because", "launched_on", "ended_on", "verdict", "learning", "version", "created_at", "updated_at",
        ]  # fmt: skip


def _money() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True)


def _text(length: int) -> serializers.CharField:
    return serializers.CharField(max_length=length, required=False, allow_blank=True)


class InitiativeChange(InputSerializer):
    """Money a month but ``one_off``; ``capacity`` in percent of staff time; ``effort`` in person-weeks."""

    name = serializers.CharField(max_length=120)
    what = serializers.CharField(max_length=500)
    owner = RowIdField(queryset=User.objects.all(), source="owner_id")
    touchpoint = RowIdField(queryset=Touchpoint.objects.all(), source="touchpoint_id", required=False, allow_null=True)
    changes = serializers.ChoiceField(choices=Initiative.Changes.choices, required=False, allow_blank=True)
    pillar = serializers.ChoiceField(choices=Initiative.Pillar.choices, required=False, allow_blank=True)
    need, notice, price = _text(300), _text(300), _text(300)
    foundation = serializers.ChoiceField(choices=Initiative.Foundation.choices, required=False, allow_blank=True)
    confidence = serializers.ChoiceField(choices=Initiative.Confidence.choices, required=False)
    one_off, run_people, run_other, margin, revenue = _money(), _money(), _money(), _money(), _money()
    gain_retained, gain_referred, gain_saved = _money(), _money(), _money()
    viewpoint = serializers.ChoiceField(choices=Viewpoint.choices, required=False, allow_blank=True)
    capacity = serializers.IntegerField(min_value=0, max_value=1000, required=False, allow_null=True)
    reach = serializers.IntegerField(min_value=0, max_value=2_000_000_000, required=False, allow_null=True)
    impact = serializers.DecimalField(max_digits=3, decimal_places=2, required=False)
    effort = serializers.DecimalField(max_digits=7, decimal_places=1, min_value=0, required=False, allow_null=True)
    harms = serializers.ListField(
        child=serializers.CharField(max_length=300, allow_blank=True), required=False, max_length=3
    )
    version = serializers.IntegerField(required=False, min_value=1)


class InitiativeIn(InitiativeChange):
    version = None
    insight = RowIdField(queryset=Insight.objects.all(), source="insight_id", required=False)


class EffectIn(InputSerializer):
    """``persona`` null is the staff; ``expected`` is -2 to +2."""

    persona = RowIdField(queryset=Persona.objects.all(), source="persona_id", allow_null=True)
    expected = serializers.IntegerField(min_value=-2, max_value=2)
    mitigation = _text(300)


class EffectsIn(InputSerializer):
    effects = EffectIn(many=True)


class MeasuredIn(InputSerializer):
    persona = RowIdField(queryset=Persona.objects.all(), source="persona_id", allow_null=True)
    measured = serializers.IntegerField(min_value=-2, max_value=2)


class MeasuresIn(InputSerializer):
    effects = MeasuredIn(many=True, source="measured")


class MarksIn(InputSerializer):
    marks = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=4), min_length=CHECKS, max_length=CHECKS
    )


class AnswersIn(InputSerializer):
    insight = RowIdField(queryset=Insight.objects.all(), source="insight_id")


class CitesIn(InputSerializer):
    quote = RowIdField(queryset=Quote.objects.all(), source="quote_id")


class BecauseIn(InputSerializer):
    because = _text(300)


class DeclineInitiativeIn(InputSerializer):
    because = serializers.CharField(max_length=300)


class EndInitiativeIn(InputSerializer):
    verdict = serializers.ChoiceField(choices=Initiative.Verdict.choices)
    learning = serializers.CharField(max_length=500)


class InitiativeFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=Initiative.State.choices)
    owner = filters.UUIDFilter(field_name="owner_id")
    touchpoint = filters.UUIDFilter(field_name="touchpoint_id")
    viewpoint = filters.MultipleChoiceFilter(choices=Viewpoint.choices)
    fit_from = filters.NumberFilter(field_name="fit", lookup_expr="gte")

    class Meta:
        model = Initiative
        fields: list[str] = []


class InitiativeViewSet(ReadViewSet):
    """Changes for customers: fit, not excellence. Five gates, then a score."""

    room = "journeys"
    queryset = Initiative.objects.all()
    serializer_class = InitiativeOut
    inputs = {
        "create": InitiativeIn,
        "partial_update": InitiativeChange,
        "effects": EffectsIn,
        "measured": MeasuresIn,
        "sign": MarksIn,
        "answers": AnswersIn,
        "cites": CitesIn,
        "approve": BecauseIn,
        "decline": DeclineInitiativeIn,
        "send_back": DeclineInitiativeIn,
        "end": EndInitiativeIn,
    }
    filterset_class = InitiativeFilter
    ordering = ("-created_at", "-id")
    orderings = {"fit": ("fit", "id"), "-fit": ("-fit", "-id")}

    def create(self, request: Request) -> Response:
        """Draft one; what it needs to be proposed may follow."""
        return self.answer(services.draft_initiative(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change what is said of it while it is not decided."""
        return self.answer(services.change_initiative(initiative_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def effects(self, request: Request, pk: Any) -> Response:
        """Say what each persona and the staff get out of it."""
        return self.answer(services.set_effects(initiative_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def answers(self, request: Request, pk: Any) -> Response:
        """Name an insight it answers."""
        return self.answer(services.answer_insight(initiative_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def cites(self, request: Request, pk: Any) -> Response:
        """Rest it on a quote beside those of its insights."""
        return self.answer(services.cite_for(initiative_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: Any) -> Response:
        """The brand steward answers the checklist and signs; no key can."""
        return self.answer(services.sign_brand(initiative_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, pk: Any) -> Response:
        """The brand steward wants it reworked before the executives decide, and says why; no key can."""
        return self.answer(services.send_back_initiative(initiative_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def propose(self, request: Request, pk: Any) -> Response:
        """Put it before the executives; all that is missing is named at once."""
        self.parsed()
        return self.answer(services.propose_initiative(initiative_id=self.pk))

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: Any) -> Response:
        """An executive says yes; past a gate with a reason. No key can."""
        return self.answer(services.approve_initiative(initiative_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: Any) -> Response:
        """An executive says no, and why. No key can."""
        return self.answer(services.decline_initiative(initiative_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def launch(self, request: Request, pk: Any) -> Response:
        """It begins today; its guardrails are watched from now on."""
        self.parsed()
        return self.answer(services.launch_initiative(initiative_id=self.pk))

    @action(detail=True, methods=["post"])
    def measured(self, request: Request, pk: Any) -> Response:
        """What was measured stands for what was expected."""
        return self.answer(services.measure_effects(initiative_id=self.pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: Any) -> Response:
        """Keep, change or stop it, and what was learned."""
        return self.answer(services.end_initiative(initiative_id=self.pk, **self.parsed()))


class InitiativeEffectOut(OutputSerializer):
    class Meta:
        model = InitiativeEffect
        fields = ["id", "initiative", "persona", "expected", "mitigation", "measured", "created_at"]


class InitiativeEffectViewSet(ListViewSet):
    """Who gains and who loses by one initiative; ``persona`` null is the staff."""

    room = "journeys"
    queryset = InitiativeEffect.objects.all()
    serializer_class = InitiativeEffectOut

    def get_queryset(self) -> QuerySet[InitiativeEffect]:
        return InitiativeEffect.objects.filter(
            initiative=get_object_or_404(Initiative, pk=self.kwargs["initiative_id"])
        )


class GuardrailOut(OutputSerializer):
    class Meta:
        model = Guardrail
        fields = ["id", "initiative", "metric", "touchpoint", "stop_at", "crossed_at", "seen", "created_at"]


class GuardrailIn(InputSerializer):
    metric = serializers.ChoiceField(choices=Guardrail.Metric.choices)
    stop_at = serializers.DecimalField(max_digits=7, decimal_places=1)
    touchpoint = RowIdField(queryset=Touchpoint.objects.all(), source="touchpoint_id", required=False, allow_null=True)


class GuardrailViewSet(ListViewSet):
    """The figures at which one initiative stops."""

    room = "journeys"
    queryset = Guardrail.objects.all()
    serializer_class = GuardrailOut
    inputs = {"create": GuardrailIn}

    def get_queryset(self) -> QuerySet[Guardrail]:
        return Guardrail.objects.filter(initiative=get_object_or_404(Initiative, pk=self.kwargs["initiative_id"]))

    def create(self, request: Request, initiative_id: Any) -> Response:
        """Set a figure that must not fall below (complaints a week: rise above) ``stop_at``."""
        return self.answer(services.add_guardrail(initiative_id=initiative_id, **self.parsed()))
