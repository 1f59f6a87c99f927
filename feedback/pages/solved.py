"""Is it solved? The customer has the last word on a complaint."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cxcrm.core.context import Actor
from cxcrm.core.errors import InvalidInput
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.views import TokenPage, for_customers, see, show
from cxcrm.core.tokens import make_token
from feedback.errors import InvalidState
from feedback.logic.complaint_states import ComplaintAction
from feedback.models import Complaint
from feedback.pages.forms import SolvedForm
from feedback.selectors.complaints import actions_for
from feedback.selectors.tone import tone_for
from feedback.services import complaints


@for_customers
class SolvedPage(TokenPage):
    """``?answer=yes`` and ``?answer=no`` only choose what is pre-selected; a POST closes or reopens."""

    purpose = "solved"

    def find(self, ident: UUID) -> Complaint | None:
        return Complaint.objects.select_related("customer").filter(pk=ident).first()

    def reader(self, found: Complaint) -> tuple[Actor, str]:
        return Actor("customer", found.customer_id, found.customer.full_name), found.customer.language

    def get(self, request: HttpRequest, complaint: Complaint) -> HttpResponse:
        tapped = request.GET.get("answer")
        form = SolvedForm(initial={"answer": tapped if tapped in ("yes", "no") else None})
        return _ask(request, complaint, form)

    def post(self, request: HttpRequest, complaint: Complaint) -> HttpResponse:
        if is_switching(request):
            return _ask(request, complaint, SolvedForm(initial=request.POST.dict()))
        form = SolvedForm(request.POST)
        if form.is_valid():
            try:
                if form.cleaned_data["answer"] == "yes":
                    complaints.confirm(complaint_id=complaint.id)
                else:
                    complaints.reopen(complaint_id=complaint.id, words=form.cleaned_data["words"])
                return see(request, request.path, done="1")
            except InvalidState:
                complaint.refresh_from_db()
                return _ask(request, complaint, form, status=409)
            except InvalidInput as error:
                form.refuse(error)
        return _ask(request, complaint, form, status=400)


def _ask(request: HttpRequest, complaint: Complaint, form: SolvedForm, status: int = 200) -> HttpResponse:
    """The question while it can be answered; else how things stand."""
    is_asked = complaint.state == Complaint.State.CLOSED_NO_REPLY or complaint.state == Complaint.State.COMMUNICATED
    context = {
        "complaint": complaint,
        "tone": tone_for(complaint.customer, about_complaint=True),
        "form": form,
        "form_id": "solved" if is_asked else "",
        "is_asked": is_asked,
        "may_reopen": ComplaintAction.REOPEN in actions_for(complaint),
        "is_done": "done" in request.GET,
        "tracking": reverse("track", args=[make_token("track", complaint.id)]),
    }
    return show(request, "feedback/solved.html", context, status=status)
