"""Customers an import added go again, many at once, but for those something hangs on since."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from customers.models import (
    Consent,
    ContactPoint,
    Customer,
    ExternalId,
    ImportChange,
    ImportJob,
    ImportRow,
    Interaction,
    Understanding,
    UnderstandingItem,
)
from customers.services.import_undo import Fate, uses_of
from cxcrm.core.db.arrays import among
from cxcrm.core.db.copying import delete_rows

# What comes with an imported customer and goes with them; what people write there later has its timeline entry.
_PARTS: Final = (ContactPoint, ExternalId, Consent, UnderstandingItem, Understanding)
OWN_PARTS: Final = frozenset({*(model._meta.label_lower for model in _PARTS), "customers.importrow"})

LetsGo = Callable[[Sequence[UUID]], None]
_let_go: list[LetsGo] = []


def lets_go(forget: LetsGo) -> LetsGo:
    """Register who forgets what a room has only read in other rows of these customers, so that it holds up nobody.

    For those that stay after all the room reads it again after ImportUndone.
    """
    _let_go.append(forget)
    return forget


def remove_customers(job: ImportJob, ids: Sequence[UUID]) -> dict[UUID, list[list[object]]]:
    """Remove customers an import added; those something hangs on since are kept and returned with what it is."""
    if not ids:
        return {}
    held = list(
        Customer.everyone.select_for_update().filter(pk__in=among(ids)).order_by("pk").values_list("pk", flat=True)
    )
    for forget in _let_go:
        forget(held)
    uses = uses_of(Customer, held, job, OWN_PARTS)
    # Nothing else points at these, and while they are held nothing can begin to.
    gone = [ident for ident in held if ident not in uses]
    for model in (*_PARTS, Interaction):
        delete_rows(model, "customer", gone)
    ImportRow.objects.filter(customer_id__in=among(gone)).update(customer=None)
    delete_rows(Customer, "pk", gone)
    return uses


def remove_added(job: ImportJob, changes: Sequence[ImportChange]) -> None:
    """Remove the customers that were added beside the rows; those in use since are kept."""
    added = {
        change.record_id: change for change in changes if change.model == "customers.customer" and not change.field
    }
    kept = remove_customers(job, list(added))
    for ident, change in added.items():
        change.fate = Fate.KEPT if ident in kept else Fate.UNDONE
