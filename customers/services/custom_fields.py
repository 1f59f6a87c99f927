"""The firm's own fields are set up here, and values for them checked."""

from collections.abc import Mapping
from typing import Any, Final, cast

from django.db import transaction

from customers.errors import CustomFieldHasValues, CustomFieldInvalid, CustomKeyFixed, CustomValueInvalid, TooMany
from customers.logic.custom_fields import MAX_CHOICES, Choice, Value, check_custom, free_key, with_retired
from customers.models import Customer, CustomField
from customers.selectors.custom_fields import spec_of
from customers.services.locks import FIELDS, lock
from cxcrm.core.configuration import drop, keep
from tenants.staff.selectors.firm import the_firm

MAX_FIELDS: Final = 40
_WITH_CHOICES: Final = (CustomField.Kind.CHOICE, CustomField.Kind.CHOICES)


@transaction.atomic
def save_custom_field(*, field: CustomField) -> CustomField:
    """Keep a field of the firm. Its key is made of its label when it has none, and then stays.

    A choice that is taken away while customers have it stays with them, retired; one nobody has goes. Raises
    CustomKeyFixed, CustomFieldHasValues when the kind would change under values, CustomFieldInvalid for choices that
    are none, TooMany, and what ``keep`` raises.
    """
    lock(FIELDS)
    before = CustomField.objects.filter(pk=field.pk).first()
    if before is None:
        _make_room(field)
    else:
        if field.key != before.key:
            raise CustomKeyFixed(field="key")
        if field.kind != before.kind and Customer.objects.filter(custom__has_key=field.key).exists():
            raise CustomFieldHasValues(field="kind")
    field.choices = _checked_choices(field, before)
    return keep(field)


@transaction.atomic
def remove_custom_field(*, field: CustomField) -> None:
    """Remove a field no customer has a value of; one in use is switched off instead. Raises CustomFieldHasValues."""
    lock(FIELDS)
    if Customer.objects.filter(custom__has_key=field.key).exists():
        raise CustomFieldHasValues(field="key")
    drop(field)


def checked_values(values: Mapping[str, Any]) -> dict[str, Value]:
    """Values as doors hand them in, by key, fit to be stored; None takes a value away.

    Raises CustomValueInvalid for a key there is no field in use for, a value the field does not take, and a required
    one that would be emptied.
    """
    known = {
        field.key: field for field in CustomField.objects.filter(is_active=True, key__in=[str(key) for key in values])
    }
    firm, checked = the_firm(), {}
    for key, value in values.items():
        field = known.get(key)
        if field is None:
            raise CustomValueInvalid.because("unknown_field", key=str(key)[:80], label=str(key)[:80])
        parsed = check_custom(spec_of(field, firm), value)
        if parsed.problem:
            raise CustomValueInvalid.because(parsed.problem, key=field.key, label=str(field))
        if parsed.value is None and field.is_required:
            raise CustomValueInvalid.because("required", key=field.key, label=str(field))
        checked[field.key] = parsed.value
    return checked


def _make_room(field: CustomField) -> None:
    taken = set(CustomField.objects.values_list("key", flat=True))
    if len(taken) >= MAX_FIELDS:
        raise TooMany(field="key", limit=MAX_FIELDS)
    if not field.key:
        field.key = free_key(field.label_en or field.label_vi, taken)


def _checked_choices(field: CustomField, before: CustomField | None) -> list[Choice]:
    """What is offered from now on, and after it what only customers still have. Raises CustomFieldInvalid, TooMany."""
    if field.kind not in _WITH_CHOICES:
        return []
    wanted = [_checked(choice) for choice in cast("list[Any]", field.choices)]
    offered = [choice for choice in wanted if not choice["retired"]]
    if not offered or len({choice["value"] for choice in wanted}) != len(wanted):
        raise CustomFieldInvalid(field="choices")
    if len(wanted) > MAX_CHOICES:
        raise TooMany(field="choices", limit=MAX_CHOICES)
    old: list[Choice] = list(before.choices) if before else []
    missing = [choice["value"] for choice in old if choice["value"] not in {one["value"] for one in offered}]
    return with_retired(offered, [*old, *(one for one in wanted if one["retired"])], _in_use(field, missing))


def _in_use(field: CustomField, values: list[str]) -> set[str]:
    """Those of ``values`` at least one customer has."""
    several = field.kind == CustomField.Kind.CHOICES
    return {
        value
        for value in values
        if Customer.objects.filter(custom__contains={field.key: [value] if several else value}).exists()
    }


def _checked(choice: Any) -> Choice:
    if not isinstance(choice, dict) or not {"value", "vi", "en"} <= set(choice) <= {"value", "vi", "en", "retired"}:
        raise CustomFieldInvalid(field="choices")
    texts = [choice["value"], choice["vi"], choice["en"]]
    if not all(isinstance(text, str) and 0 < len(text.strip()) <= 80 and text.isprintable() for text in texts):
        raise CustomFieldInvalid(field="choices")
    if free_key(choice["value"], set()) != choice["value"]:
        raise CustomFieldInvalid(field="choices")
    return Choice(
        value=choice["value"], vi=choice["vi"].strip(), en=choice["en"].strip(), retired=choice.get("retired") is True
    )
