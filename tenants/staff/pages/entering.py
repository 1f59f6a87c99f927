"""From a first proof to a session: what every way to log in shares."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from cxcrm.core.clock import now
from cxcrm.core.pages.limits import visitor
from tenants.staff.logic.devices import device_name
from tenants.staff.models import User
from tenants.staff.selectors.credentials import factors_of, must_have_second_factor
from tenants.staff.selectors.firm import the_firm
from tenants.staff.selectors.people import working_user
from tenants.staff.services.sessions import clear_expired

HOME = "/admin/"
CODE_PAGE = "/admin/login/code/"
BACKEND = "tenants.staff.backends.StaffBackend"


def safe_next(request: HttpRequest, path: str | None) -> str:
    """``path`` when it leads to a page of this host, else the home page."""
    is_ours = url_has_allowed_host_and_scheme(path, {request.get_host()}, require_https=request.is_secure())
    return path if path and is_ours else HOME


def welcome_in(request: HttpRequest, user: User, *, next_path: str, is_strong: bool) -> HttpResponse:
    """After a first proof: in, or to the second step for whoever has one. ``is_strong`` proofs need no second."""
    if not is_strong and factors_of(user).exist:
        request.session.flush()
        request.session["pending"] = {
            "user": str(user.pk),
            "hash": user.get_session_auth_hash(),
            "at": now().timestamp(),
            "next": next_path,
        }
        return redirect(CODE_PAGE)
    return enter(request, user, next_path=next_path, is_strong=is_strong)


def pending_user(request: HttpRequest) -> tuple[User, str] | None:
    """Who still owes the second step, and where they are going; None once it is too late or the account changed."""
    waiting: dict[str, Any] | None = request.session.get("pending")
    if not waiting or now().timestamp() - waiting["at"] > settings.LOG_IN_SECONDS:
        return None
    user = working_user(waiting["user"])
    if user is None or not constant_time_compare(user.get_session_auth_hash(), waiting["hash"]):
        return None
    return user, waiting["next"]


def enter(request: HttpRequest, user: User, *, next_path: str, is_strong: bool) -> HttpResponse:
    """A new session under a new cookie; whatever the browser carried before is gone."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session.update(
        {
            "since": now().timestamp(),
            # Decided once: a request of somebody at work asks nothing.
            "owes_factor": not is_strong and must_have_second_factor(the_firm(), user),
            "address": visitor(request)[:45],
            "device": device_name(request.headers.get("User-Agent", "")),
        }
    )
    clear_expired()
    return redirect(safe_next(request, next_path))
