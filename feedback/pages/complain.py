"""The complaint form anybody may fill in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from customers.services.customers import find_or_create_by_contact
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import InvalidInput
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.limits import TOO_MANY, is_over_limit
from cxcrm.core.pages.views import PublicPage, for_customers, see, show
from cxcrm.core.tokens import make_token
from feedback.models import Complaint
from feedback.pages.forms import ComplaintForm
from feedback.selectors.tone import tone_for_anybody
from feedback.services.complaints import open_complaint
from feedback.services.note_files import keep_what_fits
from tenants.staff.selectors.firm import the_firm

# A shop's guests share one address; a program does not stop at twenty.
TIMES, SECONDS = 20, 600


@for_customers
class ComplainPage(PublicPage):
    """Three fields; the answer is the page where the case can be followed."""

    def house_language(self) -> str:
        return the_firm().language

    def get(self, request: HttpRequest) -> HttpResponse:
        return _ask(request, ComplaintForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if is_switching(request):
            return _ask(request, ComplaintForm(initial=request.POST.dict()))
        form = ComplaintForm(request.POST, request.FILES)
        if not form.is_valid():
            return _ask(request, form, status=400)
        if is_over_limit(request, "complain", times=TIMES, seconds=SECONDS):
            form.add_error(None, TOO_MANY)
            return _ask(request, form, status=429)
        try:
            complaint = _open(form.cleaned_data)
        except InvalidInput as error:
            form.refuse(error)
            return _ask(request, form, status=400)
        return see(request, reverse("track", args=[make_token("track", complaint.id)]), new="1")


def _open(values: dict[str, Any]) -> Complaint:
    contact: dict[str, str] = values["contact"]
    name = values["full_name"] or next(iter(contact.values()))
    with acting_as(Actor("customer", None, name)):
        customer, _created = find_or_create_by_contact(
            full_name=name, phone=contact.get("phone", ""), email=contact.get("email", ""), language=get_language()
        )
        complaint = open_complaint(
            customer_id=customer.id,
            description=values["description"],
            channel=Complaint.Channel.PAGE,
            touchpoint_id=values["touchpoint"],
            remedy_sought=values["remedy_sought"],
        )
        keep_what_fits(complaint, customer.id, values["photos"])
        return complaint


def _ask(request: HttpRequest, form: ComplaintForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "form_id": "complaint", "tone": tone_for_anybody()}
    return show(request, "feedback/complain.html", context, status=status)
