"""The landing page, sign-up, and the link in the mail behind which the firm is made."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language

from cxcrm.core.errors import DomainError
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.limits import TOO_MANY, is_over_limit
from cxcrm.core.pages.views import PublicPage, see, show
from cxcrm.core.tokens import make_public_token, read_public_token
from tenants.errors import AddressInvalid, AddressTaken, SignUpExpired
from tenants.models import SignUp, Tenant
from tenants.models.country import Country
from tenants.pages.forms import AddressForm, SignUpForm
from tenants.selectors.sign_ups import is_outlived, sign_up_with
from tenants.services.domains import host_for, is_free, url_for
from tenants.services.provisioning import entrance_of
from tenants.services.sign_ups import LINK, confirm_sign_up, request_sign_up

# Nobody founds ten firms in ten minutes.
TIMES, SECONDS = 10, 600
# Whoever asked may look at the request again and change it; it does not confirm anything.
SENT = "sign-up-sent"


class LandingPage(PublicPage):
    """What this is, on one screen."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return show(request, "tenants/landing.html")


class SignUpPage(PublicPage):
    """Takes the wish; nothing is made before the mail is answered."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _ask(request, SignUpForm(initial=_earlier(request) or _first_guess()))

    def post(self, request: HttpRequest) -> HttpResponse:
        if is_switching(request):
            return _ask(request, SignUpForm(initial=request.POST.dict()))
        form = SignUpForm(request.POST)
        if not form.is_valid():
            return _ask(request, form, status=400)
        if is_over_limit(request, "sign-up", times=TIMES, seconds=SECONDS):
            form.add_error(None, TOO_MANY)
            return _ask(request, form, status=429)
        try:
            sign_up = request_sign_up(**form.cleaned_data)
        except (AddressInvalid, AddressTaken) as error:
            form.propose(error)
            return _ask(request, form, status=400)
        except DomainError as error:
            form.add_error(None, str(error))
            return _ask(request, form, status=429)
        return see(request, reverse("sign-up-sent", args=[_again(sign_up)]))


class SentPage(PublicPage):
    """Says where the mail went; the typed can be mended from here."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        sign_up = sign_up_with(read_public_token(SENT, token))
        if sign_up is None:
            return show(request, "link_unknown.html", status=404)
        context = {"sign_up": sign_up, "host": host_for(sign_up.slug), "again": token}
        return show(request, "tenants/sign_up_sent.html", context)


class ConfirmPage(PublicPage):
    """Opening the link shows what will be made; only the button makes it, once, and leads the owner inside."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        sign_up = sign_up_with(read_public_token(LINK, token))
        if sign_up is None:
            return show(request, "link_unknown.html", status=404)
        if sign_up.tenant:
            return _ready(request, sign_up, sign_up.tenant)
        if is_outlived(sign_up):
            return _outlived(request, sign_up)
        form = AddressForm({"slug": sign_up.slug})
        if form.is_valid() and not is_free(sign_up.slug):
            form.propose(AddressTaken())
        return _offer(request, sign_up, form)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        sign_up = sign_up_with(read_public_token(LINK, token))
        if sign_up is None or is_switching(request):
            return self.get(request, token)
        form = AddressForm({"slug": request.POST.get("slug", sign_up.slug)})
        if not form.is_valid():
            return _offer(request, sign_up, form, status=400)
        try:
            tenant = confirm_sign_up(sign_up_id=sign_up.id, slug=form.cleaned_data["slug"])
        except (AddressInvalid, AddressTaken) as error:
            form.propose(error)
            return _offer(request, sign_up, form, status=409)
        except SignUpExpired:
            return self.get(request, token)
        response = HttpResponseRedirect(entrance_of(tenant))
        response.status_code = 303
        return response


def _ask(request: HttpRequest, form: SignUpForm, status: int = 200) -> HttpResponse:
    return show(request, "tenants/sign_up.html", {"form": form, "form_id": "sign-up"}, status=status)


def _offer(request: HttpRequest, sign_up: SignUp, form: AddressForm, status: int = 200) -> HttpResponse:
    context = {"sign_up": sign_up, "form": form, "form_id": "confirm", "again": _again(sign_up)}
    return _ends_at_the_firm(show(request, "tenants/sign_up_confirm.html", context, status=status))


def _ready(request: HttpRequest, sign_up: SignUp, tenant: Tenant) -> HttpResponse:
    context = {
        "tenant": tenant,
        "host": host_for(tenant.slug),
        "log_in": url_for(host_for(tenant.slug), "/admin/"),
        "may_enter": not is_outlived(sign_up),
    }
    return _ends_at_the_firm(show(request, "tenants/sign_up_ready.html", context))


def _ends_at_the_firm(response: HttpResponse) -> HttpResponse:
    """The button of this page leads to the firm's own host; browsers hold redirects of a form against its page."""
    hosts = url_for(host_for("*"), "")
    response._csp_update = {"form-action": [hosts]}  # as django-csp's decorator does
    return response


def _outlived(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    return show(request, "tenants/sign_up_outlived.html", {"sign_up": sign_up, "again": _again(sign_up)}, status=410)


def _again(sign_up: SignUp) -> str:
    """What the sign-up form takes to be filled in as it was."""
    return make_public_token(SENT, sign_up.id)


def _earlier(request: HttpRequest) -> dict[str, Any]:
    sign_up = sign_up_with(read_public_token(SENT, request.GET.get("again", "")))
    if sign_up is None:
        return {}
    return {field: getattr(sign_up, field) for field in SignUpForm.field_order}


def _first_guess() -> dict[str, Any]:
    language = get_language()
    return {"language": language, "country": Country.VN if language == "vi" else ""}
