"""Two languages on a page without scripts: a switch that keeps what was typed."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from cxcrm.core.language import LANGUAGES

NAMES = {"vi": "Tiếng Việt", "en": "English"}
# Name of the button that posts a half-filled form only to see it in the other language.
SWITCH = "show_in"


def chosen_language(request: HttpRequest) -> str | None:
    """What the visitor chose with the switch, now or earlier; None when they never did."""
    for choice in (request.GET.get("lang"), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)):
        if choice in LANGUAGES:
            return choice
    return None


def page_language(request: HttpRequest, *, reader: str = "", house: str = "") -> str:
    """Language of a page: chosen with the switch, else the ``reader``'s, else the browser's, else the ``house``'s."""
    wanted = [chosen_language(request), reader, *_asked_by_browser(request), house]
    return next((language for language in wanted if language in LANGUAGES), settings.LANGUAGE_CODE)


def _asked_by_browser(request: HttpRequest) -> list[str]:
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    return [code.partition("-")[0] for code, _quality in accepted]


def is_switching(request: HttpRequest) -> bool:
    """Whether a form was posted only to be shown in the other language: nothing may be recorded."""
    return SWITCH in request.POST


def language_context(request: HttpRequest) -> dict[str, Any]:
    """What the page frame needs: the other language's address, and ``?lang=`` to hand on where cookies are blocked."""
    current = translation.get_language() or settings.LANGUAGE_CODE
    other = next(language for language in LANGUAGES if language != current)
    query = request.GET.copy()
    query["lang"] = other
    explicit = request.GET.get("lang") in LANGUAGES
    return {
        "LANGUAGE_CODE": current,
        "other_language": {"code": other, "name": NAMES[other], "query": f"?{query.urlencode()}"},
        "lang_query": f"?lang={current}" if explicit else "",
    }
