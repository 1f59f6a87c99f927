"""Insights: the list, one with what bears it out, and a quote's way into them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import floatformat
from django.template.loader import render_to_string
from django.urls import path
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.models import Quote
from customers.selectors.quotes import quotes_visible_to
from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import ask, row_asked
from cxcrm.core.clock import now
from cxcrm.core.errors import DomainError
from journeys.logic.insights import PEOPLE_TO_VALIDATE, QUOTES_TO_VALIDATE, may_be_validated, need, prevalence
from journeys.models import Feeling, Insight, Stage, Touchpoint
from journeys.selectors.insights import borne_out_by, common_needs, counted, evidence_of, insights_of
from journeys.services.insights import (
    PART_LENGTH,
    WHY_LENGTH,
    add_evidence,
    change_insight,
    remove_evidence,
    retire_insight,
    validate_insight,
    write_insight,
)

TONES = {Insight.State.HYPOTHESIS: "warn", Insight.State.VALIDATED: "good", Insight.State.RETIRED: "plain"}
_PARTS = ("want", "but", "because", "feeling", "good_end", "level", "shown_by", "out_of", "unserved", "review_on")
_ROWS = ("parent", "stage", "touchpoint")


class InsightForm(WorkForm):
    """The sentence, where it belongs, and how many showed it."""

    want = forms.CharField(
        label=_("I want …"),
        max_length=PART_LENGTH,
        help_text=_("What is the customer trying to do? Say it as the customer would."),
    )
    but = forms.CharField(label=_("but …"), max_length=PART_LENGTH, help_text=_("What happened, seen from their side?"))
    because = forms.CharField(label=_("because …"), max_length=PART_LENGTH)
    feeling = forms.ChoiceField(
        label=_("How do they feel?"),
        required=False,
        choices=[("", _("– choose –")), *Feeling.choices],
        help_text=_("As their own words tell it. Needed before it counts as validated."),
    )
    good_end = forms.CharField(
        label=_("What ending would be all right for them?"),
        max_length=WHY_LENGTH,
        required=False,
        help_text=_("Needed before it counts as validated."),
    )
    level = forms.ChoiceField(
        label=_("Level"),
        choices=Insight.Level.choices,
        initial=Insight.Level.EXECUTION,
        help_text=_("Strategy shapes what you are; execution shapes how one touchpoint works."),
    )
    parent = forms.ModelChoiceField(
        label=_("Hangs on the strategic insight"), queryset=Insight.objects.none(), required=False
    )
    stage = forms.ModelChoiceField(label=_("Stage"), queryset=Stage.objects.none(), required=False)
    touchpoint = forms.ModelChoiceField(label=_("Touchpoint"), queryset=Touchpoint.objects.none(), required=False)
    shown_by = forms.IntegerField(label=_("So many showed it"), min_value=0, max_value=10_000_000, required=False)
    out_of = forms.IntegerField(label=_("of so many asked"), min_value=0, max_value=10_000_000, required=False)
    unserved = forms.IntegerField(
        label=_("of those who showed it, not served today"),
        min_value=0,
        max_value=10_000_000,
        required=False,
        help_text=_("Ask each: do you get this from us today? It ranks what most want and do not get."),
    )
    review_on = forms.DateField(
        label=_("Look at it again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Left empty: in a year (strategy) or a quarter (execution)."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        strategic = Insight.objects.filter(level=Insight.Level.STRATEGY).exclude(state=Insight.State.RETIRED)
        self.fields["parent"].queryset = strategic
        self.fields["stage"].queryset = Stage.objects.order_by("journey", "position")
        self.fields["touchpoint"].queryset = Touchpoint.objects.filter(is_active=True).select_related("stage")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in _ROWS:
            chosen = data.pop(name, None)
            data[f"{name}_id"] = chosen.pk if chosen else None
        return data


class RetireForm(WorkForm):
    why = forms.CharField(label=_("Why is it true no longer?"), max_length=WHY_LENGTH)


class InsightAdmin(RoomAdmin):
    nothing_here = _("No insights yet. Begin with a quote that surprised you.")
    add_words = _("Write an insight")
    list_display = ("statement", "where", "level_pill", "standing", "borne_out", "common", "review")
    list_display_links = ("statement",)
    list_select_related = ("stage", "touchpoint")
    list_filter = ("state", "level", "stage")
    search_fields = ("want__unaccent", "but__unaccent", "because__unaccent")
    ordering = ("-created_at", "-id")
    sortable_by = ()
    # What the floors above show on one insight's page.
    panels: tuple[Callable[..., str], ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Insight]:
        return counted()

    @display(description=_("insight"))
    def statement(self, insight: Insight) -> str:
        return format_html('<span class="cx-why cx-wide-words">{}</span>', insight)

    @display(description=_("where"))
    def where(self, insight: Insight) -> str:
        return str(insight.touchpoint or insight.stage or "–")

    @display(description=_("level"))
    def level_pill(self, insight: Insight) -> str:
        if insight.level == Insight.Level.EXECUTION and insight.parent_id is None:
            return pill(_("hangs on no strategy"), "warn")
        return pill(insight.get_level_display(), "info" if insight.level == Insight.Level.STRATEGY else "plain")

    @display(description=_("state"))
    def standing(self, insight: Insight) -> str:
        return pill(insight.get_state_display(), TONES[Insight.State(insight.state)])

    @display(description=_("quotes"))
    def borne_out(self, insight: Any) -> str:
        return str(insight.quotes)

    @display(description=_("how common"))
    def common(self, insight: Insight) -> str:
        found = prevalence(insight.shown_by, insight.out_of)
        return _("%(value)s %% of %(n)s") % {"value": floatformat(found.value, 0), "n": found.n} if found else "–"

    @display(description=_("look at it again"))
    def review(self, insight: Insight) -> Any:
        if insight.state == Insight.State.RETIRED:
            return "–"
        late = insight.review_on <= localdate(now())
        return pill(insight.review_on.strftime("%d/%m/%Y"), "warn") if late else insight.review_on

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("needs/", view(self.needs_view), name="journeys_common_needs"),
            path("cite/", view(self.cite_view), name="journeys_insight_cite"),
            path("<path:object_id>/edit/", view(self.edit_view), name="journeys_insight_edit"),
            *super().get_urls(),
        ]

    def needs_view(self, request: HttpRequest) -> HttpResponse:
        """What most customers want and do not get, the most wanted first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        needs, unasked = common_needs()
        return self.page(
            request,
            "admin/journeys/needs.html",
            title=_("Common needs"),
            needs=needs,
            unasked=unasked,
            may_propose=request.user.has_perm("journeys.add_initiative"),
        )

    def cite_view(self, request: HttpRequest) -> HttpResponse:
        """A quote is put beside an insight, from the quote's own page."""
        if not request.user.has_perm("journeys.change_insight"):
            raise PermissionDenied
        if request.method == "POST":
            try:
                insight, quote = (UUID(request.POST.get(name, "")) for name in ("insight", "quote"))
            except ValueError:
                messages.error(request, _("Choose an insight."))
            else:
                try:
                    add_evidence(insight_id=insight, quote_id=quote)
                except DomainError as refusal:
                    messages.error(request, str(refusal))
                else:
                    messages.success(request, _("The quote bears it out now."))
                    return redirect(f"{self.admin_site.name}:journeys_insight_change", insight)
        return redirect(f"{self.admin_site.name}:customers_quote_changelist")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        quote = row_asked(request, "quote", quotes_visible_to(request.user).select_related("customer"))
        above = row_asked(request, "parent", Insight.objects.filter(level=Insight.Level.STRATEGY))
        form = InsightForm(request.POST or None, initial={"parent": above})
        if form.is_valid():
            made = ask(form, lambda **told: write_insight(quote_id=quote.pk if quote else None, **told))
            if made:
                messages.success(request, _("Kept as a hypothesis. Now find who else says it."))
                return redirect(f"{self.admin_site.name}:journeys_insight_change", made.pk)
        return self.page(
            request, "admin/journeys/insight_form.html", title=_("Write an insight"), form=form, quote=quote
        )

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        insight = self.get_object(request, object_id)
        if insight is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, insight):
            raise PermissionDenied
        initial = {name: getattr(insight, name) for name in (*_PARTS, *_ROWS)}
        form = InsightForm(request.POST or None, initial=initial)
        if form.is_valid():
            kept = ask(form, lambda **told: change_insight(insight_id=insight.pk, **told))
            if kept:
                messages.success(request, _("Saved."))
                return redirect(f"{self.admin_site.name}:journeys_insight_change", insight.pk)
        return self.page(request, "admin/journeys/insight_form.html", title=_("Change the insight"), form=form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The sentence, what bears it out, and the two things to do with it: validate and retire."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        insight = self.get_object(request, object_id)
        if insight is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        may_write = self.has_change_permission(request, insight)
        retire = RetireForm(prefix="retire")
        if request.method == "POST":
            if not may_write:
                raise PermissionDenied
            do = request.POST.get("do", "")
            retire = RetireForm(request.POST if do == "retire" else None, prefix="retire")
            if self._done(request, insight, do, retire):
                return redirect(request.path)
        quotes, people = borne_out_by(insight)
        return self.page(
            request,
            "admin/journeys/insight.html",
            title=_("Insight"),
            insight=insight,
            tone=TONES[Insight.State(insight.state)],
            need=need(insight.shown_by, insight.out_of, insight.unserved),
            evidence=list(evidence_of(insight)),
            children=list(insight.children.all()),
            quotes=quotes,
            people=people,
            quotes_needed=max(QUOTES_TO_VALIDATE - quotes, 0),
            people_needed=max(PEOPLE_TO_VALIDATE - people, 0),
            may_be_validated=may_be_validated(quotes, people),
            is_retired=insight.state == Insight.State.RETIRED,
            is_late=insight.review_on <= localdate(now()),
            retire=retire,
            may_write=may_write,
            panels=[panel(request, insight) for panel in self.panels],
        )

    def _done(self, request: HttpRequest, insight: Insight, do: str, retire: RetireForm) -> bool:
        try:
            if do == "validate":
                validate_insight(insight_id=insight.pk)
                messages.success(request, _("Validated: customers' own words bear it out."))
            elif do == "remove":
                remove_evidence(insight_id=insight.pk, quote_id=UUID(request.POST.get("quote", "")))
                messages.success(request, _("Taken away."))
            elif do == "retire":
                if not (retire.is_valid() and ask(retire, lambda why: retire_insight(insight_id=insight.pk, why=why))):
                    return False
                messages.success(request, _("Retired. It stays in the records."))
        except ValueError:
            messages.error(request, _("Choose a quote."))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return True


def quote_panel(request: HttpRequest, quote: Quote) -> str:
    """What rests on a quote, and what else it could bear out."""
    if not request.user.has_perm("journeys.view_insight"):
        return ""
    cited = list(insights_of(quote))
    others = Insight.objects.exclude(pk__in=[insight.pk for insight in cited]).exclude(state=Insight.State.RETIRED)
    context = {
        "quote": quote,
        "cited": cited,
        "others": list(others[:200]),
        "may_write": request.user.has_perm("journeys.change_insight"),
    }
    return render_to_string("admin/journeys/quote_panel.html", context, request)
