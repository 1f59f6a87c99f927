"""The way out of surveys: a page with one button, and the one-click request of mail programs (RFC 8058)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from customers.models import Consent, Customer
from customers.selectors.consents import standing
from customers.selectors.merging import survivor_of
from customers.services.consents import state_consent
from cxcrm.core.context import Actor
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.views import TokenPage, for_customers, see, show
from cxcrm.core.tokens import make_token
from feedback.selectors.tone import tone_for

SURVEY = Consent.Purpose.SURVEY


@for_customers
class OptOutPage(TokenPage):
    """Opening the page changes nothing: mail scanners open everything."""

    purpose = "opt-out"

    def find(self, ident: UUID) -> Customer | None:
        return Customer.objects.filter(pk=survivor_of(ident)).first()

    def reader(self, found: Customer) -> tuple[Actor, str]:
        return Actor("customer", found.id, found.full_name), found.language

    def get(self, request: HttpRequest, customer: Customer) -> HttpResponse:
        is_out = standing([customer.id], SURVEY).get(customer.id) is False
        context = {"is_out": is_out, "tone": tone_for(customer), "my_page": my_page_of(customer.id)}
        return show(request, "feedback/opt_out.html", context)

    def post(self, request: HttpRequest, customer: Customer) -> HttpResponse:
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        if one_click:
            _state(customer, granted=False, evidence="RFC 8058 one-click")
            return HttpResponse("OK", content_type="text/plain; charset=utf-8")
        choice = request.POST.get("choice")
        if choice in ("stop", "resume") and not is_switching(request):
            _state(customer, granted=choice == "resume", evidence="opt-out page")
        return see(request, request.path)


def my_page_of(customer_id: UUID) -> str:
    """The way from a page of ours to the customer's own, where everything else is chosen."""
    return reverse("my-page", args=[make_token("my-page", customer_id)])


def _state(customer: Customer, *, granted: bool, evidence: str) -> None:
    state_consent(
        customer_id=customer.id, purpose=SURVEY, granted=granted, method=Consent.Method.PAGE, evidence=evidence
    )
