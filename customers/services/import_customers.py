"""Customers as a kind of rows: read, judged, written, and taken back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers import problems
from customers.logic.columns import CUSTOMERS
from customers.models import (
    Consent,
    ContactPoint,
    Customer,
    ExternalId,
    ImportChange,
    ImportJob,
    ImportRow,
    Interaction,
)
from customers.selectors.matching import FILE_SOURCE
from customers.services.customers import reindex
from customers.services.import_drafts import ADDRESS, told_as
from customers.services.import_judging import CustomerJudge
from customers.services.import_kinds import ImportKind, register
from customers.services.import_reading import read_row
from customers.services.import_undo import Fate, keep, restore, uses_of
from customers.services.import_writing import write_rows
from customers.services.interactions import new_interaction
from cxcrm.core.clock import now

# What comes with an imported customer and goes with them; what people write there later has its timeline entry.
OWN_PARTS: Final = frozenset(
    {"customers.contactpoint", "customers.externalid", "customers.consent", "customers.importrow"}
)
_LISTS: Final = {"phones": ContactPoint.Kind.PHONE, "emails": ContactPoint.Kind.EMAIL}
_HIDDEN: Final = frozenset({"raw_name", "salutation_source", "given_name"})
Outcome = ImportRow.Outcome


def undo_customers(job: ImportJob, rows: list[ImportRow], changes: Sequence[ImportChange]) -> None:
    """Restore what the rows changed and remove whom they added; see ``imports.undo_import``."""
    _restore_changed(job, rows, changes)
    _withdraw([change for change in changes if change.model == "customers.consent"])
    created = [row for row in rows if row.outcome == Outcome.CREATED]
    for row in rows:
        row.outcome = Outcome.UNDONE if row.outcome in (Outcome.CREATED, Outcome.UPDATED) else row.outcome
        if row.customer_id is None:
            row.problems = [{"code": "gone", "column": ""}]
    kept = remove_customers(job, list({row.customer_id for row in created if row.customer_id}))
    for row in created:
        if row.customer_id in kept:  # two rows lead to one customer where they were merged
            keep(row, "kept_in_use", uses=kept[row.customer_id])
    # Organisations last: the people who made them are gone by now.
    remove_added(job, changes)


def remove_added(job: ImportJob, changes: Sequence[ImportChange]) -> None:
    """Remove the customers that were added beside the rows; those in use since are kept."""
    added = {
        change.record_id: change for change in changes if change.model == "customers.customer" and not change.field
    }
    kept = remove_customers(job, list(added))
    for ident, change in added.items():
        change.fate = Fate.KEPT if ident in kept else Fate.UNDONE


def remove_customers(job: ImportJob, ids: Sequence[UUID]) -> dict[UUID, list[list[Any]]]:
    """Remove customers an import added; those something hangs on since are kept and returned with what it is."""
    if not ids:
        return {}
    held = list(Customer.everyone.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    uses = uses_of(Customer, held, job, OWN_PARTS)
    Customer.objects.filter(pk__in=[ident for ident in held if ident not in uses]).delete()
    return uses


def _restore_changed(job: ImportJob, rows: Sequence[ImportRow], changes: Sequence[ImportChange]) -> None:
    """Put customers back as they were before the rows."""
    told = {row.number: row for row in rows}
    by_record: dict[UUID, list[ImportChange]] = defaultdict(list)
    for change in changes:
        if change.model == "customers.customer" and change.field:
            by_record[change.record_id].append(change)
    held = Customer.everyone.select_for_update().filter(pk__in=list(by_record)).order_by("pk")
    found = {customer.id: customer for customer in held}
    for ident in [ident for ident, customer in found.items() if customer.merged_into_id is not None]:
        _keep_merged(told, by_record.pop(ident))
    for ident, mine in by_record.items():
        customer = found.get(ident)
        if customer is None:
            for change in mine:
                change.fate = Fate.UNDONE
            continue
        corrected = _keep_corrected_address(customer, mine)
        plain = [change for change in mine if change.field not in (*_LISTS, "external_ids", "tags", *corrected)]
        restored, kept = restore(
            customer, plain, parse={"organization_id": lambda value: UUID(value) if value else None}
        )
        for change in mine:
            if change not in plain and change.field not in corrected:
                _restore_list(customer, change)
                restored.append(change.field)
        reindex(customer)
        customer.version += 1
        customer.updated_at = now()
        customer.save()
        names = sorted({told_as(name) for name in restored if name not in _HIDDEN})
        new_interaction(
            customer_id=customer.id,
            kind=Interaction.Kind.IMPORT,
            what="customer.restored",
            data={"file": job.file_name, "fields": names},
            subject=job,
        ).save(force_insert=True)
        seen = [name.removesuffix("_id") for name in kept if name not in _HIDDEN or kept == [name]]
        seen += ["address"] if corrected else []
        if seen:
            keep(told[mine[0].number], "kept_changed", model="customers.customer", fields=seen)


def _keep_merged(told: Mapping[int, ImportRow], mine: Sequence[ImportChange]) -> None:
    """A customer who is part of another by now, who keeps what was united."""
    for change in mine:
        change.fate = Fate.KEPT
    keep(told[mine[0].number], "kept_in_use", uses=[["customers.mergerecord", 1]])


def _keep_corrected_address(customer: Customer, changes: Sequence[ImportChange]) -> list[str]:
    """Line and parts of an address go back together or, when one of them was changed since, stay together."""
    written = [change for change in changes if change.field in ADDRESS]
    if all(getattr(customer, change.field) == change.after for change in written):
        return []
    for change in written:
        change.fate, change.found = Fate.KEPT, getattr(customer, change.field)
    return [change.field for change in written]


def _restore_list(customer: Customer, change: ImportChange) -> None:
    """Take away what a row added to a list, and put back what it removed; what others added stays."""
    change.fate = Fate.UNDONE
    added, removed = change.after or [], change.before or []
    if change.field == "tags":
        came = {tag.casefold() for tag in added} - {tag.casefold() for tag in removed}
        left = [tag for tag in customer.tags if tag.casefold() not in came]
        have = {tag.casefold() for tag in left}
        customer.tags = [*left, *(tag for tag in removed if tag.casefold() not in have)]
    elif change.field == "external_ids":
        ExternalId.objects.filter(customer=customer, source=FILE_SOURCE, value__in=added).delete()
    else:
        kind = _LISTS[change.field]
        points = ContactPoint.objects.filter(customer=customer, kind=kind)
        if not removed:
            points.filter(value__in=added).delete()
        have_values = set(points.values_list("value", flat=True))
        is_primary = points.filter(is_primary=True).exists()
        for value, raw, primary in removed:
            if value not in have_values:
                first = primary and not is_primary
                is_primary = is_primary or first
                ContactPoint.objects.create(customer=customer, kind=kind, value=value, raw=raw, is_primary=first)
        oldest = points.order_by("created_at", "id").first()
        if oldest is not None and not points.filter(is_primary=True).exists():
            ContactPoint.objects.filter(pk=oldest.pk).update(is_primary=True)


def _withdraw(changes: Sequence[ImportChange]) -> None:
    """A statement nobody made: it came from a file that is taken back."""
    Consent.objects.filter(pk__in=[change.record_id for change in changes]).delete()
    for change in changes:
        change.fate = Fate.UNDONE


def _shown(values: Mapping[str, Any]) -> tuple[str, list[str]]:
    contacts = [value for value, _raw in (*values.get("phones", []), *values.get("emails", []))]
    return values.get("full_name", ""), contacts


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
)
register(CUSTOMERS_KIND)
