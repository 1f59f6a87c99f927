"""Every refusal of the API in one shape: ``{"code", "message", "data"}``."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.fields import get_error_detail
from rest_framework.response import Response

from cxcrm.core.errors import Conflict, DomainError, Gone, InvalidInput, LimitReached, NotAllowed, NotFound, TooOften

# The only place that knows which HTTP status a refusal becomes; the first family that fits decides.
STATUS_OF: dict[type[DomainError], int] = {
    NotFound: status.HTTP_404_NOT_FOUND,
    NotAllowed: status.HTTP_403_FORBIDDEN,
    LimitReached: status.HTTP_403_FORBIDDEN,
    Conflict: status.HTTP_409_CONFLICT,
    Gone: status.HTTP_410_GONE,
    TooOften: status.HTTP_429_TOO_MANY_REQUESTS,
    DomainError: status.HTTP_400_BAD_REQUEST,
}

# Stable codes for what the framework itself refuses.
CODE_OF: dict[type[exceptions.APIException], str] = {
    exceptions.ParseError: "malformed",
    exceptions.PermissionDenied: NotAllowed.code,
    exceptions.NotFound: NotFound.code,
}


NOT_KNOWN = _("Say who is calling: send an API key as “Authorization: Bearer …”, or log in to the admin.")


class TooLarge(exceptions.APIException):
    """The body or the file is larger than this address takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = _("This is too large.")


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into a response; None for anything unforeseen, which stays a server error."""
    if isinstance(exc, DomainError):
        found = next(status for family, status in STATUS_OF.items() if isinstance(exc, family))
        wait = exc.data.get("retry_after")
        headers = {"Retry-After": str(wait)} if wait is not None else None
        return _response(found, exc.code, exc.message, exc.data, headers)
    if isinstance(exc, Http404):
        return _response(404, NotFound.code, NotFound.message)
    if isinstance(exc, PermissionDenied):
        return _response(403, NotAllowed.code, NotAllowed.message)
    if isinstance(exc, SuspiciousOperation):
        return _response(400, "malformed", InvalidInput.message)
    if isinstance(exc, DjangoValidationError):
        exc = exceptions.ValidationError(get_error_detail(exc))
    if isinstance(exc, exceptions.APIException):
        return _framework_response(exc)
    return None


def _framework_response(exc: exceptions.APIException) -> Response:
    headers = {}
    if header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(exc, exceptions.ValidationError):
        return _response(400, InvalidInput.code, InvalidInput.message, {"fields": fields_of(exc.detail)}, headers)
    code = next((code for family, code in CODE_OF.items() if isinstance(exc, family)), None)
    message = NOT_KNOWN if isinstance(exc, exceptions.NotAuthenticated) else exc.detail
    return _response(exc.status_code, code or exc.get_codes(), message, {}, headers)


def fields_of(detail: Any) -> dict[str, list[dict[str, str]]]:
    """Flatten nested validation errors: ``phones.0`` → its problems; what concerns the whole body is under ``body``."""
    found: dict[str, list[dict[str, str]]] = {}
    for path, problem in _problems(detail, ""):
        found.setdefault(path or "body", []).append({"code": str(problem.code), "message": str(problem)})
    return found


def _problems(detail: Any, path: str) -> Iterator[tuple[str, exceptions.ErrorDetail]]:
    if isinstance(detail, exceptions.ErrorDetail):
        yield path, detail
        return
    pairs = detail.items() if isinstance(detail, dict) else enumerate(detail)
    for key, value in pairs:
        own = isinstance(value, exceptions.ErrorDetail) or key == "non_field_errors"
        yield from _problems(value, path if own else f"{path}.{key}".lstrip("."))


def _response(status: int, code: Any, message: Any, data: Any = None, headers: Any = None) -> Response:
    return Response({"code": code, "message": str(message), "data": data or {}}, status=status, headers=headers)


def plain_refusal(status: int, code: str, message: Any, data: Any = None) -> JsonResponse:
    """The one shape, outside the framework; letters stay letters, as in the framework's own answers."""
    body = {"code": code, "message": str(message), "data": data or {}}
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def no_such_address(request: HttpRequest, rest: str = "") -> JsonResponse:
    """What every unknown address of the API answers; a forgotten slash at the end is pointed out."""
    data = {}
    if not request.path.endswith("/"):
        try:
            known = resolve(request.path + "/").func is not no_such_address
        except Resolver404:
            known = False
        if known:
            data = {"meant": request.path + "/"}
    return plain_refusal(404, NotFound.code, NotFound.message, data)


def server_error(request: HttpRequest) -> JsonResponse:
    """The shape holds even when the fault is ours; for ``handler500``."""
    message = str(_("Something went wrong on our side. It has been recorded."))
    return plain_refusal(500, "server_error", message)


def unavailable(request: HttpRequest) -> JsonResponse:
    """The same where the database did not answer."""
    return plain_refusal(503, "unavailable", _("The data cannot be reached just now. Try again in a few seconds."))
