"""What a file of customers holds, and any file for those who may not see how customers are reached."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.logic.addresses import province_name
from customers.logic.masks import all_without_contacts
from customers.models import ContactPoint, Customer
from cxcrm.core.exports.columns import NUMBER, Column, columns


def _points(kind: str) -> Callable[[Customer], Any]:
    def read(customer: Customer) -> list[str]:
        points = [point for point in customer.contact_points.all() if point.kind == kind]
        return [point.shown for point in sorted(points, key=lambda point: not point.is_primary)]

    return read


def _numbers(customer: Customer) -> list[str]:
    return [f"{number.source}: {number.value}" for number in customer.external_ids.all()]


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
    Column(_("numbers in other systems"), _numbers),
    "organization",
    "contact_role",
    "address",
    "street_line",
    "ward",
    Column(_("province or city"), lambda customer: province_name(customer.province_code)),
    "legacy_address",
    "tags",
    "owner",
    "branch",
    "language",
    "note",
    "created_at",
)
# What they are read from beside the row itself.
CUSTOMER_RELATED = ("owner", "branch", "organization")
CUSTOMER_PREFETCH = ("contact_points", "external_ids")


def masked_columns(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The same columns, numbers and addresses masked in every text."""
    return tuple(Column(one.label, _masked(one)) for one in columns)


def _masked(column: Column) -> Callable[[Any], Any]:
    return lambda row: all_without_contacts(column.cell(row))
