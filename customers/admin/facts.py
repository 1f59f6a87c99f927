"""What customers told and showed: noted in two taps on their page or from an entry, and the list of it all by kind."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from customers.admin.finding import FindingPage
from customers.admin.masking import MasksTexts
from customers.admin.quotes import entry_asked
from customers.admin.usage import UsagePages
from customers.logic.quoting import trimmed
from customers.models import Fact
from customers.selectors.facts import counts_by_kind, facts_visible_to, most_about
from customers.selectors.usage import modes_said
from customers.services.facts import (
    MAX_ABOUT,
    MAX_FACT,
    MAX_MODE,
    confirm_fact,
    confirm_known,
    note_from_entry,
    withdraw_fact,
)
from customers.services.quotes import MAX_QUOTE
from customers.timeline import describe
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from cxcrm.core.admin.quick import FieldQuickFilter, QuickChangeList
from cxcrm.core.admin.working import ask
from cxcrm.core.errors import DomainError

# Within reach of a thumb; the others stand behind "more".
MAIN_KINDS = (
    Fact.Kind.PREFERENCE, Fact.Kind.USAGE, Fact.Kind.UNEXPECTED_USE, Fact.Kind.NEED, Fact.Kind.WHY_LIKE,
    Fact.Kind.WHY_DISLIKE,
)  # fmt: skip
TONES = {Fact.Source.DECLARED: "good", Fact.Source.OBSERVED: "info", Fact.Source.GUESS: "warn"}


def _kinds() -> list[tuple[str, Any]]:
    others = [kind for kind in Fact.Kind if kind not in MAIN_KINDS]
    return [(kind.value, capfirst(str(kind.label))) for kind in (*MAIN_KINDS, *others)]


class FactForm(WorkForm):
    """One thing a customer told or showed."""

    kind = forms.ChoiceField(label=_("What is it?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("In one sentence"),
        max_length=MAX_FACT,
        required=False,  # by which way they came needs no sentence: the service says when one is missing
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As they said it, for example: less ice, oat milk instead of milk."),
    )
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    way = forms.ChoiceField(label=_("By which way"), required=False, help_text=_("With a way no sentence is needed."))
    about = forms.CharField(
        label=_("About which product or place"), max_length=MAX_ABOUT, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    mode = forms.CharField(
        label=_("What for, in a word or two"), max_length=MAX_MODE, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "cx-modes"}),
        help_text=_("The same word each time, so that it can be counted: working, meeting friends, as a gift."),
    )  # fmt: skip
    source = forms.ChoiceField(label=_("Known from"), widget=forms.RadioSelect, initial=Fact.Source.DECLARED)
    is_sensitive = forms.BooleanField(
        label=_("Sensitive"),
        required=False,
        help_text=_("Health, faith, politics and the like: marked, never counted."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = _kinds()
        self.fields["reason"].choices = [("", "–"), *((one.value, capfirst(str(one.label))) for one in Fact.Reason)]
        self.modes = modes_said
        ways = [(one.value, capfirst(str(one.label))) for one in Fact.Way]
        self.fields["way"].choices = [("", "–"), *ways]
        self.fields["source"].choices = [(one.value, capfirst(str(one.label))) for one in Fact.Source]

    @property
    def main_kinds(self) -> list[Any]:
        return list(self["kind"])[: len(MAIN_KINDS)]

    @property
    def other_kinds(self) -> list[Any]:
        return list(self["kind"])[len(MAIN_KINDS) :]

    @property
    def is_other(self) -> bool:
        """Is a kind chosen that stands behind "more"?"""
        return self["kind"].value() not in (None, "", *MAIN_KINDS)


class EntryFactForm(FactForm):
    """The same, from an entry of the timeline, with the customer's own words of it."""

    words = forms.CharField(
        label=_("The customer's words"),
        max_length=MAX_QUOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Cut what does not matter; keep their words. They are kept as a quote."),
    )
    field_order = ("words", "kind", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _("Left empty, it is their words.")


class AgainForm(WorkForm):
    """A fact heard or seen again, or a guess the customer confirmed."""

    fact_id = forms.UUIDField()
    source = forms.ChoiceField(choices=Fact.Source.choices)


class GoneForm(WorkForm):
    """A fact that does not hold any more."""

    fact_id = forms.UUIDField()


class KnownForm(WorkForm):
    """A number, an address or a ward checked with the customer: still right."""

    item = forms.CharField(max_length=16)


def hear_again(*, customer_id: UUID, fact_id: UUID, source: str) -> Fact:
    return confirm_fact(fact_id=fact_id, source=source)


def let_go(*, customer_id: UUID, fact_id: UUID) -> Fact:
    return withdraw_fact(fact_id=fact_id)


def still_right(*, customer_id: UUID, item: str) -> bool:
    confirm_known(customer_id=customer_id, item=item)
    return True


class KindFilter(FieldQuickFilter):
    title, parameter_name, field = _("kind"), "kind", "kind"
    kind = "tabs"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return Fact.Kind.choices


class SourceFilter(FieldQuickFilter):
    title, parameter_name, field = _("known from"), "source", "source"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return Fact.Source.choices


class ReasonFilter(FieldQuickFilter):
    title, parameter_name, field = _("reason"), "reason", "reason"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return Fact.Reason.choices


class FactAdmin(FindingPage, UsagePages, MasksTexts, RoomAdmin):
    """Everything customers told and showed, by kind: unexpected uses, needs, reasons and the rest."""

    free_texts = ("text", "about", "mode")
    nothing_here = _("Nothing noted yet. On a customer's page, note what they tell you: two taps and a sentence.")
    list_before_template = "admin/customers/facts_bar.html"
    list_display = ("words", "who", "sort", "about", "mode", "known_from", "confirmed_at")
    list_display_links = ("words",)
    list_select_related = ("customer",)
    list_filter = (KindFilter, SourceFilter, ReasonFilter)
    search_fields = ("text__unaccent", "about__unaccent")
    search_help_text = _("Words of it, or the product it is about; accents do not matter")
    ordering = ("-confirmed_at", "-id")
    sortable_by = ("confirmed_at",)
    fields = (
        "text", "who", "sort", "about", "mode", "known_from", "quote", "noted_by", "stated_at", "confirmed_at",
        "withdrawn_at",
    )  # fmt: skip
    readonly_fields = fields
    actions_detail = ("again", "gone")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        return QuickChangeList

    def rows(self, request: HttpRequest) -> QuerySet[Fact]:
        return facts_visible_to(request.user).select_related("customer", "quote", "noted_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Fact]:
        found = super().get_queryset(request)
        is_list = getattr(request.resolver_match, "url_name", "").endswith("_changelist")
        return found.filter(withdrawn_at=None) if is_list else found

    def get_urls(self) -> list[Any]:
        return [
            path("found/", self.admin_site.admin_view(self.found_view), name="customers_found"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_tend_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("customers.change_fact"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Above the list the kinds with how many, and what the chosen kind is mostly about."""
        kind = request.GET.get("kind", "")
        counts = counts_by_kind() if self.has_view_permission(request) else {}
        shown = {
            "kinds": [(code, capfirst(str(label)), counts.get(code, 0)) for code, label in Fact.Kind.choices],
            "kind_now": kind,
            "facts_count": sum(counts.values()),
            "mostly": most_about(kind) if kind in counts else [],
        }
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    @display(description=_("what they told"))
    def words(self, fact: Fact) -> str:
        return fact.text

    @display(description=_("customer"))
    def who(self, fact: Fact) -> str:
        url = page_of("admin:customers_customer_change", fact.customer_id)
        return format_html('<a class="cx-link" href="{}">{}</a>', url, fact.customer)

    @display(description=_("kind"))
    def sort(self, fact: Fact) -> str:
        said = capfirst(fact.get_kind_display())
        more = fact.get_reason_display() if fact.reason else fact.get_way_display()
        return pill(f"{said}: {more}" if more else said)

    @display(description=_("known from"))
    def known_from(self, fact: Fact) -> str:
        return pill(capfirst(fact.get_source_display()), TONES[fact.source])

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """From the entry named in the address, whose words become the quote the fact rests on."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        entry = entry_asked(request)
        words = trimmed(entry.body) if entry and len(entry.body) <= MAX_QUOTE else ""
        kind = request.GET.get("kind", "")
        form = EntryFactForm(request.POST or None, initial={"words": words, "kind": kind})
        if entry and form.is_valid():
            noted = ask(form, lambda **told: note_from_entry(interaction_id=entry.pk, reader=request.user, **told))
            if noted:
                messages.success(request, _("Noted."))
                return redirect(f"{self.admin_site.name}:customers_customer_change", noted.customer_id)
        return self.page(
            request,
            "admin/customers/fact_note.html",
            title=_("Note what they told"),
            form=form,
            entry=entry,
            sentence=describe(entry) if entry else "",
            back=page_of("admin:customers_customer_change", entry.customer_id) if entry else "",
        )

    @action(description=_("Heard again"), permissions=["tend"], url_path="again", icon="check")
    def again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._act(
            request, object_id, confirm_fact, _("Did the customer say this again?"),
            _("It counts as fresh from today."), _("Heard again"),
        )  # fmt: skip

    @action(description=_("Does not hold any more"), permissions=["tend"], url_path="gone", icon="close")
    def gone(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._act(
            request, object_id, withdraw_fact, _("Does this not hold any more?"),
            _("It is not shown with the customer any more and counts for nothing."), _("Does not hold any more"),
        )  # fmt: skip

    def _act(self, request: HttpRequest, object_id: str, call: Any, title: Any, what: Any, button: Any) -> HttpResponse:
        fact = self.get_object(request, object_id)
        if fact is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return self.confirm(request, title=title, what=f"{fact.text} – {what}", button=button)
        try:
            call(fact_id=fact.pk)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Noted."))
        return redirect(f"{self.admin_site.name}:customers_customer_change", fact.customer_id)
