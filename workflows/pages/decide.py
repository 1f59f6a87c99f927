"""The decision an escalation mail asks for: the sheet, the ways to decide, and what came of it."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxcrm.core.clock import now
from cxcrm.core.context import Actor
from cxcrm.core.errors import DomainError
from cxcrm.core.pages.forms import PageForm
from cxcrm.core.pages.language import is_switching
from cxcrm.core.pages.views import TokenPage, see, show
from tenants.staff.models import User
from workflows import wording
from workflows.errors import DecisionOver
from workflows.models import EscalationStep, LadderDecision
from workflows.selectors.calendars import default_calendar
from workflows.selectors.decisions import DecisionSheet, Option, decision_sheet
from workflows.selectors.ladders import decisions_of
from workflows.services.decisions import MAX_WORKING_DAYS, decide

Kind = LadderDecision.Kind


class DecideForm(PageForm):
    """One way to decide; the fields it does not need are taken out."""

    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.HiddenInput)
    remedy_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    delegate_id = forms.TypedChoiceField(
        label=gettext_lazy("Who takes it over?"),
        coerce=UUID,
        error_messages={"required": gettext_lazy("Choose who takes it over.")},
    )
    days = forms.TypedChoiceField(label=gettext_lazy("How long?"), coerce=int)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say in a few words why time is needed.")},
    )

    def __init__(self, kind: str, colleagues: list[User], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delegate_id"].choices = [("", _("– choose –")), *((str(u.id), _called(u)) for u in colleagues)]
        self.fields["days"].choices = [
            (n, ngettext("%(n)d working day", "%(n)d working days", n) % {"n": n})
            for n in range(1, MAX_WORKING_DAYS + 1)
        ]
        if kind != Kind.DELEGATE:
            del self.fields["delegate_id"]
        if kind != Kind.MORE_TIME:
            del self.fields["days"]
        else:
            self.fields["note"].required = True
            self.fields["note"].label = gettext_lazy("Why is time needed?")


@dataclass(frozen=True)
class Choice:
    """A way to decide as the page shows it."""

    title: str
    detail: str
    button: str
    form: DecideForm
    option: Option | None = None
    is_first: bool = False


class DecidePage(TokenPage):
    """``?do=`` and ``?remedy=`` only choose what stands first; a POST decides, in the name of who was told."""

    purpose = "decide"

    def find(self, ident: UUID) -> EscalationStep | None:
        return (
            EscalationStep.objects.select_related(
                "recipient", "deputy_for", "ladder__complaint__customer", "ladder__complaint__touchpoint",
                "ladder__complaint__owner", "ladder__complaint__remedy", "ladder__complaint__branch",
            )
            .filter(pk=ident, state=EscalationStep.State.TOLD, recipient__isnull=False)
            .first()
        )  # fmt: skip

    def reader(self, found: EscalationStep) -> tuple[Actor, str]:
        recipient = found.recipient
        return Actor("user", recipient.id, recipient.full_name), recipient.language

    def get(self, request: HttpRequest, step: EscalationStep) -> HttpResponse:
        sheet = decision_sheet(step)
        if not sheet.is_open:
            return _over(request, sheet)
        return _ask(request, sheet, request.GET.get("do", ""), request.GET.get("remedy", ""))

    def post(self, request: HttpRequest, step: EscalationStep) -> HttpResponse:
        kind, remedy = request.POST.get("kind", ""), request.POST.get("remedy_id", "")
        form = DecideForm(kind, _colleagues(step), request.POST, auto_id="posted-%s")
        if is_switching(request) or not form.is_valid():
            sheet = decision_sheet(step)
            status = 200 if is_switching(request) else 400
            return _ask(request, sheet, kind, remedy, form, status) if sheet.is_open else _over(request, sheet)
        try:
            _decide(step, form)
        except DecisionOver:
            return _over(request, decision_sheet(self.find(step.id) or step))
        except DomainError as error:
            form.refuse(error)
            return _ask(request, decision_sheet(step), kind, remedy, form, 400)
        return see(request, request.path, done="1")


def _decide(step: EscalationStep, form: DecideForm) -> None:
    values = form.cleaned_data
    days = values.get("days")
    decide(
        step_id=step.id,
        kind=values["kind"],
        remedy_id=values["remedy_id"],
        delegate_id=values.get("delegate_id"),
        until=default_calendar().add_working_days(now(), days) if days else None,
        note=values["note"],
    )


def _colleagues(step: EscalationStep) -> list[User]:
    return list(User.objects.working().exclude(pk=step.recipient_id).order_by("full_name"))


def _called(user: User) -> str:
    return f"{user.full_name} – {user.job_title}" if user.job_title else user.full_name


def _ask(
    request: HttpRequest,
    sheet: DecisionSheet,
    kind: str,
    remedy: str,
    posted: DecideForm | None = None,
    status: int = 200,
) -> HttpResponse:
    choices = _choices(sheet, kind, remedy, posted)
    context = {
        "sheet": sheet,
        "complaint": sheet.complaint,
        "choices": sorted(choices, key=lambda choice: not choice.is_first),
        "form": posted if posted is not None and posted.is_bound else None,
    }
    return show(request, "workflows/decide.html", context, status=status)


def _choices(sheet: DecisionSheet, kind: str, remedy: str, posted: DecideForm | None) -> list[Choice]:
    """Every way to decide, in the order of the mail; the tapped one is marked and keeps what was typed."""
    colleagues = _colleagues(sheet.step)
    waiting = _("The ladder waits; if nothing has happened by then, it climbs on.")
    if sheet.legal_applies:
        waiting += " " + _("The term of the consumer law goes on and ends on %(day)s.") % {
            "day": wording.day(sheet.legal_deadline)
        }

    def choice(of: str, title: str, detail: str, button: str, option: Option | None = None) -> Choice:
        ident = str(option.remedy.id) if option else ""
        is_first = of == kind and ident == (remedy if option else "")
        form = posted if is_first and posted is not None else None
        if form is None:
            initial = {"kind": of, "remedy_id": ident}
            form = DecideForm(of, colleagues, initial=initial, auto_id=f"{of}-{ident}-%s")
        return Choice(title, detail, button, form, option, is_first)

    return [
        *(choice(Kind.CHOOSE, str(option.remedy), option.cost, _("Decide this"), option) for option in sheet.options),
        choice(
            Kind.TAKE,
            _("I take it over"),
            _("You become the owner of the case; nobody higher is told for now."),
            _("Take it over"),
        ),
        choice(Kind.DELEGATE, _("Give it to somebody"), _("They become the owner and get a mail."), _("Give it over")),
        choice(
            Kind.MORE_TIME,
            _("Ask for time"),
            waiting,
            _("Ask for time"),
        ),
    ]


def _over(request: HttpRequest, sheet: DecisionSheet) -> HttpResponse:
    """What was decided, by whom and when; 200 only for who decided just now."""
    latest = sheet.decision or decisions_of(sheet.complaint.id).first()
    is_mine = sheet.decision is not None
    is_done = is_mine and "done" in request.GET
    context = {
        "sheet": sheet,
        "complaint": sheet.complaint,
        "decision": latest,
        "is_mine": is_mine,
        "is_done": is_done,
    }
    return show(request, "workflows/decided.html", context, status=200 if is_done else 410)
