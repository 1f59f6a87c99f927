"""Every request has an id, leaves one line, and is counted; the path is never written, it may hold a secret."""

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cxcrm.core.ids import new_id
from cxcrm.core.observability.logs import about

logger = logging.getLogger("cxcrm.request")

HEADER: Final = "X-Request-ID"
_SANE: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET: Final = ("/livez", "/readyz", "/healthz", "/metrics")

_lock = threading.Lock()
_counts: Counter[tuple[str, int]] = Counter()
_seconds: Counter[str] = Counter()


class RequestMiddleware:
    """The outermost: takes a sane X-Request-ID from the proxy or makes one, and returns it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        ident = given if _SANE.fullmatch(given) else new_id().hex
        started = perf_counter()
        with about(request=ident):
            response = self.get_response(request)
            took = perf_counter() - started
            if not request.path.startswith((settings.STATIC_URL, *_QUIET)):
                count(request.method or "", response.status_code, took)
                if logger.isEnabledFor(logging.INFO):
                    logger.info("request", extra={"data": _told(request, response, took)})
        response.headers[HEADER] = ident
        return response


def _told(request: HttpRequest, response: HttpResponse, took: float) -> dict[str, Any]:
    match = request.resolver_match
    told: dict[str, Any] = {
        "method": request.method,
        "route": match.route if match else None,
        "status": response.status_code,
        "ms": round(took * 1000, 1),
    }
    known = vars(request)
    if "firm" in known:
        told["tenant"] = str(known["firm"].id)
    # Read only where somebody else has read it before: asking now would ask a firm that was left.
    if user := getattr(known.get("_cached_user"), "pk", None):
        told["user"] = str(user)
    if key := getattr(known.get("auth"), "pk", None):
        told["api_key"] = str(key)
    return told


def count(method: str, status: int, seconds: float) -> None:
    """Add one answered request to this process's numbers."""
    with _lock:
        _counts[method, status] += 1
        _seconds[method] += seconds  # type: ignore[assignment] # a Counter adds floats as well


def counted() -> tuple[dict[tuple[str, int], int], dict[str, float]]:
    """Requests by method and status, and seconds by method, since this process began."""
    with _lock:
        return dict(_counts), dict(_seconds)
