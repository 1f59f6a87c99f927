"""Requests between departments: how many were answered in time, asking, answering, and what came of it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from customers.admin.masking import MasksTexts
from customers.logic.masks import without_contacts
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.working import ask, row_asked
from cxcrm.core.errors import DomainError
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from journeys.models import Insight
from tenants.staff.models import User
from tenants.staff.roles import Level
from tenants.staff.selectors.firm import firm_today
from workflows import wording
from workflows.admin.change_forms import (
    AnswerForm,
    AskForm,
    DayAnswerForm,
    DayForm,
    FinishForm,
    HandOverForm,
    JudgeForm,
)
from workflows.admin.desk_records import ReportedAdmin
from workflows.admin.tones import CHANGE_TONES
from workflows.errors import NoDayProposed, NoDepartment
from workflows.models import ChangeRequest
from workflows.selectors import change_requests as found
from workflows.selectors.causes import cases_of as cases_of_cause
from workflows.selectors.causes import proposals_visible_to
from workflows.selectors.change_hands import last_hand_over, may_hand_over
from workflows.selectors.change_words import day_said, history_of, news_of, what_waits
from workflows.services import change_days
from workflows.services import change_requests as services
from workflows.services.change_handing import hand_over_change

ABOUT_SHOWN = 5
_SENTENCES = 500


def may_ask(request: HttpRequest) -> bool:
    """Whoever writes down what customers need may ask other departments for it."""
    return bool(request.user.allows("journeys", Level.WRITE))


def insight_panel(request: HttpRequest, insight: Insight) -> str:
    """On an insight's page: what was asked because of it, and asking."""
    changes = list(found.changes_about(request.user, insight_id=insight.pk)[:ABOUT_SHOWN])
    asks = may_ask(request) and insight.state != Insight.State.RETIRED
    if not changes and not asks:
        return ""
    context = {"changes": shown_beside(changes), "asks": asks, "evidence": f"insight={insight.pk}"}
    return render_to_string("admin/workflows/changes_about.html", context, request=request)


def changes_of_case(request_user: Any, complaint: Complaint) -> list[tuple[ChangeRequest, str, str]]:
    """What was asked because of a case, for the case's page."""
    return shown_beside(found.changes_about(request_user, complaint_id=complaint.pk)[:ABOUT_SHOWN])


def shown_beside(changes: Any) -> list[tuple[ChangeRequest, str, str]]:
    """Each request with how it stands and the colour of that."""
    return [(change, _standing(change), _tone(change)) for change in changes]


class ChangeRequestAdmin(MasksTexts, ReportedAdmin):
    free_texts = ("subject", "hurts", "proposal", "words", "new_day_because", "done_words", "helped_words")
    nothing_here = gettext_lazy("Nothing was asked of another department here.")
    add_words = gettext_lazy("Ask another department")
    list_display = ("asked", "accountable", "standing", "by", "outcome")
    list_display_links = ("asked",)
    list_select_related = ("accountable", "raised_to", "from_department", "to_department", "touchpoint")
    list_filter = (*ReportedAdmin.list_filter, "to_department")
    search_fields = ("subject", "hurts")
    ordering = ("-created_at", "-id")
    sortable_by = ()
    shows = {
        "open": gettext_lazy("Under way"),
        "mine": gettext_lazy("Waiting for me"),
        "late": gettext_lazy("Late"),
        "all": gettext_lazy("All"),
    }

    def rows(self, request: HttpRequest) -> QuerySet[ChangeRequest]:
        rows = found.changes_visible_to(request.user)
        show = self.show_of(request)
        if show == "mine":
            return rows.filter(pk__in=found.waiting_for(request.user).order_by().values("pk"))
        if show == "late":
            return found.late(rows, firm_today())
        return rows.filter(state__in=found.UNDER_WAY) if show == "open" else rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_ask(request)

    @display(description=gettext_lazy("what is to change"))
    def asked(self, change: ChangeRequest) -> str:
        ways = f"{change.from_department} → {change.to_department}"
        if change.touchpoint:
            ways += f" · {change.touchpoint}"
        return format_html(
            '<span class="cx-why cx-wide-words"><b class="cx-name">{}</b><br><span class="cx-quiet">{}</span></span>',
            change,
            ways,
        )

    @display(description=gettext_lazy("state"))
    def standing(self, change: ChangeRequest) -> str:
        return pill(_standing(change), _tone(change))

    @display(description=gettext_lazy("by when"))
    def by(self, change: ChangeRequest) -> str:
        said_by = found.said_by(change)
        return wording.moment(said_by) if said_by else day_said(change.due_on) or "–"

    @display(description=gettext_lazy("helped"))
    def outcome(self, change: ChangeRequest) -> str:
        if change.has_helped is None:
            return "–"
        return pill(_("it helped"), "good") if change.has_helped else pill(_("it did not help"), "bad")

    def report(self, reader: Any, since: datetime, until: datetime) -> list[dict[str, Any]]:
        shares = found.answered_in_time(reader=reader, since=since, until=until)
        promised = [line for line in shares if line.promised]
        department, share = _("department"), _("share")
        return [
            {
                "title": _("Answered in time, by department"),
                "heads": [department, _("to be answered"), _("in time"), share, _("done"), _("it helped")],
                "rows": [
                    [line.who, line.due, line.in_time, _percent(line.percent), line.done, line.helped]
                    for line in shares
                ],
            },
            {
                "title": _("Kept on the first day promised, by department"),
                "heads": [department, _("promised"), _("kept"), share, _("on a moved day")],
                "rows": [
                    [line.who, line.promised, line.kept, _percent(line.kept_percent or 0), line.moved]
                    for line in promised
                ],
            },
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask, with the evidence of the page one came from filled in."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        own = found.department_of(request.user)
        form = AskForm(request.POST or None, initial=_evidence(request), user=request.user)
        if form.is_valid():
            made = ask(form, lambda **_cleaned: services.ask_for_change(**form.told()))
            if made:
                told = {"who": made.accountable, "when": wording.moment(made.answer_by)}
                messages.success(request, _("Asked. %(who)s answers by %(when)s.") % told)
                return redirect(f"{self.admin_site.name}:workflows_changerequest_change", made.pk)
        return self.page(
            request,
            "admin/form_page.html",
            title=_("Ask another department for a change"),
            # Said before anything is written, not after.
            intro=_("After three working days without an answer it goes to whoever stands above both of you.")
            if own
            else NoDepartment.message,
            form=form,
            button=_("Ask"),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What is asked and why, whose turn it is, and the one thing that person can do."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        change = self.get_object(request, object_id)
        if change is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        do = request.POST.get("do", "")
        forms = self._forms(request, change, do)
        if request.method == "POST" and self._done(request, change, do, forms.get(do)):
            # Whoever handed it over may have had it in reach by being accountable only.
            is_seen = found.changes_visible_to(request.user).filter(pk=change.pk).exists()
            return redirect(request.path if is_seen else f"{self.admin_site.name}:workflows_changerequest_changelist")
        state, user = change.state, request.user
        asks, does = found.asks(user, change), found.does(user, change)
        cases = found.cases_of(change, user)
        said_by, history = found.said_by(change), history_of(change)
        return self.page(
            request,
            "admin/workflows/change_request.html",
            title=str(change),
            change=change,
            news=news_of(change),
            next=what_waits(change),
            tone=_tone(change),
            standing=_standing(change),
            is_late=found.is_late(change, firm_today()),
            is_above=found.is_before_superior(change),
            said_by=wording.moment(said_by) if said_by else "",
            history=history,
            taken_over=last_hand_over(change),
            hands_over=may_hand_over(user, change),
            followed=history[0].who != str(change.asked_by),
            cases=list(cases[: services.MOST_CASES]),
            seen=cases.count(),
            n=change.cases.count(),
            answers=found.is_to_answer(change) and found.answers(user, change),
            chooses=state == "countered" and asks,
            finishes=state == "agreed" and does,
            says_day=change.new_day is not None and asks,
            judges=state == "done" and change.has_helped is None and asks,
            withdraws=state in ("waiting", "countered") and asks,
            do=do,
            **forms,
        )

    def _forms(self, request: HttpRequest, change: ChangeRequest, do: str) -> dict[str, Any]:
        """Every form of the page; the one that was sent is bound."""
        from_above = found.decides(request.user, change)
        initial = {"answer": request.GET.get("answer"), "due_on": change.due_on if from_above else None}
        posted = {
            name: request.POST if do == name else None
            for name in ("answer", "day", "day_answer", "finish", "judge", "over")
        }
        return {
            "answer": AnswerForm(posted["answer"], change=change, from_above=from_above, initial=initial),
            "day": DayForm(posted["day"]),
            "day_answer": DayAnswerForm(posted["day_answer"], change=change),
            "finish": FinishForm(posted["finish"]),
            "judge": JudgeForm(posted["judge"]),
            "over": HandOverForm(posted["over"], change=change),
        }

    def _done(self, request: HttpRequest, change: ChangeRequest, do: str, form: Any) -> bool:
        """Carry out one of the page's acts; False shows the page again with what was refused."""
        acts: dict[str, tuple[Callable[..., Any], Any]] = {
            "answer": (services.answer_change, _("Answered. The other side is told by mail.")),
            "accept": (services.accept_counter, _("Agreed. The other side is told by mail.")),
            "refuse": (services.refuse_counter, _("It goes to whoever stands above both.")),
            "withdraw": (services.withdraw_change, _("Taken back. The other side is told by mail.")),
            "day": (change_days.propose_day, _("Proposed. The day promised stands until whoever asked says yes.")),
            "day_answer": (_answer_day, _("Answered. The other side is told by mail.")),
            "finish": (services.finish_change, _("Done. Whoever asked is asked whether it helped.")),
            "over": (_hand_over, _("Handed over. They are told by mail, and both sides see it here.")),
            "judge": (services.judge_change, _("Thank you. Whoever did it is told.")),
        }
        if do not in acts:
            return False
        call, said = acts[do]
        if do == "day_answer" and change.new_day is None:  # answered or replaced meanwhile: there is nothing to tick
            messages.error(request, str(NoDayProposed.message))
            return True
        if form is not None and not form.is_valid():
            return False
        told = dict(form.cleaned_data) if form is not None else {}
        try:
            call(change_id=change.pk, **told)
        except DomainError as refusal:
            if form is not None and str(refusal.data.get("field", "")) in form.fields:
                form.add_error(refusal.data["field"], str(refusal))
                return False
            # It stands differently by now: its form is gone with that, so the reason stands above the page.
            messages.error(request, str(refusal))
            return True
        messages.success(request, said)
        return True


def _answer_day(*, change_id: UUID, says: date | None, words: str) -> ChangeRequest:
    if says is None:
        return change_days.refuse_day(change_id=change_id, words=words)
    return change_days.accept_day(change_id=change_id, day=says)


def _hand_over(*, change_id: UUID, from_person: UUID, to_person: User, words: str) -> ChangeRequest:
    return hand_over_change(change_id=change_id, from_person_id=from_person, to_person_id=to_person.pk, words=words)


def _percent(share: int) -> str:
    return f"{share}\N{NO-BREAK SPACE}%"


def _evidence(request: HttpRequest) -> dict[str, Any]:
    """What the page one came from bears out: a case, an insight, or a cause that came back."""
    user = request.user
    case = row_asked(request, "complaint", visible_to(user))
    insight = row_asked(request, "insight", found.insights().select_related("touchpoint"))
    cause = row_asked(request, "cause", proposals_visible_to(user).select_related("root_cause__parent", "touchpoint"))
    touchpoint = next((one.touchpoint for one in (case, insight, cause) if one and one.touchpoint), None)
    cases = [case.number] if case else []
    hurts = case.description if case else str(insight or "")
    if cause:
        cases += cases_of_cause(cause, user).values_list("number", flat=True)[: services.MOST_CASES]
        told = {"cause": cause.root_cause, "n": cause.counted}
        hurts = _("%(cause)s: %(n)d customers complained of it in 30 days.") % told
    own = found.department_of(user)
    asked = touchpoint.department_id if touchpoint and touchpoint.is_active else None
    return {
        "cases": ", ".join(dict.fromkeys(cases)),
        # It leaves the case: nobody's number goes with it.
        "hurts": without_contacts(" ".join(hurts.split()))[:_SENTENCES],
        "insight": insight.pk if insight else None,
        "touchpoint": touchpoint.pk if touchpoint and touchpoint.is_active else None,
        "to_department": asked if own is None or asked != own.pk else None,
    }


def _standing(change: ChangeRequest) -> str:
    if found.is_before_superior(change):
        return _("brought before whoever is above both")
    if change.new_day is not None:
        return _("another day is proposed")
    if found.is_late(change, firm_today()):
        return _("late")
    return str(change.get_state_display())


def _tone(change: ChangeRequest) -> str:
    if found.is_late(change, firm_today()) or found.is_before_superior(change):
        return "bad"
    if change.new_day is not None:
        return "warn"
    return CHANGE_TONES[ChangeRequest.State(change.state)]
