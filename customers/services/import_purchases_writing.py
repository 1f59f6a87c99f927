"""A piece of a list of purchases goes in, and comes out again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from customers.events import PurchaseChanged, PurchaseRecorded
from customers.logic.text import search_key
from customers.models import ImportChange, ImportJob, ImportRow, Interaction, Purchase
from customers.selectors.matching import FILE_SOURCE, contacts, matches_for
from customers.services.import_drafts import CHANGES
from customers.services.import_kinds import RowInHand
from customers.services.import_removing import remove_added
from customers.services.import_rows import drop_entries, settle
from customers.services.import_undo import Fate, as_json, keep, restore
from customers.services.import_writing import Writer
from customers.services.purchases import covers_itself, purchase_entry
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import among
from cxcrm.core.db.copying import copy_objects, copy_rows, delete_rows, json_text, rewrite_objects
from cxcrm.core.events import publish
from cxcrm.core.ids import new_id
from tenants.staff.models import Branch
from tenants.staff.selectors.firm import the_firm

Outcome = ImportRow.Outcome
_MODEL: Final = "customers.purchase"
_SET: Final = ("occurred_at", "amount", "state", "kind", "branch_name", "items", "channel", "note", "covers_until")
_REWRITTEN: Final = [*_SET, "customer", "branch", "version", "updated_at"]


def write_purchases(job: ImportJob, rows: list[RowInHand]) -> list[RowInHand]:
    """Record or update the purchases of ``rows``, adding unknown customers where that was chosen; as ``write_rows``."""
    whose = customers_for(job, rows)
    writing = _Writing(job)
    writing.take([(row, whose[row.id]) for row in rows if row.id in whose])
    settle(rows)
    return rows


def customers_for(job: ImportJob, rows: Sequence[RowInHand]) -> dict[UUID, UUID]:
    """Row → the customer it is about, added where unknown; rows without one have failed and are missing."""
    matches = matches_for([row.values["customer"] for row in rows])
    strangers: dict[Any, RowInHand] = {}
    for row in rows:
        values = row.values["customer"]
        match = matches.of(values, job.match_by)
        if match.customer_id is None and not match.ambiguous and job.add_missing and values["full_name"]:
            strangers.setdefault(_identity(values, job.match_by), row)
    if strangers:
        writer = Writer(job, the_firm(), now(), for_others=True)
        writer.take([(row, row.values["customer"]) for row in strangers.values()])
        matches = matches_for([row.values["customer"] for row in rows])
    found: dict[UUID, UUID] = {}
    for row in rows:
        match = matches.of(row.values["customer"], job.match_by)
        # What only told that somebody will be added is past.
        row.problems = [problem for problem in row.problems if problem["code"] != "customer_added"]
        if match.customer_id is not None:
            found[row.id] = match.customer_id
        elif row.outcome != Outcome.FAILED:
            code = "ambiguous" if match.ambiguous else "customer_unknown"
            row.problems = [*row.problems, {"code": code, "column": "", "value": match.ambiguous}]
            row.outcome = Outcome.FAILED
    return found


def _identity(values: Mapping[str, Any], by: str) -> Any:
    """What two rows of one stranger have in common."""
    kinds = [by] if by in ("phone", "email") else ["phone", "email"]
    if values["external_id"] and by in ("any", "number"):
        return values["external_id"]
    return next((first for kind in kinds for first in contacts(values, kind)[:1]), "")


class _Writing:
    def __init__(self, job: ImportJob) -> None:
        self.job = job
        self.firm = the_firm()
        self.zone = ZoneInfo(self.firm.time_zone)
        self.moment = now()
        self.branches = {search_key(name): ident for ident, name in Branch.objects.values_list("id", "name")}
        self.fresh: dict[UUID, Purchase] = {}
        self.changed: dict[UUID, Purchase] = {}
        self.entries: list[Interaction] = []
        self.changes: list[Sequence[Any]] = []

    def take(self, rows: Sequence[tuple[RowInHand, UUID]]) -> None:
        numbers = {row.values["number"] for row, _customer in rows} - {""}
        stored = Purchase.objects.select_for_update(of=("self",)).filter(source=FILE_SOURCE, external_id__in=numbers)
        known = {purchase.external_id: purchase for purchase in stored.order_by("pk")}
        for row, customer_id in rows:
            told = self._told(row.values)
            purchase = known.get(row.values["number"])
            if purchase is None:
                purchase = self._add(row, customer_id, told)
                if row.values["number"]:
                    known[row.values["number"]] = purchase
            elif not covers_itself(purchase, told):
                _refuse(row, purchase, told)
                continue
            else:
                self._update(row, purchase, {**told, "customer_id": customer_id})
            row.record_id, row.customer_id = purchase.id, customer_id
        self._save()

    def _told(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the row says, by column; blanks only where they are to empty the field."""
        told: dict[str, Any] = {
            name: values[name] for name in _SET if values.get(name, "") != "" or name in values.get("blank", ())
        }
        told["occurred_at"] = datetime.fromisoformat(told["occurred_at"])
        if "amount" in told:
            told["amount"] = Decimal(told["amount"])
        if "covers_until" in told:
            told["covers_until"] = _day(told["covers_until"])
        if "branch_name" in told:
            told["branch_id"] = self.branches.get(search_key(told["branch_name"]))
        return told

    def _add(self, row: RowInHand, customer_id: UUID, told: Mapping[str, Any]) -> Purchase:
        purchase = Purchase(
            customer_id=customer_id,
            source=FILE_SOURCE,
            external_id=row.values["number"],
            currency=self.firm.currency,
            **told,
        )
        self.fresh[purchase.id] = purchase
        self.entries.append(purchase_entry(purchase))
        row.outcome = Outcome.CREATED
        return purchase

    def _update(self, row: RowInHand, purchase: Purchase, told: Mapping[str, Any]) -> None:
        row.outcome = Outcome.UPDATED
        images = {name: (getattr(purchase, name), value) for name, value in told.items()}
        images = {name: pair for name, pair in images.items() if pair[0] != pair[1]}
        if not images:
            return
        for name, (before, after) in images.items():
            setattr(purchase, name, after)
            self.changes.append(
                (
                    new_id(),
                    self.moment,
                    self.job.id,
                    row.number,
                    _MODEL,
                    purchase.id,
                    name,
                    json_text(as_json(before)),
                    json_text(as_json(after)),
                    Fate.STANDS.value,
                )
            )
        purchase.version += 1
        purchase.updated_at = self.moment
        entry = purchase_entry(purchase, "purchase.changed", fields=sorted(name.removesuffix("_id") for name in images))
        entry.occurred_at, entry.body = self.moment, ""
        self.entries.append(entry)
        if purchase.id not in self.fresh:
            self.changed[purchase.id] = purchase

    def _save(self) -> None:
        copy_objects(Purchase, list(self.fresh.values()))
        rewrite_objects(Purchase, _REWRITTEN, list(self.changed.values()))
        copy_objects(Interaction, self.entries)
        if self.changes:
            copy_rows(ImportChange, CHANGES, self.changes)
        if self.job.is_loud:
            for purchase in self.fresh.values():
                publish(PurchaseRecorded(purchase_id=purchase.id, customer_id=purchase.customer_id))
            for purchase in self.changed.values():
                publish(PurchaseChanged(purchase_id=purchase.id, customer_id=purchase.customer_id))


def _refuse(row: RowInHand, purchase: Purchase, told: Mapping[str, Any]) -> None:
    """What is known of the purchase and not in the file may not fit what the file says."""
    until: Any = told.get("covers_until", purchase.covers_until)
    value = f"{until:%d/%m/%Y}"
    row.problems = [*row.problems, {"code": "cover_too_early", "column": "", "value": value}]
    row.outcome = Outcome.FAILED


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def undo_purchases(job: ImportJob, rows: list[ImportRow], changes: Sequence[ImportChange]) -> None:
    """Restore changed purchases, remove added ones that nobody changed since, then the customers added for them."""
    ids = [row.record_id for row in rows if row.record_id]
    held = Purchase.objects.select_for_update(of=("self",)).filter(pk__in=among(ids)).order_by("pk")
    found = {purchase.id: purchase for purchase in held}
    by_record: dict[UUID, list[ImportChange]] = defaultdict(list)
    for change in changes:
        if change.model == _MODEL:
            by_record[change.record_id].append(change)
    gone: list[UUID] = []
    restored: dict[UUID, Interaction] = {}
    for row in rows:
        purchase = found.get(row.record_id) if row.record_id else None
        was_created = row.outcome == Outcome.CREATED
        row.outcome = Outcome.UNDONE
        if purchase is None:
            row.problems = [{"code": "gone", "column": ""}]
        elif was_created and purchase.version == 1:
            gone.append(purchase.id)
        elif was_created:
            keep(row, "kept_changed", model=_MODEL, fields=[])
        elif mine := by_record.pop(purchase.id, None):
            back, kept = restore(purchase, mine, parse=_PARSE)
            if back:
                purchase.version += 1
                purchase.updated_at = now()
                restored[purchase.id] = entry = purchase_entry(purchase, "purchase.changed")
                entry.occurred_at, entry.body = purchase.updated_at, ""
            if kept:
                keep(row, "kept_changed", model=_MODEL, fields=kept)
    rewrite_objects(Purchase, _REWRITTEN, [found[ident] for ident in restored])
    copy_objects(Interaction, list(restored.values()))
    # The timeline's entries of purchases that never were.
    drop_entries(gone)
    delete_rows(Purchase, "pk", gone)
    remove_added(job, changes)


_PARSE: Final[Mapping[str, Any]] = {
    "occurred_at": datetime.fromisoformat,
    "covers_until": _day,
    "amount": Decimal,
    "customer_id": UUID,
    "branch_id": lambda value: UUID(value) if value else None,
}
