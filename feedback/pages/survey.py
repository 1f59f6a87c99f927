"""The survey: opened by the link in the mail, answered by one button."""

from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from customers.models import Fact
from customers.selectors.facts import way_known
from cxcrm.core.clock import now
from cxcrm.core.context import Actor
from cxcrm.core.errors import InvalidInput
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.views import TokenPage, for_customers, see, show
from cxcrm.core.tokens import make_token
from feedback.errors import EditWindowClosed, InvitationExpired
from feedback.logic.answers import SCALES
from feedback.models import Complaint, Invitation, Question, Response, Survey
from feedback.pages.forms import SurveyForm
from feedback.pages.opt_out import my_page_of
from feedback.selectors.tone import tone_for
from feedback.selectors.wording import questions_for
from feedback.services.responses import EDIT_WINDOW, record_response

_SHOWN = "survey.shown"


@for_customers
class SurveyPage(TokenPage):
    """``?score=`` and ``?edit=1`` only choose what is shown; a POST records."""

    purpose = "survey"

    def find(self, ident: UUID) -> Invitation | None:
        return Invitation.objects.select_related("survey", "customer").filter(pk=ident).first()

    def reader(self, found: Invitation) -> tuple[Actor, str]:
        return Actor("customer", found.customer_id, found.customer.full_name), found.customer.language

    def get(self, request: HttpRequest, invitation: Invitation) -> HttpResponse:
        response = _response_to(invitation)
        wants_form = "score" in request.GET or "edit" in request.GET
        if response and not (wants_form and _may_change(response)):
            return _thanks(request, response)
        if not response and invitation.expires_at <= now():
            raise InvitationExpired
        form = _form(invitation, initial=_initial(request, invitation, response))
        return _ask(request, invitation, form, response)

    def post(self, request: HttpRequest, invitation: Invitation) -> HttpResponse:
        if is_switching(request):
            return _ask(request, invitation, _form(invitation, initial=_typed(request)), _response_to(invitation))
        form = _form(invitation, data=request.POST)
        if form.is_valid():
            try:
                _record(invitation, form, request.POST.get("shown", ""))
                return see(request, request.path)
            except EditWindowClosed:
                return _thanks(request, invitation.response, status=409)
            except InvalidInput as error:
                form.refuse(error)
        return _ask(request, invitation, form, _response_to(invitation), status=400)


def _form(invitation: Invitation, **kwargs: Any) -> SurveyForm:
    return SurveyForm(questions_for(invitation.survey, invitation.customer, get_language() or ""), **kwargs)


def _record(invitation: Invitation, form: SurveyForm, shown: str) -> None:
    values = form.cleaned_data
    record_response(
        invitation_id=invitation.id,
        score=values["score"],
        words=values.get("words", ""),
        contact_me=values["contact_me"],
        touchpoint_id=values["touchpoint"],
        answers=form.answers(),
        language=get_language() or "",
        seconds=_seen_for(invitation, shown),
    )


def _stamp(invitation: Invitation) -> str:
    """When the form was shown, carried by the form itself: nothing is kept of whoever only looks."""
    return Signer(salt=_SHOWN).sign(f"{invitation.pk}.{int(now().timestamp())}")


def _seen_for(invitation: Invitation, stamp: str) -> float | None:
    """Seconds since the form was shown; None without a stamp of ours for this invitation."""
    try:
        ident, _dot, at = Signer(salt=_SHOWN).unsign(stamp).partition(".")
    except BadSignature:
        return None
    return now().timestamp() - int(at) if ident == str(invitation.pk) else None


def _response_to(invitation: Invitation) -> Response | None:
    return Response.objects.filter(invitation=invitation).first()


def _may_change(response: Response) -> bool:
    return now() < response.answered_at + EDIT_WINDOW


def _initial(request: HttpRequest, invitation: Invitation, response: Response | None) -> dict[str, Any]:
    """What stands in the form: the earlier answer if there is one, and over it the number tapped in the mail."""
    touchpoint = invitation.touchpoint_id or invitation.survey.touchpoint_id
    initial: dict[str, Any] = {"touchpoint": touchpoint}
    if response:
        initial = {
            "score": response.score,
            "words": response.words,
            "contact_me": response.contact_me,
            "touchpoint": response.touchpoint_id or touchpoint,
        }
        for answer in response.answers.all():
            is_list = answer.kind == Question.Kind.WORDS
            initial[f"q-{answer.question_id}"] = answer.text.split("\n") if is_list else answer.text or answer.number
    tapped = request.GET.get("score", "")
    return {**initial, "score": tapped} if tapped.isascii() and tapped.isdigit() else initial


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What stands in the form when somebody changes its language: one value, or several where several were ticked."""
    return {name: values if len(values) > 1 else values[0] for name, values in request.POST.lists() if values}


def _ask(
    request: HttpRequest, invitation: Invitation, form: SurveyForm, response: Response | None, status: int = 200
) -> HttpResponse:
    context = {
        "tone": tone_for(invitation.customer),
        "form": form,
        "form_id": "answer",
        # A score tapped in the mail was thought over there.
        "shown": "" if "score" in request.GET else _stamp(invitation),
        "earlier": response,
        "opt_out": reverse("opt-out", args=[make_token("opt-out", invitation.customer_id)]),
    }
    return show(request, "feedback/survey.html", context, status=status)


def _thanks(request: HttpRequest, response: Response, status: int = 200) -> HttpResponse:
    complaint = Complaint.objects.filter(response=response).first()
    context = {
        "tone": tone_for(response.customer),
        "response": response,
        "top_of_scale": SCALES[Survey.Metric(response.metric).scale][1],
        "may_change": _may_change(response),
        "complaint": complaint,
        "my_page": my_page_of(response.customer_id),
        "ways": [] if way_known(response.customer_id, Fact.Kind.FIRST_SOURCE) else Fact.Way.choices,
        "tracking": reverse("track", args=[make_token("track", complaint.id)]) if complaint else "",
    }
    return show(request, "feedback/thanks.html", context, status=status)
