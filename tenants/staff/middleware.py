"""Who is at the screen: signs what they do and speaks their language."""

import zoneinfo
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from cxcrm.core.context import SYSTEM, Actor, TenantRef, acting_as
from tenants.staff.models import User
from tenants.staff.selectors.firm import the_firm


class StaffMiddleware:
    """Staff pages use the language of the account; all pages use the firm's clock."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(getattr(connection, "tenant", None), TenantRef):
            return self.get_response(request)
        timezone.activate(zoneinfo.ZoneInfo(the_firm().time_zone))
        user = request.user if isinstance(request.user, User) else None
        if user and not request.path.startswith("/api/"):
            with translation.override(user.language):
                request.LANGUAGE_CODE = user.language
                response = self._answer(request, user)
                response.headers.setdefault("Content-Language", user.language)
                return response
        return self._answer(request, user)

    def _answer(self, request: HttpRequest, user: User | None) -> HttpResponse:
        actor = Actor("user", user.id, str(user)) if user else SYSTEM
        with acting_as(actor):
            return self.get_response(request)
