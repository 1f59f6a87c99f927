"""What customers bought: the list, one purchase, and the panel on a customer's page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from customers.admin.masking import MasksTexts
from customers.models import Customer, Purchase
from customers.selectors.contacts import may_see_contacts
from customers.selectors.customers import search
from customers.selectors.purchases import covered_until, figures_of, purchases_of, visible_to
from customers.services.purchases import record_purchase
from cxcrm.core.admin.base import ReadOnlyAdmin
from cxcrm.core.admin.fields import AmountField, MomentField
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from cxcrm.core.admin.links import page_of
from cxcrm.core.clock import now
from cxcrm.core.money import money
from tenants.staff.models import Branch
from tenants.staff.selectors.firm import currency, firm_today

SHOWN = 5
STATE_TONES = {
    Purchase.State.PAID: "good",
    Purchase.State.OPEN: "warn",
    Purchase.State.CANCELLED: "plain",
    Purchase.State.RETURNED: "bad",
}


class PurchaseForm(WorkForm):
    """One purchase no till and no file knows of, added on the customer's page."""

    items = forms.CharField(
        label=_("What was bought"), max_length=500, required=False, help_text=_("For example: 2 phin coffees, 1 mug.")
    )
    amount = AmountField(
        label=_("Amount"),
        max_digits=14,
        decimal_places=2,
        currency=currency,
        help_text=_("For example 350k or 1.250.000."),
    )
    occurred_at = MomentField(label=_("When"))
    covers_until = forms.DateField(
        label=_("Covered until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Only for a plan, membership or contract: the last day that is paid for."),
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.none(), required=False, empty_label=_("none")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Purchase.Kind.choices, initial=Purchase.Kind.ORDER)
    state = forms.ChoiceField(label=_("State"), choices=Purchase.State.choices, initial=Purchase.State.PAID)
    note = forms.CharField(label=_("Note"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["occurred_at"].initial = now
        self.fields["branch"].queryset = Branch.objects.filter(is_active=True)

    def clean(self) -> dict[str, Any] | None:
        data: dict[str, Any] = super().clean() or {}
        return {name: value for name, value in data.items() if value is not None}


def add_purchase(**told: Any) -> Purchase:
    purchase, _is_new = record_purchase(**told)
    return purchase


class PurchaseAdmin(MasksTexts, ReadOnlyAdmin):
    """Purchases come from tills, shops, files and the customer's page; here they are looked at."""

    free_texts = ("items", "note")

    nothing_here = _("No purchases yet. Import a list of orders, or let your till send them through the API.")
    list_display = ("when", "who", "number", "worth", "standing", "place", "bought")
    list_display_links = ("when",)
    list_select_related = ("customer", "branch")
    list_filter = ("kind", "state", "branch", ("occurred_at", RangeDateFilter))
    search_fields = ("external_id__startswith", "customer__search_text")
    search_help_text = _("The beginning of a number, or the customer's name, phone or e-mail")
    fields = (
        "who", "kind", "number", "source", "occurred_at", "covered", "worth", "standing", "place", "channel", "items",
        "note",
    )  # fmt: skip
    ordering = ("-occurred_at", "-id")
    sortable_by = ("when", "covered")

    def rows(self, request: HttpRequest) -> QuerySet[Purchase]:
        return visible_to(request.user).select_related("customer", "branch")

    def get_list_display(self, request: HttpRequest) -> Sequence[str]:
        """Until when something covers is shown where anything does."""
        shown = list(super().get_list_display(request))
        if Purchase.objects.filter(covers_until__isnull=False).exists():
            shown.insert(shown.index("worth"), "covered")
        return shown

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Purchase], search_term: str
    ) -> tuple[QuerySet[Purchase], bool]:
        if not search_term or may_see_contacts(request.user):
            return super().get_search_results(request, queryset, search_term)
        whose = search(Customer.objects.all(), search_term, masked=True)
        return queryset.filter(Q(external_id__startswith=search_term) | Q(customer__in=whose.values("pk"))), False

    @display(description=_("when"), ordering="occurred_at")
    def when(self, purchase: Purchase) -> Any:
        return purchase.occurred_at

    @display(description=_("customer"))
    def who(self, purchase: Purchase) -> str:
        url = page_of("admin:customers_customer_change", purchase.customer_id)
        return format_html('<a class="cx-link" href="{}">{}</a>', url, purchase.customer)

    @display(description=_("covered until"), ordering="covers_until")
    def covered(self, purchase: Purchase) -> Any:
        return purchase.covers_until or "–"

    @display(description=_("purchase number"))
    def number(self, purchase: Purchase) -> str:
        return purchase.external_id or "–"

    @display(description=_("amount of money"))
    def worth(self, purchase: Purchase) -> str:
        return money(purchase.amount, purchase.currency) if purchase.amount else "–"

    @display(description=_("state"))
    def standing(self, purchase: Purchase) -> str:
        return pill(purchase.get_state_display(), STATE_TONES[purchase.state])

    @display(description=_("branch"))
    def place(self, purchase: Purchase) -> str:
        return purchase.place or "–"

    @display(description=_("what was bought"))
    def bought(self, purchase: Purchase) -> str:
        return Truncator(purchase.items).chars(60) or str(purchase.get_kind_display())


def purchases_panel(request: HttpRequest, customer: Customer) -> str:
    """How often, how lately and for how much, and the latest purchases; empty for who bought nothing."""
    if not request.user.has_perm("customers.view_purchase"):
        return ""
    figures = figures_of(customer.pk)
    latest = list(purchases_of(customer.pk).select_related("branch")[:SHOWN])
    if not latest:
        return ""
    context: dict[str, Any] = {
        "customer": customer,
        "figures": figures,
        "days_ago": (now() - figures.last_at).days if figures.last_at else None,
        "covered_until": covered_until(customer.pk),
        "today": firm_today(),
        "spent": ", ".join(money(amount, currency) for currency, amount in figures.spent.items()),
        "latest": [
            {
                "row": row,
                "worth": money(row.amount, row.currency) if row.amount else "",
                "pill": pill(row.get_state_display(), STATE_TONES[row.state]) if row.state != row.State.PAID else "",
            }
            for row in latest
        ],
    }
    return render_to_string("admin/customers/purchases_panel.html", context, request=request)
