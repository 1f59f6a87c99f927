"""Pages of the firm's identity providers."""

from typing import Any

from django import forms
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from cxcrm.core.admin.base import SettingAdmin
from cxcrm.core.admin.forms import dress
from cxcrm.core.admin.html import pill
from tenants.staff.admin.step_up import FreshAdmin
from tenants.staff.models import IdentityProvider, Role
from tenants.staff.services import single_sign_on


class ProviderForm(ModelForm):
    """The secret goes in and is never shown again."""

    secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=500,
        help_text=_("Kept encrypted and never shown. Leave empty to keep the one that is there."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields["secret"].widget)
        if "role" in self.fields:
            self.fields["role"].choices = [one for one in Role.choices if one[0] != Role.OWNER]


class ProviderAdmin(FreshAdmin, SettingAdmin):
    removable = True
    form = ProviderForm
    list_display = ("name", "issuer", "domains", "standing")
    search_fields = ("name", "issuer")
    readonly_fields = ("callback",)
    fieldsets = (
        (_("Service"), {"fields": ("name", "callback", "issuer", ("client_id", "secret"))}),
        (
            _("Who gets in"),
            {"fields": ("email_domains", ("creates_accounts", "role"), "is_second_factor", "is_active")},
        ),
    )

    def has_view_permission(self, request: HttpRequest, obj: IdentityProvider | None = None) -> bool:
        return request.user.has_perm("staff.change_identityprovider")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "email_domains":
            kwargs["widget"] = UnfoldAdminTextInputWidget
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=_("redirect address"))
    def callback(self, provider: IdentityProvider) -> str:
        return single_sign_on.callback_url()

    @display(description=_("e-mail domains"))
    def domains(self, provider: IdentityProvider) -> str:
        return ", ".join(provider.email_domains)

    @display(description=_("standing"))
    def standing(self, provider: IdentityProvider) -> str:
        return pill(_("in use"), "good") if provider.is_active else pill(_("switched off"))

    def save_setting(self, row: IdentityProvider, form: ModelForm, change: bool) -> None:
        single_sign_on.save_provider(provider=row, secret=form.cleaned_data["secret"])

    def remove_setting(self, row: IdentityProvider) -> None:
        single_sign_on.remove_provider(provider=row)
