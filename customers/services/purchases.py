"""Purchases are recorded here: once per number in the system they come from, each with its place on the timeline."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction

from customers.errors import (
    AmountInvalid,
    CoverInvalid,
    CurrencyInvalid,
    CustomerNotFound,
    MomentInvalid,
    PurchaseCustomerUnknown,
    PurchaseNotFound,
)
from customers.events import PurchaseChanged, PurchaseRecorded
from customers.logic.purchase_columns import MAX_AMOUNT
from customers.models import Customer, Interaction, Purchase
from customers.selectors.customers import customer_called
from customers.selectors.matching import FILE_SOURCE
from customers.services import fields
from customers.services.interactions import new_interaction
from cxcrm.core.clock import now
from cxcrm.core.errors import DomainError
from cxcrm.core.events import publish
from tenants.staff.models import Branch
from tenants.staff.selectors.firm import firm_zone, the_firm

MAX_ITEMS: Final = 4_000
MAX_NUMBER: Final = 120
MAX_BRANCH: Final = 120
MAX_CHANNEL: Final = 40
# A till's clock may be a little ahead of ours.
_AHEAD: Final = timedelta(days=1)
_ON_TIMELINE: Final[Mapping[str, str]] = {
    Purchase.Kind.ORDER: Interaction.Kind.ORDER,
    Purchase.Kind.CONTRACT: Interaction.Kind.ORDER,
    Purchase.Kind.VISIT: Interaction.Kind.VISIT,
    Purchase.Kind.BOOKING: Interaction.Kind.VISIT,
    Purchase.Kind.DELIVERY: Interaction.Kind.DELIVERY,
}


class Told(TypedDict, total=False):
    """What may be said about a purchase; ``branch`` is an object or id, ``branch_name`` what the source calls it.

    ``covers_until`` is the last day a plan, membership or contract is paid for, None for everything else.
    """

    kind: str
    occurred_at: datetime
    covers_until: date | None
    amount: Decimal | int | str
    currency: str
    branch: Any
    branch_name: str
    items: str
    channel: str
    state: str
    note: str


@transaction.atomic
def record_purchase(
    *,
    customer_id: UUID | None = None,
    customer_number: str = "",
    phone: str = "",
    email: str = "",
    source: str = "",
    external_id: str = "",
    silent: bool = False,
    **told: Unpack[Told],
) -> tuple[Purchase, bool]:
    """Record what a customer bought, or bring it up to date when its number is known; True when it is new.

    The customer is named by id, or by number (of the same system or the firm's own files), phone or e-mail address,
    which must lead to exactly one. Sending
    the same again changes nothing. ``silent`` publishes no event. Raises CustomerNotFound, PurchaseCustomerUnknown,
    AmountInvalid, CurrencyInvalid, MomentInvalid, CoverInvalid, TextInvalid, ChoiceInvalid, ReferenceUnknown.
    """
    number = fields.line(external_id, "external_id", MAX_NUMBER)
    system = fields.line(source, "source", fields.MAX_SOURCE)
    customer_id = customer_id or _customer(system, customer_number, phone, email)
    if not Customer.objects.filter(pk=customer_id).exists():
        raise CustomerNotFound
    checked = _checked(told)
    known = _numbered(system, number)
    if known is None:
        fresh = Purchase(customer_id=customer_id, source=system, external_id=number)
        fresh.occurred_at, fresh.currency = now(), the_firm().currency
        for name, value in checked.items():
            setattr(fresh, name, value)
        try:
            with transaction.atomic():
                return _add(fresh, silent=silent), True
        except IntegrityError:
            # Somebody sent the same number at the same moment and was faster.
            known = _numbered(system, number)
            if known is None:
                raise
    return _change(known, {**checked, "customer_id": customer_id}, silent=silent), False


@transaction.atomic
def change_purchase(*, purchase_id: UUID, **told: Unpack[Told]) -> Purchase:
    """Change what is said about a purchase, such as that it was cancelled. Raises PurchaseNotFound and the rest."""
    known = Purchase.objects.select_for_update(of=("self",)).filter(pk=purchase_id).first()
    if known is None:
        raise PurchaseNotFound
    return _change(known, _checked(told))


def record_many(*, purchases: Sequence[Mapping[str, Any]]) -> list[tuple[Purchase | None, bool, DomainError | None]]:
    """Record each by itself: (purchase, new?, None), or the refusal of the ones that cannot be taken."""
    results: list[tuple[Purchase | None, bool, DomainError | None]] = []
    for one in purchases:
        try:
            purchase, is_new = record_purchase(**one)
        except DomainError as refusal:
            results.append((None, False, refusal))
        else:
            results.append((purchase, is_new, None))
    return results


def covers_itself(purchase: Purchase, told: Mapping[str, Any] | None = None) -> bool:
    """What a purchase covers, changed as ``told``, does not end before the firm's day on which it was bought."""
    until, at = ((told or {}).get(name, getattr(purchase, name)) for name in ("covers_until", "occurred_at"))
    return until is None or until >= at.astimezone(firm_zone()).date()


def purchase_entry(purchase: Purchase, what: str = "purchase.recorded", **data: Any) -> Interaction:
    """The timeline's entry for a purchase, not saved: at the time it happened, with what it was worth."""
    told = {
        "number": purchase.external_id,
        "purchase": purchase.kind,
        "amount": str(purchase.amount) if purchase.amount else "",
        "covered_until": purchase.covers_until.isoformat() if purchase.covers_until else "",
        "currency": purchase.currency,
        "state": purchase.state,
        "branch": purchase.branch_name,
        **data,
    }
    return new_interaction(
        customer_id=purchase.customer_id,
        kind=_ON_TIMELINE[purchase.kind],
        what=what,
        direction=Interaction.Direction.IN,
        body=purchase.items,
        data={key: value for key, value in told.items() if value},
        subject=purchase,
        occurred_at=purchase.occurred_at,
    )


def _customer(source: str, number: str, phone: str, email: str) -> UUID:
    found = customer_called(number=number, sources=(source, FILE_SOURCE), phone=phone, email=email)
    if found is None:
        raise PurchaseCustomerUnknown(field="customer")
    return found


def _numbered(source: str, number: str) -> Purchase | None:
    if not number:
        return None
    known = Purchase.objects.select_for_update(of=("self",)).filter(source=source, external_id=number)
    return known.first()


def _checked(told: Told) -> dict[str, Any]:
    """Column → checked value. A branch's own name is written beside it, so that it is known should it ever go."""
    checked: dict[str, Any] = {}
    for name, value in told.items():
        attribute, check = _CHECKS[name]
        checked[attribute] = check(value)
    if checked.get("branch_id") and "branch_name" not in checked:
        checked["branch_name"] = Branch.objects.values_list("name", flat=True).get(pk=checked["branch_id"])[:MAX_BRANCH]
    return checked


def _add(purchase: Purchase, *, silent: bool) -> Purchase:
    if not covers_itself(purchase):
        raise CoverInvalid(field="covers_until")
    purchase.save(force_insert=True)
    purchase_entry(purchase).save(force_insert=True)
    if not silent:
        publish(PurchaseRecorded(purchase_id=purchase.id, customer_id=purchase.customer_id))
    return purchase


def _change(purchase: Purchase, checked: Mapping[str, Any], *, silent: bool = False) -> Purchase:
    changed = [name for name, value in checked.items() if getattr(purchase, name) != value]
    if not changed:
        return purchase
    for name in changed:
        setattr(purchase, name, checked[name])
    if not covers_itself(purchase):
        raise CoverInvalid(field="covers_until")
    purchase.version += 1
    purchase.updated_at = now()
    purchase.save(update_fields=[*changed, "version", "updated_at"])
    entry = purchase_entry(purchase, "purchase.changed", fields=sorted(name.removesuffix("_id") for name in changed))
    entry.occurred_at, entry.body = purchase.updated_at, ""
    entry.save(force_insert=True)
    if not silent:
        publish(PurchaseChanged(purchase_id=purchase.id, customer_id=purchase.customer_id))
    return purchase


def _amount(value: Decimal | int | str) -> Decimal:
    try:
        amount = Decimal(value)
    except (InvalidOperation, ValueError) as error:
        raise AmountInvalid(field="amount") from error
    if not amount.is_finite() or not 0 <= amount < MAX_AMOUNT or amount != round(amount, 2):
        raise AmountInvalid(field="amount")
    return amount.quantize(Decimal("0.01"))


def _currency(value: str) -> str:
    if not (len(value) == 3 and value.isascii() and value.isalpha()):
        raise CurrencyInvalid(field="currency")
    return value.upper()


def _moment(value: datetime) -> datetime:
    if value.tzinfo is None or value > now() + _AHEAD or value < datetime(1900, 1, 1, tzinfo=UTC):
        raise MomentInvalid(field="occurred_at")
    return value


_CHECKS: Final[Mapping[str, tuple[str, Any]]] = {
    "kind": ("kind", lambda value: fields.choice(value, Purchase.Kind, "kind")),
    "occurred_at": ("occurred_at", _moment),
    "covers_until": ("covers_until", lambda value: value),
    "amount": ("amount", _amount),
    "currency": ("currency", _currency),
    "branch": ("branch_id", lambda value: fields.reference(value, Branch.objects.all(), "branch")),
    "branch_name": ("branch_name", lambda value: fields.line(value, "branch_name", MAX_BRANCH)),
    "items": ("items", lambda value: fields.paragraphs(value, "items", MAX_ITEMS)),
    "channel": ("channel", lambda value: fields.line(value, "channel", MAX_CHANNEL)),
    "state": ("state", lambda value: fields.choice(value, Purchase.State, "state")),
    "note": ("note", lambda value: fields.paragraphs(value, "note")),
}
