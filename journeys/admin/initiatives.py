"""Initiatives: ordered by what is worth doing first, and one with its gates, its effects, its costs and its end."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.formats import localize, number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.html import cell, pill
from cxcrm.core.admin.working import ask, row_asked, show_refusal
from cxcrm.core.errors import DomainError
from cxcrm.core.money import money
from journeys.admin.initiative_forms import (
    BecauseForm,
    BrandMarksForm,
    EndForm,
    GuardrailForm,
    InitiativeForm,
    effects_told,
    initial_of,
    measured_told,
)
from journeys.admin.viewpoint import one_sided
from journeys.logic import fit
from journeys.models import Initiative, Insight
from journeys.selectors.initiatives import (
    arbitrary_share,
    by_order_of_work,
    case_of,
    costs_of,
    grounds_of,
    lines_of,
    missing_of,
)
from journeys.services import initiatives as services
from journeys.wording import ALARMS, BANDS, BRAND_CHECKS, GATE_RULES, GATES, MISSING, SIZES
from tenants.staff.selectors.firm import currency
from tenants.staff.selectors.stewardship import may_lead

TONES = {fit.Band.FITS: "good", fit.Band.ADJUST: "warn", fit.Band.UNFIT: "bad"}
STATE_TONES = {"running": "info", "approved": "good", "declined": "bad", "ended": "plain"}


class InitiativeAdmin(RoomAdmin):
    nothing_here = _("No initiatives yet. Begin with an insight that many customers share.")
    add_words = _("Propose an initiative")
    list_display = ("name_shown", "standing", "fit_shown", "gates_shown", "owner", "order")
    list_display_links = ("name_shown",)
    list_select_related = ("owner", "touchpoint")
    list_filter = ("state", "changes", "viewpoint", "owner")
    search_fields = ("name__unaccent", "what__unaccent")
    sortable_by = ()
    list_before_template = "admin/journeys/initiatives_top.html"
    # What the floors above show on one initiative's page.
    panels: tuple[Callable[..., str], ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Initiative]:
        return by_order_of_work()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("-passes", "-rice", "-fit", "-pk")

    @display(description=_("initiative"))
    def name_shown(self, initiative: Initiative) -> str:
        where = initiative.touchpoint or ""
        return format_html(
            '<b class="cx-name">{}</b> {}<br><span class="cx-quiet">{}</span>',
            initiative.name,
            one_sided(initiative),
            where,
        )

    @display(description=_("state"))
    def standing(self, initiative: Initiative) -> str:
        return pill(initiative.get_state_display(), STATE_TONES.get(initiative.state, "warn"))

    @display(description=_("fit"))
    def fit_shown(self, initiative: Initiative) -> str:
        if initiative.state == Initiative.State.DRAFT and not initiative.fit:
            return pill(_("not scored yet"))
        found = fit.band(float(initiative.fit))
        return cell(format_html("{} {}", localize(initiative.fit), pill(BANDS[found], TONES[found])))

    @display(description=_("gates not passed"))
    def gates_shown(self, initiative: Initiative) -> str:
        if not initiative.failed:
            return pill(_("all passed"), "good")
        return ", ".join(str(GATES[gate]) for gate in initiative.failed)

    @display(description=_("priority score"))
    def order(self, initiative: Initiative) -> str:
        return (
            "–"
            if initiative.rice is None or initiative.failed
            else number_format(round(initiative.rice), force_grouping=True)
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        whims, everything = arbitrary_share()
        return super().changelist_view(request, {"whims": whims, "everything": everything, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        edit = path(
            "<path:object_id>/edit/", self.admin_site.admin_view(self.edit_view), name="journeys_initiative_edit"
        )
        return [edit, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        insight = row_asked(request, "insight", Insight.objects)
        form = InitiativeForm(request.POST or None, initial={"owner": request.user.pk, "impact": "1"})
        if form.is_valid():
            made = ask(
                form,
                lambda **told: services.draft_initiative(insight_id=insight.pk if insight else None, **told),
            )
            if made:
                messages.success(request, _("Drafted. Now say who gains, who loses, and what it costs."))
                return redirect(f"{self.admin_site.name}:journeys_initiative_change", made.pk)
        return self.page(
            request, "admin/journeys/initiative_form.html", title=_("Propose an initiative"), form=form, insight=insight
        )

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        initiative = self.get_object(request, object_id)
        if initiative is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, initiative):
            raise PermissionDenied
        form = InitiativeForm(request.POST or None, initial=initial_of(initiative))
        if form.is_valid():
            kept = ask(form, lambda **told: services.change_initiative(initiative_id=initiative.pk, **told))
            if kept:
                messages.success(request, _("Saved."))
                return redirect(f"{self.admin_site.name}:journeys_initiative_change", initiative.pk)
        return self.page(
            request,
            "admin/journeys/initiative_form.html",
            title=_("Change the initiative"),
            form=form,
            initiative=initiative,
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Everything about one on one page; what may be done next depends on its state and on who reads."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        initiative = self.get_object(request, object_id)
        if initiative is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        may_write = self.has_change_permission(request, initiative)
        do = request.POST.get("do", "")

        def told(*acts: str) -> Any:
            return request.POST if do in acts else None

        reason = (
            _("A gate is not passed. Lead past it only with a reason:")
            if initiative.failed
            else _("Reason (needed to decline)")
        )
        forms: dict[str, Any] = {
            "brand": BrandMarksForm(told("sign"), initiative=initiative),
            "guard": GuardrailForm(told("guard")),
            "end": EndForm(told("end")),
            "decide": BecauseForm(told("approve", "decline"), label=reason),
            "back": BecauseForm(told("send_back"), label=_("What should be different?"), auto_id="back_%s"),
        }
        if request.method == "POST":
            if not may_write:
                raise PermissionDenied
            if self._done(request, initiative, do, forms):
                return redirect(request.path)
            initiative.refresh_from_db()
        lines, grounds = lines_of(initiative), grounds_of(initiative)
        case = case_of(initiative, lines, grounds)
        score, failed = fit.fit_score(case), fit.failed_gates(case)
        is_open = initiative.state in ("draft", "proposed")
        return self.page(
            request,
            "admin/journeys/initiative.html",
            title=initiative.name,
            initiative=initiative,
            state_tone=STATE_TONES.get(initiative.state, "warn"),
            lines=lines,
            sizes=SIZES,
            grounds=grounds,
            insights=[link.insight for link in initiative.insights.select_related("insight")],
            other_insights=list(
                Insight.objects.exclude(state=Insight.State.RETIRED).exclude(initiatives__initiative=initiative)[:200]
            )
            if is_open
            else [],
            score=round(score, 1),
            band=BANDS[fit.band(score)],
            band_tone=TONES[fit.band(score)],
            gates=[(GATES[gate], GATE_RULES[gate], gate not in failed) for gate in fit.Gate],
            failed=failed,
            alarms=[ALARMS[alarm] for alarm in fit.alarms(case)],
            missing=[MISSING[code] for code in missing_of(initiative, lines, grounds)],
            card=_cost_card(initiative, case),
            brand_lines=list(zip(BRAND_CHECKS, initiative.marks, strict=False)),
            guardrails=list(initiative.guardrails.select_related("touchpoint")),
            is_open=is_open,
            may_write=may_write,
            may_sign=may_write and may_lead(request.user),
            may_decide=may_write and request.user.role in services.DECIDERS,
            panels=[panel(request, initiative) for panel in self.panels],
            **forms,
        )

    def _done(self, request: HttpRequest, initiative: Initiative, do: str, forms: dict[str, Any]) -> bool:
        """Carry out one of the page's acts; False shows the page again with what was refused."""
        ident, post = initiative.pk, request.POST
        form: Form | None = {
            "sign": forms["brand"],
            "guard": forms["guard"],
            "end": forms["end"],
            # Whoever may not decide has no form to see a refusal on.
            **dict.fromkeys(
                ("approve", "decline"), forms["decide"] if request.user.role in services.DECIDERS else None
            ),
            "send_back": forms["back"] if may_lead(request.user) else None,
        }.get(do)
        acts: dict[str, tuple[Callable[[], Any], Any]] = {
            "effects": (
                lambda: services.set_effects(initiative_id=ident, effects=effects_told(post)),
                _("Saved."),
            ),
            "insight": (
                lambda: services.answer_insight(initiative_id=ident, insight_id=UUID(post.get("insight", ""))),
                _("Noted."),
            ),
            "guard": (
                lambda: services.add_guardrail(initiative_id=ident, **forms["guard"].told()),
                _("The guardrail is set."),
            ),
            "sign": (
                lambda: services.sign_brand(initiative_id=ident, marks=forms["brand"].marks()),
                _("Signed for the brand."),
            ),
            "send_back": (
                lambda: services.send_back_initiative(initiative_id=ident, because=post.get("because", "")),
                _("Sent back. Whoever proposed it is told why."),
            ),
            "propose": (
                lambda: services.propose_initiative(initiative_id=ident),
                _("Proposed. The executives decide now."),
            ),
            "approve": (
                lambda: services.approve_initiative(initiative_id=ident, because=post.get("because", "")),
                _("Approved."),
            ),
            "decline": (
                lambda: services.decline_initiative(initiative_id=ident, because=post.get("because", "")),
                _("Declined; the reason stays with it."),
            ),
            "launch": (
                lambda: services.launch_initiative(initiative_id=ident),
                _("It runs from today. Its guardrails are watched."),
            ),
            "measured": (
                lambda: services.measure_effects(initiative_id=ident, measured=measured_told(post)),
                _("What was measured stands for what was expected now."),
            ),
            "end": (
                lambda: services.end_initiative(initiative_id=ident, **forms["end"].cleaned_data),
                _("Ended. What was learned stays."),
            ),
        }
        if do not in acts or (form is not None and not form.is_valid()):
            return False
        call, said = acts[do]
        try:
            call()
        except DomainError as refusal:
            if form is None:
                messages.error(request, str(refusal))
                return True
            show_refusal(form, refusal)
            return False
        except ValueError:
            messages.error(request, _("Please choose one of the values offered."))
            return True
        messages.success(request, said)
        return True


def _cost_card(initiative: Initiative, case: fit.Case) -> dict[str, Any]:
    """What it costs, in money and in what prices would have to rise by (domain.md §1, 1.8)."""
    costs, unit = costs_of(initiative), currency()
    monthly = fit.monthly_cost(**costs)
    served = (initiative.reach or 0) / 3
    rise = fit.price_rise(**costs, revenue=float(initiative.revenue or 0))
    return {
        "monthly": money(Decimal(f"{monthly:.2f}"), unit) if monthly else "",
        "per_customer": money(Decimal(f"{monthly / served:.2f}"), unit) if monthly and served else "",
        "burden": None if case.burden is None else round(100 * case.burden, 1),
        "is_heavy": case.burden is not None and case.burden > fit.BURDEN_TO,
        "price_rise": None if rise is None else round(100 * rise, 1),
        "capacity": initiative.capacity,
        **_gains(initiative, monthly),
    }


def _gains(initiative: Initiative, monthly: float) -> dict[str, Any]:
    """What it should bring a month, in its three parts and together, and what is left after its cost (0.13)."""
    told = [(initiative._meta.get_field(name).verbose_name, getattr(initiative, name)) for name in services.GAINS]
    parts = [(label, amount) for label, amount in told if amount is not None]
    whole, unit = sum(amount for _label, amount in parts), currency()
    left = whole - Decimal(f"{monthly:.2f}")
    return {
        "gains": [(label, money(amount, unit)) for label, amount in parts],
        "gain": money(Decimal(whole), unit) if parts else "",
        "left": money(left, unit) if parts and monthly else "",
        "loses": bool(parts) and left < 0,
    }
