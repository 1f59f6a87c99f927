"""How a customer is addressed in a message of this firm."""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from customers.logic import names
from customers.models import Customer
from cxcrm.core.db.arrays import among
from tenants.staff.selectors.firm import the_firm


def address_for(customer: Customer, *, complaint: bool = False, language: str | None = None) -> names.Address:
    """Greeting and pronouns for ``customer``, formal where the firm is; ``language`` defaults to the customer's.

    Only what the customer said, staff confirmed or a file held counts; a guess never does (domain.md §4.1). An
    organisation is nobody's "anh/chị".
    """
    chosen: Literal["vi", "en"] = "en" if (language or customer.language) == "en" else "vi"
    formal = the_firm().formal
    return names.address(
        customer.salutation or None,
        customer.salutation_source or None,
        customer.given_name,
        customer.full_name,
        chosen,
        formal=formal,
        complaint=complaint,
        quy_khach_default=formal or customer.kind == Customer.Kind.ORGANIZATION,
    )


def addresses_of(customer_ids: Iterable[UUID]) -> dict[UUID, tuple[str, names.Address]]:
    """Customer → language and address of a message that is about no complaint, for many in one query."""
    formal = the_firm().formal
    rows = Customer.objects.filter(pk__in=among(customer_ids)).values_list(
        "pk", "kind", "language", "salutation", "salutation_source", "given_name", "full_name"
    )
    found = {}
    for ident, kind, spoken, salutation, source, given_name, full_name in rows:
        language: Literal["vi", "en"] = "en" if spoken == "en" else "vi"
        address = names.address(
            salutation or None,
            source or None,
            given_name,
            full_name,
            language,
            formal=formal,
            complaint=False,
            quy_khach_default=formal or kind == Customer.Kind.ORGANIZATION,
        )
        found[ident] = (str(language), address)
    return found
