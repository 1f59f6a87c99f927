"""The firm's own fields: which there are, what a customer's hold in words, and who has a value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, pgettext

from customers.logic.columns import header_key
from customers.logic.custom_fields import Choice, CustomSpec, shown_date, words_of
from customers.models import Customer, CustomField
from cxcrm.core.money import money
from cxcrm.core.once import once
from tenants.staff.models import Firm
from tenants.staff.selectors.firm import the_firm

# What a column of a file that holds an own field is taken as: this and the field's key.
OWN: Final = "custom."


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A field of the firm's own as a column of a file: what it is called, by whom, and how its cells are read."""

    label: str
    headers: frozenset[str]  # as ``header_key`` has them, in both languages
    spec: CustomSpec
    is_required: bool


def own_columns() -> dict[str, OwnColumn]:
    """What a column may be taken as beside what every firm knows, in the firm's order: code → field."""
    found = list(custom_fields())
    if not found:
        return {}
    firm = the_firm()
    return {
        f"{OWN}{field.key}": OwnColumn(
            str(field),
            frozenset({header_key(name) for name in (field.label_vi, field.label_en, field.key)} - {""}),
            spec_of(field, firm),
            field.is_required,
        )
        for field in found
    }


def custom_fields(kind: str = "") -> "QuerySet[CustomField]":
    """Fields in use, in order; of one kind of customer where ``kind`` says so."""
    fields = CustomField.objects.filter(is_active=True)
    return fields.filter(applies_to__in=(CustomField.AppliesTo.BOTH, kind)) if kind else fields


@once
def fields_to_choose_by() -> list[CustomField]:
    """Those in use whose values are few."""
    few = (CustomField.Kind.CHOICE, CustomField.Kind.CHOICES, CustomField.Kind.YES_NO)
    return list(custom_fields().filter(kind__in=few))


def spec_of(field: CustomField, firm: Firm | None = None) -> CustomSpec:
    """What ``logic.custom_fields`` needs to know of ``field``; numbers are read as the firm's language writes them."""
    of = firm or the_firm()
    choices: tuple[Choice, ...] = tuple(field.choices)
    mark = "." if of.language == "en" else ","
    return CustomSpec(field.key, field.kind, choices, of.currency, mark)  # type: ignore[arg-type] # a text of Kind


def shown(field: CustomField, value: Any, firm: Firm) -> str:
    """A stored value in the reader's language; "" for none. A value of another kind is shown as it is."""
    if value is None:
        return ""
    kind, language = field.kind, get_language() or "vi"
    if kind == CustomField.Kind.YES_NO:
        return pgettext("value of a field", "yes") if value else pgettext("value of a field", "no")
    if kind == CustomField.Kind.MONEY and isinstance(value, (int, float)):
        return money(_decimal(value), firm.currency)
    if kind == CustomField.Kind.NUMBER and isinstance(value, (int, float)):
        return str(number_format(_decimal(value), use_l10n=True, force_grouping=True))
    if kind == CustomField.Kind.DATE and (day := shown_date(str(value))):
        return str(date_format(day, "SHORT_DATE_FORMAT"))
    if kind in (CustomField.Kind.CHOICE, CustomField.Kind.CHOICES):
        spec = spec_of(field, firm)
        return ", ".join(words_of(spec, str(one), language) for one in (value if isinstance(value, list) else [value]))
    return str(value)


def custom_shown(fields: Iterable[CustomField], values: Mapping[str, Any], firm: Firm) -> list[tuple[str, str]]:
    """Label and value, in words, of every field that has one."""
    return [(str(field), shown(field, values[field.key], firm)) for field in fields if field.key in values]


def having(queryset: "QuerySet[Customer]", field: CustomField, value: Any) -> "QuerySet[Customer]":
    """Those of ``queryset`` whose ``field`` is ``value``; of several choices, those who have it among them."""
    wanted = [value] if field.kind == CustomField.Kind.CHOICES else value
    return queryset.filter(custom__contains={field.key: wanted})


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))
