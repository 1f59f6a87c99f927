"""Getting a new firm going: sample data to try things with, and putting the guide away."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.selectors.samples import sample_customers
from customers.services.samples import add_sample_customers, remove_sample_customers
from cxcrm.core.configuration import record
from cxcrm.core.errors import Conflict
from feedback.services.samples import add_sample_feedback, remove_sample_feedback
from tenants.staff.models import Firm


@transaction.atomic
def add_samples() -> None:
    """Invented customers, answers and complaints. Raises Conflict when they are there already."""
    firm = Firm.objects.select_for_update().get()
    if sample_customers():
        raise Conflict(_("The sample data is there already."), code="samples.there")
    add_sample_feedback(customer_ids=add_sample_customers(language=firm.language), language=firm.language)
    record(firm, "samples_added")


@transaction.atomic
def remove_samples() -> int:
    """Remove everything invented and whatever was done with it; returns how many customers that were."""
    firm = Firm.objects.select_for_update().get()
    remove_sample_feedback(customer_ids=sample_customers())
    removed = remove_sample_customers()
    if removed:
        record(firm, "samples_removed")
    return removed


@transaction.atomic
def put_guide_away() -> None:
    """The firm needs no first steps any more."""
    firm = Firm.objects.select_for_update().get()
    if not firm.is_settled_in:
        firm.is_settled_in = True
        firm.save(update_fields=["is_settled_in"])
