"""The same done to many complaints from their list: who gets them, how serious they are, which words they carry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.working import ask
from feedback.models import Complaint
from feedback.services import complaints
from feedback.services.bulk import MOST, Outcome, change_each
from feedback.services.tagging import tag_complaint
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.selectors.people import absences_on

NUMBERS_SHOWN = 8


class PersonChoice(forms.ModelChoiceField):
    """Working people; who is away today says until when."""

    away: dict[UUID, Any] = {}

    def label_from_instance(self, person: User) -> str:
        until = self.away.get(person.pk)
        return (
            f"{person} ({gettext('away until %(day)s') % {'day': until.strftime('%d/%m')}})" if until else str(person)
        )


class AssignManyForm(WorkForm):
    owner = PersonChoice(label=_("New owner"), queryset=User.objects.none())
    note = forms.CharField(
        label=_("What should they know?"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["owner"]
        people.queryset = User.objects.working().order_by("full_name")
        away = absences_on(firm_today())
        people.away = {ident: max(last for _first, last, _deputy in rows) for ident, rows in away.items()}

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        return data if self.errors else {"owner_id": data["owner"].pk, "note": data["note"]}


class TagManyForm(WorkForm):
    add = forms.CharField(
        label=_("Put on"), required=False, max_length=400, help_text=_("Several, with commas between.")
    )
    remove = forms.CharField(label=_("Take off"), required=False, max_length=400)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.errors:
            return data
        words = {name: [word.strip() for word in data[name].split(",") if word.strip()] for name in ("add", "remove")}
        if not any(words.values()):
            raise forms.ValidationError(_("Write at least one word to put on or take off."))
        return words


class AssessManyForm(WorkForm):
    severity = forms.ChoiceField(
        label=_("How serious are they?"), choices=Complaint.Severity.choices, widget=forms.RadioSelect
    )


class StartManyForm(WorkForm):
    """Nothing to say."""


@dataclass(frozen=True)
class BulkAct:
    """One thing to do to many: its form and service, the button, and what is said of those done."""

    code: str
    label: Any
    button: Any
    form: type[WorkForm]
    change: Callable[..., Complaint]
    done: Callable[[int], str]


ACTS = {
    act.code: act
    for act in (
        BulkAct(
            "bulk_assign",
            _("Give to somebody…"),
            _("Hand over"),
            AssignManyForm,
            complaints.assign,
            lambda n: ngettext("%(n)d handed over.", "%(n)d handed over.", n) % {"n": n},
        ),
        BulkAct(
            "bulk_tag",
            _("Put on or take off tags…"),
            _("Change tags"),
            TagManyForm,
            tag_complaint,
            lambda n: ngettext("%(n)d tagged.", "%(n)d tagged.", n) % {"n": n},
        ),
        BulkAct(
            "bulk_assess",
            _("Set the severity…"),
            _("Set severity"),
            AssessManyForm,
            complaints.assess,
            lambda n: ngettext("Severity set on %(n)d.", "Severity set on %(n)d.", n) % {"n": n},
        ),
        BulkAct(
            "bulk_start",
            _("Start work…"),
            _("Start work"),
            StartManyForm,
            complaints.start_work,
            lambda n: ngettext("Work has begun on %(n)d.", "Work has begun on %(n)d.", n) % {"n": n},
        ),
    )
}


def run(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Complaint], act: BulkAct) -> HttpResponse:
    """First the form with what was chosen, then, when it comes back filled in, the deed and one summary."""
    if "apply" in request.POST:
        # Those seen on the form, also where one has left the queue meanwhile: the summary says what became of it.
        queryset = modeladmin.get_queryset(request).filter(pk__in=request.POST.getlist("_selected_action"))
    chosen = list(queryset.order_by("-received_at", "-pk").values_list("pk", "number")[: MOST + 1])
    back = HttpResponseRedirect(request.get_full_path())
    if len(chosen) > MOST:
        messages.warning(request, gettext("At most %(n)d at once: choose fewer.") % {"n": MOST})
        return back
    form = act.form(request.POST if "apply" in request.POST else None, prefix="bulk")
    if form.is_valid():
        visible = modeladmin.get_queryset(request)
        outcome = ask(
            form,
            lambda **values: change_each(
                complaint_ids=[pk for pk, _number in chosen], visible=visible, change=act.change, **values
            ),
        )
        if outcome is not None:
            tell(request, act, outcome)
            return back
    return modeladmin.page(
        request,
        "admin/workflows/bulk.html",
        title=act.label,
        act=act,
        form=form,
        chosen=chosen,
        shown=chosen[:NUMBERS_SHOWN],
        more=max(0, len(chosen) - NUMBERS_SHOWN),
        back=request.get_full_path(),
    )


def tell(request: HttpRequest, act: BulkAct, outcome: Outcome) -> None:
    """One summary: how many were done, and of the others which and why."""
    if outcome.done:
        messages.success(request, act.done(len(outcome.done)))
    if outcome.refused:
        messages.warning(request, refused_words(outcome))


def refused_words(outcome: Outcome) -> str:
    """ "2 were not: already closed (KN-1, KN-2)": those refused for the same reason stand together."""
    reasons: dict[str, list[str]] = {}
    for one in outcome.refused:
        state = one.refusal.data.get("current")
        why = str(Complaint.State(state).label) if state in Complaint.State.values else str(one.refusal)
        reasons.setdefault(why, []).append(one.number or str(one.complaint_id))
    parts = [f"{why} ({', '.join(numbers)})" for why, numbers in reasons.items()]
    count = len(outcome.refused)
    told = ngettext("%(n)d was left as it is: %(why)s", "%(n)d were left as they are: %(why)s", count)
    return told % {"n": count, "why": "; ".join(parts)}


@action(description=ACTS["bulk_assign"].label)
def bulk_assign(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Complaint]) -> HttpResponse:
    return run(modeladmin, request, queryset, ACTS["bulk_assign"])


@action(description=ACTS["bulk_tag"].label)
def bulk_tag(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Complaint]) -> HttpResponse:
    return run(modeladmin, request, queryset, ACTS["bulk_tag"])


@action(description=ACTS["bulk_assess"].label)
def bulk_assess(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Complaint]) -> HttpResponse:
    return run(modeladmin, request, queryset, ACTS["bulk_assess"])


@action(description=ACTS["bulk_start"].label)
def bulk_start(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Complaint]) -> HttpResponse:
    return run(modeladmin, request, queryset, ACTS["bulk_start"])


BULK_ACTIONS = [bulk_assign, bulk_tag, bulk_assess, bulk_start]
