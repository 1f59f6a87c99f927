"""The HTTP door: the host decides the tenant, and the tenant is left whatever happens."""

from collections.abc import Callable
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponsePermanentRedirect
from django.http.request import split_domain_port
from django.template.loader import render_to_string
from django.urls import set_urlconf
from django.utils import timezone

from cxcrm.core.context import TenantRef
from cxcrm.core.pages.views import is_for_customers
from tenants.context import enter, leave, outside
from tenants.pages.rest import firm_at_rest
from tenants.selectors.hosts import is_public_host, tenant_at
from tenants.services.domains import url_for

_NOT_FOUND = b"<!doctype html><title>404</title><h1>404</h1>"
# Asked for by programs, which lose their key on the way to another host, or by pages, which load nothing from there.
_SERVED_AT_OLD_ADDRESS = ("/api/", "/brand.css", settings.STATIC_URL)


class TenantMiddleware:
    """Exact host match, constant 404 otherwise; public host and operators' host have URLs of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # Views carry querysets made when they are imported; imported during a request they would be that tenant's.
        with outside():
            for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF, settings.PLATFORM_URLCONF):
                import_module(urlconf)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        leave()
        try:
            return self._answer(request)
        finally:
            leave()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        raw = request.META.get("HTTP_HOST", "")
        host, _port = split_domain_port(raw)
        if raw.rpartition(":")[0].endswith(".") or raw.endswith("."):
            host = ""  # Django forgives a trailing dot; to us it is another name
        if is_public_host(host):
            return self._with_urls(request, settings.PUBLIC_SCHEMA_URLCONF)
        tenant = tenant_at(host) if host else None
        if tenant is None:
            return HttpResponseNotFound(_NOT_FOUND)
        if host != tenant.host and _may_move(request):
            return _moved(request, tenant)
        if not (tenant.active or tenant.at_rest):
            response = HttpResponse(render_to_string("errors/not_ready.html"), status=503)
            response["Retry-After"] = "5"
            return response
        enter(tenant)
        request.firm = tenant  # type: ignore[attr-defined] # ours, for the line in the log as well
        timezone.activate(ZoneInfo(tenant.time_zone))  # all pages use the firm's clock
        if tenant.is_platform:
            return self._with_urls(request, settings.PLATFORM_URLCONF)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> HttpResponse | None:
        """Of a firm at rest only the pages of its customers are open; everything else says why it is not."""
        tenant: TenantRef | None = getattr(request, "firm", None)
        if tenant is None or tenant.active or is_for_customers(view):
            return None
        return firm_at_rest(request, tenant)

    def _with_urls(self, request: HttpRequest, urlconf: str) -> HttpResponse:
        request.urlconf = urlconf
        set_urlconf(urlconf)
        try:
            return self.get_response(request)
        finally:
            set_urlconf(None)


def _may_move(request: HttpRequest) -> bool:
    """Only looking is sent on: what somebody posts to an old link is taken where it arrives, or it would be lost."""
    return request.method in {"GET", "HEAD"} and not request.path.startswith(_SERVED_AT_OLD_ADDRESS)


def _moved(request: HttpRequest, tenant: TenantRef) -> HttpResponse:
    response = HttpResponsePermanentRedirect(url_for(tenant.host, request.get_full_path()))
    # The old address may be somebody else's one day, so nobody may remember this; the path may hold a secret.
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
