"""Set-up of the fields a firm adds to its customers, and these fields on the customer's form."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from customers.errors import CustomValueInvalid
from customers.logic.custom_fields import check_custom, choices_text, read_choices, shown_date
from customers.models import Customer, CustomField
from customers.selectors.custom_fields import spec_of
from customers.services.custom_fields import remove_custom_field, save_custom_field
from cxcrm.core.admin.base import SettingAdmin
from tenants.staff.models import Firm

PREFIX = "custom_"
Kind = CustomField.Kind


class CustomFieldForm(forms.ModelForm):
    """A field with its choices as lines: value: Vietnamese | English."""

    options = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=8000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text=_(
            "For “one of several” and “several of several”: one choice a line, Vietnamese | English. The short name "
            "before the colon stays when you change the words. A line taken away is not offered any more, but "
            "customers who have it keep it."
        ),
    )

    class Meta:
        model = CustomField
        fields = (
            "label_vi", "label_en", "kind", "applies_to", "help_text", "key", "position", "is_required", "is_active",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["options"] = choices_text(self.instance.choices)
        if not self.instance._state.adding and "key" in self.fields:
            self.fields["key"].disabled = True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self.instance.choices = [*read_choices(data.get("options", ""), self.instance.choices)]
        return data


class CustomFieldAdmin(SettingAdmin):
    form = CustomFieldForm
    removable = True
    list_display = ("label", "kind", "applies_to", "is_required", "is_active", "position")
    list_filter = ("is_active", "kind", "applies_to")
    search_fields = ("label_vi", "label_en", "key")
    ordering = ("position", "label_vi")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("label_vi", "label_en"), ("kind", "applies_to"), "options", "help_text",
                    ("is_required", "is_active"), ("position", "key"),
                )
            },
        ),
    )  # fmt: skip
    nothing_here = _("Nothing yet. Add what you want to know of your customers, for example a level or a size.")
    add_words = _("Add a field")

    @display(description=_("label"), ordering="label_vi")
    def label(self, field: CustomField) -> str:
        return str(field)

    @display(description=_("choices"))
    def options(self, field: CustomField) -> str:
        """For those who may only look."""
        return ", ".join(one["en" if get_language() == "en" else "vi"] for one in field.choices) or "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if self.has_change_permission(request, obj) else ("options",)

    def save_setting(self, row: CustomField, form: ModelForm, change: bool) -> None:
        save_custom_field(field=row)

    def remove_setting(self, row: CustomField) -> None:
        remove_custom_field(field=row)


def form_field(field: CustomField, value: Any = None) -> forms.Field:
    """How ``field`` is asked for on the customer's form; a retired choice is offered only to who has it."""
    english = get_language() == "en"
    told: dict[str, Any] = {"label": str(field), "required": field.is_required, "help_text": field.help_text}
    has = value if isinstance(value, list) else [value]
    offered = [
        (one["value"], one["en" if english else "vi"])
        for one in field.choices
        if not one["retired"] or one["value"] in has
    ]
    if field.kind == Kind.CHOICES:
        return forms.MultipleChoiceField(choices=offered, widget=forms.CheckboxSelectMultiple, **told)
    if field.kind == Kind.CHOICE:
        return forms.ChoiceField(choices=[("", "–"), *offered], **told)
    if field.kind == Kind.YES_NO:
        return forms.ChoiceField(
            choices=[
                ("", "–"),
                ("1", pgettext_lazy("value of a field", "yes")),
                ("0", pgettext_lazy("value of a field", "no")),
            ],
            **told,
        )
    hints = {Kind.DATE: _("day/month/year"), Kind.MONEY: "350k, 1.250.000"}
    attrs = {"placeholder": hints[field.kind]} if field.kind in hints else {}
    if field.kind in (Kind.MONEY, Kind.NUMBER):
        attrs["inputmode"] = "text" if field.kind == Kind.MONEY else "decimal"
    return forms.CharField(max_length=500, widget=forms.TextInput(attrs=attrs), **told)


def form_value(field: CustomField, value: Any) -> Any:
    """A stored value as the form's control holds it; what is read back from it is the same value."""
    if value is None:
        return [] if field.kind == Kind.CHOICES else ""
    if field.kind == Kind.YES_NO:
        return "1" if value else "0"
    if field.kind in (Kind.NUMBER, Kind.MONEY) and isinstance(value, (int, float)):
        return number_format(Decimal(str(value)), use_l10n=True, force_grouping=field.kind == Kind.MONEY)
    if field.kind == Kind.DATE and (day := shown_date(str(value))):
        return date_format(day, "d/m/Y")
    return value


def initial_custom(fields: Iterable[CustomField], customer: Customer) -> dict[str, Any]:
    """The form's values of the firm's own fields."""
    return {f"{PREFIX}{field.key}": form_value(field, customer.custom.get(field.key)) for field in fields}


def read_custom(form: forms.Form, fields: Iterable[CustomField], firm: Firm) -> dict[str, Any]:
    """Values of the fields that were changed, checked; what cannot be read becomes an error at its own control."""
    changed, found = set(form.changed_data), {}
    for field in fields:
        name = f"{PREFIX}{field.key}"
        written = form.cleaned_data.pop(name, None)
        if name not in changed or name in form.errors:
            continue
        parsed = check_custom(spec_of(field, firm), written)
        if parsed.problem:
            form.add_error(name, str(CustomValueInvalid.because(parsed.problem, key=field.key, label=str(field))))
        else:
            found[field.key] = parsed.value
    return found
