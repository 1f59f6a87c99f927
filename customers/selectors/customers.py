"""Customers as they are found, seen and reached."""

import re
from collections.abc import Iterable
from typing import Any, Final, Protocol
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When

from customers.logic.columns import parse_email
from customers.logic.phones import normalise_phone
from customers.logic.text import has_diacritics, nfc, search_key
from customers.models import ContactPoint, Customer, ExternalId, Interaction
from cxcrm.core.db.arrays import among
from tenants.staff.roles import Level
from tenants.staff.selectors.firm import the_firm

_MAX_QUERY: Final = 100
_DIALLED = re.compile(r"[0-9+() .-]*")
_SHORT: Final = 3


class Reader(Protocol):
    """Staff, or a partner's key in their place."""

    def allows(self, room: str, level: Level | str) -> bool: ...


def visible_to(user: Reader) -> "QuerySet[Customer]":
    """Every customer of the firm for those who may read customers, none for others."""
    return Customer.objects.all() if user.allows("customers", Level.READ) else Customer.objects.none()


def search(queryset: "QuerySet[Customer]", text: str, *, masked: bool = False) -> "QuerySet[Customer]":
    """Narrow ``queryset`` to customers found by a name, part of a phone number, e-mail, number elsewhere or tag.

    Accents do not matter, nor the order of words. Fewer than three characters match the beginnings of words of the
    name only. A phone fragment may be written in any way ("0912", "345 678", "+84 912…"). Blank text narrows nothing.
    A ``masked`` reader finds by name, by a whole number and by a whole address only: parts would give them away.
    """
    key = search_key("".join(char if char.isprintable() else " " for char in text[:_MAX_QUERY]))
    if not key:
        return queryset
    if masked:
        return queryset.filter(_by_name(key) | _by_whole_contact(text))
    if len(key) < _SHORT:
        # Entries stand on lines of their own and the name comes first: a space before means inside a name (or tag).
        return queryset.filter(Q(search_text__startswith=key) | Q(search_text__contains=f" {key}"))
    found = Q()
    for word in key.split():
        found &= Q(search_text__contains=word)
    if _DIALLED.fullmatch(key) and len(digits := _dialled(key)) >= _SHORT:
        found |= Q(search_text__contains=digits)
    return queryset.filter(found)


def _by_name(key: str) -> Q:
    """Every word stands in the first entry, which is the name."""
    found = Q()
    for word in key.split():
        found &= Q(search_text__regex=rf"^[^\n]*{re.escape(word)}")
    return found


def _by_whole_contact(text: str) -> Q:
    """A complete phone number or address, as it is stored."""
    number, address = normalise_phone(text, the_firm().country), parse_email(text)
    values = [number.e164] if number else [address] if address else []
    points = ContactPoint.objects.filter(value__in=values)
    return Q(pk__in=points.values("customer_id")) if values else Q(pk__in=[])


def _dialled(text: str) -> str:
    """The digits of a number or a part of it, as E.164 has them where a country code is written (0084, +84 (0))."""
    digits = "".join(char for char in text if char.isdigit())
    if text.startswith("+"):
        return re.sub(r"^840", "84", digits)
    return re.sub(r"^00(840?)?", lambda match: "84" if match[1] else "", digits)


def best_first(queryset: "QuerySet[Customer]", text: str) -> "QuerySet[Customer]":
    """Order the hits of ``search`` for a short list: names with the accents as typed first, then by name."""
    exact = Case(When(full_name__icontains=nfc(text.strip()), then=Value(0)), default=Value(1))
    ordering: list[Any] = [exact] if has_diacritics(text) else []
    return queryset.order_by(*ordering, "sort_key", "id")


def timeline_of(customer_id: UUID) -> "QuerySet[Interaction]":
    """Everything that happened with the customer, the latest first."""
    return Interaction.objects.filter(customer_id=customer_id).order_by("-occurred_at", "-id")


def primary_email(customer: Customer) -> str:
    """The address to write to: the preferred one unless it was refused, then any other that was not; "" for none."""
    return emails_of([customer.id]).get(customer.id, "")


def has_email(customer_id: "UUID", email: str) -> bool:
    """Is ``email`` (lower case) one of the customer's addresses, preferred or not, refused or not?"""
    points = ContactPoint.objects.filter(customer_id=customer_id, kind=ContactPoint.Kind.EMAIL)
    return points.filter(value=email).exists()


def customers_at(email: str) -> list[Customer]:
    """Who can be written to at ``email`` (lower case), at most a family."""
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, value=email, undeliverable_at=None)
    return list(Customer.objects.filter(pk__in=points.values("customer_id"), erased_at=None).order_by("pk")[:5])


def called(customer_id: UUID) -> str:
    """The name of a customer, "" for nobody."""
    return Customer.objects.filter(pk=customer_id).values_list("full_name", flat=True).first() or ""


def primary_phone(customer: Customer) -> str:
    """The preferred number in E.164, or ""."""
    phones = customer.contact_points.filter(kind=ContactPoint.Kind.PHONE)
    return phones.order_by("-is_primary", "id").values_list("value", flat=True).first() or ""


def emails_of(customer_ids: "Iterable[UUID] | QuerySet[Any]") -> dict[UUID, str]:
    """Customer → the address to write to (see ``primary_email``); who cannot be written to is missing."""
    return dict(emails_query(customer_ids))


def emails_query(customer_ids: "Iterable[UUID] | QuerySet[Any]") -> "QuerySet[ContactPoint, tuple[UUID, str]]":
    """The same as rows of ``customer_id`` and ``value`` for another query to read from."""
    wanted = customer_ids if isinstance(customer_ids, QuerySet) else among(customer_ids)
    points = (
        ContactPoint.objects.filter(customer_id__in=wanted, kind=ContactPoint.Kind.EMAIL, undeliverable_at__isnull=True)
        .order_by("customer_id", "-is_primary", "id")
        .distinct("customer_id")
    )
    return points.values_list("customer_id", "value")


def match_by_contact(phone: str, email: str, full_name: str = "") -> Customer | None:
    """The customer these contacts belong to, or None.

    Who has both comes before who has the number, and that before who has the address. Families share numbers: among
    equals the one called ``full_name``, else the longest known, is meant. What is no valid contact matches nobody.
    """
    number = normalise_phone(phone, the_firm().country) if phone.strip() else None
    address = parse_email(email)
    by_phone = _holders(ContactPoint.Kind.PHONE, number.e164 if number else None)
    by_email = _holders(ContactPoint.Kind.EMAIL, address)
    by_both = by_phone & by_email
    wanted = search_key(full_name)
    for holders in (by_both, by_phone, by_email):
        found = list(Customer.objects.filter(pk__in=holders).order_by("created_at", "id")) if holders else []
        if found:
            return next((customer for customer in found if search_key(customer.full_name) == wanted), found[0])
    return None


def customer_called(*, number: str = "", sources: Iterable[str] = (), phone: str = "", email: str = "") -> UUID | None:
    """The one customer a till or partner means, by number in one of ``sources``, else phone, else e-mail address.

    None when nobody has it or several do: what is bought is never put down to somebody else.
    """
    if number.strip():
        numbered = ExternalId.objects.filter(source__in=list(sources), value=number.strip())
        found = set(numbered.values_list("customer_id", flat=True))
        return found.pop() if len(found) == 1 else None
    dialled = normalise_phone(phone, the_firm().country) if phone.strip() else None
    by_phone = _holders(ContactPoint.Kind.PHONE, dialled.e164 if dialled else None)
    by_email = _holders(ContactPoint.Kind.EMAIL, parse_email(email))
    for holders in (by_phone & by_email, by_phone, by_email):
        if holders:
            return holders.pop() if len(holders) == 1 else None
    return None


def _holders(kind: str, value: str | None) -> set[UUID]:
    if value is None:
        return set()
    return set(ContactPoint.objects.filter(kind=kind, value=value).values_list("customer_id", flat=True))
