"""Who may see how customers are reached, and contacts as each reader sees them."""

from collections.abc import Iterable
from dataclasses import dataclass

from customers.logic.masks import contact_as_read
from customers.models import ContactPoint
from customers.selectors.customers import Reader
from tenants.staff.roles import Level


def may_see_contacts(user: Reader) -> bool:
    """Phones and e-mail addresses in full; others see them masked and find people by a whole number only."""
    return user.allows("contacts", Level.READ)


@dataclass(frozen=True)
class ShownContact:
    """A contact point as one reader sees it; ``link`` is empty where it is masked."""

    point: ContactPoint
    text: str
    link: str


def contacts_shown(points: Iterable[ContactPoint], user: Reader) -> list[ShownContact]:
    """``points`` in words; asks the database nothing."""
    masked = not may_see_contacts(user)
    schemes = {ContactPoint.Kind.PHONE: "tel", ContactPoint.Kind.EMAIL: "mailto"}
    return [
        ShownContact(
            point,
            contact_as_read(point.kind, point.value, masked=masked),
            "" if masked else f"{schemes[ContactPoint.Kind(point.kind)]}:{point.value}",
        )
        for point in points
    ]


def email_shown(address: str, user: Reader) -> str:
    """An address in a record such as a mail sent, as ``user`` may see it."""
    return contact_as_read("email", address, masked=bool(address) and not may_see_contacts(user)) if address else ""
