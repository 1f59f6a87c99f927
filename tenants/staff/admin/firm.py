"""Pages of the firm's own row, its departments, branches and absences."""

from typing import Any

from django import forms
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminColorInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cxcrm.core.admin.base import SettingAdmin
from cxcrm.core.admin.fields import AmountField
from cxcrm.core.admin.html import pill
from cxcrm.core.clock import now
from tenants.services.plans import current_use
from tenants.staff.models import Absence, Branch, Department, Firm, User
from tenants.staff.selectors.firm import currency, the_firm
from tenants.staff.services import configuration
from tenants.staff.services.configuration import time_zones


class FirmAdmin(SettingAdmin):
    """One row, so the list leads straight to it."""

    exports = False
    fieldsets = (
        (_("Who we are"), {"fields": (("name", "brand"), ("phone", "reply_to"), "colour")}),
        (_("How we speak"), {"fields": (("language", "formal"), "self_pronoun")}),
        (_("Who decides"), {"fields": (("chief", "default_executive"),)}),
        (
            _("What may be granted alone"),
            {
                "fields": (("manager_limit", "executive_limit"), ("brand_steward_limit", "agent_limit")),
                "description": _(
                    "The largest compensation somebody of each role may grant a customer without asking. A limit of "
                    "their own, on the person's page, counts instead. Owners have no limit; empty is nothing."
                ),
            },
        ),
        (_("Where we are"), {"fields": (("country", "currency"), "time_zone")}),
        (_("What comes late"), {"fields": (("late_surveys", "late_survey_hours"),)}),
        (_("Questions of customers"), {"fields": ("has_community",)}),
        (_("How we log in"), {"fields": ("second_factor",)}),
    )
    autocomplete_fields = ("chief", "default_executive")
    formfield_overrides = {
        models.DecimalField: {"form_class": AmountField, "widget": UnfoldAdminTextInputWidget, "currency": currency}
    }
    change_form_outer_after_template = "admin/plan_card.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        shown = {"uses": current_use()} if self.has_change_permission(request) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        return redirect(f"{self.admin_site.name}:staff_firm_change", the_firm().pk)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "colour":
            kwargs["widget"] = UnfoldAdminColorInputWidget
        choices = {"language": User.Language.choices, "time_zone": [(zone, zone) for zone in time_zones()]}
        if db_field.name in choices:
            return forms.ChoiceField(
                label=capfirst(db_field.verbose_name), choices=choices[db_field.name], widget=UnfoldAdminSelectWidget
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_setting(self, row: Firm, form: ModelForm, change: bool) -> None:
        configuration.save_firm(firm=row)


class DepartmentAdmin(SettingAdmin):
    list_display = ("name", "lead", "handler")
    list_select_related = ("lead", "handler")
    search_fields = ("name",)
    fields = ("name", "lead", "handler", "is_customer_care")
    autocomplete_fields = ("lead", "handler")

    def save_setting(self, row: Department, form: ModelForm, change: bool) -> None:
        configuration.save_department(department=row)


class BranchAdmin(SettingAdmin):
    list_display = ("name", "address", "province", "manager", "is_active")
    list_select_related = ("manager",)
    list_filter = ("is_active",)
    search_fields = ("name", "province")
    fields = ("name", ("address", "province"), "manager", "is_active")
    change_form_outer_before_template = "admin/staff/branch_leads.html"
    autocomplete_fields = ("manager",)

    def save_setting(self, row: Branch, form: ModelForm, change: bool) -> None:
        configuration.save_branch(branch=row)


class AbsenceAdmin(SettingAdmin):
    removable = True
    list_display = ("user", "starts_on", "ends_on", "deputy", "when")
    list_select_related = ("user", "deputy")
    search_fields = ("user__full_name",)
    fields = ("user", ("starts_on", "ends_on"), "deputy")
    autocomplete_fields = ("user", "deputy")

    @display(description=_("when"))
    def when(self, absence: Absence) -> str:
        today = timezone.localdate(now())
        if absence.ends_on < today:
            return pill(_("past"))
        return pill(_("to come"), "info") if absence.starts_on > today else pill(_("away now"), "warn")

    def save_setting(self, row: Absence, form: ModelForm, change: bool) -> None:
        configuration.save_absence(absence=row)

    def remove_setting(self, row: Absence) -> None:
        configuration.remove_absence(absence=row)
