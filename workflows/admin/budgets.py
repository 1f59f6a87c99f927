"""The budget for the experience: the last quarters side by side, and one quarter to be said or put right."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.base import RoomAdmin
from cxcrm.core.admin.fields import AmountField
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask
from cxcrm.core.money import money
from cxcrm.core.once import reading_once
from journeys.logic.months import months_after, quarter_of
from journeys.wording import quarter_name
from tenants.staff.selectors.firm import currency, firm_today
from workflows.models import CxBudget
from workflows.selectors.budgets import AMOUNTS, PURPOSES, Budgets, QuarterSpending, budgets_for
from workflows.selectors.quarter_board import board_of
from workflows.services.budgets import save_budget

# Before this quarter and after it, in quarters.
_OFFERED = (-4, 4)
_BOARD = "workflows_cxbudget_board"


def _amount(label: Any) -> AmountField:
    return AmountField(label=label, max_digits=14, decimal_places=2, currency=currency, required=False)


class BudgetForm(WorkForm):
    """Three purposes, planned and spent."""

    quarter = forms.TypedChoiceField(label=_("Quarter"), coerce=date.fromisoformat)
    listening_planned = _amount(_("Listening, planned"))
    listening_spent = _amount(_("Listening, spent"))
    fixing_planned = _amount(_("Fixing, planned"))
    fixing_spent = _amount(_("Fixing, spent"))
    training_planned = _amount(_("Training, planned"))
    training_spent = _amount(_("Training, spent"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = quarter_of(firm_today())
        days = [months_after(this, 3 * number) for number in range(_OFFERED[0], _OFFERED[1] + 1)]
        self.fields["quarter"].choices = [(day.isoformat(), quarter_name(day)) for day in reversed(days)]


class CxBudgetAdmin(RoomAdmin):
    """One row a quarter; the list is the page."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():  # the firm stands in every corner
            return self._page(request).render()

    def get_urls(self) -> list[Any]:
        return [path("board/", self.admin_site.admin_view(self.board_view), name=_BOARD), *super().get_urls()]

    def board_view(self, request: HttpRequest) -> HttpResponse:
        """The quarter the address names, or this one, as the board needs it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            board = board_of(_day(request.GET.get("quarter", "")), request.user, firm_today())
            before = months_after(board.quarter, -3)
            return self.page(
                request,
                "admin/workflows/quarter_board.html",
                title=_("The board, %(quarter)s") % {"quarter": quarter_name(board.quarter)},
                board=board,
                row=_row(board.spending, Budgets([], 0, 0), currency()),
                before=before,
                name=quarter_name(board.quarter),
                last=quarter_name(before),
                may_decide=request.user.has_perm("journeys.add_decision"),
            ).render()

    def _page(self, request: HttpRequest) -> TemplateResponse:
        found, unit = budgets_for(request.user, firm_today()), currency()
        told = [one for one in found.quarters if one.is_told or one.quarter >= quarter_of(firm_today())]
        return self.page(
            request,
            "admin/workflows/budgets.html",
            title=_("Budget for the experience"),
            found=found,
            purposes=PURPOSES.values(),
            rows=[_row(one, found, unit) for one in told],
            is_short=len(told) < len(found.quarters),
            may_write=self.has_add_permission(request),
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """One quarter, the one the address names or this one; what was said of it stands in its boxes."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        day = _day(request.GET.get("quarter", ""))
        known = CxBudget.objects.filter(quarter=day).first()
        initial = {"quarter": day.isoformat()}
        if known is not None:
            initial |= {name: getattr(known, name) for name in (*AMOUNTS, "note")}
        form = BudgetForm(request.POST or None, initial=initial)
        if form.is_valid() and ask(form, save_budget):
            messages.success(request, _("Kept. It stands beside the other quarters."))
            return redirect(f"{self.admin_site.name}:workflows_cxbudget_changelist")
        return self.page(
            request,
            "admin/form_page.html",
            title=_("Budget for the experience"),
            intro=_(
                "In %(currency)s. Leave empty what is not known yet; money granted to customers is counted by itself."
            )
            % {"currency": currency()},
            form=form,
            button=_("Save"),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return redirect(f"{self.admin_site.name}:workflows_cxbudget_changelist")


def _day(text: str) -> date:
    """The first day of the quarter the address names; of this one for none and for nonsense."""
    try:
        return quarter_of(date.fromisoformat(text))
    except ValueError:
        return quarter_of(firm_today())


def _row(one: QuarterSpending, found: Budgets, unit: str) -> dict[str, Any]:
    def said(amount: Decimal | None) -> str:
        return "" if amount is None else money(amount, unit)

    def each(count: int) -> str:
        if one.spent is None or not count:
            return ""
        return money((one.spent / count).quantize(Decimal(1) if unit == "VND" else Decimal("0.01")), unit)

    return {
        "one": one,
        "name": quarter_name(one.quarter),
        "purposes": [
            (PURPOSES[code], said(spending.planned), said(spending.spent)) for code, spending in one.purposes.items()
        ],
        "planned": said(one.planned),
        "spent": said(one.spent),
        "granted": money(one.granted, unit) if one.granted else "",
        "each_customer": each(found.customers),
        "each_person": each(found.people),
    }
