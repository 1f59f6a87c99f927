"""The language of a page: what the visitor chose, else what their browser asks for, else the firm's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

LANGUAGES = ("vi", "en")


class LanguageMiddleware:
    """``?lang=`` wins and is remembered in a cookie; then the cookie, then Accept-Language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang")
        asked = asked if asked in LANGUAGES else None
        language = asked or translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if asked:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, asked, max_age=365 * 86400, samesite="Lax", httponly=True
            )
        return response


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Render for one reader: everything translated inside is in ``language``."""
    with translation.override(language if language in LANGUAGES else settings.LANGUAGE_CODE):
        yield
