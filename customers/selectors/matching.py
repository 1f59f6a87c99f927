"""Which customers the rows of a file mean, looked up for many rows at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Func, TextField, Value

from customers.logic.text import search_key
from customers.models import ContactPoint, Customer, ExternalId
from cxcrm.core.db.arrays import among, among_texts

# What the firm's own customer numbers are filed under when a file brings them.
FILE_SOURCE: Final = "file"
_KINDS: Final = tuple(ContactPoint.Kind.values)
_PHONE: Final = ContactPoint.Kind.PHONE.value

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Match:
    """Whom a row means: nobody yet, one customer, or (``ambiguous``) a contact several of them have."""

    customer_id: UUID | None = None
    by_number: bool = False
    ambiguous: str = ""


@dataclass(frozen=True, slots=True)
class Matches:
    """Customers that any of the rows could mean."""

    by_number: Mapping[str, UUID]
    by_contact: Mapping[tuple[str, str], frozenset[UUID]]
    names: Mapping[UUID, str]
    numbers: Mapping[UUID, frozenset[str]]

    def of(self, values: Values, by: str = "any") -> Match:
        """Match one row by its customer number, else by phone, else by e-mail; or by one of these alone (``by``).

        A customer who already has another number is somebody else, whatever contacts they share (families do). Where
        several hold the same contact, the name decides, then the other contacts; if those cannot, it is ambiguous.
        """
        number = values["external_id"] if by in ("any", "number") else ""
        if number in self.by_number:
            return Match(self.by_number[number], by_number=True)
        for kind in _KINDS if by == "any" else (by,):
            if by == "number":
                break
            for value in contacts(values, kind):
                holders = self._possible(self.by_contact.get((kind, value), frozenset()), number)
                if not holders:
                    continue
                if len(holders) > 1:
                    holders = self._narrowed(holders, values)
                if len(holders) > 1:
                    return Match(ambiguous=value)
                return Match(next(iter(holders)))
        return Match()

    def is_elsewhere(self, values: Values, match: Match) -> bool:
        """Is the row's number that of another customer than the one it means?"""
        holder = self.by_number.get(values["external_id"])
        return holder is not None and holder != match.customer_id

    def _possible(self, holders: Iterable[UUID], number: str) -> frozenset[UUID]:
        return frozenset(holder for holder in holders if not number or not self.numbers.get(holder))

    def _narrowed(self, holders: frozenset[UUID], values: Values) -> frozenset[UUID]:
        wanted = search_key(values["full_name"])
        namesakes = frozenset(holder for holder in holders if search_key(self.names[holder]) == wanted) or holders
        for kind in _KINDS:
            for value in contacts(values, kind):
                common = namesakes & self.by_contact.get((kind, value), frozenset())
                if len(common) == 1:
                    return common
        return namesakes


def contacts(values: Values, kind: str) -> list[str]:
    """The phone numbers or e-mail addresses of a read row."""
    pairs = values["phones"] if kind == _PHONE else values["emails"]
    return [value for value, _raw in pairs]


def matches_for(rows: Sequence[Values]) -> Matches:
    """Look up everything ``rows`` name, in four queries however many they are."""
    numbers = {values["external_id"] for values in rows} - {""}
    of_file = ExternalId.objects.filter(source=FILE_SOURCE, value__in=among_texts(numbers)).order_by()
    by_number = dict(of_file.values_list("value", "customer_id"))
    by_contact: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    for kind in _KINDS:
        wanted = {value for values in rows for value in contacts(values, kind)}
        holders = ContactPoint.objects.filter(kind=kind, value__in=among_texts(wanted)).order_by()
        for value, customer_id in holders.values_list("value", "customer_id"):
            by_contact[kind, value].add(customer_id)
    found = {*by_number.values(), *(holder for holders in by_contact.values() for holder in holders)}
    ids = among(found) if found else found
    names = dict(Customer.objects.filter(pk__in=ids).order_by().values_list("id", "full_name"))
    known: dict[UUID, set[str]] = defaultdict(set)
    of_found = ExternalId.objects.filter(source=FILE_SOURCE, customer_id__in=ids).order_by()
    for customer_id, value in of_found.values_list("customer_id", "value"):
        known[customer_id].add(value)
    return Matches(
        by_number=by_number,
        by_contact={key: frozenset(holders) for key, holders in by_contact.items()},
        names=names,
        numbers={customer_id: frozenset(values) for customer_id, values in known.items()},
    )


def organizations_called(names: Iterable[str]) -> dict[str, UUID]:
    """Search key of a name → the organisation of that name (the longest known one)."""
    keys = {search_key(name) for name in names} - {""}
    if not keys:
        return {}
    first_entry = Func(F("search_text"), Value("\n"), Value(1), function="split_part", output_field=TextField())
    found = (
        Customer.objects.filter(kind=Customer.Kind.ORGANIZATION)
        .annotate(name_key=first_entry)
        .filter(name_key__in=keys)
        .order_by("-created_at", "-id")
    )
    return dict(found.values_list("name_key", "id"))
