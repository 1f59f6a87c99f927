"""What an import is about to write: a customer on the way in, and what was there before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from customers.logic.custom_fields import merged
from customers.logic.text import has_diacritics, search_key
from customers.models import ContactPoint
from customers.services.addresses import PARTS
from customers.services.import_own import images

ADDRESS: Final = ("address", *PARTS, "legacy_address")
# The columns an import writes, table by table.
WRITTEN: Final = [
    "full_name", "raw_name", "given_name", "salutation", "salutation_source", "language", "organization", "tags",
    *ADDRESS, "note", "custom", "search_text", "sort_key", "version", "updated_at",
]  # fmt: skip


POINTS: Final = ("id", "created_at", "customer_id", "kind", "value", "raw", "is_primary")
NUMBERS: Final = ("id", "created_at", "customer_id", "source", "value")
CHANGES: Final = ("id", "created_at", "job_id", "number", "model", "record_id", "field", "before", "after", "fate")
ENTRIES: Final = (
    "id", "created_at", "customer_id", "kind", "direction", "occurred_at", "what", "body", "data", "subject_type",
    "subject_id", "actor_kind", "actor_id", "actor_label",
)  # fmt: skip
# Read once: an enumeration looks its members up anew each time.
PHONE, EMAIL = ContactPoint.Kind.PHONE.value, ContactPoint.Kind.EMAIL.value


@dataclass(slots=True)
class Draft:
    """A customer on the way to the database with everything that identifies them, and what they were before."""

    customer: Any  # a Customer, or what will be one
    is_new: bool
    number: int = 0  # the row that touched it first
    points: dict[str, list[str]] = field(default_factory=lambda: {PHONE: [], EMAIL: []})
    preferred: set[str] = field(default_factory=set)
    numbers: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    before: dict[str, Any] = field(default_factory=dict)
    added: dict[str, list[str]] = field(default_factory=dict)

    def set(self, name: str, value: Any) -> None:
        """Set a field, and remember what was there when that changed it."""
        had = getattr(self.customer, name)
        if had != value:
            self.before.setdefault(name, had)
            setattr(self.customer, name, value)
            self.changed.add(name)

    def set_own(self, told: Mapping[str, Any]) -> None:
        """Set fields of the firm's own (None for none), and remember what was there of those that changed."""
        had, new = images(self.customer.custom, told)
        if new:
            self.before["custom"] = {**had, **self.before.get("custom", {})}
            self.customer.custom = merged(self.customer.custom, new)
            self.changed.add("custom")

    def now(self, name: str) -> Any:
        """What a field that changed holds now; of the firm's own fields those that changed."""
        value = getattr(self.customer, name, None)
        return {key: value.get(key) for key in self.before[name]} if name == "custom" and value is not None else value

    def add(self, name: str, value: str) -> None:
        """Note that a contact or number came to a customer."""
        self.changed.add(name)
        self.added.setdefault(name, []).append(value)


class Fresh:
    """The columns of a customer on the way in."""


def told_as(name: str) -> str:
    """What people call a field that changed."""
    return "address" if name in ADDRESS else name.removesuffix("_id")


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return str(value) if isinstance(value, UUID) else value


def is_fuller(new: str, old: str) -> bool:
    """Is ``new`` the same name written better: with the accents, or with the words ``old`` lacks?"""
    new_words, old_words = search_key(new).split(), search_key(old).split()
    if new_words == old_words:
        return has_diacritics(new) and not has_diacritics(old)
    return set(old_words) < set(new_words)
