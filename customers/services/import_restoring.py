"""Customers as they were before the rows of an import: field by field, and in some ten statements however many."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from customers.logic.custom_fields import merged
from customers.models import (
    Consent,
    ContactPoint,
    Customer,
    ExternalId,
    Fact,
    ImportChange,
    ImportJob,
    ImportRow,
    Interaction,
)
from customers.selectors.matching import FILE_SOURCE
from customers.services import import_drafts as drafts
from customers.services.import_drafts import ADDRESS, told_as
from customers.services.import_removing import remove_added, remove_customers
from customers.services.import_undo import Fate, keep, restore
from customers.services.indexing import index_customer
from customers.services.interactions import new_interaction
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import among
from cxcrm.core.db.copying import copy_objects, delete_rows, rewrite_objects

_MODEL: Final = "customers.customer"
_LISTS: Final = {"phones": ContactPoint.Kind.PHONE, "emails": ContactPoint.Kind.EMAIL}
_HIDDEN: Final = frozenset({"raw_name", "salutation_source", "given_name"})
# Fields that go back value by value; all others are one value.
_BY_PARTS: Final = frozenset({*_LISTS, "external_ids", "tags", "custom"})
Outcome = ImportRow.Outcome


def undo_customers(job: ImportJob, rows: list[ImportRow], changes: Sequence[ImportChange]) -> None:
    """Restore what the rows changed and remove whom they added; see ``imports.undo_import``."""
    _restore_changed(job, rows, changes)
    for model in (Consent, Fact):
        _withdraw(model, [change for change in changes if change.model == model._meta.label_lower])
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


@dataclass(slots=True)
class _Held:
    """A customer under restoration with what identifies them, and the rows of it that go, come and change."""

    customer: Customer
    points: list[ContactPoint] = field(default_factory=list)
    numbers: list[ExternalId] = field(default_factory=list)


class _Restoring:
    """Puts customers back piece by piece in memory, and writes all of them at once."""

    def __init__(self, job: ImportJob, ids: Sequence[UUID]) -> None:
        self.job = job
        self.moment = now()
        found = Customer.everyone.select_for_update().filter(pk__in=among(ids)).order_by("pk")
        self.held = {customer.id: _Held(customer) for customer in found}
        for point in ContactPoint.objects.filter(customer_id__in=among(self.held)).order_by("created_at", "id"):
            self.held[point.customer_id].points.append(point)
        for number in ExternalId.objects.filter(customer_id__in=among(self.held)):
            self.held[number.customer_id].numbers.append(number)
        self.points_gone: list[UUID] = []
        self.points_new: list[ContactPoint] = []
        self.preferred: list[ContactPoint] = []
        self.numbers_gone: list[UUID] = []
        self.written: list[Customer] = []
        self.entries: list[Interaction] = []

    def restore(self, ident: UUID, changes: Sequence[ImportChange]) -> list[str]:
        """Put one customer back; returns what was changed since and is kept, as people call it."""
        held = self.held[ident]
        customer = held.customer
        corrected = _keep_corrected_address(customer, changes)
        plain = [change for change in changes if change.field not in _BY_PARTS and change.field not in corrected]
        restored, kept = restore(
            customer, plain, parse={"organization_id": lambda value: UUID(value) if value else None}
        )
        for change in changes:
            if change.field == "custom":
                (kept if _restore_own(customer, change) else restored).append("custom")
            elif change.field in _BY_PARTS:
                self._restore_list(held, change)
                restored.append(change.field)
        self._write(held, restored)
        seen = [name.removesuffix("_id") for name in kept if name not in _HIDDEN or kept == [name]]
        return [*seen, *(["address"] if corrected else [])]

    def save(self) -> None:
        """What goes before what comes: a number may come back to one whom it was taken from."""
        delete_rows(ContactPoint, "pk", self.points_gone)
        delete_rows(ExternalId, "pk", self.numbers_gone)
        copy_objects(ContactPoint, self.points_new)
        rewrite_objects(ContactPoint, ["is_primary"], self.preferred)
        rewrite_objects(Customer, drafts.WRITTEN, self.written)
        copy_objects(Interaction, self.entries)

    def _write(self, held: _Held, restored: Sequence[str]) -> None:
        customer = held.customer
        index_customer(
            customer,
            phones=[point.value for point in held.points if point.kind == ContactPoint.Kind.PHONE],
            emails=[point.value for point in held.points if point.kind == ContactPoint.Kind.EMAIL],
            numbers=[number.value for number in held.numbers],
        )
        customer.version += 1
        customer.updated_at = self.moment
        self.written.append(customer)
        names = sorted({told_as(name) for name in restored if name not in _HIDDEN})
        self.entries.append(
            new_interaction(
                customer_id=customer.id,
                kind=Interaction.Kind.IMPORT,
                what="customer.restored",
                data={"file": self.job.file_name, "fields": names},
                subject=self.job,
                occurred_at=self.moment,
            )
        )

    def _restore_list(self, held: _Held, change: ImportChange) -> None:
        """Take away what a row added to a list, and put back what it removed; what others added stays."""
        change.fate = Fate.UNDONE
        added, removed = change.after or [], change.before or []
        if change.field == "tags":
            _restore_tags(held.customer, added, removed)
        elif change.field == "external_ids":
            gone = [one for one in held.numbers if one.source == FILE_SOURCE and one.value in added]
            self.numbers_gone += [one.id for one in gone]
            held.numbers = [one for one in held.numbers if one not in gone]
        else:
            self._restore_points(held, _LISTS[change.field], added, removed)

    def _restore_points(self, held: _Held, kind: str, added: Sequence[Any], removed: Sequence[Any]) -> None:
        mine = [point for point in held.points if point.kind == kind]
        if not removed:
            gone = [point for point in mine if point.value in added]
            self.points_gone += [point.id for point in gone]
            held.points = [point for point in held.points if point not in gone]
            mine = [point for point in mine if point not in gone]
        have = {point.value for point in mine}
        is_preferred = any(point.is_primary for point in mine)
        for value, raw, primary in removed:
            if value not in have:
                first = primary and not is_preferred
                is_preferred = is_preferred or first
                fresh = ContactPoint(customer=held.customer, kind=kind, value=value, raw=raw, is_primary=first)
                self.points_new.append(fresh)
                held.points.append(fresh)
                mine.append(fresh)
        if mine and not is_preferred:
            mine[0].is_primary = True  # the oldest
            if mine[0] not in self.points_new:
                self.preferred.append(mine[0])


def _restore_changed(job: ImportJob, rows: Sequence[ImportRow], changes: Sequence[ImportChange]) -> None:
    """Put customers back as they were before the rows."""
    told = {row.number: row for row in rows}
    by_record: dict[UUID, list[ImportChange]] = defaultdict(list)
    for change in changes:
        if change.model == _MODEL and change.field:
            by_record[change.record_id].append(change)
    if not by_record:
        return
    restoring = _Restoring(job, list(by_record))
    for ident, mine in by_record.items():
        held = restoring.held.get(ident)
        if held is None:
            for change in mine:
                change.fate = Fate.UNDONE
        elif held.customer.merged_into_id is not None:
            _keep_merged(told, mine)
        elif kept := restoring.restore(ident, mine):
            keep(told[mine[0].number], "kept_changed", model=_MODEL, fields=kept)
    restoring.save()


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


def _restore_tags(customer: Customer, added: Sequence[str], removed: Sequence[str]) -> None:
    came = {tag.casefold() for tag in added} - {tag.casefold() for tag in removed}
    left = [tag for tag in customer.tags if tag.casefold() not in came]
    have = {tag.casefold() for tag in left}
    customer.tags = [*left, *(tag for tag in removed if tag.casefold() not in have)]


def _restore_own(customer: Customer, change: ImportChange) -> bool:
    """Put each of the firm's own fields back that still says what the file said; is any of them kept?"""
    before, after, stored = change.before or {}, change.after or {}, customer.custom
    changed_since = {key: stored.get(key) for key, value in after.items() if stored.get(key) != value}
    customer.custom = merged(stored, {key: value for key, value in before.items() if key not in changed_since})
    change.fate = Fate.KEPT if changed_since else Fate.UNDONE
    change.found = changed_since or None
    return bool(changed_since)


def _withdraw(model: Any, changes: Sequence[ImportChange]) -> None:
    """A statement nobody made: it came from a file that is taken back."""
    delete_rows(model, "pk", [change.record_id for change in changes])
    for change in changes:
        change.fate = Fate.UNDONE
