"""Set-up pages of solving: root causes, remedies, reply templates."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from cxcrm.core.admin.base import SettingAdmin
from cxcrm.core.admin.fields import AmountField
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask
from cxcrm.core.money import money
from feedback.logic.placeholders import REPLY
from feedback.models import Remedy, ReplyTemplate, RootCause
from feedback.services import configuration
from feedback.services.causes import merge_root_causes
from feedback.services.reply_templates import remove_reply_template, save_reply_template
from tenants.staff.admin.wording import WordedAdmin
from tenants.staff.selectors.firm import currency, the_firm


class MergeForm(WorkForm):
    into = forms.ModelChoiceField(label=_("Into which?"), queryset=RootCause.objects.none())

    def __init__(self, *args: Any, cause: RootCause, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = (
            RootCause.objects.filter(is_active=True).exclude(pk=cause.pk).select_related("parent")
        )

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        return data if self.errors else {"into_id": data["into"].pk}


class RootCauseAdmin(WordedAdmin):
    list_display = ("__str__", "parent", "is_active")
    list_select_related = ("parent",)
    list_filter = ("is_active",)
    search_fields = ("name", "name_en")
    fields = ("parent", ("name", "name_en"), "is_active")
    actions_detail = ("merge",)

    @action(description=_("Merge into another"), icon="merge", permissions=["change"])
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Two causes turn out to be one: its cases move, and this one is retired."""
        cause = get_object_or_404(RootCause.objects.select_related("parent"), pk=object_id)
        form = MergeForm(request.POST or None, cause=cause)
        if form.is_valid():
            into = ask(form, partial(merge_root_causes, cause_id=cause.pk))
            if into:
                messages.success(request, _("All cases stand under “%(cause)s” now.") % {"cause": into})
                return redirect(f"{self.admin_site.name}:feedback_rootcause_change", into.pk)
        return self.page(
            request,
            "admin/form_page.html",
            title=_("Merge a root cause"),
            intro=_("The cases of “%(cause)s” move to the one you choose, and it is no longer offered.")
            % {"cause": cause},
            form=form,
            button=_("Merge"),
        )

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "parent":
            kwargs["queryset"] = RootCause.objects.filter(parent=None)
            kwargs["empty_label"] = _("(a group of its own)")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_setting(self, row: RootCause, form: ModelForm, change: bool) -> None:
        configuration.save_root_cause(root_cause=row)


class RemedyAdmin(WordedAdmin):
    list_display = ("said", "touchpoint", "price", "is_recommended", "position", "is_active")
    list_select_related = ("touchpoint",)
    list_filter = ("is_active", "touchpoint")
    search_fields = ("name", "name_en")
    fields = (("name", "name_en"), ("touchpoint", "cost"), ("position", "is_recommended"), "is_active")
    formfield_overrides = {
        models.DecimalField: {"form_class": AmountField, "widget": UnfoldAdminTextInputWidget, "currency": currency}
    }

    @display(description=_("what is done"), ordering="name")
    def said(self, remedy: Remedy) -> str:
        return str(remedy)

    @display(description=_("cost"), ordering="cost")
    def price(self, remedy: Remedy) -> str:
        return money(remedy.cost, the_firm().currency) if remedy.cost else str(_("no cost"))

    def save_setting(self, row: Remedy, form: ModelForm, change: bool) -> None:
        configuration.save_remedy(remedy=row)


class ReplyTemplateForm(forms.ModelForm):
    class Meta:
        model = ReplyTemplate
        fields = ("name", "language", "text", "touchpoint", "severity", "position", "is_active")
        widgets = {"text": UnfoldAdminTextareaWidget(attrs={"rows": 12})}
        help_texts = {
            "text": format_lazy(
                "{} {}",
                _("Filled in when it is inserted; what is not known gets neutral words:"),
                " ".join(f"{{{{{name}}}}}" for name in REPLY),
            )
        }


class ReplyTemplateAdmin(SettingAdmin):
    form = ReplyTemplateForm
    removable = True
    list_display = ("name", "language", "touchpoint", "severity", "position", "is_active")
    list_select_related = ("touchpoint",)
    list_filter = ("language", "is_active", "severity")
    search_fields = ("name", "text")
    fields = (("name", "language"), "text", "waiting", ("touchpoint", "severity"), ("position", "is_active"))
    readonly_fields = ("waiting",)

    @display(description=_("waits for the brand steward"))
    def waiting(self, row: ReplyTemplate) -> str:
        return format_html('<span class="cx-mail">{}</span>', row.proposed_text) if row.proposed_text else "–"

    def save_setting(self, row: ReplyTemplate, form: ModelForm, change: bool) -> None:
        save_reply_template(template=row)

    def save_model(self, request: HttpRequest, obj: ReplyTemplate, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if obj.proposed_text:
            messages.info(request, _("The new words wait for the brand steward, who answers within two working days."))

    def remove_setting(self, row: ReplyTemplate) -> None:
        remove_reply_template(template=row)
