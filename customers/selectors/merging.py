"""What a merge would unite: every arrow to a customer there is, found in the registry of models."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from customers.models import Customer

# Arrows that say what became of a record or what follows from others, not what belongs to a customer.
KEPT: Final = frozenset(
    {
        "customers.mergerecord.survivor",
        "customers.mergerecord.merged",
        "customers.notduplicate.first",
        "customers.notduplicate.second",
        # Counted anew for both from what moved.
        "customers.understanding.customer",
        "customers.understandingitem.customer",
        "customers.customerhealth.customer",
        # Of two who were drawn by chance apart, what came cannot be told any more.
        "customers.riskspell.customer",
    }
)
# Fields that follow another: a name comes with how it is read, a salutation with who said it.
COMPANIONS: Final = {
    "full_name": ("raw_name", "given_name", "name_order"),
    "salutation": ("salutation_source",),
    "organization": ("contact_role",),
    "address": ("street_line", "ward", "province_code", "legacy_address"),
}
# Neither chosen nor copied: the record's own, or made of everything else.
_OWN: Final = frozenset(
    {
        "id", "created_at", "updated_at", "version", "search_text", "sort_key", "merged_into", "is_sample", "kind",
        "tags", "note", "erased_at",
    }
)  # fmt: skip


@cache
def arrows() -> dict[str, Any]:
    """``app.model.field`` → every foreign key to a customer that a merge moves, those of tables in between included."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey) and field.related_model is Customer:
                found[f"{model._meta.label_lower}.{field.name}"] = field
    return {label: found[label] for label in sorted(found) if label not in KEPT}


def chosen_fields() -> list[Any]:
    """The fields of a customer one side is chosen for, in the model's order."""
    followers = {name for names in COMPANIONS.values() for name in names}
    return [
        field
        for field in Customer._meta.concrete_fields
        if field.name not in _OWN and field.name not in followers and not isinstance(field, ArrayField)
    ]


def default_side(field: Any, survivor: Customer, merged: Customer) -> str:
    """What stays says more, unless it says nothing."""
    ours, theirs = (field.value_from_object(one) for one in (survivor, merged))
    return "merged" if ours in field.empty_values and theirs not in field.empty_values else "survivor"


def belongings(customer_ids: Sequence[UUID]) -> dict[str, int]:
    """What would move from these customers: ``app.model.field`` → how many rows, none left out but empty ones."""
    found = {}
    for label, field in arrows().items():
        rows = field.model._base_manager.filter(**{f"{field.name}__in": customer_ids}).count()
        if rows:
            found[label] = rows
    return found


def survivor_of(customer_id: UUID) -> UUID | None:
    """The customer ``customer_id`` stands for today: itself, or the one it was merged into; None for nobody."""
    for _step in range(8):
        row = Customer.everyone.filter(pk=customer_id).values_list("merged_into_id").first()
        if row is None:
            return None
        if row[0] is None:
            return customer_id
        customer_id = row[0]
    return None


def standing_for(customer_id: UUID) -> Customer | None:
    """Whom a link to ``customer_id`` is about today; None for nobody, and for who was forgotten."""
    return Customer.objects.filter(pk=survivor_of(customer_id), erased_at=None).first()
