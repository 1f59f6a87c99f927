"""Customers as a kind of rows: read, judged, written, and taken back."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from customers import problems
from customers.logic.columns import CUSTOMERS
from customers.logic.phones import display_phone
from customers.services.import_judging import CustomerJudge
from customers.services.import_kinds import ImportKind, register
from customers.services.import_reading import read_row
from customers.services.import_restoring import undo_customers
from customers.services.import_writing import write_rows


def _shown(values: Mapping[str, Any]) -> tuple[str, list[str]]:
    phones = [display_phone(value) for value, _raw in values.get("phones", [])]
    return values.get("full_name", ""), [*phones, *(value for value, _raw in values.get("emails", []))]


CUSTOMERS_KIND: Final = ImportKind(
    code="customers",
    label=_("Customers"),
    fields=problems.CUSTOMER_FIELDS,
    vocabulary=CUSTOMERS,
    read=read_row,
    judge=CustomerJudge,
    write=write_rows,
    undo=undo_customers,
    shown=_shown,
    takes_own=True,
)
register(CUSTOMERS_KIND)
