"""Endpoints for pauses, promises, compensation and whose time it was."""

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from customers.models import Customer
from cxcrm.core.api.fields import InputSerializer, MomentField, OutputSerializer, RowIdField, SettingSerializer
from cxcrm.core.api.permissions import READ
from cxcrm.core.api.viewsets import ListViewSet, ReadViewSet, SettingViewSet
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from tenants.staff.models import User
from workflows.models import ClockPause, ClockSegment, Compensation, PauseReason, Promise
from workflows.selectors.compensations import compensations_visible_to
from workflows.selectors.promises import promises_visible_to, proposed
from workflows.selectors.reply_words import ready_replies
from workflows.services import compensations, pauses, promises


class PauseReasonOut(OutputSerializer):
    class Meta:
        model = PauseReason
        fields = ["id", "name", "name_en", "told", "told_en", "position", "is_active", "created_at"]


class PauseReasonIn(SettingSerializer):
    """``told`` is what the customer reads on the page of their case; without it they read nothing of the pause."""

    class Meta:
        model = PauseReason
        fields = ["name", "name_en", "told", "told_en", "position", "is_active"]


class PauseReasonViewSet(SettingViewSet):
    """Why promised times may stand still."""

    room = "workflows"
    queryset = PauseReason.objects.all()
    serializer_class = PauseReasonOut
    inputs = {"create": PauseReasonIn, "partial_update": PauseReasonIn}
    ordering = ("position", "id")

    def keep(self, row: Any) -> Any:
        return pauses.save_pause_reason(reason=row)


class OfCase(MaskingViews, ListViewSet):
    """What belongs to one complaint the caller may see; writing asks for the right to work on complaints."""

    room = "feedback"

    def complaint(self) -> Complaint:
        """Raises Http404."""
        return get_object_or_404(visible_to(self.request.user), pk=self.kwargs["complaint_id"])


class PauseOut(OutputSerializer):
    """``until`` is when it ends by itself; ``ended_at`` is null while it lasts."""

    class Meta:
        model = ClockPause
        fields = ["id", "reason", "note", "started_at", "until", "started_by", "ended_at", "ended_by", "end"]


class PauseIn(InputSerializer):
    reason = RowIdField(queryset=PauseReason.objects.all(), source="reason_id")
    until = MomentField(required=False, help_text="At most ten working days ahead; three when left out.")
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class PauseViewSet(OfCase):
    """When the promised times of a complaint stood still, and why."""

    queryset = ClockPause.objects.all()
    serializer_class = PauseOut
    inputs = {"create": PauseIn}
    ordering = ("started_at", "id")

    def get_queryset(self) -> Any:
        return ClockPause.objects.filter(complaint_id=self.complaint().pk)

    def create(self, request: Request, complaint_id: Any) -> Response:
        """Let the promised times stand still. A critical complaint takes `workflows:write`; the legal term goes on."""
        return self.answer(pauses.pause(complaint_id=self.complaint().pk, by=request.user, **self.parsed()))

    @extend_schema(request=None, responses=PauseOut(many=True))
    @action(detail=False, methods=["post"], pagination_class=None)
    def end(self, request: Request, complaint_id: Any) -> Response:
        """The clocks run on; harmless when none stood still. Answers with every pause of the complaint."""
        self.parsed()
        pauses.end_pause(complaint_id=self.complaint().pk)
        rows = self.get_queryset().order_by("started_at")
        return Response(self.get_serializer(rows, many=True).data)


class SegmentOut(OutputSerializer):
    """``spent`` is business time, null while it still runs."""

    class Meta:
        model = ClockSegment
        fields = ["id", "holder", "department", "started_at", "ended_at", "spent"]


class SegmentViewSet(OfCase):
    """Who held a complaint from when to when."""

    queryset = ClockSegment.objects.all()
    serializer_class = SegmentOut
    ordering = ("started_at", "id")

    def get_queryset(self) -> Any:
        return ClockSegment.objects.filter(complaint_id=self.complaint().pk)


class ReadyReplyOut(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    text = serializers.CharField()


class WordsIn(InputSerializer):
    text = serializers.CharField(max_length=4000)


class FoundOut(serializers.Serializer):
    text = serializers.CharField()
    due_at = MomentField()


class CaseWordsViewSet(OfCase):
    """Words for one complaint: reply templates filled in, and what a reply would promise."""

    queryset = Complaint.objects.none()
    serializer_class = ReadyReplyOut
    inputs = {"promises": WordsIn}
    levels = {"promises": READ}
    creates = frozenset()
    pagination_class = None

    @extend_schema(responses=ReadyReplyOut(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The templates that fit, in the customer's language, with the values of the case."""
        return Response(self.get_serializer(ready_replies(self.complaint(), self.staff_user), many=True).data)

    @extend_schema(request=WordsIn, responses=FoundOut(many=True))
    @action(detail=False, methods=["post"])
    def promises(self, request: Request, complaint_id: Any) -> Response:
        """What `text` promises and by when; nothing is written down."""
        self.complaint()
        return Response(FoundOut(proposed(self.parsed()["text"]), many=True).data)


class PromiseOut(OutputSerializer):
    class Meta:
        model = Promise
        fields = [
            "id", "customer", "complaint", "note", "text", "due_at", "owner", "department", "state", "evidence",
            "settled_at", "settled_by", "created_at",
        ]  # fmt: skip


class PromiseIn(InputSerializer):
    """On a ``complaint``, or beside one to a ``customer``."""

    text = serializers.CharField(max_length=300)
    due_at = MomentField(help_text="In the future, within a year.")
    owner = RowIdField(queryset=User.objects.all(), source="owner_id")
    complaint = RowIdField(queryset=Complaint.objects.all(), seen_by=visible_to, source="complaint_id", required=False)
    customer = RowIdField(queryset=Customer.objects.all(), source="customer_id", required=False)


class KeepIn(InputSerializer):
    evidence = serializers.CharField(max_length=500, required=False, allow_blank=True)


class WithdrawPromiseIn(InputSerializer):
    evidence = serializers.CharField(max_length=500, help_text="Why it need not be kept.")


class PromiseFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=Promise.State.choices)
    owner = filters.UUIDFilter(field_name="owner_id")
    complaint = filters.UUIDFilter(field_name="complaint_id")
    customer = filters.UUIDFilter(field_name="customer_id")
    due_since = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="gte")
    due_until = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="lt")

    class Meta:
        model = Promise
        fields: list[str] = []


class PromiseViewSet(MaskingViews, ReadViewSet):
    """What was promised to customers, by when, and whether it was kept."""

    room = "feedback"
    queryset = Promise.objects.all()
    serializer_class = PromiseOut
    inputs = {"create": PromiseIn, "keep": KeepIn, "withdraw": WithdrawPromiseIn}
    filterset_class = PromiseFilter
    ordering = ("due_at", "id")

    def get_queryset(self) -> Any:
        return promises_visible_to(self.request.user)

    def create(self, request: Request) -> Response:
        """Write a promise down; its owner is reminded before it is due and told when it is broken."""
        return self.answer(promises.make_promise(**self.parsed()))

    @action(detail=True, methods=["post"])
    def keep(self, request: Request, pk: Any) -> Response:
        """It was kept, in time or late."""
        return self.answer(promises.keep_promise(promise_id=self.seen_pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: Any) -> Response:
        """It need not be kept any more."""
        return self.answer(promises.withdraw_promise(promise_id=self.seen_pk, **self.parsed()))


class CompensationOut(OutputSerializer):
    class Meta:
        model = Compensation
        fields = [
            "id", "complaint", "amount", "reason", "remedy", "state", "asked_by", "decided_by", "decided_at",
            "decision_note", "created_at",
        ]  # fmt: skip


class CompensationIn(InputSerializer):
    complaint = RowIdField(queryset=Complaint.objects.all(), seen_by=visible_to, source="complaint_id")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    reason = serializers.CharField(max_length=300)


class ApproveIn(InputSerializer):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


class DeclineIn(InputSerializer):
    note = serializers.CharField(max_length=500)


class CompensationFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=Compensation.State.choices)
    complaint = filters.UUIDFilter(field_name="complaint_id")
    asked_by = filters.UUIDFilter(field_name="asked_by_id")

    class Meta:
        model = Compensation
        fields: list[str] = []


class CompensationViewSet(MaskingViews, ReadViewSet):
    """Money for customers. Granting is a person's act: with a partner's key it is refused."""

    room = "feedback"
    queryset = Compensation.objects.all()
    serializer_class = CompensationOut
    inputs = {"create": CompensationIn, "approve": ApproveIn, "decline": DeclineIn}
    filterset_class = CompensationFilter

    def get_queryset(self) -> Any:
        return compensations_visible_to(self.request.user)

    def create(self, request: Request) -> Response:
        """Grant within one's own limit; above it, whoever may is asked by mail."""
        return self.answer(compensations.compensate(**self.parsed()))

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: Any) -> Response:
        """Grant what was asked of the person logged in."""
        return self.answer(compensations.approve(compensation_id=self.seen_pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: Any) -> Response:
        """Say no, and why."""
        return self.answer(compensations.decline(compensation_id=self.seen_pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: Any) -> Response:
        """Whoever asked needs it no more."""
        self.parsed()
        return self.answer(compensations.withdraw(compensation_id=self.seen_pk))
