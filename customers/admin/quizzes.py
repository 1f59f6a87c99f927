"""Do we see the same customer? The five questions about a persona, and what came of each round."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from customers.models import PersonaQuiz
from customers.selectors import quizzes as selectors
from customers.selectors.quizzes import Outcome, Question
from customers.services import quizzes as services
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask
from cxcrm.core.once import reading_once

LISTED = 30


class QuizForm(WorkForm):
    """Five questions, each with the answers offered below one another."""

    def __init__(self, questions: list[Question], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.ask] = forms.TypedChoiceField(
                label=question.label,
                choices=[(str(option.id), option.text) for option in question.options],
                coerce=UUID,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose the answer that comes closest.")},
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        return {"options": data}


class PersonaQuizAdmin(RoomAdmin):
    """Not a list of rows but pages; what a single person chose is shown to nobody but themselves."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[PersonaQuiz]:
        return selectors.rounds_visible_to(request.user).select_related("persona")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        close = path("<path:object_id>/close/", view(self.close_view), name="customers_personaquiz_close")
        return [close, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a round is opened on the page of its persona

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The rounds, those that are open in front; under each what came of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            rounds = list(self.get_queryset(request).order_by("-opened_at", "-pk")[:LISTED])
            outcomes = selectors.outcomes_of(rounds)
            left = {quiz.pk for quiz in selectors.rounds_left_for(request.user)}
            asked = selectors.people_asked().count()
            rows = [{"quiz": quiz, "outcome": outcomes[quiz.pk], "is_left": quiz.pk in left} for quiz in rounds]
            return self.page(
                request,
                "admin/customers/quizzes.html",
                title=_("Do we see the same customer?"),
                open_rows=[row for row in rows if row["quiz"].is_open],
                past_rows=[row for row in rows if not row["quiz"].is_open],
                asked=asked,
                may_open=request.user.has_perm("customers.publish_persona"),
            ).render()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The questions to who has not answered them, thanks to who has, and the outcome once the round is over."""
        quiz = self._quiz(request, object_id)
        if isinstance(quiz, HttpResponse):
            return quiz
        outcome = selectors.outcome_of(quiz)
        questions = selectors.questions_of(quiz, outcome)
        chosen = selectors.chosen_by(request.user.pk, quiz.pk)
        form = None
        if quiz in selectors.rounds_left_for(request.user):
            form = QuizForm(questions, request.POST if request.method == "POST" else None)
            if form.is_valid():
                form.cleaned_data |= {"quiz_id": quiz.pk, "user_id": request.user.pk}
                if ask(form, services.answer_quiz) is not None:
                    messages.success(request, _("Kept. What all of us chose is shown when the round is over."))
                    return self._back(quiz)
        right = {option.id for question in questions for option in question.options if option.is_right}
        return self.page(
            request,
            "admin/customers/quiz.html",
            title=_("Who is %(name)s?") % {"name": quiz.persona.name},
            quiz=quiz,
            form=form,
            outcome=outcome,
            rows=[question_row(question, outcome, chosen) for question in questions],
            asked=selectors.people_asked().count(),
            has_answered=bool(chosen),
            of=len(questions),
            right=sum(ident in right for ident in chosen.values()),
            may_close=quiz.is_open and self.has_change_permission(request, quiz),
        )

    def close_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End a round before its days are over."""
        quiz = self._quiz(request, object_id)
        if isinstance(quiz, HttpResponse):
            return quiz
        if not self.has_change_permission(request, quiz):
            raise PermissionDenied
        if request.method == "POST":
            services.close_quiz(quiz_id=quiz.pk)
            messages.success(request, _("The round is over."))
        return self._back(quiz)

    def _quiz(self, request: HttpRequest, object_id: str) -> PersonaQuiz | HttpResponse:
        quiz = self.get_object(request, object_id)
        if quiz is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, quiz):
            raise PermissionDenied
        return quiz

    def _back(self, quiz: PersonaQuiz) -> HttpResponse:
        return redirect(f"{self.admin_site.name}:customers_personaquiz_change", quiz.pk)


def question_row(question: Question, outcome: Outcome, chosen: dict[str, UUID]) -> dict[str, Any]:
    """A question with whom its answers belong to: what I chose, and the teams whose answer is not the portrait's."""
    words = {option.id: option.text for option in question.options}
    right = next((option.id for option in question.options if option.is_right), None)
    elsewhere = [
        (team.department, words[team.chose[question.ask]])
        for team in outcome.teams
        if team.chose.get(question.ask, right) != right
    ]
    return {
        "question": question,
        "mine": chosen.get(question.ask),
        "is_furthest": outcome.furthest == question.ask,
        "elsewhere": elsewhere,
    }
