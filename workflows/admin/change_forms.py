"""Forms of change requests: asking another department, answering, another day, what was done, whether it helped."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.forms import WorkForm
from journeys.models import Insight, Touchpoint
from tenants.staff.models import Department, User
from workflows.models import ChangeRequest
from workflows.selectors.change_hands import who_may_take
from workflows.selectors.change_requests import cases_to_rest_on, department_of, head_of, insights, touchpoints
from workflows.selectors.change_words import day_said
from workflows.services.change_requests import MOST_CASES
from workflows.services.change_turns import SUBJECT, WORDS


class _DepartmentField(forms.ModelChoiceField):
    """Departments, each with the person who answers for it."""

    asking: User

    def label_from_instance(self, obj: Department) -> str:
        head = head_of(obj, but=self.asking.pk)
        return f"{obj} – {head}" if head else str(obj)


class AskForm(WorkForm):
    to_department = _DepartmentField(
        label=_("Which department do you ask?"),
        queryset=Department.objects.none(),
        help_text=_("The person named answers for it, within three working days."),
    )
    subject = forms.CharField(
        label=_("What is to change?"),
        max_length=SUBJECT,
        help_text=_("One sentence: what they would do differently."),
    )
    hurts = forms.CharField(
        label=_("What hurts the customer?"), max_length=WORDS, widget=forms.Textarea(attrs={"rows": 4})
    )
    cases = forms.CharField(
        label=_("Cases that show it"),
        required=False,
        max_length=600,
        help_text=_("Their numbers, with commas between. Each is shown to those who may see it."),
    )
    insight = forms.ModelChoiceField(label=_("Insight"), queryset=Insight.objects.none(), required=False)
    touchpoint = forms.ModelChoiceField(label=_("Touchpoint"), queryset=Touchpoint.objects.none(), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        own = department_of(user)
        departments = Department.objects.select_related("lead", "handler").order_by("name")
        to_department: Any = self.fields["to_department"]
        to_department.asking = user
        to_department.queryset = departments.exclude(pk=own.pk) if own else departments
        self.fields["insight"].queryset = insights()
        self.fields["touchpoint"].queryset = touchpoints()

    def clean_cases(self) -> list[Any]:
        """The cases of these numbers the reader may see."""
        numbers = list(dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data["cases"].upper().strip(" ,;"))))
        numbers = [number for number in numbers if number]
        if len(numbers) > MOST_CASES:
            raise forms.ValidationError(gettext("Choose the 20 cases that show it best."))
        found = dict(cases_to_rest_on(self.user).filter(number__in=numbers).values_list("number", "pk"))
        missing = [number for number in numbers if number not in found]
        if missing:
            told = gettext("You have no case with the number %(numbers)s. Copy numbers from the pages of your cases.")
            raise forms.ValidationError(told % {"numbers": ", ".join(missing)})
        return [found[number] for number in numbers]

    def told(self) -> dict[str, Any]:
        """What the service is to be told."""
        data = self.cleaned_data
        rows = {f"{name}_id": data[name].pk if data[name] else None for name in ("insight", "touchpoint")}
        return {
            "subject": data["subject"],
            "hurts": data["hurts"],
            "to_department_id": data["to_department"].pk,
            "complaint_ids": data["cases"],
            **rows,
        }


class AnswerForm(WorkForm):
    answer = forms.ChoiceField(label=_("Your answer"), widget=forms.RadioSelect)
    due_on = forms.DateField(
        label=_("Done by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Needed unless it is a no."),
    )
    words = forms.CharField(
        label=_("Why not, or what instead"),
        max_length=WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("With a yes you may leave it empty."),
    )

    def __init__(self, *args: Any, change: ChangeRequest, from_above: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answers: list[tuple[str, Any]] = [
            ("agreed", _("Yes, we do it")),
            ("countered", _("We propose something else")),
            ("declined", _("No, and this is why")),
        ]
        if from_above:
            answers = [("agreed", _("It is changed as asked")), ("declined", _("It stays as it is"))]
            self.fields["words"].label = _("Reason or remark")
            self.fields["words"].help_text = _("Needed for a no.")
            if change.proposal:
                answers.insert(1, ("countered", _("It is changed as proposed instead")))
        self.fields["answer"].choices = answers
        if self.initial.get("answer") not in dict(answers):
            self.initial.pop("answer", None)  # an answer is given, never found there already


class DayForm(WorkForm):
    due_on = forms.DateField(
        label=_("Which day instead?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day promised stands until whoever asked says yes."),
    )
    words = forms.CharField(
        label=_("Why does it take until then?"), max_length=WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )


class DayAnswerForm(WorkForm):
    says = forms.ChoiceField(label=_("Does that day do?"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Why not, if not"), max_length=WORDS, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, change: ChangeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = {"new": day_said(change.new_day), "day": day_said(change.due_on)}
        # The day that was looked at: another one may be proposed meanwhile.
        moved = str(change.new_day) if change.new_day else ""
        self.fields["says"].choices = [(moved, _("Yes: %(new)s") % days), ("no", _("No: %(day)s stays") % days)]

    def clean_says(self) -> date | None:
        """The day agreed to, or None."""
        said = self.cleaned_data["says"]
        return None if said == "no" else date.fromisoformat(said)


class FinishForm(WorkForm):
    words = forms.CharField(
        label=_("What was done?"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever asked reads it and says whether it helped."),
    )


class _PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return f"{obj} – {obj.job_title}" if obj.job_title else str(obj)


class HandOverForm(WorkForm):
    # Who had it when the page was read.
    from_person = forms.UUIDField(widget=forms.HiddenInput)
    to_person = _PersonField(
        label=_("To whom?"),
        queryset=User.objects.none(),
        empty_label=_("– choose –"),
        error_messages={"required": _("Choose whom you hand it over to.")},
    )
    words = forms.CharField(
        label=_("Why?"),
        error_messages={"required": _("Say in one sentence why.")},
        max_length=WORDS,
        help_text=_("One sentence; both sides read it. The time to answer or to do it goes on."),
    )

    def __init__(self, *args: Any, change: ChangeRequest, **kwargs: Any) -> None:
        super().__init__(*args, initial={"from_person": change.accountable_id}, auto_id="id_over_%s", **kwargs)
        people: Any = self.fields["to_person"]
        people.queryset = who_may_take(change)


class JudgeForm(WorkForm):
    has_helped = forms.TypedChoiceField(
        label=_("Did it help the customer?"),
        choices=[("yes", _("Yes, it helped")), ("no", _("No, it still hurts"))],
        coerce=lambda told: told == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What is different now, or what still hurts?"),
        max_length=WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
