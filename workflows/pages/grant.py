"""The answer to a request for compensation, from the mail: a POST answers, in the name of who was asked."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxcrm.core.context import Actor
from cxcrm.core.errors import DomainError
from cxcrm.core.money import money
from cxcrm.core.pages.forms import PageForm
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.views import TokenPage, see, show
from feedback.selectors.complaints import similar_count
from tenants.staff.selectors.firm import the_firm
from tenants.staff.selectors.limits import limit_of
from workflows.errors import CompensationOver
from workflows.models import Compensation, CompensationAsk
from workflows.selectors.people import customer_called, person
from workflows.services.compensations import approve, decline
from workflows.services.decisions import may_afford


class GrantForm(PageForm):
    answer = forms.ChoiceField(choices=[("approve", ""), ("decline", "")], widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, answer: str, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if answer == "decline":
            self.fields["note"].required = True
            self.fields["note"].label = _("Why not?")


class GrantPage(TokenPage):
    """``?do=`` only chooses what stands first."""

    purpose = "grant"

    def find(self, ident: UUID) -> CompensationAsk | None:
        return (
            CompensationAsk.objects.select_related(
                "person", "deputy_for", "compensation__asked_by", "compensation__decided_by",
                "compensation__complaint__customer", "compensation__complaint__touchpoint",
            )
            .filter(pk=ident, person__is_active=True)
            .first()
        )  # fmt: skip

    def reader(self, found: CompensationAsk) -> tuple[Actor, str]:
        return Actor("user", found.person.pk, found.person.full_name), found.person.language

    def get(self, request: HttpRequest, ask: CompensationAsk) -> HttpResponse:
        if ask.compensation.state != Compensation.State.WAITING:
            return _over(request, ask)
        return _ask(request, ask, request.GET.get("do", ""))

    def post(self, request: HttpRequest, ask: CompensationAsk) -> HttpResponse:
        answer = request.POST.get("answer", "")
        form = GrantForm(answer, request.POST, auto_id="posted-%s")
        if is_switching(request) or not form.is_valid():
            if ask.compensation.state != Compensation.State.WAITING:
                return _over(request, ask)
            return _ask(request, ask, answer, form, 200 if is_switching(request) else 400)
        call = approve if answer == "approve" else decline
        try:
            call(compensation_id=ask.compensation_id, note=form.cleaned_data["note"], ask_id=ask.pk)
        except CompensationOver:
            return _over(request, self.find(ask.pk) or ask)
        except DomainError as error:
            form.refuse(error)
            return _ask(request, ask, answer, form, 400)
        return see(request, request.path, done="1")


def _ask(
    request: HttpRequest, ask: CompensationAsk, answer: str, posted: GrantForm | None = None, status: int = 200
) -> HttpResponse:
    row, currency = ask.compensation, the_firm().currency
    ways = []
    for code, title, button in (
        ("approve", _("Approve"), _("Approve %(amount)s") % {"amount": money(row.amount, currency)}),
        ("decline", _("Decline"), _("Decline")),
    ):
        is_first = code == (answer or "approve")
        form = posted if posted is not None and is_first else _fresh(code)
        ways.append({"title": title, "button": button, "form": form, "is_first": is_first})
    context = {
        **_about(ask),
        "ways": sorted(ways, key=lambda way: not way["is_first"]),
        "form": posted,
        "within": may_afford(ask.person, row.amount),
        "limit": money(limit_of(ask.person), currency),
        "asker_limit": money(limit_of(row.asked_by), currency) if row.asked_by else "",
    }
    return show(request, "workflows/grant.html", context, status=status)


def _fresh(code: str) -> GrantForm:
    return GrantForm(code, initial={"answer": code}, auto_id=f"{code}-%s")


def _over(request: HttpRequest, ask: CompensationAsk) -> HttpResponse:
    """What was answered, by whom and when; 200 only for who answered just now."""
    is_done = "done" in request.GET and ask.compensation.decided_by_id == ask.person_id
    return show(request, "workflows/granted.html", {**_about(ask), "is_done": is_done}, status=200 if is_done else 410)


def _about(ask: CompensationAsk) -> dict[str, object]:
    row = ask.compensation
    return {
        "ask": ask,
        "row": row,
        "complaint": row.complaint,
        "amount": money(row.amount, the_firm().currency),
        "customer": customer_called(row.complaint.customer),
        "asked_by": person(row.asked_by) if row.asked_by else "",
        "similar_count": similar_count(row.complaint),
    }
