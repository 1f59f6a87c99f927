"""The HTTP door: the host decides the tenant, and the tenant is left whatever happens."""

from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.request import split_domain_port
from django.template.loader import render_to_string
from django.urls import set_urlconf

from tenants.context import enter, leave, outside
from tenants.selectors.hosts import is_public_host, tenant_at

_NOT_FOUND = b"<!doctype html><title>404</title><h1>404</h1>"


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
            set_urlconf(None)

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
        if not tenant.active:
            response = HttpResponse(render_to_string("errors/not_ready.html"), status=503)
            response["Retry-After"] = "5"
            return response
        enter(tenant)
        return self._with_urls(request, settings.PLATFORM_URLCONF if tenant.is_platform else settings.ROOT_URLCONF)

    def _with_urls(self, request: HttpRequest, urlconf: str) -> HttpResponse:
        request.urlconf = urlconf
        set_urlconf(urlconf)
        return self.get_response(request)
