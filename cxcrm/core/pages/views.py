"""Bases of the pages the public sees."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from cxcrm.core.context import SYSTEM, Actor, acting_as
from cxcrm.core.errors import Gone
from cxcrm.core.language import speaking
from cxcrm.core.pages.language import language_context, page_language
from cxcrm.core.tokens import read_token

Page = TypeVar("Page", bound=Callable[..., Any])


def for_customers(page: Page) -> Page:
    """Mark a page class or view that customers use: it stays open while the firm is suspended."""
    page.for_customers = True
    return page


def is_for_customers(view: Callable[..., Any]) -> bool:
    """Whether what answers an address was marked so."""
    return getattr(getattr(view, "view_class", view), "for_customers", False)


def show(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Render ``templates/pages/<template>`` in the active language."""
    return render(request, f"pages/{template}", {**(context or {}), **language_context(request)}, status=status)


def see(request: HttpRequest, path: str, **query: str) -> HttpResponse:
    """After a form was accepted: look at ``path`` (303), with the language in the address where it was chosen there."""
    params = "&".join(f"{key}={value}" for key, value in query.items())
    language = language_context(request)["lang_query"]
    joined = "&".join(part for part in (language.lstrip("?"), params) if part)
    response = HttpResponseRedirect(f"{path}?{joined}" if joined else path)
    response.status_code = 303
    return response


def keep_secret(response: HttpResponseBase, language: str) -> HttpResponseBase:
    """Headers of a page whose address is a secret: not stored, not indexed, not told to the next site."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Content-Language"] = language
    return response


# No CSRF token on these pages, on purpose. What is forged across sites is a browser's own authority, its cookies, and
# these pages take none from cookies: the right to act is in the path (128 bits nobody can guess) or anybody has it.
# A token cookie would add nothing, and mail programs' browsers that block cookies could not answer. It would not even
# work: with "Referrer-Policy: no-referrer" browsers send "Origin: null", which Django's check refuses.
@method_decorator(csrf_exempt, name="dispatch")
class PublicPage(View):
    """A page anybody may open; GET and HEAD never write anything."""

    http_method_names = ("get", "head", "post", "options")

    def house_language(self) -> str:
        """The firm's language, for visitors whose browser asks for neither of ours."""
        return ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = page_language(request, house=self.house_language())
        # Whoever happens to be logged in at this browser is not who writes here.
        with acting_as(SYSTEM), speaking(language):
            return keep_secret(super().dispatch(request, *args, **kwargs), language)


@method_decorator(csrf_exempt, name="dispatch")
class TokenPage(View):
    """A page about one object, opened by a signed link. Unreadable links are 404, outlived ones 410."""

    http_method_names = ("get", "head", "post", "options")
    purpose: ClassVar[str] = ""

    def find(self, ident: UUID) -> Any | None:
        """The object the link names, or None."""
        raise NotImplementedError

    def reader(self, found: Any) -> tuple[Actor, str]:
        """Who holds the link, and their language."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, token: str) -> HttpResponseBase:
        ident = read_token(self.purpose, token)
        found = self.find(ident) if ident else None
        if found is None:
            language = page_language(request)
            with speaking(language):
                return keep_secret(show(request, "link_unknown.html", status=404), language)
        actor, spoken = self.reader(found)
        language = page_language(request, reader=spoken)
        with acting_as(actor), speaking(language):
            try:
                response = super().dispatch(request, found)
            except Gone as error:
                response = show(request, "gone.html", {"reason": str(error)}, status=410)
            return keep_secret(response, language)
