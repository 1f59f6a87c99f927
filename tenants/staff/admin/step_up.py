"""Before something dangerous: the last proof of who is there must be fresh."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cxcrm.core.clock import now

CONFIRM = "/admin/account/confirm/"


def is_fresh(request: HttpRequest) -> bool:
    """Did whoever is at the screen prove themselves within STEP_UP_SECONDS, by logging in or since then?"""
    proved = request.session.get("proved_at") or request.session.get("since") or now().timestamp()
    return now().timestamp() - proved <= settings.STEP_UP_SECONDS


def prove_first(request: HttpRequest, back: str | None = None) -> HttpResponse:
    """To the page that asks who is there, and from there ``back`` to where they were."""
    return redirect(f"{CONFIRM}?{urlencode({'next': back or request.path})}")


def fresh(back: str | None = None) -> Callable[..., Any]:
    """Let a view run only after a fresh proof; ``back`` is the page to return to for views that only take forms."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_fresh(request):
                return prove_first(request, back)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


class FreshAdmin:
    """A model page whose changes need a fresh proof; looking does not."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        may = self.has_change_permission(request) if object_id else self.has_add_permission(request)
        if may and not is_fresh(request):
            return prove_first(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if self.has_delete_permission(request) and not is_fresh(request):
            return prove_first(request)
        return super().delete_view(request, object_id, extra_context)
