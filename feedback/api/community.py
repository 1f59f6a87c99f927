"""Endpoints of the community: questions, their answers, topics and who knows about them, impacts, figures."""

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField, RowIdsField
from cxcrm.core.api.filters import YesNoFilter
from cxcrm.core.api.viewsets import ListViewSet, ReadViewSet, RoomView, SettingViewSet
from feedback.models import CommunityAnswer, CommunityImpact, CommunityQuestion, CommunityTopic
from feedback.selectors.community import search
from feedback.selectors.community_figures import community_figures
from feedback.services.community_answers import (
    MOST_TEXT as MOST_ANSWER,
)
from feedback.services.community_answers import (
    accept_answer,
    answer_question,
    confirm_answer,
    refuse_answer,
    show_answer,
    write_article,
)
from feedback.services.community_impacts import MOST_EVIDENCE, keep_impact, keep_topic
from feedback.services.community_questions import MOST_NAME, MOST_TEXT, ask_question, change_question
from tenants.staff.models import User

JUDGEMENTS = ("accept", "show", "refuse", "confirm")


class CommunityQuestionOut(OutputSerializer):
    """``useful_after`` are seconds to the first answer the asker called helpful; ``raised_at``: passed on."""

    class Meta:
        model = CommunityQuestion
        fields = [
            "id", "text", "topic", "customer", "user", "shown_name", "may_publish", "is_internal", "feedback_type",
            "state", "published_at", "accountable", "raised_at", "answered_at", "useful_after", "created_at",
        ]  # fmt: skip


class CommunityQuestionIn(InputSerializer):
    """Asked for a customer, or by the caller; with an ``answer`` of the caller's it is published with it at once."""

    text = serializers.CharField(max_length=MOST_TEXT)
    topic = RowIdField(queryset=CommunityTopic.objects.all(), source="topic_id", required=False, allow_null=True)
    customer = RowIdField(queryset=Customer.objects.all(), source="customer_id", required=False, allow_null=True)
    shown_name = serializers.CharField(max_length=MOST_NAME, required=False, allow_blank=True)
    may_publish = serializers.BooleanField(required=False)
    is_internal = serializers.BooleanField(required=False)
    answer = serializers.CharField(max_length=MOST_ANSWER, required=False)


class CommunityQuestionChange(InputSerializer):
    """Only what is sent is changed."""

    topic = RowIdField(queryset=CommunityTopic.objects.all(), source="topic_id", required=False, allow_null=True)
    feedback_type = serializers.ChoiceField(choices=CommunityQuestion.FeedbackType.choices, required=False)
    is_published = serializers.BooleanField(required=False)
    is_set_aside = serializers.BooleanField(required=False)


class CommunityQuestionFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=CommunityQuestion.State.choices)
    topic = filters.UUIDFilter(field_name="topic_id")
    is_published = YesNoFilter(field_name="published_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = CommunityQuestion
        fields: list[str] = []


class CommunityQuestionViewSet(ReadViewSet):
    """Questions of customers and colleagues; with an accepted answer and published they are what the firm knows."""

    room = "feedback"
    queryset = CommunityQuestion.objects.all()
    serializer_class = CommunityQuestionOut
    inputs = {"create": CommunityQuestionIn, "partial_update": CommunityQuestionChange}
    filterset_class = CommunityQuestionFilter

    def search_queryset(self, rows: Any, text: str) -> Any:
        """Words of the question or of its accepted answer, accents aside."""
        return search(rows, text)

    def create(self, request: Request) -> Response:
        """Ask. Colleagues who know about the topic are told, else whoever answers for it."""
        told = self.parsed()
        who = getattr(self.staff_user, "pk", None)
        answer = told.pop("answer", "")
        if answer:
            topic_id = told.get("topic_id")
            return self.answer(write_article(text=told["text"], answer=answer, user_id=who, topic_id=topic_id))
        return self.answer(ask_question(user_id=None if told.get("customer_id") else who, **told))

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Give it a topic, say what it tells, publish it, set it aside."""
        return self.answer(change_question(question_id=self.seen_pk, **self.parsed()))


class CommunityAnswerOut(OutputSerializer):
    """``published_at`` is null while a customer's answer waits for a yes; ``review_due`` is of the accepted one."""

    class Meta:
        model = CommunityAnswer
        fields = [
            "id", "question", "text", "customer", "user", "shown_name", "published_at", "refused_at", "accepted_at",
            "verified_at", "verified_by", "review_due", "created_at",
        ]  # fmt: skip


class CommunityAnswerIn(InputSerializer):
    text = serializers.CharField(max_length=MOST_ANSWER)
    accept = serializers.BooleanField(required=False)


class JudgementIn(InputSerializer):
    """``text`` is for "confirm" only: the answer in new words."""

    judgement = serializers.ChoiceField(choices=JUDGEMENTS)
    text = serializers.CharField(max_length=MOST_ANSWER, required=False)


class CommunityAnswerViewSet(ListViewSet):
    """The answers to one question, in the order they came."""

    room = "feedback"
    queryset = CommunityAnswer.objects.all()
    serializer_class = CommunityAnswerOut
    inputs = {"create": CommunityAnswerIn, "judge": JudgementIn}
    ordering = ("created_at", "id")

    def question(self) -> CommunityQuestion:
        return get_object_or_404(CommunityQuestion, pk=self.kwargs["question_id"])

    def get_queryset(self) -> Any:
        return CommunityAnswer.objects.filter(question=self.question())

    def create(self, request: Request, question_id: Any) -> Response:
        """Answer it; whoever asked is told by mail at once."""
        told = self.parsed()
        who = getattr(self.staff_user, "pk", None)
        return self.answer(answer_question(question_id=self.question().pk, user_id=who, **told))

    @action(detail=True, methods=["post"])
    def judge(self, request: Request, question_id: Any, pk: Any) -> Response:
        """Accept it, show a customer's answer, take one back, or confirm that an accepted one is still true."""
        told = self.parsed()
        answer_id = self.seen_pk
        judgement = told.pop("judgement")
        if judgement == "confirm":
            return self.answer(confirm_answer(answer_id=answer_id, **told))
        judge = {"accept": accept_answer, "show": show_answer, "refuse": refuse_answer}[judgement]
        return self.answer(judge(answer_id=answer_id))


class CommunityTopicOut(OutputSerializer):
    known_by = serializers.SerializerMethodField()

    def get_known_by(self, topic: CommunityTopic) -> list[str]:
        return [str(one.user_id) for one in topic.experts.all()]

    class Meta:
        model = CommunityTopic
        fields = ["id", "name", "known_by", "accountable", "created_at"]


class CommunityTopicIn(InputSerializer):
    """``accountable`` gets what nobody answered in four working hours; null is the firm's default executive."""

    name = serializers.CharField(max_length=60)
    known_by = RowIdsField(queryset=User.objects.all(), max_length=100, required=False, source="knowing")
    accountable = RowIdField(queryset=User.objects.all(), source="accountable_id", required=False, allow_null=True)


class CommunityTopicViewSet(SettingViewSet):
    """What questions are about, and which colleagues know about it."""

    room = "feedback"
    queryset = CommunityTopic.objects.all()
    serializer_class = CommunityTopicOut
    inputs = {"create": CommunityTopicIn, "partial_update": CommunityTopicIn}
    ordering = ("name", "id")

    def get_queryset(self) -> Any:
        return CommunityTopic.objects.prefetch_related("experts")

    def keep(self, row: Any) -> Any:
        return keep_topic(topic=row, known_by=row.__dict__.pop("knowing", None))

    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.parsed()
        known_by = told.pop("knowing", None)
        return self.answer(keep_topic(topic=CommunityTopic(**told), known_by=known_by))


class CommunityImpactOut(OutputSerializer):
    class Meta:
        model = CommunityImpact
        fields = [
            "id", "activity", "held_on", "place", "beneficiaries", "how_many", "evidence", "is_published",
            "recorded_by", "created_at",
        ]  # fmt: skip


class CommunityImpactIn(InputSerializer):
    activity = serializers.CharField(max_length=120)
    held_on = serializers.DateField()
    place = serializers.CharField(max_length=120, required=False, allow_blank=True)
    beneficiaries = serializers.CharField(max_length=120)
    how_many = serializers.IntegerField(min_value=0, max_value=2_000_000_000, required=False, allow_null=True)
    evidence = serializers.CharField(max_length=MOST_EVIDENCE)
    is_published = serializers.BooleanField(required=False)


class CommunityImpactViewSet(ReadViewSet):
    """What the firm did for the people around it; a photo is added on its page."""

    room = "feedback"
    queryset = CommunityImpact.objects.all()
    serializer_class = CommunityImpactOut
    inputs = {"create": CommunityImpactIn, "partial_update": CommunityImpactIn}
    ordering = ("-held_on", "-id")

    def create(self, request: Request) -> Response:
        return self.answer(keep_impact(**self.parsed()))

    def partial_update(self, request: Request, pk: Any) -> Response:
        return self.answer(keep_impact(impact_id=self.pk, **self.parsed()))


class TimesOut(serializers.Serializer):
    """Seconds to the first useful answer: half of ``n`` came within ``p50``, nine of ten within ``p90``."""

    n = serializers.IntegerField()
    p50 = serializers.IntegerField(allow_null=True)
    p90 = serializers.IntegerField(allow_null=True)
    at_once = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)


class CommunityFiguresOut(serializers.Serializer):
    """Of the last 90 days; ``waiting``, ``late``, ``known`` and ``stale`` as of now."""

    people = TimesOut()
    machine = TimesOut()
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    deflected = serializers.IntegerField()
    deflected_share = serializers.FloatField(allow_null=True)
    waiting = serializers.IntegerField()
    late = serializers.IntegerField()
    known = serializers.IntegerField()
    stale = serializers.IntegerField()
    stale_share = serializers.FloatField(allow_null=True)


class CommunityFiguresView(RoomView):
    """How fast and how well the community answers."""

    room = "feedback"
    serializer_class = CommunityFiguresOut

    def get(self, request: Request) -> Response:
        """Machine and people apart: deflected = helped before asking ÷ (helped + asked); stale = past 90 days."""
        return Response(CommunityFiguresOut(community_figures()).data)
