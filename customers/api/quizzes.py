"""Endpoints of the persona quiz: rounds, their questions, one's own answers, and what came of it."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.group_errors import QuizForStaff
from customers.models import Persona, PersonaQuiz, QuizOption
from customers.selectors import quizzes as selectors
from customers.selectors.personas import visible_to as personas_visible_to
from customers.services import quizzes as services
from cxcrm.core.api.fields import InputSerializer, OutputSerializer, RowIdField
from cxcrm.core.api.permissions import MANAGE, READ
from cxcrm.core.api.viewsets import ReadViewSet
from cxcrm.core.once import reading_once


class QuizOut(OutputSerializer):
    """A round is open until ``closed_at``; at ``closes_at`` it closes by itself."""

    class Meta:
        model = PersonaQuiz
        fields = ["id", "persona", "opened_by", "opened_at", "closes_at", "closed_at"]


class QuizIn(InputSerializer):
    persona = RowIdField(queryset=Persona.objects.all(), seen_by=personas_visible_to, source="persona_id")
    working_days = serializers.IntegerField(min_value=1, max_value=services.MAX_DAYS, required=False)


class QuizFilter(filters.FilterSet):
    persona = filters.UUIDFilter(field_name="persona_id")
    open = filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")

    class Meta:
        model = PersonaQuiz
        fields: list[str] = []


class QuizOptionOut(serializers.Serializer):
    """``is_right`` (as in the portrait) and ``is_mine`` are null until the caller has answered or the round is over.

    ``share`` of all who answered, 0 to 1; null until the round is over, and where fewer than five answered.
    """

    id = serializers.UUIDField()
    text = serializers.CharField()
    is_right = serializers.BooleanField(allow_null=True)
    is_mine = serializers.BooleanField(allow_null=True)
    share = serializers.FloatField(allow_null=True)


class QuizQuestionOut(serializers.Serializer):
    ask = serializers.ChoiceField(choices=QuizOption.Ask.choices)
    question = serializers.CharField()
    disagreement = serializers.FloatField(allow_null=True)
    options = QuizOptionOut(many=True)


class QuizTeamOut(serializers.Serializer):
    department = serializers.UUIDField(source="department.pk")
    people = serializers.IntegerField()
    divergence = serializers.FloatField()
    recall = serializers.FloatField()


class QuizOutcomeOut(serializers.Serializer):
    """``divergence``: the share of pairs of people that choose differently, the mean over the questions; ``recall``: of
    answers, the share as in the portrait. Both from 0 to 1, null until the round is over and under five people.

    ``teams`` are departments of five people or more; ``hidden_teams`` counts the others.
    """

    people = serializers.IntegerField()
    divergence = serializers.FloatField(allow_null=True)
    recall = serializers.FloatField(allow_null=True)
    teams = QuizTeamOut(many=True)
    hidden_teams = serializers.IntegerField()


class QuizChoiceIn(InputSerializer):
    ask = serializers.ChoiceField(choices=QuizOption.Ask.choices)
    option = serializers.UUIDField()


class QuizAnswersIn(InputSerializer):
    answers = QuizChoiceIn(many=True, allow_empty=False)

    def validate_answers(self, answers: list[dict[str, Any]]) -> dict[str, UUID]:
        chosen = {one["ask"]: one["option"] for one in answers}
        if len(chosen) < len(answers):
            raise serializers.ValidationError(_("Answer each question once."))
        return chosen


class PersonaQuizViewSet(ReadViewSet):
    """Rounds of five questions about a persona. Opening and closing one takes `customers:manage`."""

    room = "customers"
    write_level = MANAGE
    # Whoever works here answers, whatever their role; the service says who is asked.
    levels = {"answer_questions": READ}
    queryset = PersonaQuiz.objects.all()
    serializer_class = QuizOut
    inputs = {"create": QuizIn, "answer_questions": QuizAnswersIn}
    filterset_class = QuizFilter
    ordering = ("-opened_at", "-id")
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[PersonaQuiz]:
        return selectors.rounds_visible_to(self.request.user)

    def create(self, request: Request) -> Response:
        """Ask everybody five questions about a live persona."""
        return self.answer(services.open_quiz(**self.parsed()))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: Any) -> Response:
        """End a round before its days are over; repeating it changes nothing."""
        self.parsed()
        return self.answer(services.close_quiz(quiz_id=self.seen_pk))

    @extend_schema(responses=QuizQuestionOut(many=True))
    @action(detail=True, pagination_class=None)
    def questions(self, request: Request, pk: Any) -> Response:
        """What is asked, and once the round is over or you have answered, which answer is the portrait's."""
        return Response(self._questions(self.get_object()))

    @extend_schema(responses=QuizOutcomeOut)
    @action(detail=True)
    def outcome(self, request: Request, pk: Any) -> Response:
        """How far everybody agrees; nothing but how many have answered while the round is open."""
        with reading_once():
            return Response(QuizOutcomeOut(selectors.outcome_of(self.get_object())).data)

    @extend_schema(responses=QuizQuestionOut(many=True))
    @action(detail=True, methods=["post"], url_path="answer", pagination_class=None)
    def answer_questions(self, request: Request, pk: Any) -> Response:
        """Answer every question, once a round, for yourself; nobody else reads what you chose."""
        quiz, told = self.get_object(), self.parsed()
        if self.staff_user is None:
            raise QuizForStaff
        services.answer_quiz(quiz_id=quiz.pk, user_id=self.staff_user.pk, options=told["answers"])
        return Response(self._questions(quiz))

    def _questions(self, quiz: PersonaQuiz) -> Any:
        outcome = selectors.outcome_of(quiz)
        mine = selectors.chosen_by(self.staff_user.pk, quiz.pk) if self.staff_user else {}
        is_told = bool(mine) or not quiz.is_open
        found = []
        for question in selectors.questions_of(quiz, outcome):
            options = [
                {
                    "id": option.id,
                    "text": option.text,
                    "is_right": option.is_right if is_told else None,
                    "is_mine": mine.get(question.ask) == option.id if is_told else None,
                    "share": option.share,
                }
                for option in question.options
            ]
            found.append(
                {
                    "ask": question.ask,
                    "question": question.label,
                    "disagreement": question.apart,
                    "options": options,
                }
            )
        return QuizQuestionOut(found, many=True).data
