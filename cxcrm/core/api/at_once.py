"""A page of a list as programs ask for it all day, answered past the framework's steps around every call.

The steps that decide anything are the view's own: who calls, what they may, which rows they may see, how often. Only
what none of them refuses is answered here; of anything else nothing is said, and the ordinary way says it in its words.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLResolver, get_resolver, resolve
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from cxcrm.core.api import idempotency
from cxcrm.core.api.pagination import CursorPagination
from cxcrm.core.api.viewsets import JSON, ListViewSet, RoomView
from cxcrm.core.errors import DomainError

# What a call may say besides which list; everything more is read by the framework.
_PLAIN = frozenset({"cursor", "limit"})


class _Place:
    """One list's address: its view, and what of it is the same at every call."""

    def __init__(self, path: str, view: type[ListViewSet]) -> None:
        self.view, self.match = view, resolve(path, urlconf=settings.ROOT_URLCONF)
        told: Any = self.match.func  # the framework's, which knows what it was made with
        self.initkwargs: dict[str, Any] = told.initkwargs
        self.callers = [kind() for kind in view.authentication_classes]
        self.rules = [kind() for kind in view.permission_classes]
        self.limits = [kind() for kind in view.throttle_classes]
        usual = HttpResponse(content_type="application/json")
        offered = {*told.actions, "head"}  # whatever may be got may be asked for without its body
        usual.headers["Allow"] = ", ".join(name.upper() for name in view.http_method_names if name in offered)
        usual.headers["Cache-Control"] = "no-store"
        self.usual = dict(usual.headers._store)


def page_at_once(request: HttpRequest, language: str) -> HttpResponse | None:
    """The page ``request`` asks for, in a firm at work; None where anything at all is out of the ordinary."""
    told = request.META
    place = _places().get(request.path_info)
    if (
        place is None
        or request.method != "GET"
        or told.get("HTTP_ACCEPT", "*/*") not in JSON
        or idempotency.META in told
        or not (request.GET.keys() <= _PLAIN)
        or hasattr(request, "urlconf")
        or not request.firm.active
    ):
        return None
    try:
        answer = _page(place, request)
    except (APIException, DomainError):
        return None
    if answer is not None:
        request.resolver_match = place.match
        answer.headers._store = {
            **place.usual, "content-language": ("Content-Language", language), **answer.headers._store
        }  # fmt: skip
    return answer


def _page(place: _Place, request: HttpRequest) -> HttpResponse | None:
    asked = Request(request)
    view: Any = place.view(**place.initkwargs)
    view.action, view.request, view.args, view.kwargs, view.format_kwarg = "list", asked, (), {}, None
    view._asks = None
    for caller in place.callers:
        found = caller.authenticate(asked)
        if found is not None:
            asked.user, asked.auth = found
            break
    else:
        return None
    if not all(rule.has_permission(asked, view) for rule in place.rules):
        return None
    rows = view.get_queryset()
    texts = view.listing_of(rows)
    if texts is None:
        return None
    pages = view.paginator
    pages.begin(rows, asked, view)
    # From here on the call counts; whoever it is refused to is refused once more, which counts nothing.
    if not all(limit.allow_request(asked, view) for limit in place.limits):
        return None
    answer = HttpResponse(pages.texts(rows, texts), content_type="application/json")
    for name, text in (view._asks() if view._asks else asked.told).items():
        answer.headers[name] = text
    return answer


@cache
def _places() -> dict[str, _Place]:
    patterns = get_resolver(settings.ROOT_URLCONF).url_patterns
    return {path: _Place(path, view) for path, view in _lists(patterns, "/")}


def _lists(patterns: Any, before: str) -> Iterator[tuple[str, type[ListViewSet]]]:
    """Addresses without anything to read off them whose view lists in the way all do."""
    for pattern in patterns:
        path = f"{before}{pattern.pattern}"
        if "<" in path or not (path.startswith("/api/v1/") or "/api/v1/".startswith(path)):
            continue
        if isinstance(pattern, URLResolver):
            yield from _lists(pattern.url_patterns, path)
            continue
        view = getattr(pattern.callback, "cls", None)
        if (
            isinstance(view, type)
            and issubclass(view, ListViewSet)
            and pattern.callback.actions.get("get") == "list"
            and (view.list, view.initial, view.dispatch) == (ListViewSet.list, RoomView.initial, RoomView.dispatch)
            and view.pagination_class is CursorPagination
        ):
            yield path, view
