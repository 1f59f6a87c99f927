"""The one door for staff: password, second step, passkey; the operators' host has the same."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import DomainError
from cxcrm.core.language import speaking
from cxcrm.core.pages.forms import PageForm
from cxcrm.core.pages.language import page_language
from cxcrm.core.pages.limits import visitor
from cxcrm.core.pages.views import show
from tenants.staff.errors import TooManyTries
from tenants.staff.logic.waiting import CONNECTION
from tenants.staff.pages.entering import enter, pending_user, safe_next, welcome_in
from tenants.staff.selectors.credentials import factors_of, providers
from tenants.staff.selectors.firm import the_firm
from tenants.staff.services.accounts import prove_password
from tenants.staff.services.passkeys import begin_proof, prove_passkey
from tenants.staff.services.second_factors import prove_code
from tenants.staff.services.tries import claim_try, forgive

LOG_IN = "/admin/login/"


class LogInForm(PageForm):
    username = forms.CharField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
        error_messages={"required": _("Please type your e-mail address.")},
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Please type your password.")},
    )


class CodeForm(PageForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
        error_messages={"required": _("Please type the code.")},
    )


class RecoveryForm(PageForm):
    code = forms.CharField(
        label=_("Recovery code"),
        max_length=40,
        help_text=_("One of the ten you kept, such as k7qm-2hxd-9wtp."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Please type the code.")},
    )


# With CSRF tokens, unlike the pages for customers: whoever is logged in by a stranger's form works in their account.
@method_decorator(sensitive_post_parameters(), name="dispatch")
class DoorPage(View):
    """A page before the log-in, in the visitor's language; never stored."""

    http_method_names = ("get", "head", "post", "options")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = page_language(request, house=the_firm().language)
        with speaking(language):
            response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["Content-Language"] = language
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response


def show_log_in(
    request: HttpRequest, form: PageForm, *, next_path: str, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    """The log-in page; ``refusal`` says why the last try led nowhere."""
    if refusal is not None:
        status = 429 if isinstance(refusal, TooManyTries) else 400
    context = {"form": form, "next": next_path, "providers": list(providers()), "refusal": refusal}
    response = show(request, "staff/log_in.html", context, status=status)
    if isinstance(refusal, TooManyTries):
        response["Retry-After"] = str(refusal.data["wait"])
    return response


class LogInPage(DoorPage):
    """E-mail address and password; the answer is the same whether the account exists or not."""

    def get(self, request: HttpRequest) -> HttpResponse:
        next_path = safe_next(request, request.GET.get("next"))
        if request.user.is_authenticated:
            return redirect(next_path)
        return show_log_in(request, LogInForm(), next_path=next_path)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LogInForm(request.POST)
        next_path = safe_next(request, request.POST.get("next") or request.GET.get("next"))
        if not form.is_valid():
            return show_log_in(request, form, next_path=next_path, status=400)
        email, password = form.cleaned_data["username"], form.cleaned_data["password"]
        try:
            user = prove_password(email=email, password=password, visitor=visitor(request))
        except DomainError as refusal:
            return show_log_in(request, form, next_path=next_path, refusal=refusal)
        return welcome_in(request, user, next_path=next_path, is_strong=False)


class CodePage(DoorPage):
    """The second step: a code of the app, a recovery code, or a passkey."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if pending_user(request) is None:
            return redirect(LOG_IN)
        return self._ask(request, self._form(request)())

    def post(self, request: HttpRequest) -> HttpResponse:
        waiting = pending_user(request)
        if waiting is None:
            return redirect(LOG_IN)
        user, next_path = waiting
        form = self._form(request)(request.POST)
        if not form.is_valid():
            return self._ask(request, form, status=400)
        with acting_as(Actor("user", user.pk, str(user))):
            try:
                prove_code(user=user, code=form.cleaned_data["code"], visitor=visitor(request))
            except DomainError as refusal:
                form.add_error("code", str(refusal))
                return self._ask(request, form, status=429 if isinstance(refusal, TooManyTries) else 400)
        return enter(request, user, next_path=next_path, is_strong=True)

    @staticmethod
    def _form(request: HttpRequest) -> type[PageForm]:
        return RecoveryForm if "recovery" in request.GET else CodeForm

    @staticmethod
    def _ask(request: HttpRequest, form: PageForm, status: int = 200) -> HttpResponse:
        waiting = pending_user(request)
        factors = factors_of(waiting[0]) if waiting else None
        context = {"form": form, "factors": factors, "is_recovery": isinstance(form, RecoveryForm)}
        return show(request, "staff/code.html", context, status=status)


class PasskeyQuestion(DoorPage):
    """A fresh challenge for the browser to sign; it is good for one answer."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            claim_try(keys={f"passkey|{visitor(request)}": CONNECTION})
        except TooManyTries as refusal:
            return JsonResponse({"message": str(refusal)}, status=429)
        options, request.session["passkey"] = begin_proof()
        return JsonResponse(options)


class PasskeyPage(DoorPage):
    """Log-in by passkey alone: something they have, opened by something they know or are."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        waiting = pending_user(request)
        next_path = safe_next(request, waiting[1] if waiting else request.POST.get("next"))
        try:
            user = prove_passkey(state=request.session.pop("passkey", None), answer=request.POST.get("credential", ""))
        except DomainError as refusal:
            return show_log_in(
                request, LogInForm({"username": "-", "password": "-"}), next_path=next_path, refusal=refusal
            )
        forgive(keys=[], shared=f"passkey|{visitor(request)}")
        return enter(request, user, next_path=next_path, is_strong=True)
