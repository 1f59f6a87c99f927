"""Forms on the customer's pages."""

import re
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext_lazy as _

from customers.admin.custom_fields import PREFIX, form_field, initial_custom, read_custom
from customers.logic.addresses import province_name, provinces, wards_of
from customers.models import Consent, Customer, CustomField, Interaction
from customers.selectors.consents import standing
from customers.selectors.custom_fields import custom_fields
from customers.selectors.details import wards_in_use
from cxcrm.core.admin.forms import WorkForm, dress
from cxcrm.core.admin.site import Site
from tenants.staff.models import Branch, User
from tenants.staff.selectors.firm import the_firm

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
    salutation_source = forms.ChoiceField(label=_("Known from"), required=False)
    given_name = forms.CharField(
        label=_("Called"),
        max_length=80,
        required=False,
        help_text=_("The part of the name used to address them. Left alone it follows the name."),
    )
    name_order = forms.ChoiceField(
        label=_("Name order"),
        choices=Customer.NameOrder.choices,
        initial=Customer.NameOrder.FAMILY_FIRST,
        required=False,
    )
    formal_title = forms.CharField(
        label=_("Position"), max_length=80, required=False, help_text=_("For example director, or head of purchasing.")
    )
    contact_role = forms.ChoiceField(
        label=_("Role there"), choices=[("", "–"), *Customer.ContactRole.choices], required=False
    )
    phones = LinesField(label=_("Phone numbers"), help_text=_("One per line, the preferred one first."))
    emails = LinesField(label=_("E-mail addresses"), help_text=_("One per line, the preferred one first."))
    language = forms.ChoiceField(label=_("Language"), choices=[("vi", _("Vietnamese")), ("en", _("English"))])
    organization = forms.ModelChoiceField(label=_("Organisation"), queryset=Customer.objects.none(), required=False)
    contact_channel = forms.ChoiceField(
        label=_("Likes to be reached by"), choices=[("", _("as it comes")), *Customer.ContactChannel.choices],
        required=False,
    )  # fmt: skip
    contact_hours = forms.ChoiceField(
        label=_("Best reached"), choices=[("", _("as it comes")), *Customer.ContactHours.choices], required=False
    )
    surveys_seldom = forms.BooleanField(
        label=_("Surveys seldom"), required=False, help_text=_("At most one in 180 days. None at all: see Consent.")
    )
    referred_by = forms.ModelChoiceField(
        label=_("Brought by"),
        queryset=Customer.objects.none(),
        required=False,
        help_text=_("The customer who recommended us to them."),
    )
    owner = forms.ModelChoiceField(
        label=_("In charge"), queryset=User.objects.none(), required=False, empty_label=_("nobody in particular")
    )
    branch = forms.ModelChoiceField(
        label=_("Home branch"), queryset=Branch.objects.none(), required=False, empty_label=_("none")
    )
    tags = LinesField(label=_("Tags"), help_text=_("One per line."))
    street_line = forms.CharField(
        label=_("Number and street"), max_length=180, required=False, help_text=_("Also alley, building or hamlet.")
    )
    ward = forms.CharField(
        label=_("Ward or commune"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"list": "cx-wards", "autocomplete": "off"}),
    )
    province_code = forms.ChoiceField(label=_("Province or city"), required=False)
    legacy_address = forms.CharField(
        label=_("Address as it was written"),
        max_length=300,
        required=False,
        help_text=_("Of before July 2025, with its district. It is kept as it is."),
    )
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=60_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, site: Site, customer: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.custom_fields = list(custom_fields(customer.kind if customer else ""))
        for own in self.custom_fields:
            value = customer.custom.get(own.key) if customer else None
            self.fields[f"{PREFIX}{own.key}"] = control = form_field(own, value)
            if customer is None and own.applies_to != CustomField.AppliesTo.BOTH:
                control.label = f"{control.label} ({own.get_applies_to_display()})"
            dress(control.widget)
        self._choose_address_fields(customer)
        self._offer_sources(customer)
        field = self.fields["organization"]
        field.queryset = Customer.objects.filter(kind=Customer.Kind.ORGANIZATION)
        field.widget = AutocompleteSelect(
            Customer._meta.get_field("organization"), site, attrs={"data-placeholder": ""}, choices=field.choices
        )
        self._offer_referrers(site)
        self.fields["owner"].queryset = User.objects.working()
        self.fields["branch"].queryset = Branch.objects.filter(is_active=True)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if (
            data.get("salutation")
            and "salutation" in self.changed_data
            and "salutation_source" not in self.changed_data
        ):
            data["salutation_source"] = Customer.SalutationSource.STAFF
        elif not data.get("salutation") or not data.get("salutation_source"):
            data.pop("salutation_source", None)
        for name in ("name_order", "given_name"):
            if not data.get(name):
                data.pop(name, None)
        self._skip_fields_of_the_other_kind(data.get("kind"))
        if own := read_custom(self, self.custom_fields, the_firm()):
            data["custom"] = own
        return data

    def _offer_sources(self, customer: Customer | None) -> None:
        """Staff may say that the customer said it or that they are sure; a file or a guess only stays what it was."""
        sources = Customer.SalutationSource
        offered = [sources.DECLARED, sources.STAFF]
        if customer and customer.salutation_source in (sources.IMPORT, sources.INFERRED):
            offered.append(sources(customer.salutation_source))
        self.fields["salutation_source"].choices = [("", "–"), *((one.value, one.label) for one in offered)]

    def _offer_referrers(self, site: Site) -> None:
        """Anybody; looked for by name or number."""
        field = self.fields["referred_by"]
        field.queryset = Customer.objects.filter(erased_at=None)
        field.widget = AutocompleteSelect(
            Customer._meta.get_field("referred_by"), site, attrs={"data-placeholder": ""}, choices=field.choices
        )

    def _choose_address_fields(self, customer: Customer | None) -> None:
        """Ward and province in Việt Nam, one plain line elsewhere; the old line only where there is one."""
        if the_firm().country == "VN":
            del self.fields["address"]
            named = [(code, province_name(code)) for code in provinces()]
            self.fields["province_code"].choices = [("", "–"), *named]
            if customer is None or not customer.legacy_address:
                del self.fields["legacy_address"]
        else:
            for name in ("street_line", "ward", "province_code", "legacy_address"):
                del self.fields[name]

    def wards(self) -> list[str]:
        """What to suggest: the wards of the province chosen, else those the firm's customers live in."""
        if "ward" not in self.fields:
            return []
        return wards_of(self["province_code"].value() or "") or wards_in_use()

    def own_controls(self) -> list[Any]:
        """The controls of the firm's own fields, each with the kind of customer it is asked of."""
        return [(self[f"{PREFIX}{own.key}"], own.applies_to) for own in self.custom_fields]

    def _skip_fields_of_the_other_kind(self, kind: str | None) -> None:
        """What is asked of persons only need not be filled in for a company."""
        for own in self.custom_fields:
            name = f"{PREFIX}{own.key}"
            if kind and own.applies_to not in (kind, CustomField.AppliesTo.BOTH) and not self.data.get(name):
                self.errors.pop(name, None)


_PLAIN = (
    "kind", "full_name", "given_name", "name_order", "salutation", "salutation_source", "formal_title", "contact_role",
     "language", "address", "street_line", "ward", "province_code",
    "legacy_address", "note", "version", "contact_channel", "contact_hours", "surveys_seldom",
)  # fmt: skip


def initial_of(customer: Customer) -> dict[str, Any]:
    """The form's values as they are stored now."""
    points = list(customer.contact_points.all())
    return {
        **{name: getattr(customer, name) for name in _PLAIN},
        "organization": customer.organization_id,
        "referred_by": customer.referred_by_id,
        "owner": customer.owner_id,
        "branch": customer.branch_id,
        "phones": "\n".join(point.shown for point in points if point.kind == "phone"),
        "emails": "\n".join(point.value for point in points if point.kind == "email"),
        "tags": "\n".join(customer.tags),
        **initial_custom(custom_fields(), customer),
    }


class PersonForm(WorkForm):
    """Somebody of an organisation, added on its page in one step."""

    full_name = forms.CharField(label=_("Full name"), max_length=160)
    formal_title = forms.CharField(label=_("Position"), max_length=80, required=False)
    contact_role = forms.ChoiceField(
        label=_("Role there"), choices=[("", "–"), *Customer.ContactRole.choices], required=False
    )
    phone = forms.CharField(label=_("Phone"), max_length=80, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)

    def clean(self) -> dict[str, Any] | None:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        phone, email = data.pop("phone"), data.pop("email")
        return {**data, "phones": [phone] if phone else [], "emails": [email] if email else []}


class LogForm(WorkForm):
    """A call, a visit or a note, noted in two taps."""

    KINDS = {
        "call": (Interaction.Kind.CALL, "call.logged", _("Call")),
        "visit": (Interaction.Kind.VISIT, "visit.logged", _("Visit")),
        "chat": (Interaction.Kind.CHAT, "chat.logged", _("Chat")),
        "mail": (Interaction.Kind.MAIL, "mail.logged", _("E-mail")),
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
    meant_for = forms.ChoiceField(
        label=_("Where had we expected it?"),
        choices=[("", _("there")), *Interaction.MeantFor.choices],
        required=False,
        help_text=_("Where they should have called, written or come, if that was somewhere else."),
    )

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors:
            return data
        kind, what, _label = self.KINDS[data["what"]]
        direction = "internal" if kind == Interaction.Kind.NOTE else data["direction"] or "in"
        told = {"kind": kind, "what": what, "direction": direction, "body": data["body"]}
        return {**told, "meant_for": data["meant_for"]}


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
