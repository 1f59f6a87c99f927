"""My second factors: the app on my phone, my passkeys, my recovery codes."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask
from cxcrm.core.errors import DomainError
from cxcrm.core.sealed import Unreadable
from tenants.staff.admin.account import ACCOUNT, page
from tenants.staff.admin.step_up import fresh
from tenants.staff.logic.qr import drawing
from tenants.staff.logic.totp import address, spaced
from tenants.staff.selectors.credentials import factors_of, passkeys_of
from tenants.staff.selectors.firm import the_firm
from tenants.staff.services import passkeys as keys
from tenants.staff.services import second_factors as factors


class FirstCodeForm(WorkForm):
    code = forms.CharField(
        label=_("Code the app shows now"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class NameForm(forms.Form):
    name = forms.CharField(max_length=60, required=False)
    credential = forms.CharField(max_length=20_000, required=False)


def first_steps(request: HttpRequest) -> HttpResponse:
    """What the firm's rule leads to: why there is a second step, and the two ways to have one."""
    if factors_of(request.user).exist:
        return redirect(ACCOUNT)
    return page(request, "second_factor", title=_("A second step at log-in"), firm_name=the_firm().brand)


@fresh()
def app(request: HttpRequest) -> HttpResponse:
    """Show the key as QR code and as text; it counts once a code of it was typed."""
    sealed = request.session.get("app_key", "")
    try:
        secret = factors.read_app_secret(sealed)
    except Unreadable:
        sealed = request.session["app_key"] = factors.new_app_secret()
        secret = factors.read_app_secret(sealed)
    form = FirstCodeForm(request.POST or None)
    if form.is_valid():
        codes = ask(form, lambda code: factors.confirm_app(user=request.user, sealed=sealed, code=code))
        if codes is not None:
            del request.session["app_key"]
            return _added(request, codes, _("From now on the app is asked for at every log-in."))
    width, path = drawing(address(secret, account=request.user.email, issuer=the_firm().brand))
    context = {"title": _("Authenticator app"), "form": form, "width": width, "path": path, "key": spaced(secret)}
    return page(request, "app", **context)


@fresh()
def remove_app(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        factors.remove_app(user=request.user)
        messages.success(request, _("The app is no longer asked for."))
        return redirect(ACCOUNT)
    return _confirm(
        request,
        title=_("Remove the app?"),
        what=_("Its codes will no longer be asked for at log-in. Whoever learns your password has one obstacle less."),
        button=_("Remove"),
    )


@fresh()
def codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, shown in the answer to the form and never again."""
    if not factors_of(request.user).exist:
        return redirect(ACCOUNT)
    if request.method == "POST":
        return _show_codes(request, factors.renew_recovery_codes(user=request.user))
    return _confirm(
        request,
        title=_("Make new recovery codes?"),
        what=_("You get ten new ones. Those you have now will no longer work."),
        button=_("Make new codes"),
    )


@require_POST
@fresh(back=ACCOUNT)
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a passkey; good for one answer."""
    options, request.session["new_passkey"] = keys.begin_passkey(user=request.user)
    return JsonResponse(options)


@require_POST
@fresh(back=ACCOUNT)
def add_passkey(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST)
    form.is_valid()
    data = form.cleaned_data
    try:
        fresh_codes = keys.add_passkey(
            user=request.user,
            state=request.session.pop("new_passkey", None),
            answer=data.get("credential", ""),
            name=data.get("name", ""),
        )
    except DomainError:
        messages.error(request, _("The passkey was not saved. Please try once more."))
        return redirect(ACCOUNT)
    return _added(request, fresh_codes, _("The passkey is saved. It logs you in by itself, without a password."))


@require_POST
def rename_passkey(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    form = NameForm(request.POST)
    if form.is_valid() and form.cleaned_data["name"]:
        passkey = get_object_or_404(passkeys_of(request.user), pk=passkey_id)
        keys.rename_passkey(user=request.user, passkey_id=passkey.pk, name=form.cleaned_data["name"])
        messages.success(request, _("Saved."))
    return redirect(ACCOUNT)


@fresh(back=ACCOUNT)
def remove_passkey(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    passkey = get_object_or_404(passkeys_of(request.user), pk=passkey_id)
    if request.method == "POST":
        keys.remove_passkey(user=request.user, passkey_id=passkey.pk)
        messages.success(request, _("The passkey no longer opens anything here."))
        return redirect(ACCOUNT)
    return _confirm(
        request,
        title=_("Remove this passkey?"),
        what=_("“%(name)s” will no longer log you in. Delete it on the device too.") % {"name": passkey.name},
        button=_("Remove"),
    )


def _added(request: HttpRequest, fresh_codes: list[str], message: str) -> HttpResponse:
    """This session has proved a second factor from now on."""
    request.session["owes_factor"] = False
    messages.success(request, message)
    return _show_codes(request, fresh_codes) if fresh_codes else redirect(ACCOUNT)


def _show_codes(request: HttpRequest, fresh_codes: list[str]) -> HttpResponse:
    return page(request, "recovery_codes", title=_("Recovery codes"), codes=fresh_codes)


def _confirm(request: HttpRequest, **context: str) -> HttpResponse:
    return page(request, "are_you_sure", back=ACCOUNT, **context)
