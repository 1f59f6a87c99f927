"""The sign-up form."""

import re
import unicodedata

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cxcrm.core.pages.forms import PageForm
from cxcrm.core.pages.language import NAMES


class SignUpForm(PageForm):
    """Who you are and where your firm will live; the address may be left to us."""

    name = forms.CharField(
        label=_("Name of your firm"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Please type the name of your firm.")},
    )
    slug = forms.CharField(
        label=_("Web address"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Leave it empty and it is made from the name."),
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
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("The link to choose your password goes there."),
        error_messages={
            "required": _("Please type your e-mail address."),
            "invalid": _("This e-mail address is not complete."),
        },
    )
    language = forms.ChoiceField(label=_("Language of the firm"), choices=[*NAMES.items()])

    @property
    def suffix(self) -> str:
        """What follows the slug in the address."""
        return f".{settings.BASE_DOMAIN}"

    def clean_slug(self) -> str:
        text: str = self.cleaned_data["slug"].strip().lower()
        return text.removesuffix(self.suffix) or address_from(self.cleaned_data.get("name", ""))


def address_from(name: str) -> str:
    """The address proposed for a name, at most 40 small letters, digits and hyphens: "Cà phê" becomes ca-phe."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40].strip("-")
