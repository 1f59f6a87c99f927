"""What can be done to a complaint from its page: each act is a form and the service it asks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from feedback.logic.complaint_states import ComplaintAction
from feedback.models import Complaint, Remedy
from feedback.selectors.complaints import actions_for
from feedback.services import complaints
from feedback.services.perspectives import take_perspective
from tenants.staff.models import User
from workflows.admin.complaint_forms import (
    ActForm,
    AssessForm,
    AssignForm,
    CompensateForm,
    NoteForm,
    PauseForm,
    PerspectiveForm,
    PromiseForm,
    ReferForm,
    RemedyForm,
    ReopenForm,
    ReplyForm,
    ResolveForm,
    StartForm,
)
from workflows.models import Compensation
from workflows.selectors.pauses import running_pause
from workflows.services.compensations import compensate
from workflows.services.decisions import may_afford
from workflows.services.pauses import end_pause, pause
from workflows.services.promises import make_promise


def _choose(*, complaint_id: Any, remedy: Remedy, note: str, user: User) -> Any:
    """The same limit holds at the desk as in the executive's mail: above it somebody who may is asked."""
    if may_afford(user, remedy.cost):
        return complaints.choose_remedy(complaint_id=complaint_id, remedy_id=remedy.pk, note=note)
    reason = f"{remedy.name}: {note}" if note else remedy.name
    return compensate(complaint_id=complaint_id, amount=remedy.cost, reason=reason[:300], remedy_id=remedy.pk)


def _reply(*, complaint_id: Any, body: str, files: Any) -> Any:
    return complaints.add_note(complaint_id=complaint_id, body=body, is_internal=False, files=files)


def _is_paused(complaint: Complaint) -> bool:
    return running_pause(complaint.pk) is not None


def _may_stand_still(complaint: Complaint) -> bool:
    return complaint.is_open and not _is_paused(complaint)


def _said_of_money(row: Any) -> Any:
    """What is said after a compensation or a remedy: done, or who was asked."""
    if isinstance(row, Compensation) and row.state == Compensation.State.WAITING:
        ask = row.asks.select_related("person").latest("position")
        return _("Above your limit: %(name)s was asked by mail.") % {"name": ask.person}
    return _("Decided.") if isinstance(row, Complaint) else _("Granted.")


def _always(complaint: Complaint) -> bool:
    return True


def _allowed(*actions: ComplaintAction) -> Callable[[Complaint], bool]:
    return lambda complaint: any(action in actions_for(complaint) for action in actions)


@dataclass(frozen=True)
class Act:
    """One thing to do: how it is called, whether it can be done now, its form, its service, what is said afterwards.

    ``done`` is a sentence, or makes one of what the service returned. ``heeds_news``: refused once where somebody else
    did something since the page was made. ``key`` is the letter that opens it.
    """

    code: str
    label: Any
    icon: str
    form: type[ActForm]
    call: Callable[..., Any]
    done: Any
    button: Any
    open_to: Callable[[Complaint], bool] = field(default=_always)
    heeds_news: bool = True
    key: str = ""


ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act(
            "start",
            _("Start work"),
            "play_arrow",
            StartForm,
            complaints.start_work,
            _("Work has begun."),
            _("I am on it"),
            _allowed(ComplaintAction.INVESTIGATE),
        ),
        Act(
            "reply",
            _("Reply to the customer"),
            "reply",
            ReplyForm,
            _reply,
            _("The reply is on its way."),
            _("Send reply"),
            key="r",
        ),
        Act(
            "remedy",
            _("Choose a remedy"),
            "healing",
            RemedyForm,
            _choose,
            _said_of_money,
            _("Choose"),
            lambda complaint: complaint.is_open,
        ),
        Act(
            "promise",
            _("Promise something"),
            "handshake",
            PromiseForm,
            make_promise,
            _("Promised. You are reminded before it is due."),
            _("Keep this promise in mind"),
            heeds_news=False,
            key="p",
        ),
        Act(
            "compensate",
            _("Compensate"),
            "payments",
            CompensateForm,
            compensate,
            _said_of_money,
            _("Grant or ask"),
            lambda complaint: complaint.is_open or complaint.state == Complaint.State.COMMUNICATED,
        ),
        Act(
            "resolve",
            _("Resolve"),
            "task_alt",
            ResolveForm,
            complaints.resolve_complaint,
            _("Answered. The customer is asked whether it is solved."),
            _("Resolve and ask the customer"),
            _allowed(ComplaintAction.RESOLVE),
            key="k",
        ),
        Act(
            "note",
            _("Internal note"),
            "sticky_note_2",
            NoteForm,
            complaints.add_note,
            _("Noted."),
            _("Keep note"),
            heeds_news=False,
            key="n",
        ),
        Act(
            "assign",
            _("Give to somebody else"),
            "person_add",
            AssignForm,
            complaints.transfer,
            _("It has a new owner."),
            _("Hand over"),
            lambda complaint: complaint.is_open or complaint.state == Complaint.State.COMMUNICATED,
            key="g",
        ),
        Act(
            "pause",
            _("Pause"),
            "pause_circle",
            PauseForm,
            pause,
            _("Paused: nobody is told until it goes on. The legal term does not stop."),
            _("Pause"),
            _may_stand_still,
        ),
        Act(
            "unpause",
            _("End the pause"),
            "resume",
            StartForm,
            end_pause,
            _("The clocks run again."),
            _("Go on"),
            _is_paused,
            heeds_news=False,
        ),
        Act(
            "perspective",
            _("See it from the customer's side"),
            "visibility",
            PerspectiveForm,
            take_perspective,
            _("Kept."),
            _("Keep"),
            heeds_news=False,
        ),
        Act(
            "assess",
            _("Change severity"),
            "priority_high",
            AssessForm,
            complaints.assess,
            _("The severity was set; promised times follow it."),
            _("Set severity"),
            lambda complaint: complaint.is_open,
        ),
        Act(
            "reopen",
            _("Reopen"),
            "undo",
            ReopenForm,
            complaints.reopen,
            _("Reopened, one level higher."),
            _("Reopen"),
            _allowed(ComplaintAction.REOPEN),
        ),
        Act(
            "refer",
            _("Refer to an outside body"),
            "account_balance",
            ReferForm,
            complaints.refer,
            _("Referred."),
            _("Refer"),
            _allowed(ComplaintAction.REFER),
        ),
    )
}
