"""The firm's collection of what customers said, and taking a quote from a timeline entry."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from customers.models import Interaction, Quote
from customers.selectors.contacts import may_look_for
from customers.selectors.quotes import entry_open_to, is_quotable, quotes_visible_to, uses_of, with_uses
from customers.services.quotes import MAX_QUOTE, take_quote
from customers.timeline import describe
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from cxcrm.core.admin.working import ask, id_asked


class QuoteForm(WorkForm):
    """Which words, and what kind of feedback they are."""

    text = forms.CharField(
        label=_("The customer's words"),
        max_length=MAX_QUOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Cut what does not matter; keep their words. Phone numbers and addresses are starred."),
    )
    feedback_type = forms.ChoiceField(
        label=_("Kind of feedback"),
        choices=[("", _("not said")), *Quote.FeedbackType.choices],
        required=False,
    )


class QuoteAdmin(RoomAdmin):
    """What customers said, found by words without regard to accents."""

    # Markup for a quote's page (request, quote → markup), given by the rooms that cite it.
    panels: tuple[Callable[..., str], ...] = ()

    nothing_here = _("No quotes yet. On a customer's timeline, take the words that tell you most.")
    list_display = ("words", "who", "kind", "cited", "said_at", "taken_by")
    list_before_template = "admin/customers/quotes_top.html"
    list_display_links = ("words",)
    list_select_related = ("customer", "taken_by")
    list_filter = ("feedback_type", ("said_at", RangeDateFilter))
    search_fields = ("text__unaccent",)
    search_help_text = _("Words of the quote; accents do not matter")
    ordering = ("-said_at", "-id")
    sortable_by = ("said_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quote]:
        return with_uses(quotes_visible_to(request.user))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if search_term and not may_look_for(search_term, request.user):
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    @display(description=_("the customer's words"))
    def words(self, quote: Quote) -> str:
        return format_html("“{}”", quote.text)

    @display(description=_("customer"))
    def who(self, quote: Quote) -> str:
        url = page_of("admin:customers_customer_change", quote.customer_id)
        return format_html('<a class="cx-link" href="{}">{}</a>', url, quote.customer)

    @display(description=_("kind of feedback"))
    def kind(self, quote: Quote) -> str:
        return pill(quote.get_feedback_type_display()) if quote.feedback_type else "–"

    @display(description=_("cited"))
    def cited(self, quote: Any) -> str:
        """How often insights, decisions and the like rest on it (domain.md §1, 3.14)."""
        return f"{quote.uses}×" if quote.uses else "–"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The entry named in the address in full, its words to be cut to what tells most."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        entry = entry_asked(request)
        form = QuoteForm(request.POST or None, initial={"text": entry.body if entry and _is_short(entry) else ""})
        if entry and form.is_valid():
            taken = ask(form, lambda **told: take_quote(interaction_id=entry.pk, reader=request.user, **told))
            if taken:
                messages.success(request, _("The quote is kept. Now say what it bears out."))
                return redirect(f"{self.admin_site.name}:customers_quote_change", taken.pk)
        return self.page(
            request,
            "admin/customers/quote_take.html",
            title=_("Take a quote"),
            form=form,
            entry=entry,
            sentence=describe(entry) if entry else "",
            back=page_of("admin:customers_customer_change", entry.customer_id) if entry else "",
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One quote: the words, where they were said, and what rests on them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        quote = self.get_object(request, object_id)
        if quote is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self.page(
            request,
            "admin/customers/quote.html",
            title=_("Quote"),
            quote=quote,
            uses=uses_of([quote.pk])[quote.pk],
            panels=[panel(request, quote) for panel in self.panels],
        )


def entry_asked(request: HttpRequest) -> Interaction | None:
    """The timeline entry of the address, where it is one words can be taken from."""
    ident = id_asked(request, "entry")
    entry = entry_open_to(request.user, ident) if ident else None
    return entry if entry and is_quotable(entry) else None


def _is_short(entry: Interaction) -> bool:
    return len(entry.body) <= MAX_QUOTE
