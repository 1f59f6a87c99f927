"""The landing page, sign-up, and the page that waits until the firm is ready."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from cxcrm.core.errors import DomainError
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.limits import TOO_MANY, is_over_limit
from cxcrm.core.pages.views import PublicPage, see, show
from tenants.models import Tenant
from tenants.pages.forms import SignUpForm
from tenants.services.domains import host_for, url_for
from tenants.services.provisioning import request_firm

# Each sign-up makes tables; nobody founds ten firms in ten minutes.
TIMES, SECONDS = 10, 600


class LandingPage(PublicPage):
    """What this is, on one screen."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return show(request, "tenants/landing.html")


class SignUpPage(PublicPage):
    """Reserves the address; the tables are made behind the scenes."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _ask(request, SignUpForm(initial={"language": get_language()}))

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
            tenant = request_firm(**form.cleaned_data)
        except DomainError as error:
            form.data = {**request.POST.dict(), "slug": form.cleaned_data["slug"]}  # show what was made of the name
            form.add_error("slug", str(error))
            return _ask(request, form, status=400)
        return see(request, reverse("sign-up-status", args=[tenant.id]))


class StatusPage(PublicPage):
    """Looks again every two seconds until the firm stands; shows nothing that is not in its address anyway."""

    def get(self, request: HttpRequest, tenant_id: UUID) -> HttpResponse:
        tenant = Tenant.objects.filter(pk=tenant_id, is_platform=False).first()
        if tenant is None:
            return show(request, "link_unknown.html", status=404)
        steps = list(Tenant.Step)
        reached = steps.index(Tenant.Step(tenant.step))
        context = {
            "tenant": tenant,
            "host": host_for(tenant.slug),
            "address": url_for(host_for(tenant.slug), "/admin/"),
            "is_ready": tenant.state == Tenant.State.ACTIVE,
            "is_waiting": tenant.state in (Tenant.State.REQUESTED, Tenant.State.PROVISIONING),
            "steps": [(step.label, number < reached, number == reached) for number, step in enumerate(steps[:-1])],
        }
        return show(request, "tenants/status.html", context)


def _ask(request: HttpRequest, form: SignUpForm, status: int = 200) -> HttpResponse:
    return show(request, "tenants/sign_up.html", {"form": form, "form_id": "sign-up"}, status=status)
