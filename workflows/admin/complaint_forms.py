"""What is asked for each act on a complaint."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.selectors.contacts import text_shown
from cxcrm.core.admin.fields import AmountField, FilesField, MomentField
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.money import money
from feedback.logic.promise_words import Found
from feedback.logic.reply_coach import Advice, advise
from feedback.models import Complaint, Perspective, Remedy, RootCause
from feedback.selectors.complaints import offered_remedies, root_causes
from feedback.services.note_files import NewFile
from tenants.staff.models import Department, User
from tenants.staff.selectors.firm import the_firm
from tenants.staff.selectors.limits import limit_of
from workflows.models import PauseReason
from workflows.selectors.pauses import reasons_in_use
from workflows.selectors.promises import proposed
from workflows.services.decisions import has_no_limit


class ActForm(WorkForm):
    """Base: knows the complaint and who is at the desk."""

    # The reply coach looks at what was typed; what it found is shown with the form.
    has_coach = False
    advice: Advice | None = None
    promises: Sequence[Found] = ()

    def __init__(self, *args: Any, complaint: Any, user: User, **kwargs: Any) -> None:
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
    owner = forms.ModelChoiceField(label=_("To whom?"), queryset=User.objects.none(), required=False)
    department = forms.ModelChoiceField(
        label=_("Or to a department"),
        queryset=Department.objects.none(),
        required=False,
        help_text=_("It goes to whoever handles first there, else to its head."),
    )
    note = forms.CharField(
        label=_("What should they know?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "data-mentions": ""}),
    )

    def prepare(self) -> None:
        self.fields["owner"].queryset = User.objects.working().exclude(pk=self.complaint.owner_id)
        self.fields["department"].queryset = Department.objects.all()

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors:
            return data
        if not (data["owner"] or data["department"]):
            self.add_error("owner", _("Choose a person or a department."))
            return data
        return {
            "owner_id": data["owner"].pk if data["owner"] else None,
            "department_id": data["department"].pk if data["department"] else None,
            "note": data["note"],
        }


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


class FilesForm(ActForm):
    """Base of what files may come with."""

    files = FilesField(label=_("Files"), required=False)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if data and not self.errors:
            data["files"] = [NewFile(upload.name, upload.read()) for upload in data.get("files") or ()]
        return data


class NoteForm(FilesForm):
    body = forms.CharField(
        label=_("For colleagues only"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "data-mentions": ""}),
        help_text=_("Write @ and a name to call a colleague in: they get a mail and see it on their home page."),
    )
    field_order = ["body", "files"]


class ReplyForm(FilesForm):
    body = forms.CharField(
        label=_("What do you write to the customer?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Say what happened to them, what it meant, what will be done, and by when. The signature is added."
        ),
    )
    field_order = ["body", "files"]
    has_coach = True

    def look(self, words: str) -> None:
        """Let the coach and the finder of promises look at ``words``."""
        self.advice = advise(words, self.complaint.description)
        self.promises = proposed(words)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if not self.errors and data:
            self.look(data["body"])
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
        if not self.complaint.is_only_shown:  # what is masked must not be sent back
            self.fields["action_taken"].initial = self.complaint.action_taken

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        return data if self.errors else {"root_cause_id": data["root_cause"].pk, "action_taken": data["action_taken"]}


class PauseForm(ActForm):
    reason = forms.ModelChoiceField(
        label=_("What are we waiting for?"),
        queryset=PauseReason.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    until = MomentField(
        label=_("Until"),
        required=False,
        help_text=_("Empty: three working days. It also ends when the customer writes. The legal term goes on."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def prepare(self) -> None:
        self.fields["reason"].queryset = reasons_in_use()

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors:
            return data
        return {"reason_id": data["reason"].pk, "until": data["until"], "note": data["note"], "by": self.user}


class PromiseForm(ActForm):
    text = forms.CharField(label=_("What do you promise the customer?"), max_length=300)
    due_at = MomentField(label=_("By when?"))
    owner = forms.ModelChoiceField(label=_("Who keeps it?"), queryset=User.objects.none(), empty_label=None)

    def prepare(self) -> None:
        self.fields["owner"].queryset = User.objects.working()
        self.fields["owner"].initial = self.user.pk

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        return data if self.errors else {"text": data["text"], "due_at": data["due_at"], "owner_id": data["owner"].pk}


class CompensateForm(ActForm):
    amount = AmountField(label=_("How much?"), max_digits=14, decimal_places=2)
    reason = forms.CharField(label=_("For what?"), max_length=300)

    def prepare(self) -> None:
        currency = self.fields["amount"].currency = the_firm().currency
        words = {"limit": money(limit_of(self.user), currency), "currency": currency}
        self.fields["amount"].help_text = (
            _("In %(currency)s. You may grant any amount.") % words
            if has_no_limit(self.user)
            else _("In %(currency)s. Alone you may grant up to %(limit)s; above it the next who may is asked.") % words
        )


class PerspectiveForm(ActForm):
    trying = forms.CharField(label=_("What were they trying to do?"), max_length=500, required=False)
    happened = forms.CharField(label=_("What happened, seen from their side?"), max_length=500, required=False)
    feeling = forms.ChoiceField(
        label=_("How do they feel?"),
        required=False,
        choices=[("", _("– choose –")), *Perspective.Feeling.choices],
    )
    quote = forms.CharField(label=_("In their words"), max_length=300, required=False)
    good_end = forms.CharField(label=_("What ending would be all right for them?"), max_length=500, required=False)

    def prepare(self) -> None:
        known = Perspective.objects.filter(complaint=self.complaint).first()
        if known is not None:
            for name, field in self.fields.items():
                said = getattr(known, name)
                field.initial = said if text_shown(said, self.user) == said else ""  # a mask must not be sent back


class ReferForm(ActForm):
    note = forms.CharField(label=_("To whom, and why?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class ReopenForm(ActForm):
    words = forms.CharField(
        label=_("What does the customer still miss?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
