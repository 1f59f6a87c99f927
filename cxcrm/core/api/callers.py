"""Programs call with a key and keep no cookies: they go past what is done for browsers.

Nothing of a wall is here: the firm, its rest, who calls, what they may and how often are asked of everybody.
"""

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER as CSP_HEADER
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.cache import patch_vary_headers

from cxcrm.core.api.at_once import page_at_once
from cxcrm.core.language import answer_in_language, language_of

_NOBODY = AnonymousUser()


def is_by_key(request: HttpRequest) -> bool:
    """Does a program call, with a key in its header and nothing a browser would have sent by itself?

    A cookie of any kind makes it a browser's call, for which every check of browsers is made.
    """
    told = request.META
    return (
        not told.get("HTTP_COOKIE")
        and told.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer "
        and request.path_info.startswith("/api/v1/")
    )


class Programs:
    """A short way to the view for programs; browsers go through all middleware listed below this one.

    What those below tell everybody with every answer they are asked for once, at the start.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.for_browsers: Any = get_response
        self.view: Any = get_response
        while hasattr(self.view, "get_response"):
            self.view = self.view.get_response
        self._only_secure = settings.SECURE_SSL_REDIRECT
        self._usual = _told_with_every_answer()

    def __call__(self, request: HttpRequest) -> Any:
        if not is_by_key(request) or (self._only_secure and not request.is_secure()):
            return self.for_browsers(request)
        # Without a cookie there is no session that somebody else's page could misuse, and whose key it is finds out
        # who checks keys; until then a program is nobody.
        request.csrf_processing_done = True
        request.user = _NOBODY
        response = page_at_once(request, language_of(request)) or answer_in_language(request, self.view)
        headers = response.headers
        # Checked at the start and put in as Django keeps them: setting each would cost as much as all the rest here.
        if "Vary" in headers:
            patch_vary_headers(response, ("Cookie",))
        headers._store = {**self._usual, **headers._store}
        if not response.streaming and "Content-Length" not in headers:
            headers["Content-Length"] = str(len(response.content))
        return response


def _told_with_every_answer() -> dict[str, tuple[str, str]]:
    request, answer = HttpRequest(), HttpResponse()
    del answer.headers["Content-Type"]
    request.is_secure = lambda: settings.SECURE_SSL_REDIRECT
    SecurityMiddleware(lambda _request: answer).process_response(request, answer)
    XFrameOptionsMiddleware(lambda _request: answer).process_response(request, answer)
    answer.headers[CSP_HEADER] = build_policy()
    answer.headers["Vary"] = "Cookie"  # whether there was one decides what is done
    return dict(answer.headers._store)
