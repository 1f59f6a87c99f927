"""Forms on the customer's pages."""

import re
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext_lazy as _

from customers.models import Consent, Customer, Interaction
from customers.selectors.consents import standing
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.site import Site
from tenants.staff.models import Branch, User

_LINES = re.compile(r"[\n;]+")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in _LINES.split(text) if line.strip()]


class LinesField(forms.CharField):
    """Several short values, one per line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 2}), **kwargs)

    def clean(self, value: Any) -> list[str]:
        return _lines(super().clean(value))


class CustomerForm(WorkForm):
    """Everything staff may say about a customer."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind.choices, initial=Customer.Kind.PERSON)
    full_name = forms.CharField(label=_("Full name"), max_length=160)
    salutation = forms.ChoiceField(
        label=_("Salutation"),
        choices=[("", _("not known: addressed neutrally")), *Customer.Salutation.choices],
        required=False,
    )
    formal_title = forms.CharField(label=_("Formal title"), max_length=80, required=False)
    phones = LinesField(label=_("Phone numbers"), help_text=_("One per line, the preferred one first."))
    emails = LinesField(label=_("E-mail addresses"), help_text=_("One per line, the preferred one first."))
    language = forms.ChoiceField(label=_("Language"), choices=[("vi", _("Vietnamese")), ("en", _("English"))])
    organization = forms.ModelChoiceField(label=_("Organisation"), queryset=Customer.objects.none(), required=False)
    owner = forms.ModelChoiceField(
        label=_("In charge"), queryset=User.objects.none(), required=False, empty_label=_("nobody in particular")
    )
    branch = forms.ModelChoiceField(
        label=_("Home branch"), queryset=Branch.objects.none(), required=False, empty_label=_("none")
    )
    tags = LinesField(label=_("Tags"), help_text=_("One per line."))
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        field.queryset = Customer.objects.filter(kind=Customer.Kind.ORGANIZATION)
        field.widget = AutocompleteSelect(
            Customer._meta.get_field("organization"), site, attrs={"data-placeholder": ""}, choices=field.choices
        )
        self.fields["owner"].queryset = User.objects.working()
        self.fields["branch"].queryset = Branch.objects.filter(is_active=True)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if data.get("salutation") and "salutation" in self.changed_data:
            data["salutation_source"] = Customer.SalutationSource.STAFF
        return data


def initial_of(customer: Customer) -> dict[str, Any]:
    """The form's values as they are stored now."""
    points = list(customer.contact_points.all())
    return {
        **{
            name: getattr(customer, name)
            for name in ("kind", "full_name", "salutation", "formal_title", "language", "address", "note", "version")
        },
        "organization": customer.organization_id,
        "owner": customer.owner_id,
        "branch": customer.branch_id,
        "phones": "\n".join(point.value for point in points if point.kind == "phone"),
        "emails": "\n".join(point.value for point in points if point.kind == "email"),
        "tags": "\n".join(customer.tags),
    }


class LogForm(WorkForm):
    """A call, a visit or a note, noted in two taps."""

    KINDS = {
        "call": (Interaction.Kind.CALL, "call.logged", _("Call")),
        "visit": (Interaction.Kind.VISIT, "visit.logged", _("Visit")),
        "note": (Interaction.Kind.NOTE, "note", _("Note")),
    }
    what = forms.ChoiceField(
        label=_("What was it?"),
        choices=[(code, label) for code, (_kind, _what, label) in KINDS.items()],
        initial="call",
        widget=forms.RadioSelect,
    )
    direction = forms.ChoiceField(
        label=_("Who began"),
        choices=[("in", _("the customer")), ("out", _("we did"))],
        initial="in",
        widget=forms.RadioSelect,
        required=False,
    )
    body = forms.CharField(label=_("What was said?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors:
            return data
        kind, what, _label = self.KINDS[data["what"]]
        direction = "internal" if kind == Interaction.Kind.NOTE else data["direction"] or "in"
        return {"kind": kind, "what": what, "direction": direction, "body": data["body"]}


class ConsentForm(WorkForm):
    """A yes or no the customer told staff, with the evidence for it."""

    purpose = forms.ChoiceField(choices=Consent.Purpose.choices, widget=forms.HiddenInput)
    granted = forms.ChoiceField(choices=[("1", _("yes")), ("0", _("no"))], widget=forms.HiddenInput)
    evidence = forms.CharField(
        label=_("How do we know?"), max_length=300, help_text=_("For example: said on the phone on 22 November.")
    )

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors:
            return data
        return {
            "purpose": data["purpose"],
            "granted": data["granted"] == "1",
            "method": Consent.Method.STAFF,
            "evidence": data["evidence"],
        }


def consents_of(customer: Customer) -> list[dict[str, Any]]:
    """The standing word on every purpose: ``said`` is True, False or None for never asked."""
    return [
        {"purpose": code, "label": label, "said": standing([customer.pk], code).get(customer.pk)}
        for code, label in Consent.Purpose.choices
    ]
