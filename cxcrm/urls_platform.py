"""Addresses of the operators' host."""

from django.urls import include, path
from django.views.generic import RedirectView

from cxcrm.admin_site import platform_site
from workflows.pages.passwords import ForgotPage

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/", permanent=False)),
    path("admin/", platform_site.urls),
    path("", include("tenants.staff.pages.urls")),
    path("forgot/", ForgotPage.as_view(), name="admin_password_reset"),
]

handler400 = "cxcrm.core.pages.errors.bad_request"
handler403 = "cxcrm.core.pages.errors.forbidden"
handler404 = "cxcrm.core.pages.errors.not_found"
handler500 = "cxcrm.core.pages.errors.server_error"
