"""Who is at the screen: signs what they do and speaks their language."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import translation

from cxcrm.core.context import SYSTEM, Actor, TenantRef, acting_as
from cxcrm.core.db.here import connection_here
from tenants.services.usage import note_activity
from tenants.staff.errors import SecondFactorMissing
from tenants.staff.models import User

# What somebody may see who must set up a second factor first.
OPEN_MEANWHILE = ("/admin/account/", "/admin/logout/", "/admin/login/", "/admin/language/", "/admin/jsi18n/")


def _ask_for_second_factor(request: HttpRequest) -> HttpResponse | None:
    """To the page that sets one up; a program gets the sentence instead."""
    if request.path.startswith("/api/"):
        refusal = SecondFactorMissing()
        return JsonResponse({"code": refusal.code, "message": str(refusal), "data": {}}, status=403)
    if request.path.startswith("/admin/") and not request.path.startswith(OPEN_MEANWHILE):
        return redirect("/admin/account/second-factor/")
    return None


class StaffMiddleware:
    """Staff pages use the language of the account.

    Whoever logged in without the second factor their firm asks for passes here only to set one up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(connection_here().tenant, TenantRef):
            return self.get_response(request)
        user = request.user if isinstance(request.user, User) else None
        if user and request.session.get("owes_factor"):
            refusal = _ask_for_second_factor(request)
            if refusal is not None:
                return refusal
        if user and not request.path.startswith("/api/"):
            with translation.override(user.language):
                request.LANGUAGE_CODE = user.language
                response = self._answer(request, user)
                response.headers.setdefault("Content-Language", user.language)
                return response
        return self._answer(request, user)

    def _answer(self, request: HttpRequest, user: User | None) -> HttpResponse:
        actor = Actor("user", user.id, str(user)) if user else SYSTEM
        if user:
            note_activity()
        with acting_as(actor):
            return self.get_response(request)
