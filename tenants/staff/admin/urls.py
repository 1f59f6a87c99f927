"""Addresses of the log-in and of my account, the same on both sites."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from tenants.staff.admin import account, second_factors
from tenants.staff.pages.log_in import CodePage, PasskeyPage, PasskeyQuestion
from tenants.staff.pages.sign_on import CallbackPage, LeavePage


def log_in_urls() -> list[URLPattern]:
    """Open to everybody: whoever comes here is not logged in yet."""
    return [
        path("login/code/", CodePage.as_view(), name="login-code"),
        path("login/passkey/", PasskeyPage.as_view(), name="login-passkey"),
        path("login/passkey/question/", PasskeyQuestion.as_view(), name="login-passkey-question"),
        path("login/with/<uuid:provider_id>/", LeavePage.as_view(), name="login-with"),
        path("login/callback/", CallbackPage.as_view(), name="login-callback"),
    ]


def account_urls(site: AdminSite) -> list[URLPattern]:
    """For whoever is logged in, about themselves only."""

    def mine(view: Callable[..., Any]) -> Any:
        @wraps(view)
        def on_this_site(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            request.admin_site = site
            return view(request, **kwargs)

        return site.admin_view(on_this_site)

    return [
        path("account/", mine(account.account), name="account"),
        path("account/confirm/", mine(account.confirm), name="account-confirm"),
        path("account/sessions/end/", mine(account.end), name="account-end"),
        path("account/second-factor/", mine(second_factors.first_steps), name="account-second-factor"),
        path("account/app/", mine(second_factors.app), name="account-app"),
        path("account/app/remove/", mine(second_factors.remove_app), name="account-app-remove"),
        path("account/codes/", mine(second_factors.codes), name="account-codes"),
        path("account/passkeys/", mine(second_factors.add_passkey), name="account-passkeys"),
        path("account/passkeys/question/", mine(second_factors.ask_passkey), name="account-passkey-question"),
        path(
            "account/passkeys/<uuid:passkey_id>/rename/",
            mine(second_factors.rename_passkey),
            name="account-passkey-rename",
        ),
        path(
            "account/passkeys/<uuid:passkey_id>/remove/",
            mine(second_factors.remove_passkey),
            name="account-passkey-remove",
        ),
    ]
