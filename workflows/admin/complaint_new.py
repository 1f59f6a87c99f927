"""The form of a complaint taken by staff."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from cxcrm.core.admin.forms import WorkForm
from feedback.models import Complaint
from journeys.models import Touchpoint
from tenants.staff.models import Branch


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
