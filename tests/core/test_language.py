"""One language per page: chosen, remembered, asked for, or the house's; two and no others."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from cxcrm.core.language import LanguageMiddleware, speaking


def answer(path: str = "/", cookie: str = "", **headers) -> tuple[HttpResponse, str]:
    spoken = []

    def page(request) -> HttpResponse:
        spoken.append(translation.get_language())
        assert translation.get_language() == request.LANGUAGE_CODE
        return HttpResponse()

    request = RequestFactory().get(path, **headers)
    if cookie:
        request.COOKIES["cx_language"] = cookie
    before = translation.get_language()
    response = LanguageMiddleware(page)(request)
    assert translation.get_language() == before
    return response, spoken[0]


@pytest.mark.parametrize(
    ("path", "cookie", "accepts", "expected"),
    [
        ("/", "", "", "vi"),
        ("/", "", "en-GB,en;q=0.9", "en"),
        ("/", "", "fr", "vi"),
        ("/", "en", "vi", "en"),
        ("/", "fr", "en", "en"),
        ("/?lang=vi", "en", "en", "vi"),
        ("/?lang=en", "", "", "en"),
        ("/?lang=fr", "", "", "vi"),
        ("/?lang=%00", "", "en", "en"),
        ("/?lang=../../x", "", "", "vi"),
        ("/", "", "x" * 5000, "vi"),
    ],
)
def test_which_one(path, cookie, accepts, expected):
    response, spoken = answer(path, cookie, HTTP_ACCEPT_LANGUAGE=accepts)
    assert (spoken, response["Content-Language"]) == (expected, expected)
    remembered = response.cookies.get("cx_language")
    if path in {"/?lang=vi", "/?lang=en"}:
        assert (remembered.value, remembered["httponly"], remembered["samesite"]) == (expected, True, "Lax")
        assert remembered["domain"] == ""
    else:
        assert remembered is None


def test_a_page_may_know_better():
    def page(request) -> HttpResponse:
        return HttpResponse(headers={"Content-Language": "en"})

    assert LanguageMiddleware(page)(RequestFactory().get("/"))["Content-Language"] == "en"


@pytest.mark.parametrize(("asked", "spoken"), [("vi", "vi"), ("en", "en"), ("fr", "vi"), ("", "vi"), (None, "vi")])
def test_speaking_and_back(asked, spoken):
    before = translation.get_language()
    with speaking(asked):
        assert translation.get_language() == spoken
    with pytest.raises(ZeroDivisionError), speaking(asked):
        1 / 0  # noqa: B018 - any error in the middle
    assert translation.get_language() == before
