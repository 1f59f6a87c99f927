"""Addresses of a firm's host."""

from django.urls import include, path
from django.urls.resolvers import RoutePattern

from cxcrm.admin_site import tenant_site
from cxcrm.core.api.addresses import KnownAddresses

urlpatterns = [
    KnownAddresses(RoutePattern("api/"), include("cxcrm.api_urls")[0]),
    path("admin/", tenant_site.urls),
    path("", include("tenants.staff.pages.urls")),
    path("", include("feedback.pages.urls")),
    path("", include("workflows.pages.urls")),
]

handler400 = "cxcrm.core.pages.errors.bad_request"
handler403 = "cxcrm.core.pages.errors.forbidden"
handler404 = "cxcrm.core.pages.errors.not_found"
handler500 = "cxcrm.core.pages.errors.server_error"
