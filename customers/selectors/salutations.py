"""How a customer is addressed in a message of this firm."""

from typing import Literal

from customers.logic import names
from customers.models import Customer
from tenants.staff.selectors.firm import the_firm


def address_for(customer: Customer, *, complaint: bool = False, language: str | None = None) -> names.Address:
    """Greeting and pronouns for ``customer``, formal where the firm is; ``language`` defaults to the customer's.

    Only what the customer said, staff confirmed or a file held counts; a guess never does (domain.md §4.1).
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
        quy_khach_default=formal,
    )
