"""Forms of the initiatives' pages."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.fields import AmountField
from cxcrm.core.admin.forms import WorkForm
from journeys.admin.viewpoint import viewpoint_field
from journeys.models import Guardrail, Initiative, Touchpoint
from journeys.services.initiatives import GAINS, IMPACTS
from journeys.wording import BRAND_CHECKS, MARKS
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import currency

_COSTS = ("one_off", "run_people", "run_other", "margin", "revenue")
_IMPACT_WORDS = (_("tiny"), _("low"), _("medium"), _("high"), _("massive"))


def _amount(label: Any, help_text: Any = "") -> AmountField:
    return AmountField(
        label=label, max_digits=14, decimal_places=2, currency=currency, required=False, help_text=help_text
    )


class InitiativeForm(WorkForm):
    """What changes, the buyer's seat, what could go wrong, the cost card, and what is needed to put it in order."""

    name = forms.CharField(label=_("Name"), max_length=120)
    what = forms.CharField(
        label=_("What changes for the customer?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    owner = forms.ModelChoiceField(label=_("Accountable executive"), queryset=User.objects.none())
    touchpoint = forms.ModelChoiceField(label=_("Touchpoint"), queryset=Touchpoint.objects.none(), required=False)
    pillar = forms.ChoiceField(
        label=_("Which pillar of empathy does it mend?"),
        choices=[("", _("none")), *Initiative.Pillar.choices],
        required=False,
    )
    changes = forms.ChoiceField(
        label=_("What does it change?"), choices=[("", "–"), *Initiative.Changes.choices], required=False
    )
    need = forms.CharField(label=_("As the buyer: what do I really need here?"), max_length=300, required=False)
    notice = forms.CharField(label=_("Would I notice it?"), max_length=300, required=False)
    price = forms.CharField(label=_("What would I give up for it?"), max_length=300, required=False)
    harm1 = forms.CharField(label=_("How could it harm other customers?"), max_length=300, required=False)
    harm2 = forms.CharField(label=_("How could it harm the staff?"), max_length=300, required=False)
    harm3 = forms.CharField(label=_("How else could it go wrong?"), max_length=300, required=False)
    confidence = forms.ChoiceField(label=_("How sure are we?"), choices=Initiative.Confidence.choices)
    foundation = forms.ChoiceField(
        label=_("Owed whatever the majority wants?"),
        choices=[("", _("not owed")), *Initiative.Foundation.choices],
        required=False,
    )
    one_off = _amount(_("Paid once"))
    run_people = _amount(_("People, a month"))
    run_other = _amount(_("Everything else, a month"))
    margin = _amount(_("Gross margin of the customers it reaches, a month"))
    revenue = _amount(_("Revenue of the firm, a month"), _("From this follows how much prices would have to rise."))
    gain_retained = _amount(_("Customers who stay, a month"), _("Revenue that would be lost without it."))
    gain_referred = _amount(_("Customers who are brought along, a month"))
    gain_saved = _amount(_("Cost saved, a month"))
    viewpoint = viewpoint_field()
    capacity = forms.IntegerField(
        label=_("Share of staff time it fills (%)"), min_value=0, max_value=1000, required=False
    )
    reach = forms.IntegerField(
        label=_("Customers reached in a quarter"), min_value=0, max_value=2_000_000_000, required=False
    )
    impact = forms.TypedChoiceField(
        label=_("Impact on each of them"),
        choices=[(f"{impact:g}", word) for impact, word in zip(map(float, IMPACTS), _IMPACT_WORDS, strict=True)],
    )
    effort = forms.DecimalField(
        label=_("Work (person-weeks)"), min_value=0, max_digits=7, decimal_places=1, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A short list to choose from, no rule: whoever answers for it already stays in it.
        leads, own = ~Q(role__in=(Role.AGENT, Role.READ_ONLY)), Q(pk=self.initial.get("owner"))
        self.fields["owner"].queryset = User.objects.working().filter(leads | own)
        self.fields["touchpoint"].queryset = Touchpoint.objects.filter(is_active=True).select_related("stage")

    @property
    def groups(self) -> list[tuple[Any, list[Any], bool]]:
        """The boxes by heading, and whether each takes a whole line."""
        parts = (
            ("", ("name", "what", "owner", "touchpoint", "changes", "pillar", "viewpoint"), False),
            (_("In the buyer's seat"), ("need", "notice", "price"), True),
            (_("If it goes wrong"), ("harm1", "harm2", "harm3"), True),
            (_("Cost card"), (*_COSTS, "capacity"), False),
            (_("What it should bring"), GAINS, False),
            (_("How sure, and what comes first"), ("confidence", "foundation", "reach", "impact", "effort"), False),
        )
        return [(title, [self[name] for name in names], wide) for title, names, wide in parts]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        owner, touchpoint = data.pop("owner", None), data.pop("touchpoint", None)
        data["harms"] = [data.pop(f"harm{number}", "") for number in (1, 2, 3)]
        return {
            **data,
            "owner_id": owner.pk if owner else None,
            "touchpoint_id": touchpoint.pk if touchpoint else None,
        }


def initial_of(initiative: Initiative) -> dict[str, Any]:
    """The form as it stands."""
    names = (
        "name", "what", "touchpoint", "changes", "pillar", "need", "notice", "price", "confidence", "foundation",
        *_COSTS, *GAINS, "viewpoint", "capacity", "reach", "effort",
    )  # fmt: skip
    harms = {f"harm{number}": harm for number, harm in enumerate(initiative.harms, start=1)}
    return {
        **{name: getattr(initiative, name) for name in names},
        **harms,
        "owner": initiative.owner_id,
        "impact": f"{float(initiative.impact):g}",
    }


class BrandMarksForm(WorkForm):
    """The five lines of the brand checklist."""

    def __init__(self, *args: Any, initiative: Initiative, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = [*initiative.marks, *[None] * len(BRAND_CHECKS)]
        for number, label in enumerate(BRAND_CHECKS):
            field = forms.TypedChoiceField(
                label=label, choices=MARKS, coerce=int, empty_value=None, required=True, initial=given[number]
            )
            self.fields[f"mark{number}"] = field

    def marks(self) -> list[int | None]:
        return [self.cleaned_data[f"mark{number}"] for number in range(len(BRAND_CHECKS))]


class GuardrailForm(WorkForm):
    """At which figure to stop."""

    metric = forms.ChoiceField(label=_("Figure"), choices=Guardrail.Metric.choices)
    stop_at = forms.DecimalField(
        label=_("Stop at"),
        max_digits=7,
        decimal_places=1,
        help_text=_("Scores: when it falls below. Complaints a week: when it rises above."),
    )
    touchpoint = forms.ModelChoiceField(
        label=_("At the touchpoint"), queryset=Touchpoint.objects.none(), required=False, empty_label=_("everywhere")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["touchpoint"].queryset = Touchpoint.objects.filter(is_active=True).select_related("stage")

    def told(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        touchpoint = data.pop("touchpoint")
        return {**data, "touchpoint_id": touchpoint.pk if touchpoint else None}


class EndForm(WorkForm):
    verdict = forms.ChoiceField(label=_("Verdict"), choices=Initiative.Verdict.choices)
    learning = forms.CharField(label=_("What did we learn?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class BecauseForm(WorkForm):
    """Why it is decided so; the service says when that is needed."""

    because = forms.CharField(max_length=300, required=False)

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].label = label


STAFF = "staff"


def effects_told(post: Any) -> list[dict[str, Any]]:
    """What the boxes of who gains and loses say; empty ones say nothing. Raises ValueError for what is no choice."""
    return [
        {"persona_id": ident, "expected": int(size), "mitigation": post.get(f"mitigation-{key}", "")}
        for key, ident, size in _sizes(post, "expected")
    ]


def measured_told(post: Any) -> list[dict[str, Any]]:
    return [{"persona_id": ident, "measured": int(size)} for _key, ident, size in _sizes(post, "measured")]


def _sizes(post: Any, name: str) -> list[tuple[str, UUID | None, str]]:
    found = []
    for box, value in post.items():
        kind, _dash, key = box.partition("-")
        if kind == name and value != "":
            found.append((key, None if key == STAFF else UUID(key), value))
    return found
