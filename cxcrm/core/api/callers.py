"""Programs call with a key and keep no cookies: what is done for browsers only steps aside for them.

Nothing of a wall is here: the firm, its rest, who calls, what they may and how often are asked of everybody.
"""

from typing import Any

from csp.constants import HEADER as CSP_HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import patch_vary_headers


def is_by_key(request: HttpRequest) -> bool:
    """Does a program call, with a key in its header and nothing a browser would have sent by itself?

    A cookie of any kind makes it a browser's call, for which every check of browsers is made.
    """
    told = request.META
    return (
        not told.get("HTTP_COOKIE")
        and told.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer "
        and request.path_info.startswith("/api/")
    )


class _ForBrowsers:
    """Mixed into a middleware, it steps aside for programs."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if is_by_key(request):
            return self.get_response(request)
        return super().__call__(request)


class Sessions(_ForBrowsers, SessionMiddleware):
    """Whether there is a cookie decides what is done, so it stays part of what an answer depends on."""

    def __call__(self, request: HttpRequest) -> Any:
        response = super().__call__(request)
        if not hasattr(request, "session"):
            patch_vary_headers(response, ("Cookie",))
        return response


class Authentication(_ForBrowsers, AuthenticationMiddleware):
    """Whose key it is finds out who checks keys; until then a program is nobody."""

    def __call__(self, request: HttpRequest) -> Any:
        if is_by_key(request):
            request.user = AnonymousUser()
        return super().__call__(request)


class Messages(_ForBrowsers, MessageMiddleware):
    """Nothing is told on a next page."""


class CsrfView(_ForBrowsers, CsrfViewMiddleware):
    """Without a cookie there is no session that somebody else's page could misuse."""

    def process_view(self, request: HttpRequest, *rest: Any) -> HttpResponse | None:
        return None if is_by_key(request) else super().process_view(request, *rest)


class ContentPolicy(CSPMiddleware):
    """Programs' answers carry the policy as well; where no view changes it, it is the one written at the start."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self._usual = build_policy()

    def __call__(self, request: HttpRequest) -> Any:
        if not is_by_key(request):
            return super().__call__(request)
        response = self.get_response(request)
        if any(name.startswith("_csp") for name in vars(response)):
            return self.process_response(request, response)
        response.headers.setdefault(CSP_HEADER, self._usual)
        return response
