"""The community's pages for staff: what was asked, one question with its answers, how fast it goes, who knows what."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.quick import QuickChangeList, QuickFilter, RowQuickFilter
from cxcrm.core.admin.working import ask
from cxcrm.core.errors import DomainError
from cxcrm.core.once import reading_once
from feedback.community_words import TONES, level_name
from feedback.logic.answer_times import Times
from feedback.models import CommunityQuestion, CommunityTopic
from feedback.selectors.community import (
    answers_waiting_for_yes,
    search,
    stale_answers,
    waiting_for,
)
from feedback.selectors.community_figures import OVER, community_figures
from feedback.selectors.reputation import standings_of
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
from feedback.services.community_questions import MOST_TEXT, ask_question, change_question
from tenants.staff.selectors.firm import firm_today, the_firm

_State = CommunityQuestion.State
SHOWS: dict[str, Any] = {
    "mine": _("Waiting for me"),
    "open": _("Waiting for an answer"),
    "yes": _("Answers waiting for a yes"),
    "stale": _("To be looked at again"),
    "public": _("On the page"),
}


class ShowFilter(QuickFilter):
    title, parameter_name = _("show"), "show"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return list(SHOWS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        show = self.value()
        if show == "mine":
            return queryset.filter(pk__in=waiting_for(request.user).order_by().values("pk"))
        if show == "open":
            return queryset.filter(state=_State.OPEN)
        if show == "yes":
            return queryset.filter(pk__in=answers_waiting_for_yes().order_by().values("question_id"))
        if show == "stale":
            return queryset.filter(pk__in=stale_answers().order_by().values("question_id"))
        return queryset.exclude(published_at=None) if show == "public" else queryset


class TopicFilter(RowQuickFilter):
    title, parameter_name, field = _("topic"), "topic", "topic"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(str(row.pk), row.name) for row in CommunityTopic.objects.all()]


class AskForm(WorkForm):
    """A colleague asks, or writes a question with its answer at once."""

    text = forms.CharField(
        label=_("Question"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 2}), required=True
    )
    topic = forms.ModelChoiceField(
        label=_("Topic"), queryset=CommunityTopic.objects.none(), required=False, empty_label=_("no topic")
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=MOST_ANSWER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("With an answer it is shown on the community's page. Without one, colleagues who know are asked."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = CommunityTopic.objects.all()


class AnswerForm(WorkForm):
    text = forms.CharField(label=_("Answer"), max_length=MOST_ANSWER, widget=forms.Textarea(attrs={"rows": 4}))
    accept = forms.BooleanField(label=_("This is the answer: keep it as what we know"), required=False)
    show = forms.BooleanField(label=_("Show question and answer to everybody"), required=False)


class CodeForm(WorkForm):
    """What it is about and what it tells."""

    topic = AskForm.base_fields["topic"]
    feedback_type = forms.ChoiceField(label=_("What it tells us"), choices=CommunityQuestion.FeedbackType.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = CommunityTopic.objects.all()


class CommunityQuestionAdmin(RoomAdmin):
    nothing_here = _("Nobody has asked anything here. Write down what customers always ask, with the answer.")
    add_words = _("Write a question")
    list_display = ("asked", "topic", "state_word", "where", "accountable", "created_at")
    list_display_links = ("asked",)
    list_select_related = ("topic", "accountable", "customer", "user")
    list_filter = (ShowFilter, TopicFilter)
    search_fields = ("text",)
    ordering = ("-created_at", "-id")
    sortable_by = ("created_at",)
    actions: ClassVar[Any] = None
    list_before_template = "admin/cx_quick_bar.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        return QuickChangeList

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], text: str) -> tuple[Any, bool]:
        return (search(queryset, text) if text else queryset), False

    @display(description=_("question"))
    def asked(self, question: CommunityQuestion) -> str:
        who = question.customer or question.user or ""
        return format_html(
            '<span class="cx-why cx-wide-words"><b class="cx-name">{}</b><br><span class="cx-quiet">{}</span></span>',
            question,
            who,
        )

    @display(description=_("state"), ordering="state")
    def state_word(self, question: CommunityQuestion) -> str:
        return pill(question.get_state_display(), TONES[_State(question.state)])

    @display(description=_("who reads it"))
    def where(self, question: CommunityQuestion) -> str:
        if question.is_internal:
            return pill(_("colleagues"), "plain")
        return pill(_("everybody, on the page"), "info") if question.published_at else pill(_("the asker"), "plain")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [path("figures/", view(self.figures_view), name="feedback_community_figures"), *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = AskForm(request.POST or None)
        if form.is_valid():
            made = ask(form, lambda **told: _write(request.user.pk, **told))
            if made:
                messages.success(
                    request, _("It is on the page.") if made.published_at else _("Asked. The answer comes by mail.")
                )
                return redirect(f"{self.admin_site.name}:feedback_communityquestion_change", made.pk)
        return self.page(
            request,
            "admin/form_page.html",
            title=_("Write a question"),
            intro=_("Ask colleagues who know, or write down an answer for everybody."),
            form=form,
            button=_("Save"),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        question = self.get_object(request, object_id)
        if question is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        may_write = self.has_change_permission(request, question)
        if request.method == "POST":
            if not may_write:
                raise PermissionDenied
            done = self._act(request, question)
            if done is not None:
                return done
        with reading_once():
            return self._question_page(request, question, may_write=may_write).render()

    def _act(self, request: HttpRequest, question: CommunityQuestion) -> HttpResponse | None:
        """Do what was pressed; None where a form is to be shown again, on ``question.answer_form``."""
        do = request.POST.get("do", "")
        if do == "answer":
            form = _answer_form(question, request.POST)
            question.answer_form = form
            if not form.is_valid():
                return None
            who = request.user.pk
            if ask(form, lambda **told: answer_question(question_id=question.pk, user_id=who, **told)) is None:
                return None
        elif do == "code":
            code = CodeForm(request.POST)
            question.code_form = code
            if not code.is_valid():
                return None
            topic = code.cleaned_data.pop("topic")
            code.cleaned_data["topic_id"] = topic.pk if topic else None
            if ask(code, lambda **told: change_question(question_id=question.pk, **told)) is None:
                return None
        else:
            try:
                _press(do, question, request.POST.get("answer", ""), request.POST.get("text"))
            except DomainError as refusal:
                messages.error(request, str(refusal))
        return redirect(f"{self.admin_site.name}:feedback_communityquestion_change", question.pk)

    def _question_page(self, request: HttpRequest, question: CommunityQuestion, *, may_write: bool) -> Any:
        rows = question.answers.select_related("user", "customer", "verified_by").prefetch_related("marks")
        answers = list(rows.order_by(F("accepted_at").desc(nulls_last=True), "created_at", "id"))
        levels = standings_of({answer.customer_id for answer in answers if answer.customer_id})
        for answer in answers:
            known = levels.get(answer.customer_id) if answer.customer_id else None
            answer.level = level_name(known.level) if known else ""
            answer.stale = answer.is_stale(firm_today())
            answer.helped = sum(mark.verdict == "helpful" for mark in answer.marks.all())
        initial = {"topic": question.topic_id, "feedback_type": question.feedback_type}
        return self.page(
            request,
            "admin/feedback/community_question.html",
            title=str(question),
            question=question,
            tone=TONES[_State(question.state)],
            asked_of=[one.user for one in question.asks.select_related("user")],
            answers=answers,
            answer_form=getattr(question, "answer_form", None) or _answer_form(question, is_first=not answers),
            code_form=getattr(question, "code_form", None) or CodeForm(initial=initial),
            may_write=may_write,
            may_publish=question.may_be_shown,
        )

    def figures_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            found = community_figures()
            return self.page(
                request,
                "admin/feedback/community_figures.html",
                title=_("How fast an answer comes"),
                found=found,
                rows=[
                    (_("The page, while they typed"), _said(found.machine)),
                    (_("Colleagues and customers"), _said(found.people)),
                ],
                days=OVER.days,
                is_open=the_firm().has_community,
                firm_page=reverse("admin:staff_firm_changelist"),
            ).render()


def _said(times: Times) -> dict[str, Any]:
    return {"n": times.n, "share": times.share, "p50": _span(times.p50), "p90": _span(times.p90)}


def _span(seconds: int | None) -> str:
    """Seconds, minutes, hours or days, as one says it."""
    if seconds is None:
        return ""
    for least, each, words in _SPANS:
        if seconds >= least:
            return str(words(round(seconds / each)))
    return ""


_SPANS: tuple[tuple[int, int, Any], ...] = (
    (172_800, 86_400, lambda n: ngettext("%(n)s day", "%(n)s days", n) % {"n": n}),
    (7_200, 3_600, lambda n: ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}),
    (120, 60, lambda n: ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}),
    (0, 1, lambda n: ngettext("%(n)s second", "%(n)s seconds", n) % {"n": n}),
)


def _write(user_id: UUID, *, text: str, topic: CommunityTopic | None, answer: str) -> CommunityQuestion:
    topic_id = topic.pk if topic else None
    if answer.strip():
        return write_article(text=text, answer=answer, user_id=user_id, topic_id=topic_id)
    return ask_question(text=text, user_id=user_id, topic_id=topic_id, is_internal=True)


def _answer_form(question: CommunityQuestion, data: Any = None, *, is_first: bool = False) -> AnswerForm:
    form = AnswerForm(data, initial={"accept": is_first, "show": is_first})
    if question.published_at is not None or not question.may_be_shown:
        del form.fields["show"]
    return form


def _press(do: str, question: CommunityQuestion, answer: str, text: str | None) -> None:
    """One of the buttons; an answer that is none of this question's is none."""
    changes = {
        "publish": {"is_published": True},
        "unpublish": {"is_published": False},
        "set_aside": {"is_set_aside": True},
        "take_up": {"is_set_aside": False},
    }
    if do in changes:
        change_question(question_id=question.pk, **changes[do])
        return
    try:
        found = question.answers.filter(pk=UUID(answer)).first()
    except ValueError:
        found = None
    if found is None:
        return
    if do == "confirm":
        confirm_answer(answer_id=found.pk, text=text)
    elif do in _JUDGED:
        _JUDGED[do](answer_id=found.pk)


_JUDGED: dict[str, Any] = {"accept": accept_answer, "show": show_answer, "refuse": refuse_answer}
