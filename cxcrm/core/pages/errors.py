"""Refusals of the whole site in the reader's language; the API's in its own shape."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from cxcrm.core.api.exceptions import plain_refusal, unavailable
from cxcrm.core.api.exceptions import server_error as api_server_error
from cxcrm.core.db.away import RETRY_AFTER, is_away
from cxcrm.core.errors import DomainError, InvalidInput, NotAllowed, NotFound
from cxcrm.core.pages.language import language_context


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _refuse(request, 400, "400", InvalidInput())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _refuse(request, 403, "403", NotAllowed())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _refuse(request, 404, "404", NotFound())


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came back without its cookie; says what to do, not what CSRF is."""
    return _refuse(request, 403, "403_csrf", NotAllowed())


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered from a plain file in both languages: whatever broke may be the database or the settings.

    A database that is away is no fault of the request: its firms are told to come back soon, nobody else notices.
    """
    if is_away(sys.exception()):
        return _unavailable(request)
    if _is_api(request):
        return api_server_error(request)
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def _unavailable(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        response: HttpResponse = unavailable(request)
    else:
        response = HttpResponse(render_to_string("errors/503.html"), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def _refuse(request: HttpRequest, status: int, template: str, error: DomainError) -> HttpResponse:
    if _is_api(request):
        return plain_refusal(status, error.code, error)
    return render(request, f"errors/{template}.html", language_context(request), status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
