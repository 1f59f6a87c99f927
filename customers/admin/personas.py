"""Personas: the portraits side by side, the page of one, and drafting a new version of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from customers.admin.segments import number_of_customers
from customers.logic.personas import MAX_WORDS, MIN_CONVERSATIONS, MIN_QUOTES, TEXTS
from customers.models import Persona, Quote, Segment
from customers.selectors import personas as selectors
from customers.selectors.activity import ACTIVE_DAYS
from customers.selectors.group_figures import figures_of
from customers.selectors.quizzes import ROUNDS_SHOWN, outcomes_of, rounds_about, rounds_left_for
from customers.selectors.segments import active_segments
from customers.services import personas as services
from customers.services.quizzes import open_quiz
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask
from cxcrm.core.errors import DomainError

FEW = 5
# What of a portrait's buttons takes more than drafting.
PUBLISHING = ("publish", "retire", "quiz")


class PersonaForm(WorkForm):
    """The words of a portrait; every field is one line, all of them together at most 120 words."""

    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("As one speaks of somebody, for example: Ms Hà, 31, accountant.")
    )
    who = forms.CharField(label=_("Who they are"), max_length=240, required=False)
    need = forms.CharField(label=_("Need or problem"), max_length=240, required=False)
    expectation = forms.CharField(label=_("What they expect"), max_length=240, required=False)
    emotion = forms.CharField(label=_("Typical feeling"), max_length=80, required=False)
    channel = forms.CharField(label=_("Channel they like"), max_length=80, required=False)
    sentence = forms.ModelChoiceField(
        queryset=None,
        label=_("A true sentence"),
        required=False,
        empty_label=_("choose one of the quotes"),
        help_text=_("The sentence everybody will remember. It is one of the quotes the persona rests on."),
    )
    position = forms.IntegerField(
        label=_("Comes before others"),
        min_value=0,
        max_value=services.MAX_POSITION,
        help_text=_("Who belongs to several segments gets the persona with the smallest number."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, persona: Persona, **kwargs: Any) -> None:
        told = {name: getattr(persona, name) for name in (*TEXTS, "sentence", "position", "version")}
        super().__init__(*args, initial=told, **kwargs)
        self.fields["sentence"].queryset = selectors.quotes_of(persona.pk)
        for name in ("who", "need", "expectation"):
            self.fields[name].widget.attrs["data-words"] = "1"


class NewPersonaForm(WorkForm):
    """Which segment a portrait is to stand for."""

    segment = forms.ModelChoiceField(queryset=None, label=_("Segment"), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment"].queryset = active_segments()


class PersonaAdmin(RoomAdmin):
    """One page a portrait; nothing is published without quotes from conversations."""

    ordering = ("position", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Persona]:
        return selectors.visible_to(request.user)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path(f"<path:object_id>/{name}/", view(act), name=f"customers_persona_{name}")
            for name, act in (("edit", self.edit_view), ("cite", self.cite_view), ("do", self.do_view))
        ] + super().get_urls()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """All live portraits side by side with their share of customers, and what is being drafted."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        shares = selectors.shares_by_persona()
        live = list(selectors.live_personas().select_related("sentence", "segment"))
        widths = [shares.by_persona.get(one.pk, 0.0) * 100 for one in live]
        drafts = selectors.visible_to(request.user).filter(state=Persona.State.DRAFT).select_related("segment")
        left = {quiz.persona_id: quiz for quiz in rounds_left_for(request.user)}
        return self.page(
            request,
            "admin/customers/personas.html",
            title=_("Personas"),
            cards=[
                {
                    "persona": one,
                    "share": width,
                    "x": round(sum(widths[:number]), 2),
                    "width": round(width, 2),
                    "said": number_of_customers(shares.counts.get(one.pk, 0)),
                    "shade": number % 6,
                    "quiz": left.get(one.pk),
                }
                for number, (one, width) in enumerate(zip(live, widths, strict=True))
            ],
            shares=shares,
            coverage=None if shares.coverage is None else shares.coverage * 100,
            days=ACTIVE_DAYS,
            drafts=list(drafts),
            # Shares are asked about too: until I have answered, nothing here tells them.
            is_covered=bool(left),
            may_change=self.has_add_permission(request),
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewPersonaForm(request.POST or None, initial={"segment": request.GET.get("segment")})
        if form.is_valid():
            segment: Segment = form.cleaned_data.pop("segment")
            form.cleaned_data["segment_id"] = segment.pk
            draft = ask(form, services.draft_persona)
            if draft:
                return redirect(f"{self.admin_site.name}:customers_persona_edit", draft.pk)
        return self.page(
            request, "admin/form_page.html", title=_("New persona"), form=form, button=_("Begin"),
            intro=_("A persona stands for a segment: one portrait everybody here knows, from real conversations."),
        )  # fmt: skip

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        persona = self._draft(request, object_id)
        if isinstance(persona, HttpResponse):
            return persona
        form = PersonaForm(request.POST or None, persona=persona)
        if form.is_valid():
            told = form.cleaned_data
            told["persona_id"] = persona.pk
            told["sentence"] = told["sentence"].pk if told["sentence"] else None
            if ask(form, services.change_persona):
                messages.success(request, _("Saved."))
                return self._back(persona.pk)
        return self.page(
            request,
            "admin/customers/persona_form.html",
            title=persona.name,
            form=form,
            persona=persona,
            max_words=MAX_WORDS,
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        persona = self.get_object(request, object_id)
        if persona is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        is_draft, is_live = persona.state == Persona.State.DRAFT, persona.state == Persona.State.LIVE
        known = selectors.known_as(persona.pk).values("customer_id")
        shares = selectors.shares_by_persona() if is_live else None
        may_change = self.has_change_permission(request, persona)
        return self.page(
            request,
            "admin/customers/persona.html",
            title=persona.name,
            persona=persona,
            is_draft=is_draft,
            is_live=is_live,
            ready=selectors.readiness_of(persona),
            max_words=MAX_WORDS,
            min_quotes=MIN_QUOTES,
            min_conversations=MIN_CONVERSATIONS,
            share=shares.by_persona.get(persona.pk, 0.0) * 100 if shares else None,
            customers=shares.counts.get(persona.pk, 0) if shares else 0,
            shares=shares,
            days=ACTIVE_DAYS,
            figures=figures_of(request.user, known) if is_live else [],
            quotes=list(selectors.quotes_of(persona.pk)),
            to_cite=list(selectors.quotes_to_cite(persona)[: selectors.SUGGESTED]) if is_draft and may_change else [],
            versions=list(selectors.visible_to(request.user).filter(segment=persona.segment_id).order_by("-number")),
            may_change=may_change,
            may_publish=self._may_publish(request),
            **self._quiz_context(request, persona),
        )

    def _quiz_context(self, request: HttpRequest, persona: Persona) -> dict[str, Any]:
        """How far we agree about this portrait; what is still to be answered covers it (domain.md §1, 2.6)."""
        rounds = list(rounds_about(persona.segment_id)[:ROUNDS_SHOWN])
        outcomes = outcomes_of(rounds)
        over = [(quiz, outcomes[quiz.pk]) for quiz in rounds if outcomes[quiz.pk].is_shown]
        asked = next((quiz for quiz in rounds if quiz.is_open and quiz.persona_id == persona.pk), None)
        return {
            "quiz": asked,
            "quiz_people": outcomes[asked.pk].people if asked else 0,
            "cover": asked if asked in rounds_left_for(request.user) else None,
            "alignment": over[0] if over else None,
            "alignments": over[1:],
        }

    def cite_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Rest a draft on a quote, or take one off it."""
        persona = self._draft(request, object_id)
        if isinstance(persona, HttpResponse):
            return persona
        if request.method == "POST":
            call = services.drop_quote if request.POST.get("do") == "drop" else services.cite_quote
            try:
                call(persona_id=persona.pk, quote_id=UUID(request.POST.get("quote", "")))
            except (DomainError, ValueError) as refusal:
                messages.error(request, str(refusal) if isinstance(refusal, DomainError) else _("Choose a quote."))
        return self._back(persona.pk)

    def do_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Publish, retire, draft anew or throw a draft away."""
        persona = self.get_object(request, object_id)
        if persona is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        act, goes_to = request.POST.get("act"), persona.pk
        if not self.has_change_permission(request, persona) or (act in PUBLISHING and not self._may_publish(request)):
            raise PermissionDenied
        if request.method != "POST":
            return self._back(persona.pk)
        try:
            if act == "publish":
                services.publish_persona(persona_id=persona.pk)
                messages.success(request, _("%(name)s is published.") % {"name": persona.name})
            elif act == "retire":
                services.retire_persona(persona_id=persona.pk)
                messages.success(request, _("%(name)s is retired.") % {"name": persona.name})
            elif act == "quiz":
                asked = open_quiz(persona_id=persona.pk)
                messages.success(request, _("Everybody is asked now; each finds it on their first page."))
                return redirect(f"{self.admin_site.name}:customers_personaquiz_change", asked.pk)
            elif act == "draft":
                goes_to = services.draft_persona(segment_id=persona.segment_id).pk
            elif act == "discard":
                services.discard_draft(persona_id=persona.pk)
                return redirect(f"{self.admin_site.name}:customers_persona_changelist")
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return self._back(goes_to)

    def _may_publish(self, request: HttpRequest) -> bool:
        """May the reader also put a portrait in use and take it out, and not only draft?"""
        return bool(request.user.has_perm("customers.publish_persona"))

    def _draft(self, request: HttpRequest, object_id: str) -> Persona | HttpResponse:
        """The draft of the address; published versions are only shown."""
        persona = self.get_object(request, object_id)
        if persona is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, persona):
            raise PermissionDenied
        return persona if persona.state == Persona.State.DRAFT else self._back(persona.pk)

    def _back(self, persona_id: UUID) -> HttpResponse:
        return redirect(f"{self.admin_site.name}:customers_persona_change", persona_id)


def quote_panel(request: HttpRequest, quote: Quote) -> str:
    """On a quote's page: the drafts it could be cited in."""
    if not request.user.has_perm("customers.change_persona") or not quote.text:
        return ""
    drafts = Persona.objects.filter(state=Persona.State.DRAFT).exclude(citations__quote=quote).order_by("name")
    context = {
        "quote": quote,
        "drafts": [(one, reverse("admin:customers_persona_cite", args=[one.pk])) for one in drafts],
    }
    return render_to_string("admin/customers/quote_cite.html", context, request=request) if context["drafts"] else ""
