"""What staff and programs read at the host of a firm that is suspended or closing."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from cxcrm.core.context import TenantRef
from cxcrm.core.language import speaking
from cxcrm.core.pages.language import page_language
from cxcrm.core.pages.views import keep_secret, show
from tenants.errors import FirmClosing, FirmSuspended
from tenants.models import Tenant
from tenants.staff.selectors.firm import the_firm

# To programs a 503 means "keep it and come back": nothing a partner holds for us is given up.
RETRY_AFTER = "3600"


def firm_at_rest(request: HttpRequest, tenant: TenantRef) -> HttpResponse:
    """503 in the reader's language: what happened, that nothing is lost, whom to ask; staff also read the reason."""
    refusal = FirmSuspended() if tenant.state == Tenant.State.SUSPENDED else FirmClosing()
    known = request.user.is_authenticated
    language = page_language(request, reader=request.user.language if known else "", house=the_firm().language)
    with speaking(language):
        if request.path.startswith("/api/"):
            body = {"code": refusal.code, "message": str(refusal), "data": {}}
            response: HttpResponse = JsonResponse(body, status=503)
        else:
            row = Tenant.objects.filter(pk=tenant.id).values("suspension_reason", "closes_at").get()
            context = {"closing": isinstance(refusal, FirmClosing), "known": known, **row}
            response = show(request, "tenants/rest.html", context, status=503)
    response["Retry-After"] = RETRY_AFTER
    keep_secret(response, language)
    return response
