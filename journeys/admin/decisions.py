"""The decision log: how many decisions rest on what customers said, one decision, and looking back at it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
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
from journeys.admin.viewpoint import one_sided, viewpoint_field
from journeys.logic import checklists
from journeys.models import Decision, Insight
from journeys.selectors.decisions import customer_based_rate
from journeys.selectors.time_figures import figures_around, stretches_of
from journeys.services.decisions import log_decision, look_back
from journeys.wording import CHECKLIST, MARKS
from tenants.staff.models import User

QUOTES_OFFERED = 100
FIGURE_TONES = {"few": "plain", "same": "plain", "better": "good", "worse": "bad"}
TONES = {Decision.Basis.CUSTOMER_EVIDENCE: "good", Decision.Basis.REGULATION: "info"}


class QuotesField(forms.ModelMultipleChoiceField):
    """Quotes with who said them."""

    def label_from_instance(self, quote: Any) -> str:
        return f"“{quote.text}” – {quote.customer}"


class DecisionForm(WorkForm):
    """Who are they, what do they need, and only then what was decided."""

    kind = forms.ChoiceField(label=_("What kind of decision?"), choices=Decision.Kind.choices)
    topic = forms.CharField(label=_("What was decided?"), max_length=200)
    who_they_are = forms.CharField(label=_("Who are they, the customers it is for?"), max_length=200, required=False)
    what_they_need = forms.CharField(label=_("What do they need?"), max_length=300, required=False)
    basis = forms.ChoiceField(label=_("Decided on the ground of"), choices=Decision.Basis.choices)
    quotes = QuotesField(
        label=_("Quotes it rests on"),
        queryset=Quote.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    insight = forms.ModelChoiceField(label=_("Insight"), queryset=Insight.objects.none(), required=False)
    effect_on_customers = forms.CharField(
        label=_("What it means for customers"),
        max_length=300,
        required=False,
        help_text=_("Asked for when it saves cost: what they expect may be worn away."),
    )
    effect_on_staff = forms.CharField(label=_("What it means for staff"), max_length=300, required=False)
    viewpoint = viewpoint_field()
    decider = forms.ModelChoiceField(label=_("Decided by"), queryset=User.objects.none())
    decided_on = forms.DateField(
        label=_("Decided on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    check_back_on = forms.DateField(
        label=_("Look back on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Left empty: in 60 days where it saves cost, else in 90."),
    )

    def __init__(self, *args: Any, kind: str, quote: Quote | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = checklists.LINES.get(kind, ())
        if kind == Decision.Kind.COST_CUT:
            self.fields["effect_on_customers"].required = self.fields["effect_on_staff"].required = True
        for code in self.lines:
            field = forms.TypedChoiceField(
                label=CHECKLIST[code], choices=MARKS, coerce=int, empty_value=None, required=False
            )
            self.fields[f"mark_{code}"] = field
        latest = list(Quote.objects.order_by("-said_at", "-pk").values_list("pk", flat=True)[:QUOTES_OFFERED])
        wanted = {*latest, *((quote.pk,) if quote else ())}
        self.fields["quotes"].queryset = Quote.objects.filter(pk__in=wanted).select_related("customer")
        self.fields["insight"].queryset = Insight.objects.exclude(state=Insight.State.RETIRED)
        self.fields["decider"].queryset = User.objects.working()

    @property
    def checklist(self) -> list[Any]:
        """The boxes of the kind's own lines."""
        return [self[f"mark_{code}"] for code in self.lines]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        marks = [data.pop(f"mark_{code}", None) for code in self.lines]
        quotes, insight, decider = (data.pop(name, None) for name in ("quotes", "insight", "decider"))
        return {
            **data,
            "marks": marks,
            "quote_ids": [quote.pk for quote in quotes or ()],
            "insight_id": insight.pk if insight else None,
            "decider_id": decider.pk if decider else None,
        }


class LookBackForm(WorkForm):
    outcome = forms.ChoiceField(label=_("What came of it?"), choices=Decision.Outcome.choices)
    learning = forms.CharField(label=_("What did we learn?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class DecisionAdmin(RoomAdmin):
    nothing_here = _("No decisions yet. Log the next one with what customers said about it.")
    add_words = _("Log a decision")
    list_display = ("topic", "ground", "kind", "decider", "decided_on", "standing")
    list_select_related = ("decider",)
    list_filter = ("basis", "kind", "viewpoint", "decider")
    search_fields = ("topic__unaccent", "learning__unaccent")
    ordering = ("-decided_on", "-id")
    sortable_by = ("decided_on",)
    list_before_template = "admin/journeys/decisions_top.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was decided stays as it was written; looking back is done on its page."""
        return False

    @display(description=_("decided on the ground of"))
    def ground(self, decision: Decision) -> str:
        ground = pill(decision.get_basis_display(), TONES.get(Decision.Basis(decision.basis), "warn"))
        return format_html("{} {}", ground, one_sided(decision))

    @display(description=_("to be looked back at"))
    def standing(self, decision: Decision) -> Any:
        if decision.checked_at:
            return pill(decision.get_outcome_display(), "bad" if decision.outcome == "worse" else "good")
        late = decision.check_back_on <= localdate(now())
        return pill(decision.check_back_on.strftime("%d/%m/%Y"), "warn" if late else "plain")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        rate = customer_based_rate(localdate(now()))
        basis = [
            (label, rate.by_basis.get(code, 0), round(100 * rate.by_basis.get(code, 0) / rate.n) if rate.n else 0)
            for code, label in Decision.Basis.choices
        ]
        one_sided_share = round(100 * rate.one_sided / rate.n) if rate.n else 0
        context = {"rate": rate, "basis": basis, "one_sided": one_sided_share}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        quote = row_asked(request, "quote", quotes_visible_to(request.user))
        kind = request.POST.get("kind") or request.GET.get("kind", "")
        kind = kind if kind in Decision.Kind.values else Decision.Kind.GENERAL
        initial = {
            "kind": kind,
            "decider": request.user.pk,
            "decided_on": localdate(now()),
            "quotes": [quote.pk] if quote else [],
            "basis": Decision.Basis.CUSTOMER_EVIDENCE,
        }
        form = DecisionForm(request.POST or None, initial=initial, kind=kind, quote=quote)
        if form.is_valid():
            made = ask(form, log_decision)
            if made:
                messages.success(request, _("Logged. On the day you named, look back at what came of it."))
                return redirect(f"{self.admin_site.name}:journeys_decision_change", made.pk)
        return self.page(
            request,
            "admin/journeys/decision_form.html",
            title=_("Log a decision"),
            form=form,
            kinds=Decision.Kind.choices,
            kind=kind,
            quote=quote,
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        decision = self.get_object(request, object_id)
        if decision is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        may_write = request.user.has_perm("journeys.change_decision")
        form = LookBackForm(request.POST or None)
        if request.method == "POST":
            if not may_write:
                raise PermissionDenied
            if form.is_valid() and ask(form, lambda **told: look_back(decision_id=decision.pk, **told)):
                messages.success(request, _("Noted. What was learned stays with the decision."))
                return redirect(request.path)
        marks = zip(checklists.LINES.get(decision.kind, ()), decision.marks, strict=False)
        return self.page(
            request,
            "admin/journeys/decision.html",
            title=_("Decision"),
            decision=decision,
            tone=TONES.get(Decision.Basis(decision.basis), "warn"),
            evidence=list(decision.evidence.select_related("quote__customer")),
            marks=[(CHECKLIST[code], mark) for code, mark in marks if mark is not None],
            score=checklists.score(decision.kind, decision.marks),
            stretches=stretches_of(decision),
            figures=[(one, FIGURE_TONES[one.verdict]) for one in figures_around(request.user, decision)],
            is_due=decision.checked_at is None and decision.check_back_on <= localdate(now()),
            form=form,
            may_write=may_write,
        )
