"""How staff and customers are named and addressed in what staff read, and who may act for whom."""

from typing import Final, Literal
from uuid import UUID

from django.utils.translation import get_language

from customers.logic.names import Address, Salutation, address
from customers.models import Customer
from customers.selectors.salutations import address_for
from tenants.staff.models import User
from tenants.staff.roles import Level, Role
from tenants.staff.selectors.people import in_the_place_of

# Who may decide on anything somebody else answers for.
_LEADING: Final[frozenset[str]] = frozenset({Role.OWNER, Role.MANAGER, Role.EXECUTIVE})


def staff_address(user: User) -> Address:
    """Greeting and pronouns for a colleague, in the active language; "anh/chị" where the salutation is not known."""
    language: Literal["vi", "en"] = "en" if get_language() == "en" else "vi"
    known = user.salutation if user.salutation in set(Salutation) else None
    return address(
        known,
        "staff",
        user.given_name,
        user.full_name,
        language,
        formal=False,
        complaint=True,
        quy_khach_default=False,
    )


def person(user: User) -> str:
    """Name and job of a colleague: "Trần Quốc Bảo (Tổng giám đốc)"."""
    return f"{user.full_name} ({user.job_title})" if user.job_title else user.full_name


def may_act_for(user: User, owner_id: UUID) -> bool:
    """May ``user`` act in what ``owner_id`` answers for: as that person, standing in today, or leading the firm?"""
    if not user.allows("journeys", Level.WRITE):
        return False
    return user.role in _LEADING or in_the_place_of(user.pk).filter(pk=owner_id).exists()


def customer_called(customer: Customer) -> str:
    """A customer as staff speak of them: "chị Nguyễn Thị Hà" where the salutation is certain, else the name."""
    if get_language() == "en":
        return customer.full_name
    inline = address_for(customer, complaint=True, language="vi").inline
    return customer.full_name if inline in {"Quý khách", "anh/chị"} else f"{inline} {customer.full_name}"
