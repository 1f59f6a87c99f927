"""Endpoints that tell where a complaint stands: its clocks, its ladders, what was decided."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from cxcrm.core.api.fields import InputSerializer, MomentField, OutputSerializer, RowIdField
from cxcrm.core.api.permissions import READ
from cxcrm.core.api.viewsets import ListViewSet
from feedback.models import Remedy
from feedback.selectors.reach import within_reach
from tenants.staff.models import User
from workflows.models import EscalationStep, Ladder, LadderDecision, SlaClock
from workflows.services.decisions import decide_on


class ClockOut(OutputSerializer):
    """``late_by`` is business time."""

    class Meta:
        model = SlaClock
        fields = ["id", "kind", "run", "state", "started_at", "due_at", "breached_at", "stopped_at", "late_by"]


class StepOut(OutputSerializer):
    class Meta:
        model = EscalationStep
        fields = [
            "id", "position", "audience", "due_at", "state", "reason", "recipient", "deputy_for", "is_fallback",
            "told_at", "decide_by",
        ]  # fmt: skip


class LadderOut(OutputSerializer):
    """One climb; a reopened complaint climbs anew as the next ``run``."""

    steps = StepOut(many=True)

    class Meta:
        model = Ladder
        fields = ["id", "run", "state", "held_until", "policy", "steps", "created_at"]


class DecisionOut(OutputSerializer):
    step = serializers.UUIDField(source="step_id")
    until = MomentField(help_text="The ladder is held until then.")

    class Meta:
        model = LadderDecision
        fields = ["id", "ladder", "step", "decided_by", "kind", "remedy", "delegate", "until", "note", "created_at"]


class DecisionIn(InputSerializer):
    """``choose`` needs ``remedy``, ``delegate`` needs ``delegate``, ``more_time`` needs ``until`` and ``note``."""

    kind = serializers.ChoiceField(choices=LadderDecision.Kind.choices)
    remedy = RowIdField(queryset=Remedy.objects.all(), required=False)
    delegate = RowIdField(queryset=User.objects.all(), required=False)
    until = MomentField(required=False, help_text="At most five working days ahead; the ladder is held until then.")
    note = serializers.CharField(required=False, max_length=2000)


class OfComplaint(ListViewSet):
    """What belongs to one complaint of the address."""

    room = "workflows"

    @property
    def complaint_id(self) -> Any:
        """Raises Http404 for a complaint that does not exist, or is out of the caller's reach."""
        return get_object_or_404(within_reach(self.request.user).only("pk"), pk=self.kwargs["complaint_id"]).pk


class ClockViewSet(OfComplaint):
    """What was promised on one complaint and by when; a reopened one has a new run."""

    queryset = SlaClock.objects.all()
    serializer_class = ClockOut
    ordering = ("run", "due_at", "id")

    def get_queryset(self) -> Any:
        return SlaClock.objects.filter(complaint_id=self.complaint_id)


class LadderViewSet(OfComplaint):
    """Who was told, who is next and when, for every climb of one complaint, the latest first."""

    queryset = Ladder.objects.all()
    serializer_class = LadderOut
    ordering = ("-run", "-id")

    def get_queryset(self) -> Any:
        return Ladder.objects.filter(complaint_id=self.complaint_id)


class DecisionViewSet(MaskingViews, OfComplaint):
    """What people who were told about one complaint decided."""

    queryset = LadderDecision.objects.all()
    serializer_class = DecisionOut
    inputs = {"create": DecisionIn}
    # Who may decide is a question of who was told, not of a scope.
    levels = {"create": READ}

    def get_queryset(self) -> Any:
        return LadderDecision.objects.filter(ladder__complaint_id=self.complaint_id)

    def create(self, request: Request, complaint_id: Any) -> Response:
        """Decide as the person who was told, logged in to the admin; a partner's key cannot. It holds the ladder."""
        told = self.parsed()
        choice = {f"{name}_id" if name in ("remedy", "delegate") else name: value for name, value in told.items()}
        return self.answer(decide_on(complaint_id=self.complaint_id, **choice))
