"""Endpoints for what departments ask of each other."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField, RowIdsField
from cxcrm.core.api.viewsets import ReadViewSet
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from journeys.models import Insight, Touchpoint
from tenants.staff.models import Department, User
from workflows.models import ChangeRequest, ChangeStep
from workflows.selectors.change_requests import cases_of, changes_visible_to
from workflows.services import change_days
from workflows.services import change_requests as services
from workflows.services.change_handing import hand_over_change
from workflows.services.change_turns import SUBJECT, WORDS


class ChangeRequestOut(OutputSerializer):
    """``accountable`` answers by ``answer_by``; once ``raised_at``, ``raised_to`` decides, who is above both.

    ``answered_at`` is the first answer, ``settled_at`` the yes or no that stands; ``is_as_proposed``: what was agreed
    is the ``proposal``. Something else is taken or not until ``choose_by``; at ``choice_raised_at`` it went up because
    nobody said. ``due_on`` is the day that stands, ``promised_on`` the first one promised, ``new_day`` one proposed.
    """

    class Meta:
        model = ChangeRequest
        fields = [
            "id", "subject", "hurts", "asked_by", "from_department", "to_department", "accountable", "touchpoint",
            "insight", "state", "answer_by", "answered_by", "answered_at", "proposal", "is_as_proposed", "words",
            "choose_by", "choice_raised_at", "due_on", "promised_on", "new_day", "new_day_because", "raised_to",
            "raised_at", "settled_by", "settled_at", "done_words", "done_by", "done_at", "has_helped", "helped_words",
            "judged_at", "created_at",
        ]  # fmt: skip


class ChangeStepOut(OutputSerializer):
    """``day`` is what was promised, proposed, moved to or kept; ``from_person`` gave way to ``to_person``."""

    class Meta:
        model = ChangeStep
        fields = ["kind", "person", "from_person", "to_person", "day", "words", "created_at"]


class ChangeRequestCasesOut(ChangeRequestOut):
    """``complaints`` are those it rests on that the caller may see, the newest first; ``history`` from the start."""

    complaints = serializers.SerializerMethodField()
    history = ChangeStepOut(many=True, read_only=True, source="steps")

    class Meta(ChangeRequestOut.Meta):
        fields = [*ChangeRequestOut.Meta.fields, "complaints", "history"]

    def get_complaints(self, change: ChangeRequest) -> list[str]:
        seen = cases_of(change, self.context["request"].user)
        return [str(ident) for ident in seen.values_list("pk", flat=True)]


class ChangeRequestIn(InputSerializer):
    subject = serializers.CharField(max_length=SUBJECT)
    hurts = serializers.CharField(max_length=WORDS)
    to_department = RowIdField(queryset=Department.objects.all(), source="to_department_id")
    complaints = RowIdsField(
        queryset=Complaint.objects.all(),
        seen_by=visible_to,
        source="complaint_ids",
        required=False,
        max_length=services.MOST_CASES,
    )
    insight = RowIdField(queryset=Insight.objects.all(), source="insight_id", required=False, allow_null=True)
    touchpoint = RowIdField(queryset=Touchpoint.objects.all(), source="touchpoint_id", required=False, allow_null=True)


class ChangeAnswerIn(InputSerializer):
    """``due_on`` is needed unless it is declined, ``words`` unless it is agreed."""

    answer = serializers.ChoiceField(choices=[(str(one), one.label) for one in services.ANSWERS])
    words = serializers.CharField(max_length=WORDS, required=False, allow_blank=True)
    due_on = serializers.DateField(required=False, allow_null=True)


class ChangeDayIn(InputSerializer):
    """``due_on`` is the day proposed, ``words`` say why it takes until then."""

    due_on = serializers.DateField()
    words = serializers.CharField(max_length=WORDS)


class ChangeDayAcceptedIn(InputSerializer):
    """``day`` is the one that was looked at: where another was proposed meanwhile, nothing is moved."""

    day = serializers.DateField(required=False, allow_null=True)


class ChangeDayRefusedIn(InputSerializer):
    words = serializers.CharField(max_length=WORDS, required=False, allow_blank=True)


class ChangeHandOverIn(InputSerializer):
    """``from_person`` is who had it as you saw it: where it was handed over meanwhile, you are told who has it now."""

    from_person = RowIdField(queryset=User.objects.all(), source="from_person_id")
    to_person = RowIdField(queryset=User.objects.all(), source="to_person_id")
    words = serializers.CharField(max_length=WORDS)


class ChangeDoneIn(InputSerializer):
    words = serializers.CharField(max_length=WORDS)


class ChangeJudgedIn(InputSerializer):
    """``words`` are needed where it did not help."""

    has_helped = serializers.BooleanField()
    words = serializers.CharField(max_length=WORDS, required=False, allow_blank=True)


class ChangeRequestFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=ChangeRequest.State.choices)
    to_department = filters.UUIDFilter(field_name="to_department_id")
    from_department = filters.UUIDFilter(field_name="from_department_id")
    accountable = filters.UUIDFilter(field_name="accountable_id")
    insight = filters.UUIDFilter(field_name="insight_id")

    class Meta:
        model = ChangeRequest
        fields: list[str] = []


class ChangeRequestViewSet(MaskingViews, ReadViewSet):
    """What one department asks another to change. People ask and answer each other: a key only reads."""

    room = "journeys"
    queryset = ChangeRequest.objects.all()
    serializer_class = ChangeRequestOut
    outputs = {"retrieve": ChangeRequestCasesOut}
    inputs = {
        "create": ChangeRequestIn,
        "answer_it": ChangeAnswerIn,
        "propose_day": ChangeDayIn,
        "accept_day": ChangeDayAcceptedIn,
        "refuse_day": ChangeDayRefusedIn,
        "hand_over": ChangeHandOverIn,
        "finish": ChangeDoneIn,
        "judge": ChangeJudgedIn,
    }
    filterset_class = ChangeRequestFilter
    ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        return changes_visible_to(self.request.user)

    def create(self, request: Request) -> Response:
        """Ask another department; whoever answers for it has three working days."""
        return self.answer(services.ask_for_change(**self.parsed()))

    @action(detail=True, methods=["post"], url_path="answer")
    def answer_it(self, request: Request, pk: Any) -> Response:
        """Say yes with a day, no with a reason, or propose something else with a day."""
        return self.answer(services.answer_change(change_id=self.seen_pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: Any) -> Response:
        """Take what was proposed instead."""
        self.parsed()
        return self.answer(services.accept_counter(change_id=self.seen_pk))

    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: Any) -> Response:
        """Do not take it: whoever stands above both decides."""
        self.parsed()
        return self.answer(services.refuse_counter(change_id=self.seen_pk))

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: Any) -> Response:
        """Take the request back while nothing is agreed."""
        self.parsed()
        return self.answer(services.withdraw_change(change_id=self.seen_pk))

    @action(detail=True, methods=["post"], url_path="propose-day")
    def propose_day(self, request: Request, pk: Any) -> Response:
        """Propose another day for what was agreed; the one promised stands until whoever asked accepts."""
        return self.answer(change_days.propose_day(change_id=self.seen_pk, **self.parsed()))

    @action(detail=True, methods=["post"], url_path="accept-day")
    def accept_day(self, request: Request, pk: Any) -> Response:
        """Agree to the day proposed."""
        return self.answer(change_days.accept_day(change_id=self.seen_pk, **self.parsed()))

    @action(detail=True, methods=["post"], url_path="refuse-day")
    def refuse_day(self, request: Request, pk: Any) -> Response:
        """Do not agree: the day promised stays."""
        return self.answer(change_days.refuse_day(change_id=self.seen_pk, **self.parsed()))

    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, pk: Any) -> Response:
        """Make another person accountable, and say why; the time to answer or to do it goes on."""
        # As the service left it: whoever gave it away may not have it in reach any more.
        return self.show(hand_over_change(change_id=self.seen_pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: Any) -> Response:
        """Say what was done; whoever asked is asked whether it helped."""
        return self.answer(services.finish_change(change_id=self.seen_pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def judge(self, request: Request, pk: Any) -> Response:
        """Say once whether it helped."""
        return self.answer(services.judge_change(change_id=self.seen_pk, **self.parsed()))
