"""A piece of an import becomes customers: some ten statements, however many rows it has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Model

from customers.logic.text import has_diacritics, search_key
from customers.models import Consent, ContactPoint, Customer, ExternalId, ImportJob, ImportRow, Interaction
from customers.selectors.matching import FILE_SOURCE, Match, matches_for, organizations_called
from customers.services import fields
from customers.services.import_consents import latest_statements, new_statement, withdrawal_stands
from customers.services.indexing import index_customer
from customers.services.interactions import new_interaction
from cxcrm.core.clock import now
from tenants.models import Usage
from tenants.services import plans
from tenants.staff.models import Firm
from tenants.staff.selectors.firm import the_firm

# Somebody's own word or a colleague's beats what a list says.
_SURE_SALUTATIONS: Final = (Customer.SalutationSource.DECLARED, Customer.SalutationSource.STAFF)
_WRITTEN: Final = [
    "full_name", "raw_name", "given_name", "salutation", "salutation_source", "language", "organization", "tags",
    "address", "note", "search_text", "sort_key", "version", "updated_at",
]  # fmt: skip


@dataclass(slots=True)
class _Draft:
    """A customer on the way to the database with everything that identifies them."""

    customer: Customer
    is_new: bool
    points: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in ContactPoint.Kind.values})
    preferred: set[str] = field(default_factory=set)
    numbers: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    def set(self, name: str, value: Any) -> None:
        """Set a field, and remember it when that changed it."""
        if getattr(self.customer, name) != value:
            setattr(self.customer, name, value)
            self.changed.add(name)


def write_rows(job: ImportJob, rows: Sequence[ImportRow]) -> list[ImportRow]:
    """Create or update the customers of ``rows``, set each row's outcome, and return the rows.

    Whom a row means is decided now, not at the dry run. No event per row is published. Runs in the caller's
    transaction, which holds the lock on contacts; the database's refusals (IntegrityError, DataError) are the caller's.
    """
    writer = _Writer(job, the_firm(), now())
    return writer.write(list(rows))


class _Writer:
    def __init__(self, job: ImportJob, firm: Firm, moment: datetime) -> None:
        self.job = job
        self.firm = firm
        self.moment = moment
        self.drafts: dict[UUID, _Draft] = {}
        self.points: list[ContactPoint] = []
        self.numbers: list[ExternalId] = []
        self.consents: list[Consent] = []
        self.entries: list[Interaction] = []

    def write(self, rows: list[ImportRow]) -> list[ImportRow]:
        matches = matches_for([row.values for row in rows])
        found = {row.id: matches.of(row.values) for row in rows}
        known = {match.customer_id for match in found.values() if match.customer_id}
        self._load(known)
        self.statements = latest_statements(known)
        self.organizations = organizations_called(row.values["company_name"] for row in rows)
        self.room = self._room()
        for row in rows:
            self._take(row, found[row.id])
        self._save()
        _rewrite(ImportRow, rows, ["outcome", "problems", "customer"])
        return rows

    def _room(self) -> float:
        """How many customers the plan still allows."""
        room = plans.room(Usage.Metric.CUSTOMERS)
        return float("inf") if room is None else room

    def _load(self, customer_ids: set[UUID]) -> None:
        customers = Customer.objects.select_for_update().filter(pk__in=customer_ids).order_by("pk")
        self.drafts = {customer.id: _Draft(customer, is_new=False) for customer in customers}
        for point in ContactPoint.objects.filter(customer_id__in=customer_ids):
            draft = self.drafts[point.customer_id]
            draft.points[point.kind].append(point.value)
            if point.is_primary:
                draft.preferred.add(point.kind)
        for customer_id, value in ExternalId.objects.filter(customer_id__in=customer_ids).values_list(
            "customer_id", "value"
        ):
            self.drafts[customer_id].numbers.append(value)

    def _take(self, row: ImportRow, match: Match) -> None:
        if match.ambiguous:
            self._fail(row, "ambiguous", match.ambiguous)
            return
        company = search_key(row.values["company_name"])
        needed = (match.customer_id is None) + bool(company and company not in self.organizations)
        if needed > self.room:
            self._fail(row, "limit_reached", "")
            return
        self.room -= needed
        if match.customer_id is None:
            draft = self._new(row.values)
            row.outcome = ImportRow.Outcome.CREATED
        else:
            draft = self.drafts[match.customer_id]
            self._merge(row, draft, match)
            row.outcome = ImportRow.Outcome.UPDATED
        self._add_identities(row.values, draft)
        self._consent(row, draft)
        if draft.is_new or draft.changed:
            self._index(draft)
        self._remember(row, draft)
        row.customer = draft.customer

    def _fail(self, row: ImportRow, code: str, value: str) -> None:
        row.problems = [*row.problems, {"code": code, "column": "", "value": value}]
        row.outcome = ImportRow.Outcome.FAILED

    def _new(self, values: dict[str, Any]) -> _Draft:
        customer = Customer(
            kind=values["kind"],
            full_name=values["full_name"],
            raw_name=values["raw_name"],
            given_name=values["given_name"],
            name_order=Customer.NameOrder.GIVEN_FIRST
            if self.firm.language == "en"
            else Customer.NameOrder.FAMILY_FIRST,
            salutation=values["salutation"],
            salutation_source=Customer.SalutationSource.IMPORT if values["salutation"] else "",
            language=values["language"] or self.firm.language,
            organization_id=self._organization(values["company_name"]),
            tags=values["tags"],
            address=values["address"],
            note=values["note"],
        )
        draft = self.drafts[customer.id] = _Draft(customer, is_new=True)
        return draft

    def _merge(self, row: ImportRow, draft: _Draft, match: Match) -> None:
        """What the file says is added; what it leaves blank stays, and so does another name a mere contact led to."""
        values, customer = row.values, draft.customer
        if match.by_number or _is_fuller(values["full_name"], customer.full_name):
            for name in ("full_name", "raw_name", "given_name"):
                draft.set(name, values[name])
        elif search_key(values["full_name"]) != search_key(customer.full_name):
            problem = {"code": "name_differs", "column": "", "value": customer.full_name}
            row.problems = [*row.problems, problem]
        if values["salutation"] and customer.salutation_source not in _SURE_SALUTATIONS:
            draft.set("salutation", values["salutation"])
            customer.salutation_source = Customer.SalutationSource.IMPORT
        for name in ("language", "address"):
            if values[name]:
                draft.set(name, values[name])
        if values["company_name"] and customer.organization_id is None:
            draft.set("organization_id", self._organization(values["company_name"]))
        if values["note"] and values["note"] not in customer.note:
            draft.set("note", "\n".join(part for part in (customer.note, values["note"]) if part)[: fields.MAX_NOTE])
        had = {tag.casefold() for tag in customer.tags}
        new = [tag for tag in values["tags"] if tag.casefold() not in had]
        draft.set("tags", [*customer.tags, *new][: fields.MAX_TAGS])

    def _organization(self, name: str) -> UUID | None:
        """The organisation called ``name``, made when there is none."""
        key = search_key(name)
        if not key:
            return None
        if key not in self.organizations:
            customer = Customer(
                kind=Customer.Kind.ORGANIZATION, full_name=name, raw_name=name, language=self.firm.language
            )
            draft = self.drafts[customer.id] = _Draft(customer, is_new=True)
            self._index(draft)
            self._enter(customer, "customer.created", {"file": self.job.file_name})
            self.organizations[key] = customer.id
        return self.organizations[key]

    def _add_identities(self, values: dict[str, Any], draft: _Draft) -> None:
        customer = draft.customer
        for kind, name in ((ContactPoint.Kind.PHONE, "phones"), (ContactPoint.Kind.EMAIL, "emails")):
            known = draft.points[kind]
            for value, raw in values[name]:
                if value in known or len(known) >= fields.MAX_CONTACTS:
                    continue
                point = ContactPoint(
                    customer=customer, kind=kind, value=value, raw=raw, is_primary=kind not in draft.preferred
                )
                self.points.append(point)
                draft.preferred.add(kind)
                known.append(value)
                draft.changed.add(name)
        number = values["external_id"]
        if number and number not in draft.numbers:
            self.numbers.append(ExternalId(customer=customer, source=FILE_SOURCE, value=number))
            draft.numbers.append(number)
            draft.changed.add("external_ids")

    def _consent(self, row: ImportRow, draft: _Draft) -> None:
        standing = self.statements.get(draft.customer.id)
        consent = new_statement(row.values, standing, self.firm.time_zone, self.moment)
        if consent is not None:
            consent.customer = draft.customer
            consent.evidence = f"{self.job.file_name}, {row.number}"
            self.consents.append(consent)
            what = "consent.granted" if consent.granted else "consent.withdrawn"
            data = {"purpose": consent.purpose, "method": consent.method}
            self._enter(draft.customer, what, data, Interaction.Kind.CONSENT, consent.stated_at)
        said = [problem for problem in row.problems if problem["code"] != "consent_withdrawn_stands"]
        if withdrawal_stands(row.values, standing, self.firm.time_zone):
            said.append({"code": "consent_withdrawn_stands", "column": ""})
        row.problems = said

    def _index(self, draft: _Draft) -> None:
        index_customer(
            draft.customer,
            phones=draft.points[ContactPoint.Kind.PHONE],
            emails=draft.points[ContactPoint.Kind.EMAIL],
            numbers=draft.numbers,
        )

    def _remember(self, row: ImportRow, draft: _Draft) -> None:
        """One timeline entry for what the row did, none when it changed nothing."""
        data: dict[str, Any] = {"file": self.job.file_name, "row": row.number}
        if draft.is_new:
            self._enter(draft.customer, "customer.created", data)
        elif draft.changed:
            data["fields"] = sorted(name.removesuffix("_id") for name in draft.changed - {"raw_name"})
            self._enter(draft.customer, "customer.changed", data)

    def _enter(
        self,
        customer: Customer,
        what: str,
        data: dict[str, Any],
        kind: Interaction.Kind = Interaction.Kind.IMPORT,
        occurred_at: datetime | None = None,
    ) -> None:
        entry = new_interaction(
            customer_id=customer.id, kind=kind, what=what, data=data, subject=self.job, occurred_at=occurred_at
        )
        self.entries.append(entry)

    def _save(self) -> None:
        # Organisations first: their people point at them.
        new = [draft.customer for draft in self.drafts.values() if draft.is_new]
        Customer.objects.bulk_create(sorted(new, key=lambda customer: customer.kind))
        changed = [draft.customer for draft in self.drafts.values() if draft.changed and not draft.is_new]
        for customer in changed:
            customer.version += 1
            customer.updated_at = self.moment
        _rewrite(Customer, changed, _WRITTEN)
        ContactPoint.objects.bulk_create(self.points)
        ExternalId.objects.bulk_create(self.numbers)
        Consent.objects.bulk_create(self.consents)
        Interaction.objects.bulk_create(self.entries)


def _rewrite(model: type[Model], rows: Sequence[Any], names: list[str]) -> None:
    """Update stored rows in one statement, without the CASE for every cell that makes bulk_update slow."""
    if rows:
        model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=names)


def _is_fuller(new: str, old: str) -> bool:
    """Is ``new`` the same name written better: with the accents, or with the words ``old`` lacks?"""
    new_words, old_words = search_key(new).split(), search_key(old).split()
    if new_words == old_words:
        return has_diacritics(new) and not has_diacritics(old)
    return set(old_words) < set(new_words)
