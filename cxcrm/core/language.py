"""The language of a page: what the visitor chose, else what their browser asks for, else the firm's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

LANGUAGES = ("vi", "en")


class LanguageMiddleware:
    """``?lang=`` wins and is remembered in a cookie; then the cookie, then Accept-Language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return answer_in_language(request, self.get_response)


def answer_in_language(request: HttpRequest, get_response: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """What ``get_response`` says, in the language the visitor wishes."""
    asked = request.GET.get("lang")
    asked = asked if asked in LANGUAGES else None
    language = asked or language_of(request)
    with translation.override(language):
        request.LANGUAGE_CODE = language
        response = get_response(request)
    response.headers.setdefault("Content-Language", language)
    if asked:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, asked, max_age=365 * 86400, samesite="Lax", httponly=True)
    return response


def language_of(request: HttpRequest) -> str:
    """The language of who did not ask for one in the address."""
    if request.COOKIES:
        return translation.get_language_from_request(request)
    return _heard(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


@lru_cache(maxsize=1000)
def _heard(accepted: str) -> str:
    """The language for who sends no cookie; the same few wishes come all day."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return translation.get_language_from_request(request)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Render for one reader: everything translated inside is in ``language``."""
    with translation.override(language if language in LANGUAGES else settings.LANGUAGE_CODE):
        yield
