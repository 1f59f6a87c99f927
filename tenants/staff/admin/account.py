"""A person's own account: the language they read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tenants.staff.models import User
from tenants.staff.services.configuration import choose_language


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language of the one who asks, and go back to where they were."""
    chosen = request.POST.get("language", "")
    if chosen in User.Language.values:
        choose_language(user_id=request.user.pk, language=chosen)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "/admin/")
