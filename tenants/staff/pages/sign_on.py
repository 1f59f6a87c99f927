"""Log-in by the firm's identity provider: there and back again."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cxcrm.core.errors import DomainError, NotFound
from tenants.staff.pages.entering import safe_next, welcome_in
from tenants.staff.pages.log_in import LOG_IN, DoorPage, LogInForm, show_log_in
from tenants.staff.services.single_sign_on import CALLBACK, begin_sign_on, finish_sign_on

# What the browser carries there and back, sealed; no row is written for somebody who only clicks.
LUGGAGE = "cx_sign_on"


class LeavePage(DoorPage):
    """To the provider. A link and no form: the content policy lets forms lead nowhere else."""

    http_method_names = ("get", "options")

    def get(self, request: HttpRequest, provider_id: UUID) -> HttpResponse:
        next_path = safe_next(request, request.GET.get("next"))
        try:
            address, luggage = begin_sign_on(
                provider_id=provider_id, next_path=next_path, again=request.user.is_authenticated
            )
        except NotFound:
            return redirect(LOG_IN)
        except DomainError as refusal:
            return _refuse(request, refusal, next_path)
        response = HttpResponse(status=302, headers={"Location": address})
        response.set_cookie(
            LUGGAGE,
            luggage,
            max_age=settings.LOG_IN_SECONDS,
            path=CALLBACK,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
        return response


class CallbackPage(DoorPage):
    """Back from the provider: the luggage is good for one arrival."""

    http_method_names = ("get", "options")

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            arrival = finish_sign_on(
                luggage=request.COOKIES.get(LUGGAGE, ""),
                state=request.GET.get("state", ""),
                code=request.GET.get("code", ""),
            )
        except NotFound:
            response: HttpResponse = redirect(LOG_IN)
        except DomainError as refusal:
            response = _refuse(request, refusal, safe_next(request, None))
        else:
            response = welcome_in(
                request,
                arrival.user,
                next_path=arrival.next,
                is_strong=arrival.provider.is_second_factor,
            )
        response.delete_cookie(LUGGAGE, path=CALLBACK, samesite="Lax")
        return response


def _refuse(request: HttpRequest, refusal: DomainError, next_path: str) -> HttpResponse:
    return show_log_in(request, LogInForm(), next_path=next_path, refusal=refusal)
