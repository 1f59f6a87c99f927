"""Who may see how customers are reached; contacts, and texts that may hold some, as each reader sees them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

from customers.logic.masks import all_without_contacts, contact_as_read, without_contacts
from customers.models import ContactPoint
from customers.selectors.customers import Reader
from tenants.staff.roles import Level

M = TypeVar("M", bound=Model)


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


def text_shown(text: str, user: Reader) -> str:
    """What people wrote, as ``user`` may see it: numbers and addresses in it are masked like any other."""
    return text if may_see_contacts(user) else without_contacts(text)


def may_look_for(text: str, user: Reader) -> bool:
    """May ``user`` look for ``text`` in what people wrote? Digit by digit, a search would give masked numbers away."""
    return may_see_contacts(user) or not any(char.isdigit() or char == "@" for char in text)


def as_read_by(queryset: "QuerySet[M]", user: Reader, *names: str) -> "QuerySet[M]":
    """``queryset``, its rows with the texts ``names`` as ``user`` may see them.

    Masked rows are for showing: they say so (``is_only_shown``) and refuse to be saved.
    """
    if may_see_contacts(user):
        return queryset
    rows = queryset.all()
    rows._iterable_class = _masking(names)
    return rows


@cache
def _masking(names: tuple[str, ...]) -> type:
    class MaskedRows(ModelIterable):  # type: ignore[type-arg]
        def __iter__(self) -> Iterator[Any]:
            for row in super().__iter__():
                loaded = vars(row)
                # A text the list did not read stays unread: fetched later it would come unmasked.
                loaded |= {name: all_without_contacts(loaded.get(name, "")) for name in names}
                row._state.only_shown = True
                yield row

    return MaskedRows
