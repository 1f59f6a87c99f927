"""Causes that come back: what is asked of whom, the cases behind it, and making an initiative of it in one tap."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from cxcrm.core.admin.working import ask
from cxcrm.core.clock import now
from cxcrm.core.errors import DomainError
from workflows.admin.change_requests import may_ask
from workflows.models import CauseProposal
from workflows.selectors.causes import (
    cases_of,
    counts_by_cause,
    proposals_visible_to,
    quotes_from,
)
from workflows.selectors.people import may_act_for
from workflows.services.causes import BECAUSE, leave_cause, take_up_cause

CAUSE_TONES = {"waiting": "warn", "taken": "good", "rejected": "plain"}
CASES_SHOWN = 20
# Causes above the list: the ones that make up most of the cases.
CAUSES_SHOWN = 8


class LeaveForm(WorkForm):
    because = forms.CharField(
        label=_("Why not now?"),
        max_length=BECAUSE,
        help_text=_("Nobody is asked again until the cause has come back another three times."),
    )


class CauseProposalAdmin(ReadOnlyAdmin):
    nothing_here = _("No cause has come back often enough. One does with three cases in 30 days.")
    list_display = ("cause_shown", "often", "owner", "standing", "created_at")
    list_display_links = ("cause_shown",)
    list_select_related = ("root_cause__parent", "touchpoint", "owner")
    list_filter = ("state", "owner")
    search_fields = ("root_cause__name__unaccent", "root_cause__name_en")
    sortable_by = ("created_at",)
    list_before_template = "admin/workflows/causes_top.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CauseProposal]:
        return proposals_visible_to(request.user)

    @display(description=_("root cause"))
    def cause_shown(self, proposal: CauseProposal) -> str:
        where = proposal.touchpoint or ""
        return format_html('<b class="cx-name">{}</b><br><span class="cx-quiet">{}</span>', proposal, where)

    @display(description=_("cases in 30 days"))
    def often(self, proposal: CauseProposal) -> str:
        return format_html('{} <span class="cx-quiet">{} %</span>', proposal.counted, proposal.percent)

    @display(description=_("state"))
    def standing(self, proposal: CauseProposal) -> str:
        return pill(proposal.get_state_display(), CAUSE_TONES[proposal.state])

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        counts = counts_by_cause(request.user, now())
        context = {
            "causes": [(one, CAUSE_TONES[one.standing.state] if one.standing else "") for one in counts[:CAUSES_SHOWN]],
            "cases": counts[0].of if counts else 0,
            "is_part": not request.user.reaches_firm,
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What came back, where, in which cases; and what is to be done about it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        proposal = self.get_object(request, object_id)
        if proposal is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        decides = may_act_for(request.user, proposal.owner_id)
        do = request.POST.get("do", "")
        form = LeaveForm(request.POST if do == "leave" else None)
        if request.method == "POST":
            if not decides:
                raise PermissionDenied
            if do == "take":
                return self._take_up(request, proposal)
            if form.is_valid() and ask(form, lambda **told: leave_cause(proposal_id=proposal.pk, **told)):
                messages.success(request, _("Noted. The reason stays with it."))
                return redirect(request.path)
            proposal.refresh_from_db()
        cases = cases_of(proposal, request.user)
        return self.page(
            request,
            "admin/workflows/cause.html",
            title=str(proposal),
            proposal=proposal,
            tone=CAUSE_TONES[proposal.state],
            cases=list(cases[:CASES_SHOWN]),
            seen=cases.count(),
            n=proposal.cases.count(),
            quotes=quotes_from(proposal).count(),
            decides=decides and proposal.state == CauseProposal.State.WAITING,
            form=form,
            asks_changes=may_ask(request),
        )

    def _take_up(self, request: HttpRequest, proposal: CauseProposal) -> HttpResponse:
        try:
            taken = take_up_cause(proposal_id=proposal.pk)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        messages.success(request, _("It is a draft initiative now. Say what changes, who gains and what it costs."))
        return redirect(page_of("admin:journeys_initiative_change", str(taken.initiative_id)))
