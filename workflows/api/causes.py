"""Endpoints for root causes that come back, and for telling customers what was done about them."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.viewsets import ReadViewSet
from journeys.models import Initiative
from workflows.models import CauseProposal, WeDid
from workflows.selectors.causes import cases_of, proposals_visible_to
from workflows.selectors.we_did import reached_by
from workflows.services.causes import BECAUSE, leave_cause, take_up_cause
from workflows.services.we_did import SENTENCE, tell_raisers


class CauseProposalOut(OutputSerializer):
    """``counted`` of ``everything`` cases in 30 days had the cause when it was proposed."""

    class Meta:
        model = CauseProposal
        fields = [
            "id", "root_cause", "touchpoint", "owner", "rule", "counted", "everything", "state", "initiative",
            "decided_by", "decided_at", "because", "created_at",
        ]  # fmt: skip


class CauseProposalCasesOut(CauseProposalOut):
    """``complaints`` are those it rests on that the caller may see, the newest first."""

    complaints = serializers.SerializerMethodField()

    class Meta(CauseProposalOut.Meta):
        fields = [*CauseProposalOut.Meta.fields, "complaints"]

    def get_complaints(self, proposal: CauseProposal) -> list[str]:
        seen = cases_of(proposal, self.context["request"].user)
        return [str(ident) for ident in seen.values_list("pk", flat=True)]


class LeaveIn(InputSerializer):
    because = serializers.CharField(max_length=BECAUSE)


class CauseProposalFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=CauseProposal.State.choices)
    owner = filters.UUIDFilter(field_name="owner_id")
    root_cause = filters.UUIDFilter(field_name="root_cause_id")
    initiative = filters.UUIDFilter(field_name="initiative_id")

    class Meta:
        model = CauseProposal
        fields: list[str] = []


class CauseProposalViewSet(ReadViewSet):
    """Root causes behind three cases in 30 days, or five percent of them: what is asked of whom."""

    room = "feedback"  # they rest on its cases
    queryset = CauseProposal.objects.all()
    serializer_class = CauseProposalOut
    outputs = {"retrieve": CauseProposalCasesOut}
    inputs = {"leave": LeaveIn}
    filterset_class = CauseProposalFilter
    ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[CauseProposal]:
        return proposals_visible_to(self.request.user)

    @action(detail=True, methods=["post"], url_path="take-up")
    def take_up(self, request: Request, pk: Any) -> Response:
        """Make a draft initiative of it. No key can."""
        self.parsed()
        return self.answer(take_up_cause(proposal_id=self.seen_pk))

    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: Any) -> Response:
        """Not now, and why; nobody is asked again until it has come back another three times. No key can."""
        return self.answer(leave_cause(proposal_id=self.seen_pk, **self.parsed()))


class WeDidOut(OutputSerializer):
    """``meant_for`` customers were written to."""

    class Meta:
        model = WeDid
        fields = ["id", "initiative", "said_vi", "said_en", "written_by", "sent_at", "meant_for"]


class WeDidOneOut(WeDidOut):
    """``reached`` is how many of the mails have really left."""

    reached = serializers.SerializerMethodField()

    class Meta(WeDidOut.Meta):
        fields = [*WeDidOut.Meta.fields, "reached"]

    def get_reached(self, told: WeDid) -> int:
        return reached_by(told)


class WeDidIn(InputSerializer):
    """One sentence in every language that somebody reads who raised it."""

    initiative = RowIdField(queryset=Initiative.objects.all(), source="initiative_id")
    said_vi = serializers.CharField(max_length=SENTENCE, required=False, allow_blank=True)
    said_en = serializers.CharField(max_length=SENTENCE, required=False, allow_blank=True)


class WeDidFilter(filters.FilterSet):
    initiative = filters.UUIDFilter(field_name="initiative_id")

    class Meta:
        model = WeDid
        fields: list[str] = []


class WeDidViewSet(ReadViewSet):
    """You said – we did: what was told to the customers whose words an initiative rests on."""

    room = "journeys"
    queryset = WeDid.objects.all()
    serializer_class = WeDidOut
    outputs = {"retrieve": WeDidOneOut}
    inputs = {"create": WeDidIn}
    filterset_class = WeDidFilter
    ordering = ("-sent_at", "-id")

    def create(self, request: Request) -> Response:
        """Tell everybody who raised it, once. No key can."""
        return self.answer(tell_raisers(**self.parsed()))
