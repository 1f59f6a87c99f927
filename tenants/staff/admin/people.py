"""Pages of staff accounts; a new person chooses a password by link."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from cxcrm.core.admin.base import SettingAdmin
from cxcrm.core.admin.fields import AmountField
from cxcrm.core.admin.html import pill
from cxcrm.core.context import current_tenant
from cxcrm.core.money import money
from tenants.services.domains import url_for
from tenants.staff.admin.step_up import FreshAdmin, is_fresh, prove_first
from tenants.staff.models import User
from tenants.staff.roles import OPERATORS, Role
from tenants.staff.selectors.firm import currency, the_firm
from tenants.staff.selectors.limits import role_limit
from tenants.staff.services import accounts, configuration
from tenants.staff.services.second_factors import reset_second_factors

_WHAT_OPERATORS_DO = {
    Role.OWNER: _("Owner: everything, plans and operators too"),
    Role.MANAGER: _("Manager: operates firms, the agenda and the ways out"),
    Role.READ_ONLY: _("Read only: looks at everything"),
}
# As short as a column wants it.
_REACHES = {User.Reach.FIRM: _("whole firm"), User.Reach.DEPARTMENT: _("department"), User.Reach.OWN: _("own only")}
_USUAL_REACH = _("as usual: agents see their department's cases, everybody else the whole firm's")


class PersonForm(ModelForm):
    """A person's own limit may be left empty: then that of their role counts, as it is now or will be."""

    authority_limit = AmountField(
        label=capfirst(_("authority limit")),
        currency=currency,
        required=False,
        max_digits=14,
        decimal_places=2,
        min_value=0,
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "authority_limit" not in self.fields:
            return
        firm, person = the_firm(), self.instance
        usual = money(role_limit(person.role, firm), firm.currency)
        self.fields["authority_limit"].help_text = _(
            "The largest compensation this person may grant alone. Empty: as their role, now %(usual)s."
        ) % {"usual": usual}
        if not (person.authority_limit or person.may_grant_nothing):
            self.initial["authority_limit"] = None

    def clean_authority_limit(self) -> Decimal:
        limit = self.cleaned_data["authority_limit"]
        self.instance.may_grant_nothing = limit is not None and not limit
        return limit or Decimal(0)


class UserAdmin(FreshAdmin, SettingAdmin):
    form = PersonForm
    list_display = ("person", "job_title", "role_and_reach", "department", "branch", "manager", "is_active")
    list_select_related = ("department", "branch", "manager")
    list_filter = ("role", "reach", "is_active", "department", "branch")
    search_fields = ("full_name", "email")
    autocomplete_fields = ("department", "branch", "manager")
    fieldsets: Any = (
        (_("Person"), {"fields": (("full_name", "given_name"), ("salutation", "job_title"), ("email", "language"))}),
        (_("What they may do"), {"fields": (("role", "authority_limit"), "reach", "is_active")}),
        (_("Where they work"), {"fields": (("department", "branch"), "manager")}),
    )
    actions_detail = ("password_link", "reset_second_factor")
    # Mails the link; given by the roof, because mail belongs to a floor above.
    welcome: Callable[..., Any] | None = None

    @display(description=_("name"), ordering="full_name")
    def person(self, user: User) -> str:
        return format_html('<b class="cx-name">{}</b><br><span class="cx-quiet">{}</span>', user.full_name, user.email)

    @display(description=_("role"), ordering="role")
    def role_name(self, user: User) -> str:
        return pill(user.get_role_display(), "info" if user.is_active else "plain")

    @display(description=_("role and what they see"), ordering="role")
    def role_and_reach(self, user: User) -> str:
        """How far they see, as it is in force: an owner's own setting counts for nothing."""
        reach = User.Reach.FIRM if user.reaches_firm else User.Reach(user.reach)
        return format_html('{}<br><span class="cx-quiet cx-line">{}</span>', self.role_name(user), _REACHES[reach])

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Somebody new is offered what is usual for the role; later one of the three is chosen."""
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        if db_field.name == "reach" and request.resolver_match.kwargs.get("object_id") is None:
            field.choices = [("", _USUAL_REACH), *User.Reach.choices]
            field.required, field.initial = False, ""
        return field

    def save_setting(self, row: User, form: ModelForm, change: bool) -> None:
        if change:
            configuration.save_user(user=row)
            return
        names = [name for name in form.cleaned_data if name not in {"email", "full_name"}]
        told = {name: form.cleaned_data[name] for name in names}
        created = accounts.create_user(
            email=row.email, full_name=row.full_name, may_grant_nothing=row.may_grant_nothing, **told
        )
        row.pk, row._state.adding = created.pk, False
        if self.welcome is not None:
            self.welcome(user_id=created.pk)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: Any = None) -> HttpResponse:
        return self.password_link(request, object_id=str(obj.pk))

    @action(description=_("Password link"), permissions=["change"], url_path="password-link", icon="key")
    def password_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show a link by which the person chooses a password; it is spent once used and when too old."""
        if not is_fresh(request):
            return prove_first(request)
        user = get_object_or_404(User, pk=object_id)
        path = f"/welcome/{user.pk}/{accounts.password_links.make_token(user)}/"
        messages.info(
            request,
            _("Send %(name)s this link to choose a password: %(link)s")
            % {"name": user.full_name, "link": url_for(current_tenant().host, path)},
        )
        return redirect(f"{self.admin_site.name}:staff_user_change", user.pk)

    @action(
        description=_("Reset second factor"),
        permissions=["change"],
        url_path="reset-second-factor",
        icon="phonelink_erase",
    )
    def reset_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For a colleague whose phone is gone: ask on GET, take everything away on POST."""
        if not is_fresh(request):
            return prove_first(request)
        user = get_object_or_404(User, pk=object_id)
        if request.method != "POST":
            return self.confirm(
                request,
                title=_("Reset the second factor?"),
                what=_(
                    "The app, the passkeys and the recovery codes of %(name)s stop working, and they are logged out "
                    "everywhere. Be sure that it is really them who asked."
                )
                % {"name": user.full_name},
                button=_("Reset"),
            )
        reset_second_factors(user_id=user.pk)
        messages.success(request, _("%(name)s logs in with the password alone now.") % {"name": user.full_name})
        return redirect(f"{self.admin_site.name}:staff_user_change", user.pk)


class OperatorAdmin(UserAdmin):
    """The platform has neither departments nor branches."""

    list_display = ("person", "job_title", "role_name", "is_active")
    list_select_related = ()
    list_filter = ("role", "is_active")
    autocomplete_fields = ()
    fieldsets = (
        UserAdmin.fieldsets[0],
        (_("What they may do"), {"fields": (("role", "authority_limit"), "is_active")}),
    )

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            kwargs["choices"] = [(role, _WHAT_OPERATORS_DO[role]) for role in OPERATORS]
        return super().formfield_for_choice_field(db_field, request, **kwargs)
