"""What can be done to a complaint from its page: each act is a form and the service it asks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.money import money
from feedback.logic.complaint_states import ComplaintAction
from feedback.logic.reply_coach import Advice, advise
from feedback.models import Complaint, Remedy, RootCause
from feedback.selectors.complaints import actions_for, offered_remedies, root_causes
from feedback.services import complaints
from journeys.models import Touchpoint
from tenants.staff.models import Branch, User
from tenants.staff.selectors.firm import the_firm
from workflows.errors import OverAuthority
from workflows.services.decisions import may_afford


class ActForm(WorkForm):
    """Base: knows the complaint and who is at the desk."""

    # The reply coach looks at what was typed; what it found is shown with the form.
    has_coach = False
    advice: Advice | None = None

    def __init__(self, *args: Any, complaint: Complaint, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.complaint, self.user = complaint, user
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices; nothing by default."""


class StartForm(ActForm):
    pass


class AssessForm(ActForm):
    severity = forms.ChoiceField(
        label=_("How serious is it?"), choices=Complaint.Severity.choices, widget=forms.RadioSelect
    )

    def prepare(self) -> None:
        self.fields["severity"].initial = self.complaint.severity


class AssignForm(ActForm):
    owner = forms.ModelChoiceField(label=_("New owner"), queryset=User.objects.none())
    note = forms.CharField(
        label=_("What should they know?"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def prepare(self) -> None:
        self.fields["owner"].queryset = User.objects.working().exclude(pk=self.complaint.owner_id)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        return data if self.errors else {"owner_id": data["owner"].pk, "note": data["note"]}


class RemedyChoice(forms.ModelChoiceField):
    currency = "VND"

    def label_from_instance(self, remedy: Remedy) -> str:
        cost = money(remedy.cost, self.currency) if remedy.cost else _("no cost")
        star = " ★" if remedy.is_recommended else ""
        return f"{remedy} – {cost}{star}"


class RemedyForm(ActForm):
    remedy = RemedyChoice(
        label=_("What do we do for the customer?"),
        queryset=Remedy.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Why?"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))

    def prepare(self) -> None:
        choice = self.fields["remedy"]
        choice.currency = the_firm().currency
        choice.queryset = offered_remedies(self.complaint).order_by("position", "name")
        choice.initial = self.complaint.remedy_id

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        return data if self.errors else {"remedy": data["remedy"], "note": data["note"], "user": self.user}


class NoteForm(ActForm):
    body = forms.CharField(label=_("For colleagues only"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class ReplyForm(ActForm):
    body = forms.CharField(
        label=_("What do you write to the customer?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Say what happened to them, what it meant, what will be done, and by when. "
            "Greeting and signature are added."
        ),
    )
    has_coach = True

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if not self.errors and data:
            self.advice = advise(data["body"], self.complaint.description)
        return data


class ResolveForm(ActForm):
    root_cause = forms.ModelChoiceField(label=_("Root cause"), queryset=RootCause.objects.none())
    action_taken = forms.CharField(
        label=_("What was done"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The customer reads this and is asked whether it is solved."),
    )

    def prepare(self) -> None:
        self.fields["root_cause"].queryset = root_causes()
        self.fields["root_cause"].initial = self.complaint.root_cause_id
        self.fields["action_taken"].initial = self.complaint.action_taken

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        return data if self.errors else {"root_cause_id": data["root_cause"].pk, "action_taken": data["action_taken"]}


class ReferForm(ActForm):
    note = forms.CharField(label=_("To whom, and why?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class ReopenForm(ActForm):
    words = forms.CharField(
        label=_("What does the customer still miss?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class NewComplaintForm(WorkForm):
    """A complaint taken by staff, on the phone or at the counter."""

    description = forms.CharField(label=_("What happened?"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6}))
    remedy_sought = forms.CharField(
        label=_("What does the customer ask for?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    touchpoint = forms.ModelChoiceField(
        label=_("Where did it happen?"), queryset=Touchpoint.objects.none(), required=False, empty_label=_("not known")
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), required=False, empty_label=_("the customer's own, or none")
    )
    severity = forms.ChoiceField(
        label=_("Severity"), required=False, choices=[("", _("judge by the words")), *Complaint.Severity.choices]
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.fields["touchpoint"].queryset = Touchpoint.objects.filter(is_active=True).select_related("stage")
        self.fields["branch"].queryset = Branch.objects.filter(is_active=True)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors:
            return data
        branch = data["branch"].pk if data["branch"] else self.customer.branch_id
        return {
            "customer_id": self.customer.pk,
            "description": data["description"],
            "remedy_sought": data["remedy_sought"],
            "touchpoint_id": data["touchpoint"].pk if data["touchpoint"] else None,
            "branch_id": branch,
            "severity": data["severity"] or None,
            "channel": Complaint.Channel.STAFF,
        }


def _choose(*, complaint_id: Any, remedy: Remedy, note: str, user: User) -> Complaint:
    """Permit, then ask: the same limit holds at the desk as in the executive's mail."""
    if not may_afford(user, remedy.cost):
        raise OverAuthority(cost=str(remedy.cost), limit=str(user.authority_limit))
    return complaints.choose_remedy(complaint_id=complaint_id, remedy_id=remedy.pk, note=note)


def _reply(*, complaint_id: Any, body: str) -> Any:
    return complaints.add_note(complaint_id=complaint_id, body=body, is_internal=False)


def _always(complaint: Complaint) -> bool:
    return True


def _allowed(*actions: ComplaintAction) -> Callable[[Complaint], bool]:
    return lambda complaint: any(action in actions_for(complaint) for action in actions)


@dataclass(frozen=True)
class Act:
    """One thing to do: how it is called, whether it can be done now, its form, its service, what is said afterwards."""

    code: str
    label: Any
    icon: str
    form: type[ActForm]
    call: Callable[..., Any]
    done: Any
    button: Any
    open_to: Callable[[Complaint], bool] = field(default=_always)


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
        ),
        Act(
            "remedy",
            _("Choose a remedy"),
            "healing",
            RemedyForm,
            _choose,
            _("Decided."),
            _("Choose"),
            lambda complaint: complaint.is_open,
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
        ),
        Act(
            "note",
            _("Internal note"),
            "sticky_note_2",
            NoteForm,
            complaints.add_note,
            _("Noted."),
            _("Keep note"),
        ),
        Act(
            "assign",
            _("Give to somebody else"),
            "person_add",
            AssignForm,
            complaints.assign,
            _("It has a new owner."),
            _("Hand over"),
            lambda complaint: complaint.is_open or complaint.state == Complaint.State.COMMUNICATED,
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
