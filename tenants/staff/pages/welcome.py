"""Choosing a password by the link in the welcome mail."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import InvalidInput
from cxcrm.core.language import speaking
from cxcrm.core.pages.forms import PageForm
from cxcrm.core.pages.language import is_switching, page_language
from cxcrm.core.pages.views import keep_secret, see, show
from tenants.staff.models import User
from tenants.staff.selectors.people import working_user
from tenants.staff.services.accounts import choose_password, password_links


class PasswordForm(PageForm):
    """The same password twice; what is wrong with it is the service's to say."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Please choose a password.")},
    )
    again = forms.CharField(
        label=_("The same again"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Please type it a second time.")},
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "password" in values and "again" in values and values["password"] != values["again"]:
            self.add_error("again", _("The two are not the same."))
        return values


# CSRF-exempt like all pages whose right to act is in the path; see cxcrm.core.pages.views.
@method_decorator([csrf_exempt, sensitive_post_parameters()], name="dispatch")
class WelcomePage(View):
    """Opening the link does not spend it; choosing a password does."""

    http_method_names = ("get", "head", "post", "options")

    def dispatch(self, request: HttpRequest, user_id: UUID, token: str) -> HttpResponseBase:
        user = working_user(user_id)
        language = page_language(request, reader=user.language if user else "")
        actor = Actor("user", user.id, str(user)) if user else Actor()
        response: HttpResponseBase
        with speaking(language), acting_as(actor):
            if user is None:
                response = show(request, "link_unknown.html", status=404)
            elif "done" in request.GET and user.has_usable_password():
                response = show(request, "staff/welcome_done.html", {"person": user})
            elif not password_links.check_token(user, token):
                response = show(request, "staff/welcome_gone.html", status=410)
            else:
                response = super().dispatch(request, user, token)
            return keep_secret(response, language)

    def get(self, request: HttpRequest, user: User, token: str) -> HttpResponse:
        return _ask(request, user, PasswordForm())

    def post(self, request: HttpRequest, user: User, token: str) -> HttpResponse:
        if is_switching(request):
            return _ask(request, user, PasswordForm())
        form = PasswordForm(request.POST)
        if form.is_valid():
            try:
                choose_password(user=user, token=token, password=form.cleaned_data["password"])
                return see(request, request.path, done="1")
            except InvalidInput as error:
                form.add_error("password", str(error))
        return _ask(request, user, form, status=400)


def _ask(request: HttpRequest, user: User, form: PasswordForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "form_id": "password", "person": user, "rules": password_validators_help_texts()}
    return show(request, "staff/welcome.html", context, status=status)
