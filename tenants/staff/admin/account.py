"""My account: who I am, my language and password, where I am logged in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask, show_refusal
from cxcrm.core.clock import now
from cxcrm.core.context import current_tenant
from cxcrm.core.errors import DomainError
from cxcrm.core.pages.limits import visitor
from tenants.staff.admin.step_up import fresh
from tenants.staff.logic.devices import is_small
from tenants.staff.models import User
from tenants.staff.pages.entering import safe_next
from tenants.staff.selectors.credentials import (
    Factors,
    factors_of,
    must_have_second_factor,
    passkeys_of,
    providers,
    sessions_of,
)
from tenants.staff.selectors.firm import the_firm
from tenants.staff.services.accounts import change_password, prove_password
from tenants.staff.services.configuration import choose_language, save_profile
from tenants.staff.services.passkeys import prove_passkey
from tenants.staff.services.second_factors import prove_code
from tenants.staff.services.sessions import end_session, end_sessions

ACCOUNT = "/admin/account/"


class ProfileForm(WorkForm):
    full_name = forms.CharField(label=_("Full name"), max_length=120)
    given_name = forms.CharField(label=_("Given name"), max_length=60, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)


class PasswordForm(WorkForm):
    """The new password twice; who is there was asked before."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same again"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two are not the same."))
        return data


class ProofForm(WorkForm):
    """One proof of who is there: a code for whoever has a second factor, else the password."""

    def __init__(self, *args: Any, factors: Factors, **kwargs: Any) -> None:
        if factors.exist:
            label = _("Code from your app") if factors.app else _("Recovery code")
            code = {"autocomplete": "one-time-code", "autofocus": True}
            proof = forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs=code))
        else:
            password = {"autocomplete": "current-password", "autofocus": True}
            proof = forms.CharField(
                label=_("Password"), strip=False, max_length=256, widget=forms.PasswordInput(attrs=password)
            )
        self.base_fields = {"proof": proof}
        super().__init__(*args, **kwargs)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language of the one who asks, and go back to where they were."""
    chosen = request.POST.get("language", "")
    if chosen in User.Language.values:
        choose_language(user_id=request.user.pk, language=chosen)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "/admin/")


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """One of these pages; what stands on them is nobody else's and not stored."""
    site = request.admin_site
    request.current_app = site.name
    response = TemplateResponse(request, f"admin/staff/{template}.html", {**site.each_context(request), **context})
    response["Cache-Control"] = "no-store"
    return response


def account(request: HttpRequest) -> HttpResponse:
    """Everything at a glance; the profile is saved here, the rest has pages of its own."""
    person = request.user
    initial = {"full_name": person.full_name, "given_name": person.given_name, "language": person.language}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        ask(form, lambda **data: save_profile(user_id=person.pk, **data))
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(ACCOUNT)
    here = getattr(request.session.row, "pk", None)
    sessions = [
        {"row": row, "is_here": row.pk == here, "icon": "smartphone" if is_small(row.device) else "computer"}
        for row in sessions_of(person)
    ]
    sessions.sort(key=lambda one: not one["is_here"])
    return page(
        request,
        "account",
        title=_("My account"),
        form=form,
        person=person,
        factors=factors_of(person),
        passkeys=passkeys_of(person),
        host=current_tenant().host,
        sessions=sessions,
        is_asked=must_have_second_factor(the_firm(), person),
    )


@sensitive_post_parameters()
@fresh()
def password(request: HttpRequest) -> HttpResponse:
    """A new password; all other sessions end."""
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            user = change_password(
                user_id=request.user.pk,
                password=form.cleaned_data["password"],
                session_id=request.session.row.pk,
            )
        except DomainError as refusal:
            form.add_error("password", str(refusal))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("The new password is saved. Everywhere else you are logged out."))
            return redirect(ACCOUNT)
    return page(request, "password", title=_("New password"), form=form, rules=password_validators_help_texts())


@sensitive_post_parameters()
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask again who is there: by code, password or passkey, whichever they have."""
    person, next_path = request.user, safe_next(request, request.POST.get("next") or request.GET.get("next"))
    factors = factors_of(person)
    form = ProofForm(request.POST if "proof" in request.POST else None, factors=factors)
    try:
        proved = _is_proved(request, form, by_code=factors.exist)
    except DomainError as refusal:
        show_refusal(form, refusal) if form.is_bound else messages.error(request, str(refusal))
        proved = False
    if proved:
        request.session["proved_at"] = now().timestamp()
        request.session.cycle_key()
        return redirect(next_path)
    return page(
        request,
        "confirm",
        title=_("Is it still you?"),
        form=form if factors.exist or person.has_usable_password() else None,
        factors=factors,
        next=next_path,
        providers=list(providers()),
    )


def _is_proved(request: HttpRequest, form: ProofForm, *, by_code: bool) -> bool:
    """Raises what the services refuse with."""
    person = request.user
    if "credential" in request.POST:
        user = prove_passkey(state=request.session.pop("passkey", None), answer=request.POST["credential"])
        return user.pk == person.pk
    if not form.is_bound or not form.is_valid():
        return False
    if by_code:
        prove_code(user=person, code=form.cleaned_data["proof"], visitor=visitor(request))
        return True
    proved = prove_password(email=person.email, password=form.cleaned_data["proof"], visitor=visitor(request))
    return proved.pk == person.pk


class EndForm(forms.Form):
    session = forms.UUIDField(required=False)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one of my sessions, or all but this one."""
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This device is logged out already."))
    elif form.cleaned_data["session"]:
        end_session(user_id=request.user.pk, session_id=form.cleaned_data["session"])
        messages.success(request, _("That device is logged out."))
    else:
        end_sessions(user_id=request.user.pk, keep=request.session.row.pk)
        messages.success(request, _("Everywhere else you are logged out."))
    return redirect(ACCOUNT)
