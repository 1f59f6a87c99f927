"""Following a complaint: where it stands, by when we answer, and a word back."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from cxcrm.core.context import Actor
from cxcrm.core.errors import Conflict, InvalidInput
from cxcrm.core.pages.forms import PageForm
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.limits import TOO_MANY, is_over_limit
from cxcrm.core.pages.views import TokenPage, for_customers, see, show
from cxcrm.core.tokens import make_token
from feedback.logic.answers import MAX_TEXT
from feedback.models import Complaint
from feedback.selectors.tone import tone_for
from feedback.services import complaints
from workflows.selectors.tracking import tracking_of

TIMES, SECONDS = 20, 600


class MessageForm(PageForm):
    """A word to whoever works on it."""

    body = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Please write something.")},
    )


@for_customers
class TrackPage(TokenPage):
    """``?new=1`` and ``?sent=1`` only add a line to the page."""

    purpose = "track"

    def find(self, ident: UUID) -> Complaint | None:
        return Complaint.objects.select_related("customer", "touchpoint").filter(pk=ident).first()

    def reader(self, found: Complaint) -> tuple[Actor, str]:
        return Actor("customer", found.customer_id, found.customer.full_name), found.customer.language

    def get(self, request: HttpRequest, complaint: Complaint) -> HttpResponse:
        return _page(request, complaint, MessageForm())

    def post(self, request: HttpRequest, complaint: Complaint) -> HttpResponse:
        if is_switching(request):
            return _page(request, complaint, MessageForm(initial=request.POST.dict()))
        form = MessageForm(request.POST)
        if not form.is_valid():
            return _page(request, complaint, form, status=400)
        if is_over_limit(request, "message", times=TIMES, seconds=SECONDS):
            form.add_error(None, TOO_MANY)
            return _page(request, complaint, form, status=429)
        try:
            if request.POST.get("do") == "reopen":
                complaints.reopen(complaint_id=complaint.id, words=form.cleaned_data["body"])
            else:
                complaints.add_note(complaint_id=complaint.id, body=form.cleaned_data["body"])
        except (InvalidInput, Conflict) as error:
            complaint.refresh_from_db()
            form.refuse(error)
            return _page(request, complaint, form, status=409 if isinstance(error, Conflict) else 400)
        return see(request, request.path, sent="1")


def _page(request: HttpRequest, complaint: Complaint, form: MessageForm, status: int = 200) -> HttpResponse:
    tone = tone_for(complaint.customer, about_complaint=True)
    tracking = tracking_of(complaint, reopen_within=complaints.REOPEN_WITHIN, pair=tone.pair)
    if tracking.may_reopen:
        form.fields["body"].label = gettext_lazy("What is still missing?")
    context = {
        "complaint": complaint,
        "tone": tone,
        "tracking": tracking,
        "form": form,
        "form_id": "message" if tracking.may_reopen or not tracking.is_closed else "",
        "is_new": "new" in request.GET,
        "is_sent": "sent" in request.GET,
        "solved": reverse("solved", args=[make_token("solved", complaint.id)]),
    }
    return show(request, "workflows/track.html", context, status=status)
