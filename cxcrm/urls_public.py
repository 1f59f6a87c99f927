"""The public host: landing page and sign-up; no log-in here."""

from django.urls import path

from tenants.pages.inbound import ProviderPage, RawPage
from tenants.pages.metrics import MetricsPage
from tenants.pages.views import ConfirmPage, LandingPage, SentPage, SignUpPage

urlpatterns = [
    path("", LandingPage.as_view(), name="landing"),
    path("signup/", SignUpPage.as_view(), name="sign-up"),
    path("signup/<token>/", SentPage.as_view(), name="sign-up-sent"),
    path("s/<token>/", ConfirmPage.as_view(), name="sign-up-confirm"),
    path("inbound/raw/", RawPage.as_view(), name="inbound-raw"),
    path("inbound/<slug:provider>/", ProviderPage.as_view(), name="inbound-provider"),
    path("metrics", MetricsPage.as_view(), name="metrics"),
]

handler400 = "cxcrm.core.pages.errors.bad_request"
handler403 = "cxcrm.core.pages.errors.forbidden"
handler404 = "cxcrm.core.pages.errors.not_found"
handler500 = "cxcrm.core.pages.errors.server_error"
