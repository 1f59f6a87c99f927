"""Customers are created and changed here, with their contact points, numbers elsewhere and tags."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from customers.errors import (
    CustomerIsErased,
    CustomerNotFound,
    NameMissing,
    ReferenceUnknown,
    VersionConflict,
)
from customers.events import CustomerChanged, CustomerCreated
from customers.logic.columns import parse_email
from customers.logic.custom_fields import merged
from customers.logic.names import NameOrder, given_name_of, parse_person_name
from customers.models import ContactPoint, Customer, Interaction
from customers.selectors.customers import match_by_contact
from customers.services import fields
from customers.services.addresses import PARTS, checked_province, follow
from customers.services.contact_points import checked_points, set_external_ids, set_points
from customers.services.custom_fields import checked_values
from customers.services.indexing import index_customer
from customers.services.interactions import record_interaction
from customers.services.locks import CONTACTS, lock
from customers.services.referrals import check_referrer
from customers.services.understanding import recount_customers
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.events import publish
from tenants.models import Usage
from tenants.services import plans
from tenants.staff.models import Branch, User
from tenants.staff.selectors.firm import the_firm


@plans.measures(Usage.Metric.CUSTOMERS)
def customers_in_use() -> int:
    return Customer.objects.count()


class Changes(TypedDict, total=False):
    """What ``update_customer`` may change; lists are whole new lists, references are objects, ids or None."""

    full_name: str
    given_name: str
    kind: str
    phones: Iterable[str]
    emails: Iterable[str]
    salutation: str
    salutation_source: str
    name_order: NameOrder
    language: str
    organization: Any
    contact_role: str
    contact_channel: str
    contact_hours: str
    surveys_seldom: bool
    referred_by: Any
    owner: Any
    branch: Any
    tags: Iterable[str]
    external_ids: Mapping[str, str]
    address: str
    street_line: str
    ward: str
    province_code: str
    legacy_address: str
    note: str
    formal_title: str
    custom: Mapping[str, Any]


@transaction.atomic
def create_customer(
    *,
    full_name: str,
    kind: str = Customer.Kind.PERSON,
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    salutation: str = "",
    salutation_source: str = "",
    name_order: NameOrder = "family_first",
    language: str | None = None,
    organization: Any = None,
    contact_role: str = "",
    contact_channel: str = "",
    contact_hours: str = "",
    surveys_seldom: bool = False,
    referred_by: Any = None,
    owner: Any = None,
    branch: Any = None,
    tags: Iterable[str] = (),
    external_ids: Mapping[str, str] | None = None,
    address: str = "",
    street_line: str = "",
    ward: str = "",
    province_code: str = "",
    legacy_address: str = "",
    note: str = "",
    formal_title: str = "",
    custom: Mapping[str, Any] | None = None,
    given_name: str = "",
    parse_name: bool = True,
    silent: bool = False,
    is_sample: bool = False,
    beyond_plan: bool = False,
) -> Customer:
    """A new customer; the first phone and the first e-mail become the preferred ones.

    With ``parse_name`` a person's name is read as staff type it ("C. Lan" is Lan, addressed as chị; "Anh Tuấn Q7"
    leaves Q7 in the note). ``language`` defaults to the firm's; ``organization``, ``owner`` and ``branch`` are objects
    or ids; an address is one line or its parts (ADR 19); ``custom`` has values of the firm's own fields by key.
    ``silent`` publishes no event; ``beyond_plan`` takes them though the plan is full. Raises NameMissing, TextInvalid,
    ChoiceInvalid, PhoneInvalid, EmailInvalid, TooMany, ReferenceUnknown, ExternalIdTaken, CustomValueInvalid and
    PlanLimitReached.
    """
    firm = the_firm()
    customer = Customer(is_sample=is_sample)
    values: Changes = {
        "kind": kind,
        "name_order": name_order,
        "full_name": full_name,
        "salutation": salutation,
        "language": language or firm.language,
        "organization": organization,
        "contact_role": contact_role,
        "contact_channel": contact_channel,
        "contact_hours": contact_hours,
        "surveys_seldom": surveys_seldom,
        "referred_by": referred_by,
        "owner": owner,
        "branch": branch,
        "tags": tags,
        "address": address,
        "street_line": street_line,
        "ward": ward,
        "province_code": province_code,
        "legacy_address": legacy_address,
        "note": note,
        "formal_title": formal_title,
        "custom": custom or {},
    }
    if salutation_source:
        values["salutation_source"] = salutation_source
    if parse_name and kind == Customer.Kind.PERSON:
        _read_name(values)
    if given_name:
        values["given_name"] = given_name
    _apply(customer, values)
    customer.raw_name = fields.line(full_name, "full_name", 200)
    numbers = fields.external_ids(external_ids or {})
    points = checked_points(firm, phones, emails)
    index_customer(
        customer,
        phones=points[ContactPoint.Kind.PHONE],
        emails=points[ContactPoint.Kind.EMAIL],
        numbers=numbers.values(),
    )
    if not beyond_plan:
        plans.allow(Usage.Metric.CUSTOMERS)
    customer.save(force_insert=True)
    for of_kind, wanted in points.items():
        set_points(customer, of_kind, wanted)
    set_external_ids(customer, numbers)
    record_interaction(customer_id=customer.id, kind=Interaction.Kind.NOTE, what="customer.created")
    recount_customers(customer_ids=[customer.id])
    if not silent:
        publish(CustomerCreated(customer_id=customer.id))
    return customer


@transaction.atomic
def update_customer(*, customer_id: UUID, version: int | None = None, **changes: Unpack[Changes]) -> Customer:
    """Change what is named in ``changes`` and nothing else; a change that changes nothing leaves no trace.

    ``version`` is the one the editor saw. Raises CustomerNotFound, CustomerIsErased, VersionConflict when somebody was
    faster, TypeError for a field that does not exist, and what ``create_customer`` raises.
    """
    if unknown := set(changes) - set(Changes.__annotations__):
        raise TypeError(f"update_customer got unknown fields {sorted(unknown)}")
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise CustomerNotFound
    if customer.erased_at is not None:
        raise CustomerIsErased
    if version is not None and version != customer.version:
        raise VersionConflict(version=customer.version)
    values = changes.copy()
    changed = []
    points = checked_points(the_firm(), values.pop("phones", None), values.pop("emails", None))
    for kind, wanted in points.items():
        if set_points(customer, kind, wanted):
            changed.append("phones" if kind == ContactPoint.Kind.PHONE else "emails")
    numbers = values.pop("external_ids", None)
    if numbers is not None and set_external_ids(customer, fields.external_ids(numbers)):
        changed.append("external_ids")
    changed += _apply(customer, values)
    if not changed:
        return customer
    reindex(customer)
    customer.version += 1
    customer.updated_at = now()
    customer.save()
    record_interaction(
        customer_id=customer.id,
        kind=Interaction.Kind.NOTE,
        what="customer.changed",
        data={"fields": sorted(set(changed))},
    )
    recount_customers(customer_ids=[customer.id])
    publish(CustomerChanged(customer_id=customer.id))
    return customer


@transaction.atomic
def find_or_create_by_contact(
    *, full_name: str, phone: str = "", email: str = "", language: str | None = None
) -> tuple[Customer, bool]:
    """The customer who can be reached there, created when nobody can; True when created.

    A found customer is left as they are: whoever filled in a form may not be who they say, so nothing they typed is
    added to somebody else's record. Two forms sent at the same time end as one customer. What a customer sends in is
    never lost to a plan, so its limit is not asked. Raises what else ``create_customer`` raises.
    """
    firm = the_firm()
    checked_points(firm, [phone], [email])
    lock(CONTACTS)
    found = match_by_contact(phone, email, full_name)
    if found is not None:
        return found, False
    created = create_customer(
        full_name=full_name,
        phones=[phone],
        emails=[email],
        language=language,
        name_order="given_first" if firm.language == "en" else "family_first",
        beyond_plan=True,
    )
    return created, True


@transaction.atomic
def mark_undeliverable(*, email: str) -> int:
    """Note that a mail server refused ``email`` for good; nothing more is sent there. Returns how many had it."""
    points = ContactPoint.objects.filter(
        kind=ContactPoint.Kind.EMAIL,
        value=parse_email(email) or email.strip().lower(),
        undeliverable_at__isnull=True,
    )
    holders = set(points.values_list("customer_id", flat=True))
    refused = points.update(undeliverable_at=now())
    recount_customers(customer_ids=holders)
    return refused


def reindex(customer: Customer) -> None:
    """Set the search and sort keys of ``customer`` (not saved) from what is stored about it."""
    points = list(customer.contact_points.values_list("kind", "value"))
    index_customer(
        customer,
        phones=[value for kind, value in points if kind == ContactPoint.Kind.PHONE],
        emails=[value for kind, value in points if kind == ContactPoint.Kind.EMAIL],
        numbers=customer.external_ids.values_list("value", flat=True),
    )


def source_of_actor() -> str:
    """How sure a salutation is that the current actor wrote: the customer's own word, staff's, or a system's."""
    by_kind = {
        "customer": Customer.SalutationSource.DECLARED,
        "user": Customer.SalutationSource.STAFF,
    }
    return by_kind.get(current_actor().kind, Customer.SalutationSource.IMPORT)


def _read_name(values: Changes) -> None:
    """Take a written name apart into name, salutation and note, where they were not given apart."""
    parsed = parse_person_name(
        fields.line(values["full_name"], "full_name", 200), values.get("name_order", "family_first")
    )
    values["full_name"] = parsed.full_name
    values["given_name"] = parsed.given_name
    if parsed.salutation and not values.get("salutation"):
        values["salutation"] = parsed.salutation.value
    if parsed.note:
        values["note"] = "\n".join(part for part in (parsed.note, values.get("note", "")) if part)


def _apply(customer: Customer, given: Changes) -> list[str]:
    """Set plain fields of ``customer`` to checked values; returns the names of those that differ now."""
    values, checked = given.copy(), dict[str, Any]()
    if own := values.pop("custom", None):
        checked["custom"] = merged(customer.custom, checked_values(own))
    for name, value in values.items():
        attribute, clean = _CHECKS[name]
        checked[attribute] = clean(value)
    if "full_name" in checked:
        if not checked["full_name"]:
            raise NameMissing(field="full_name")
        if checked["full_name"] != customer.full_name:
            checked["raw_name"] = checked["full_name"]
    _derive_given_name(customer, checked)
    if any(checked[name] != getattr(customer, name) for name in _ADDRESS & checked.keys()):
        follow(customer, checked, the_firm().country)
    _derive_source(customer, checked)
    if checked.get("organization_id") == customer.id:
        raise ReferenceUnknown(field="organization")
    if checked.get("referred_by_id") not in (None, customer.referred_by_id):
        check_referrer(customer.id, checked["referred_by_id"])
    differing = [name for name, value in checked.items() if getattr(customer, name) != value]
    for name in differing:
        setattr(customer, name, checked[name])
    told = {_TOLD_AS.get(name, name.removesuffix("_id")): None for name in differing if name not in _HIDDEN}
    return [*told] or (["salutation"] if "salutation_source" in differing else [])


def _derive_source(customer: Customer, checked: dict[str, Any]) -> None:
    """No salutation has no source; a new one has its writer's, unless that is said in the same breath."""
    if not checked.get("salutation", customer.salutation):
        checked["salutation_source"] = ""
    elif "salutation_source" not in checked and checked.get("salutation") not in (None, customer.salutation):
        checked["salutation_source"] = source_of_actor()


def _derive_given_name(customer: Customer, checked: dict[str, Any]) -> None:
    """The given name follows the name and its order, unless it is set by hand in the same breath."""
    moved = any(
        name in checked and checked[name] != getattr(customer, name) for name in ("full_name", "name_order", "kind")
    )
    if not moved or checked.get("given_name"):
        return
    if checked.get("kind", customer.kind) == Customer.Kind.ORGANIZATION:
        checked["given_name"] = ""
        return
    name = checked.get("full_name", customer.full_name)
    order: NameOrder = checked.get("name_order", customer.name_order)
    checked["given_name"] = given_name_of(name, order)[:80]


_ADDRESS = frozenset({"address", *PARTS, "legacy_address"})
_HIDDEN = frozenset({"raw_name", "salutation_source"})
# The parts of an address are one change to who reads of it.
_TOLD_AS = dict.fromkeys(_ADDRESS, "address")

_CHECKS: dict[str, tuple[str, Any]] = {
    "full_name": ("full_name", lambda value: fields.line(value, "full_name", fields.MAX_NAME)),
    "given_name": ("given_name", lambda value: fields.line(value, "given_name", 80)),
    "kind": ("kind", lambda value: fields.choice(value, Customer.Kind, "kind")),
    "salutation": (
        "salutation",
        lambda value: fields.choice(value, Customer.Salutation, "salutation", blank=True),
    ),
    "salutation_source": (
        "salutation_source",
        lambda value: fields.choice(value, Customer.SalutationSource, "salutation_source", blank=True),
    ),
    "name_order": ("name_order", lambda value: fields.choice(value, Customer.NameOrder, "name_order")),
    "language": ("language", lambda value: fields.choice(value, User.Language, "language")),
    "organization": (
        "organization_id",
        lambda value: fields.reference(value, Customer.objects.filter(kind=Customer.Kind.ORGANIZATION), "organization"),
    ),
    "contact_role": (
        "contact_role",
        lambda value: fields.choice(value, Customer.ContactRole, "contact_role", blank=True),
    ),
    "contact_channel": (
        "contact_channel",
        lambda value: fields.choice(value, Customer.ContactChannel, "contact_channel", blank=True),
    ),
    "contact_hours": (
        "contact_hours",
        lambda value: fields.choice(value, Customer.ContactHours, "contact_hours", blank=True),
    ),
    "surveys_seldom": ("surveys_seldom", bool),
    "referred_by": (
        "referred_by_id",
        lambda value: fields.reference(value, Customer.objects.filter(erased_at=None), "referred_by"),
    ),
    "owner": ("owner_id", lambda value: fields.reference(value, User.objects.all(), "owner")),
    "branch": ("branch_id", lambda value: fields.reference(value, Branch.objects.all(), "branch")),
    "tags": ("tags", lambda value: fields.tags(value)),
    "address": ("address", lambda value: fields.line(value, "address", fields.MAX_ADDRESS)),
    "street_line": ("street_line", lambda value: fields.line(value, "street_line", 180)),
    "ward": ("ward", lambda value: fields.line(value, "ward", 80)),
    "province_code": ("province_code", lambda value: checked_province(value)),
    "legacy_address": (
        "legacy_address",
        lambda value: fields.line(value, "legacy_address", fields.MAX_ADDRESS),
    ),
    "note": ("note", lambda value: fields.paragraphs(value, "note")),
    "formal_title": ("formal_title", lambda value: fields.line(value, "formal_title", 80)),
}
