"""The public host: landing page and sign-up; no log-in here."""

from django.urls import path

from tenants.pages.views import LandingPage, SignUpPage, StatusPage

urlpatterns = [
    path("", LandingPage.as_view(), name="landing"),
    path("signup/", SignUpPage.as_view(), name="sign-up"),
    path("signup/<uuid:tenant_id>/", StatusPage.as_view(), name="sign-up-status"),
]

handler400 = "cxcrm.core.pages.errors.bad_request"
handler403 = "cxcrm.core.pages.errors.forbidden"
handler404 = "cxcrm.core.pages.errors.not_found"
handler500 = "cxcrm.core.pages.errors.server_error"
