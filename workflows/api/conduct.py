"""Endpoints for the conduct policy, customers' thanks passed on, and coaching."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from customers.models import Quote
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.permissions import READ, WRITE
from cxcrm.core.api.viewsets import ReadViewSet
from feedback.models import Complaint
from feedback.models import Response as Answered
from tenants.staff.models import Branch, Department, User
from workflows.models import Coaching, ConductAcknowledgement, ConductPolicy, Recognition
from workflows.selectors.conduct import coachings_visible_to, recognitions_visible_to
from workflows.services import coaching as coachings
from workflows.services.conduct import LIMITS, NOTE, acknowledge_policy, pass_on_thanks, publish_policy


class ConductPolicyOut(OutputSerializer):
    """``replaced_at`` is null for the one in force."""

    class Meta:
        model = ConductPolicy
        fields = [
            "id", "version", "criteria", "thanks", "follows", "decides", "written_by", "in_force_since", "replaced_at",
            "created_at",
        ]  # fmt: skip


class ConductPolicyIn(InputSerializer):
    criteria = serializers.CharField(max_length=LIMITS["criteria"], help_text="What counts.")
    thanks = serializers.CharField(max_length=LIMITS["thanks"], help_text="What is thanked, and how.")
    follows = serializers.CharField(max_length=LIMITS["follows"], help_text="What follows, and from what.")
    decides = serializers.CharField(max_length=LIMITS["decides"], help_text="Who decides.")


class ConductAcknowledgementOut(OutputSerializer):
    class Meta:
        model = ConductAcknowledgement
        fields = ["id", "policy", "user", "acknowledged_at", "created_at"]


class ConductPolicyFilter(filters.FilterSet):
    in_force = YesNoFilter(field_name="replaced_at", lookup_expr="isnull")

    class Meta:
        model = ConductPolicy
        fields: list[str] = []


class ConductPolicyViewSet(ReadViewSet):
    """What is thanked, what follows and who decides, version by version; exactly one is in force."""

    room = "workflows"
    write_level = WRITE
    levels = {"acknowledge": READ}
    queryset = ConductPolicy.objects.all()
    serializer_class = ConductPolicyOut
    inputs = {"create": ConductPolicyIn}
    outputs = {"acknowledge": ConductAcknowledgementOut}
    filterset_class = ConductPolicyFilter
    ordering = ("-version", "-id")

    def create(self, request: Request) -> Response:
        """Put the next version in force; for an owner or an executive, not for a key."""
        return self.answer(publish_policy(**self.parsed()))

    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: Any) -> Response:
        """I have read it; for somebody logged in, not for a key. Again, and nothing changes."""
        policy = self.get_object()
        self.parsed()
        return self.show(acknowledge_policy(policy_id=policy.pk))


class RecognitionOut(OutputSerializer):
    """The customer's words are read at ``response``, ``quote`` or ``complaint``, whichever is not null."""

    class Meta:
        model = Recognition
        fields = [
            "id", "response", "quote", "complaint", "colleague", "department", "branch", "note", "given_by",
            "created_at",
        ]  # fmt: skip


class RecognitionIn(InputSerializer):
    """One of ``response``, ``quote``, ``complaint``; and one of ``colleague``, ``department``, ``branch``."""

    response = RowIdField(queryset=Answered.objects.all(), source="response_id", required=False, allow_null=True)
    quote = RowIdField(queryset=Quote.objects.all(), source="quote_id", required=False, allow_null=True)
    complaint = RowIdField(queryset=Complaint.objects.all(), source="complaint_id", required=False, allow_null=True)
    colleague = RowIdField(queryset=User.objects.all(), source="colleague_id", required=False, allow_null=True)
    department = RowIdField(queryset=Department.objects.all(), source="department_id", required=False, allow_null=True)
    branch = RowIdField(queryset=Branch.objects.all(), source="branch_id", required=False, allow_null=True)
    note = serializers.CharField(max_length=NOTE, required=False, allow_blank=True)


class RecognitionFilter(filters.FilterSet):
    colleague = filters.UUIDFilter(field_name="colleague_id")
    department = filters.UUIDFilter(field_name="department_id")
    branch = filters.UUIDFilter(field_name="branch_id")
    since = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")

    class Meta:
        model = Recognition
        fields: list[str] = []


class RecognitionViewSet(MaskingViews, ReadViewSet):
    """Customers' thanks, passed on to a colleague or a whole team. Nobody is ranked."""

    room = "feedback"
    queryset = Recognition.objects.all()
    serializer_class = RecognitionOut
    inputs = {"create": RecognitionIn}
    filterset_class = RecognitionFilter
    ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[Recognition]:
        return recognitions_visible_to(self.request.user)

    def create(self, request: Request) -> Response:
        """Pass thanks on from a good answer with words, a quote or a case the customer says is solved; as a person."""
        return self.answer(pass_on_thanks(**self.parsed()))


class CoachingOut(OutputSerializer):
    """``outcome`` is empty until an executive has decided."""

    class Meta:
        model = Coaching
        fields = [
            "id", "complaint", "colleague", "behaviour", "seen", "written_by", "reply_by", "reply", "replied_at",
            "outcome", "because", "decided_by", "decided_at", "created_at",
        ]  # fmt: skip


class CoachingIn(InputSerializer):
    """``response`` is always refused: nothing follows from an answer."""

    complaint = RowIdField(queryset=Complaint.objects.all(), source="complaint_id", required=False, allow_null=True)
    response = RowIdField(queryset=Answered.objects.all(), source="response_id", required=False, allow_null=True)
    colleague = RowIdField(queryset=User.objects.all(), source="colleague_id")
    behaviour = serializers.ChoiceField(choices=Coaching.Behaviour.choices)
    seen = serializers.CharField(max_length=coachings.SEEN)


class CoachingReplyIn(InputSerializer):
    reply = serializers.CharField(max_length=coachings.REPLY)


class CoachingDecisionIn(InputSerializer):
    """There is no money among the outcomes: fines are prohibited (Labour Code 2019, article 127)."""

    outcome = serializers.ChoiceField(choices=Coaching.Outcome.choices)
    because = serializers.CharField(max_length=coachings.BECAUSE)


class CoachingFilter(filters.FilterSet):
    colleague = filters.UUIDFilter(field_name="colleague_id")
    complaint = filters.UUIDFilter(field_name="complaint_id")
    is_open = YesNoFilter(field_name="decided_at", lookup_expr="isnull")

    class Meta:
        model = Coaching
        fields: list[str] = []


class CoachingViewSet(MaskingViews, ReadViewSet):
    """Read by the one concerned, whoever wrote it, executives and owners; a key sees none."""

    room = "workflows"
    levels = {"reply": READ}
    queryset = Coaching.objects.all()
    serializer_class = CoachingOut
    inputs = {"create": CoachingIn, "reply": CoachingReplyIn, "decide": CoachingDecisionIn}
    filterset_class = CoachingFilter
    ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[Coaching]:
        return coachings_visible_to(self.request.user)

    def create(self, request: Request) -> Response:
        """Put to a colleague what was seen in a reviewed case; they have three working days to tell their side."""
        told: dict[str, Any] = {"complaint_id": None, **self.parsed()}
        return self.answer(coachings.open_coaching(**told))

    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: Any) -> Response:
        """Tell your own side, once."""
        told = self.parsed()
        return self.answer(coachings.tell_own_side(coaching_id=self.seen_pk, **told))

    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: Any) -> Response:
        """Decide, once the colleague was heard or had the days for it."""
        told = self.parsed()
        return self.answer(coachings.decide_coaching(coaching_id=self.seen_pk, **told))
