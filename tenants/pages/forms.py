"""The sign-up form, and the address asked for once more when somebody was faster."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import DomainError
from cxcrm.core.pages.forms import PageForm
from cxcrm.core.pages.language import NAMES
from tenants.errors import AddressTaken
from tenants.models.country import Country
from tenants.services.domains import free_slug_like

# Names stand in a mail to an address nobody has proven yet: they must not carry somebody's advertisement.
_WEB_ADDRESS = re.compile(r"://|www\.", re.IGNORECASE)


class AddressForm(PageForm):
    """Where the firm will live."""

    slug = forms.CharField(
        label=_("Web address"),
        max_length=120,
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "autocorrect": "off", "spellcheck": "false"}
        ),
    )

    @property
    def suffix(self) -> str:
        """What follows the slug in the address."""
        return f".{settings.BASE_DOMAIN}"

    def clean_slug(self) -> str:
        text: str = self.cleaned_data["slug"].strip().lower()
        text = re.sub(r"^https?://", "", text).partition("/")[0].partition(":")[0]
        return text.removesuffix(self.suffix)

    def propose(self, error: DomainError) -> None:
        """Say what is wrong with the address, and put the next free one into the field: one more tap accepts it."""
        wish = self.cleaned_data.get("slug") or self.cleaned_data.get("name", "")
        sentence, proposal = str(error), free_slug_like(wish)
        if proposal:
            self.data = {**dict(self.data.items()), "slug": proposal}
            free = gettext("“%(address)s” is free: keep it, or type another.") % {"address": proposal}
            wrong = gettext("This address is taken.") if isinstance(error, AddressTaken) else sentence
            sentence = f"{wrong} {free}"
        self.add_error("slug", sentence)


class SignUpForm(AddressForm):
    """Who you are and where your firm will live; the address may be left to us."""

    name = forms.CharField(
        label=_("Name of your firm"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Please type the name of your firm.")},
    )
    owner_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please type your name.")},
    )
    owner_email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        help_text=_("We mail you a link there; with it you begin."),
        error_messages={
            "required": _("Please type your e-mail address."),
            "invalid": _("This e-mail address is not complete."),
        },
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=[("", _("Please choose")), *Country.choices],
        help_text=_("Decides time zone, currency and public holidays; you can change them."),
        error_messages={"required": _("Please choose the country of your firm.")},
    )
    language = forms.ChoiceField(label=_("Language of the firm"), choices=[*NAMES.items()])

    field_order = ("name", "slug", "owner_name", "owner_email", "country", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("Leave it empty and it is made from the name.")

    def clean_name(self) -> str:
        return self._plain("name")

    def clean_owner_name(self) -> str:
        return self._plain("owner_name")

    def clean_slug(self) -> str:
        slug = super().clean_slug() or free_slug_like(self.cleaned_data.get("name", ""))
        if not slug and "name" in self.cleaned_data:
            raise forms.ValidationError(_("No address can be made from this name. Please type one."))
        return slug

    def _plain(self, field: str) -> str:
        text: str = " ".join(self.cleaned_data[field].split())
        if _WEB_ADDRESS.search(text):
            raise forms.ValidationError(_("Please leave web addresses out of names."))
        return text
