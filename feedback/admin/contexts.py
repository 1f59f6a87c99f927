"""Special contexts: the list, one with what it holds back and whom to reach out to, declaring, changing, ending."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.logic.addresses import province_name, provinces
from customers.models import Segment
from customers.selectors.segments import active_segments
from customers.selectors.segments import visible_to as segments_visible_to
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.fields import MomentField
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import ask
from cxcrm.core.clock import now
from cxcrm.core.errors import DomainError
from cxcrm.core.once import reading_once
from feedback.context_words import CARE, ICONS, STANDINGS, TONES, care, where
from feedback.models import ContextEvent
from feedback.selectors.contexts import held_by, pausing_now
from feedback.selectors.outreach import SHOWN, reached, whom_to_reach
from feedback.services.contexts import CARE_LENGTH, NAME_LENGTH, change_context, declare_context, end_context
from tenants.staff.models import User
from tenants.staff.selectors.firm import the_firm

USUAL = timedelta(days=3)
_TOLD = ("name", "kind", "starts_at", "ends_at", "provinces", "pauses", "care_vi", "care_en", "segment", "accountable")


class ContextForm(WorkForm):
    """What is told of a context; ``version`` guards against writing over what somebody else changed."""

    name = forms.CharField(label=_("What is it called?"), max_length=NAME_LENGTH)
    kind = forms.ChoiceField(label=_("What kind is it?"), choices=ContextEvent.Kind.choices)
    starts_at = MomentField(label=_("Begins at"))
    ends_at = MomentField(label=_("Ends at"), help_text=_("Can be ended early or made longer at any time."))
    provinces = forms.MultipleChoiceField(
        label=_("Where? Nothing ticked is everywhere."), required=False, widget=forms.CheckboxSelectMultiple
    )
    pauses = forms.ChoiceField(
        label=_("What does it pause?"),
        choices=ContextEvent.Pauses.choices,
        help_text=_("Complaints are answered as ever."),
    )
    care_vi = forms.CharField(
        label=_("Words of care in Vietnamese"),
        max_length=CARE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Mails and pages for customers begin with it. {xh} is how the customer is called, {brand} is you."),
    )
    care_en = forms.CharField(
        label=_("Words of care in English"),
        max_length=CARE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Left empty, the ready words of its kind."),
    )
    segment = forms.ModelChoiceField(
        label=_("Whom to reach in any case"),
        queryset=Segment.objects.none(),
        required=False,
        empty_label=_("no segment"),
        help_text=_("A segment, such as your most loyal customers, beside those with open cases and those at risk."),
    )
    accountable = forms.ModelChoiceField(label=_("Who answers for it?"), queryset=User.objects.none())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if the_firm().country == "VN":
            self.fields["provinces"].choices = [(code, province_name(code)) for code in provinces()]
        else:
            del self.fields["provinces"]  # elsewhere customers have no province, so it is everywhere
        self.fields["segment"].queryset = active_segments() & segments_visible_to(reader)
        self.fields["accountable"].queryset = User.objects.working().order_by("full_name")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in ("segment", "accountable"):
            chosen = data.pop(name, None)
            data[f"{name}_id"] = chosen.pk if chosen else None
        return data


def banners() -> list[dict[str, Any]]:
    """What the pages of asking say while a context pauses surveys; one query."""
    return [
        {"context": row, "icon": ICONS[row.kind], "where": where(row.provinces) if row.provinces else ""}
        for row in pausing_now()
    ]


class Bannered:
    """Mixed into lists of asking: what is paused just now stands above them."""

    list_before_template = "admin/feedback/context_banner.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        answer: HttpResponse = super().changelist_view(request, {"banners": banners(), **(extra_context or {})})
        return answer


class ContextEventAdmin(RoomAdmin):
    nothing_here = _("Nothing out of the ordinary. Declare a storm, an epidemic or Tết, and surveys wait there.")
    add_words = _("Declare a context")
    list_display = ("name", "kind_word", "place", "starts_at", "over_at", "state", "accountable")
    list_display_links = ("name",)
    list_select_related = ("accountable",)
    list_filter = ("kind",)
    search_fields = ("name__unaccent",)
    ordering = ("-starts_at", "-id")
    sortable_by = ("starts_at",)

    @display(description=_("kind"), ordering="kind")
    def kind_word(self, context: ContextEvent) -> str:
        return pill(context.get_kind_display())

    @display(description=_("where it is"))
    def place(self, context: ContextEvent) -> str:
        return where(context.provinces)

    @display(description=_("ends at"))
    def over_at(self, context: ContextEvent) -> Any:
        return context.ended_at or context.ends_at

    @display(description=_("state"))
    def state(self, context: ContextEvent) -> str:
        found = context.standing(now())
        return pill(STANDINGS[found], TONES[found])

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/edit/", view(self.edit_view), name="feedback_contextevent_edit"),
            path("<path:object_id>/end/", view(self.end_view), name="feedback_contextevent_end"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        begins = now().replace(minute=0, second=0, microsecond=0)
        initial = {
            "starts_at": begins,
            "ends_at": begins + USUAL,
            "pauses": ContextEvent.Pauses.ALL,
            "accountable": request.user.pk,
        }
        form = ContextForm(request.POST or None, initial=initial, reader=request.user)
        if form.is_valid():
            form.cleaned_data.pop("version")
            made = ask(form, declare_context)
            if made:
                messages.success(request, _("Declared. Here is what it holds back, and whom to reach out to."))
                return redirect(f"{self.admin_site.name}:feedback_contextevent_change", made.pk)
        return self._form(request, form, _("Declare a context"), None)

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        context = self.get_object(request, object_id)
        if context is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, context):
            raise PermissionDenied
        initial = {name: getattr(context, name) for name in (*_TOLD, "version")}
        form = ContextForm(request.POST or None, initial=initial, reader=request.user)
        if form.is_valid() and ask(form, lambda **told: change_context(context_id=context.pk, **told)):
            messages.success(request, _("Saved. What it held back is looked at again now."))
            return redirect(f"{self.admin_site.name}:feedback_contextevent_change", context.pk)
        return self._form(request, form, _("Change the context"), context)

    def _form(self, request: HttpRequest, form: ContextForm, title: Any, context: ContextEvent | None) -> HttpResponse:
        ready = [(label, *_ready(kind)) for kind, label in ContextEvent.Kind.choices]
        return self.page(
            request, "admin/feedback/context_form.html", title=title, form=form, ready=ready, context_event=context
        )

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        context = self.get_object(request, object_id)
        if context is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, context):
            raise PermissionDenied
        begun = context.starts_at <= now()
        if request.method != "POST":
            title = _("End “%(name)s” now?") if begun else _("Call “%(name)s” off?")
            return self.confirm(
                request,
                title=title % {"name": context.name},
                what=_("Invitations that wait for it and are not out of date leave at once. It cannot be taken back."),
                button=_("End it now") if begun else _("Call it off"),
                back="../change/",
            )
        try:
            end_context(context_id=context.pk)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("It is over. What waited for it is on its way."))
        return redirect(f"{self.admin_site.name}:feedback_contextevent_change", context.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            context = self.get_object(request, object_id)
            if context is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            at = now()
            found = context.standing(at)
            asks = found in {"coming", "on"}
            people = reached(request.user, context) if asks else []
            return self.page(
                request,
                "admin/feedback/context.html",
                title=context.name,
                context_event=context,
                standing=STANDINGS[found],
                state=found,
                tone=TONES[found],
                icon=ICONS[context.kind],
                where=where(context.provinces),
                over_at=context.ended_at or context.ends_at,
                held=held_by(context),
                people=people,
                people_count=whom_to_reach(request.user, context).count() if len(people) == SHOWN else len(people),
                words=_words(context),
                asks=asks,
                may_write=asks and self.has_change_permission(request, context),
            ).render()


def _ready(kind: str) -> tuple[str, str]:
    """The ready words of a kind in Vietnamese and in English, as they are stored: with their placeholders."""
    found = []
    for language in ("vi", "en"):
        with override(language):
            found.append(str(CARE[kind]))
    return found[0], found[1]


def _words(context: ContextEvent) -> list[tuple[Any, str]]:
    """The words of care as customers read them, in both languages, the reader's own first."""
    called = {"vi": ("anh/chị", "Anh/Chị"), "en": ("you", "You")}
    names = {"vi": _("Vietnamese"), "en": _("English")}
    told = []
    for language, (inline, capital) in called.items():
        with override(language):
            text = care(context, language, brand=the_firm().brand, inline=inline, inline_capital=capital)
        told.append((names[language], text))
    return told[::-1] if get_language() == "en" else told
