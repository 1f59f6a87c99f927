"""A forgotten password: the link is mailed, whoever asks."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from cxcrm.core.pages.forms import PageForm
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.limits import TOO_MANY, is_over_limit
from cxcrm.core.pages.views import PublicPage, show
from tenants.staff.selectors.firm import the_firm
from workflows.services.passwords import mail_password_link

TIMES, SECONDS = 10, 600


class ForgotForm(PageForm):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        error_messages={
            "required": gettext_lazy("Please type your e-mail address."),
            "invalid": gettext_lazy("This e-mail address is not complete."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


class ForgotPage(PublicPage):
    """The answer is the same for every address: nobody learns here who works for the firm."""

    def house_language(self) -> str:
        return the_firm().language

    def get(self, request: HttpRequest) -> HttpResponse:
        return _ask(request, ForgotForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if is_switching(request):
            return _ask(request, ForgotForm(initial=request.POST.dict()))
        form = ForgotForm(request.POST)
        if not form.is_valid():
            return _ask(request, form, status=400)
        if is_over_limit(request, "forgot", times=TIMES, seconds=SECONDS):
            form.add_error(None, TOO_MANY)
            return _ask(request, form, status=429)
        mail_password_link(email=form.cleaned_data["email"])
        return show(request, "staff/forgot_sent.html", {"email": form.cleaned_data["email"]})


def _ask(request: HttpRequest, form: ForgotForm, status: int = 200) -> HttpResponse:
    return show(request, "staff/forgot.html", {"form": form, "form_id": "forgot"}, status=status)
