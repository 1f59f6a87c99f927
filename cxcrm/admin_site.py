"""The two admin sites, put together at the roof: one for firms, one for the operators of the service."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

import customers.admin
import feedback.admin
import journeys.admin
import tenants.admin
import tenants.staff.admin
import workflows.admin
from cxcrm.core.admin.site import Site
from tenants.admin.home import platform_home
from tenants.staff.admin.account import language, password
from tenants.staff.admin.urls import account_urls, log_in_urls
from tenants.staff.admin.views import bar_of, view_urls
from tenants.staff.pages.log_in import LogInPage
from workflows.admin.first_steps import first_steps
from workflows.admin.flywheel import flywheel
from workflows.admin.glossary import glossary
from workflows.admin.home import home
from workflows.admin.unowned import unowned_page
from workflows.services.notifications import welcome


class OurSite(Site):
    """One way to log in and one page about oneself, for firms and operators alike."""

    def extra_urls(self) -> list[URLPattern]:
        language_url = path("language/", self.admin_view(language), name="language")
        return [language_url, *log_in_urls(), *account_urls(self)]

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Out and back to the door, in the language just spoken."""
        super().logout(request, extra_context)
        return redirect(reverse("admin:login", query={"out": 1, "lang": get_language()}))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: Any = LogInPage.as_view()(request)
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        request.admin_site = self  # type: ignore[attr-defined] # as for the other pages of the account
        return password(request)

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("admin:account")


class TenantSite(OurSite):
    """Where a firm's staff work; knows nothing of other firms."""

    settings_name = "UNFOLD"
    site_title = site_header = "cxcrm"
    index_title = _("Home")

    def extra_urls(self) -> list[URLPattern]:
        steps = path("first-steps/", self.admin_view(first_steps), name="first-steps")
        unowned = path("unowned/", self.admin_view(self.unowned), name="unowned")
        wheel = path("flywheel/", self.admin_view(self.flywheel), name="flywheel")
        words = path("words/", self.admin_view(self.glossary), name="words")
        return [steps, unowned, wheel, words, *view_urls(self), *super().extra_urls()]

    def list_context(self, request: HttpRequest, admin: Any) -> dict[str, Any]:
        return bar_of(self, request, admin.model) if admin.exports else {}

    def unowned(self, request: HttpRequest) -> HttpResponse:
        return unowned_page(self, request)

    def flywheel(self, request: HttpRequest) -> HttpResponse:
        return flywheel(self, request)

    def glossary(self, request: HttpRequest) -> HttpResponse:
        return glossary(self, request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return home(self, request)


class PlatformSite(OurSite):
    """Where the operators see the registry; mounted on their own host only."""

    settings_name = "UNFOLD_PLATFORM"
    site_title = site_header = "cxcrm"
    index_title = _("Home")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return platform_home(self, request)


tenant_site = TenantSite()
tenants.staff.admin.register(tenant_site, welcome=welcome)
customers.admin.register(
    tenant_site,
    panels=[workflows.admin.customer_panel, feedback.admin.customer_panel],
    quote_panels=[workflows.admin.thank_panel, journeys.admin.quote_panel, journeys.admin.stages_panel],
    actions=[feedback.admin.ask_customers],
)
journeys.admin.register(
    tenant_site,
    coverage_panels=[workflows.admin.coverage_panel],
    part_panels=[workflows.admin.my_part_panel],
    brand_panels=[feedback.admin.brand_panel],
    initiative_panels=[workflows.admin.initiative_panel],
    insight_panels=[workflows.admin.insight_panel],
)
feedback.admin.register(tenant_site, response_panels=[workflows.admin.thank_answer])
workflows.admin.register(tenant_site)

platform_site = PlatformSite()
tenants.admin.register(platform_site)
tenants.staff.admin.register_operators(platform_site)
