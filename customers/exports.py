"""What a file of customers holds, and any file for those who may not see how customers are reached."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.logic.addresses import province_name
from customers.logic.custom_fields import shown_date, words_of
from customers.logic.masks import all_without_contacts
from customers.models import ContactPoint, Customer, CustomField
from customers.selectors.custom_fields import custom_fields, spec_of
from customers.selectors.matching import FILE_SOURCE
from cxcrm.core.exports.columns import NUMBER, Column, columns
from tenants.staff.models import Firm
from tenants.staff.selectors.firm import the_firm


def _points(kind: str) -> Callable[[Customer], Any]:
    def read(customer: Customer) -> list[str]:
        points = [point for point in customer.contact_points.all() if point.kind == kind]
        return [point.shown for point in sorted(points, key=lambda point: not point.is_primary)]

    return read


def _own_number(customer: Customer) -> str:
    """The firm's own number of the customer, by which its files know them."""
    return next((number.value for number in customer.external_ids.all() if number.source == FILE_SOURCE), "")


def _other_numbers(customer: Customer) -> list[str]:
    numbers = [number for number in customer.external_ids.all() if number.source != FILE_SOURCE]
    return [f"{number.source}: {number.value}" for number in numbers]


def _level(customer: Customer) -> str:
    found = getattr(customer, "understanding", None)
    return str(found.get_level_display()) if found else ""


def _own(field: CustomField, firm: Firm) -> Callable[[Customer], Any]:
    """How a field of the firm's own is written, so that the file says the same when it comes back."""
    spec = spec_of(field, firm)

    def read(customer: Customer) -> Any:
        value, language = customer.custom.get(field.key), get_language() or "vi"
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            return _number(value)
        if field.kind == CustomField.Kind.DATE:
            return shown_date(value) or value
        return [words_of(spec, one, language) for one in value] if isinstance(value, list) else _words(value, language)

    def _words(value: str, language: str) -> str:
        return words_of(spec, value, language) if field.kind == CustomField.Kind.CHOICE else value

    return read


def _number(value: float) -> int | float | Decimal:
    """Three digits after the point would be read as thousands when a CSV file comes back; a nought tells them apart."""
    number = Decimal(str(value))
    return number.quantize(Decimal("0.0001")) if number.as_tuple().exponent == -3 else value


CUSTOMER_COLUMNS: tuple[Column, ...] = columns(
    Customer,
    NUMBER,
    "kind",
    "full_name",
    "given_name",
    "salutation",
    "formal_title",
    Column(_("phone numbers"), _points(ContactPoint.Kind.PHONE)),
    Column(_("e-mail addresses"), _points(ContactPoint.Kind.EMAIL)),
    Column(_("Customer number"), _own_number),
    Column(_("numbers in other systems"), _other_numbers),
    "organization",
    "contact_role",
    "address",
    "street_line",
    "ward",
    Column(_("province or city"), lambda customer: province_name(customer.province_code)),
    "legacy_address",
    "tags",
    "contact_channel",
    "contact_hours",
    "referred_by",
    "owner",
    "branch",
    "language",
    "note",
    Column(_("level of understanding"), _level),
    "created_at",
)
# What they are read from beside the row itself.
CUSTOMER_RELATED = ("owner", "branch", "organization", "referred_by", "understanding")
CUSTOMER_PREFETCH = ("contact_points", "external_ids")


def customer_columns() -> tuple[Column, ...]:
    """The columns of a file of customers, the firm's own fields last."""
    own = list(custom_fields())
    if not own:
        return CUSTOMER_COLUMNS
    firm = the_firm()
    return (*CUSTOMER_COLUMNS, *(Column(str(field), _own(field, firm)) for field in own))


def masked_columns(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The same columns, numbers and addresses masked in every text."""
    return tuple(Column(one.label, _masked(one)) for one in columns)


def _masked(column: Column) -> Callable[[Any], Any]:
    return lambda row: all_without_contacts(column.cell(row))
