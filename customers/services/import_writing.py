"""A piece of a customer file becomes customers: some ten statements, however many rows it has."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from customers.events import CustomerChanged, CustomerCreated
from customers.logic.text import search_key
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
from customers.selectors.custom_fields import OWN
from customers.selectors.matching import FILE_SOURCE, Match, Matches, matches_for, organizations_called
from customers.services import fields
from customers.services import import_drafts as drafts
from customers.services.import_addresses import address_of, leave, move
from customers.services.import_consents import latest_statements, new_statement, withdrawal_stands
from customers.services.import_drafts import EMAIL, PHONE, Draft, Fresh, is_fuller, plain, told_as
from customers.services.import_facts import known_to_have_come, new_source
from customers.services.import_judging import left_alone
from customers.services.import_kinds import RowInHand
from customers.services.indexing import index_customer
from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.db.copying import copy_objects, copy_rows, json_text, rewrite_objects, rewrite_rows
from cxcrm.core.events import publish
from cxcrm.core.ids import new_id, new_id_text
from tenants.models import Usage
from tenants.services import plans
from tenants.staff.models import Firm
from tenants.staff.selectors.firm import the_firm

# Somebody's own word or a colleague's beats what a list says.
_SURE_SALUTATIONS: Final = (Customer.SalutationSource.DECLARED, Customer.SalutationSource.STAFF)
# Read once: an enumeration looks its members up anew each time.
_SKIP, _FAILED = ImportRow.Outcome.SKIP, ImportRow.Outcome.FAILED
_CREATED, _UPDATED = ImportRow.Outcome.CREATED, ImportRow.Outcome.UPDATED
_FROM_FILE, _STANDS = Interaction.Kind.IMPORT.value, ImportChange.Fate.STANDS.value
_CUSTOMER: Final = "customers.customer"


def write_rows(job: ImportJob, rows: list[RowInHand]) -> list[RowInHand]:
    """Create or update the customers of ``rows``, set each row's outcome, and return the rows.

    Whom a row means is decided now, not at the dry run; what was there before is written down for the way back. No
    event per row is published unless the import is loud. Runs in the caller's transaction, which holds the lock on
    contacts; the database's refusals (IntegrityError, DataError) are the caller's.
    """
    writer = Writer(job, the_firm(), now())
    writer.take([(row, row.values) for row in rows])
    rewrite_rows(
        ImportRow,
        ["outcome", "problems", "customer"],
        [(row.id, row.outcome, row.problems, row.customer_id) for row in rows],
    )
    return rows


class Writer:
    """Takes what rows say of customers; also used for the unknown customers of purchases and answers."""

    def __init__(self, job: ImportJob, firm: Firm, moment: datetime, *, for_others: bool = False) -> None:
        """``for_others``: the rows are about something else, and customers are only added beside."""
        self.job = job
        self.for_others = for_others
        self.firm = firm
        self.moment = moment
        self.actor = current_actor()
        blank = Customer(created_at=moment, updated_at=moment)
        self.defaults = {field.attname: getattr(blank, field.attname) for field in Customer._meta.concrete_fields}
        self.drafts: dict[UUID, Draft] = {}
        self.points: list[Sequence[Any]] = []
        self.numbers: list[Sequence[Any]] = []
        self.consents: list[Consent] = []
        self.facts: list[Fact] = []
        self.entries: list[Sequence[Any]] = []
        self.changes: list[Sequence[Any]] = []

    def take(self, rows: Sequence[tuple[RowInHand, dict[str, Any]]]) -> None:
        """Take rows, each with what it says of a customer, and write all of them."""
        all_values = [values for _row, values in rows]
        self.matches: Matches = matches_for(all_values)
        found = [self.matches.of(values, self.job.match_by) for values in all_values]
        known = {match.customer_id for match in found if match.customer_id}
        self._load(known)
        self.statements = latest_statements(known)
        self.found = known_to_have_come(known) if any("found_by" in values for values in all_values) else set()
        self.organizations = organizations_called(values["company_name"] for values in all_values)
        self.room = self._room()
        for (row, values), match in zip(rows, found, strict=True):
            self._take(row, values, match)
        self._save()

    def _room(self) -> float:
        """How many customers the plan still allows."""
        room = plans.room(Usage.Metric.CUSTOMERS)
        return float("inf") if room is None else room

    def _load(self, customer_ids: set[UUID]) -> None:
        if not customer_ids:
            return
        customers = Customer.objects.select_for_update().filter(pk__in=customer_ids).order_by("pk")
        self.drafts = {customer.id: Draft(customer, is_new=False) for customer in customers}
        for point in ContactPoint.objects.filter(customer_id__in=customer_ids):
            draft = self.drafts[point.customer_id]
            draft.points[point.kind].append(point.value)
            if point.is_primary:
                draft.preferred.add(point.kind)
        for customer_id, value in ExternalId.objects.filter(customer_id__in=customer_ids).values_list(
            "customer_id", "value"
        ):
            self.drafts[customer_id].numbers.append(value)

    def _take(self, row: RowInHand, values: dict[str, Any], match: Match) -> None:
        if match.ambiguous:
            self._fail(row, "ambiguous", match.ambiguous)
            return
        left = "" if self.for_others else left_alone(self.job, match.customer_id is not None)
        if left:
            self._fail(row, left, "")
            row.outcome = _SKIP
            return
        company = search_key(values["company_name"])
        needed = (match.customer_id is None) + bool(company and company not in self.organizations)
        if needed > self.room:
            self._fail(row, "limit_reached", "")
            return
        self.room -= needed
        if match.customer_id is None:
            draft = self._new(row, values)
            row.outcome = _CREATED
            if self.for_others:
                self._change(row.number, _CUSTOMER, draft.customer.id)
        else:
            draft = self.drafts[match.customer_id]
            draft.number = draft.number or row.number
            self._merge(row, values, draft, match)
            row.outcome = _UPDATED
        self._add_identities(values, draft)
        self._consent(row, values, draft)
        self._found_by(row, values, draft)
        if draft.is_new or draft.changed:
            self._index(draft)
        self._remember(row, draft)
        row.customer_id = draft.customer.id

    def _fail(self, row: RowInHand, code: str, value: str) -> None:
        row.problems = [*row.problems, {"code": code, "column": "", "value": value}]
        row.outcome = _FAILED

    def _new(self, row: RowInHand, values: dict[str, Any]) -> Draft:
        customer = self._fresh(
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
            organization_id=self._organization(row, values["company_name"]),
            tags=values["tags"],
            **address_of(values, self.firm.country),
            note=values["note"],
            custom=values.get("custom") or {},
        )
        draft = self.drafts[customer.id] = Draft(customer, is_new=True, number=row.number)
        return draft

    def _fresh(self, **values: Any) -> Any:
        """A new customer with the model's own defaults, without what a model costs to make."""
        fresh = Fresh()
        vars(fresh).update(self.defaults)
        vars(fresh).update(values, id=new_id())
        return fresh

    def _merge(self, row: RowInHand, values: dict[str, Any], draft: Draft, match: Match) -> None:
        """What the file says is added; what it leaves blank stays, unless blanks are to empty the field; and so does
        another name a mere contact led to."""
        customer = draft.customer
        if match.by_number or is_fuller(values["full_name"], customer.full_name):
            for name in ("full_name", "raw_name", "given_name"):
                draft.set(name, values[name])
        elif search_key(values["full_name"]) != search_key(customer.full_name):
            problem = {"code": "name_differs", "column": "", "value": customer.full_name}
            row.problems = [*row.problems, problem]
        if values["salutation"] and customer.salutation_source not in _SURE_SALUTATIONS:
            draft.set("salutation", values["salutation"])
            draft.set("salutation_source", Customer.SalutationSource.IMPORT.value)
        if values["language"]:
            draft.set("language", values["language"])
        move(draft, values, self.firm.country)
        if values["company_name"] and customer.organization_id is None:
            draft.set("organization_id", self._organization(row, values["company_name"]))
        # Cells are one line, notes are several.
        if values["note"] and values["note"] not in " ".join(customer.note.split()):
            draft.set("note", "\n".join(part for part in (customer.note, values["note"]) if part)[: fields.MAX_NOTE])
        had = {tag.casefold() for tag in customer.tags}
        new = [tag for tag in values["tags"] if tag.casefold() not in had]
        draft.set("tags", [*customer.tags, *new][: fields.MAX_TAGS])
        draft.set_own(values.get("custom") or {})
        self._clear(values.get("blank", ()), draft)

    def _clear(self, blank: Iterable[str], draft: Draft) -> None:
        """Empty what the file leaves blank, where that was chosen."""
        for name in blank:
            if name == "address":
                leave(draft)
            elif name.startswith(OWN):
                draft.set_own({name.removeprefix(OWN): None})
            elif name in _EMPTIED:
                attribute, nothing = _EMPTIED[name]
                draft.set(attribute, list(nothing) if isinstance(nothing, tuple) else nothing)
                if name == "salutation":
                    draft.set("salutation_source", "")
            else:
                self._clear_points(draft, name)

    def _clear_points(self, draft: Draft, kind: str) -> None:
        points = ContactPoint.objects.filter(customer=draft.customer, kind=kind)
        stored = [[point.value, point.raw, point.is_primary] for point in points]
        if stored:
            points.delete()
            name = f"{kind}s"
            draft.before[name] = stored
            draft.changed.add(name)
            draft.points[kind].clear()
            draft.preferred.discard(kind)

    def _organization(self, row: RowInHand, name: str) -> UUID | None:
        """The organisation called ``name``, made when there is none."""
        key = search_key(name)
        if not key:
            return None
        if key not in self.organizations:
            customer = self._fresh(
                kind=Customer.Kind.ORGANIZATION, full_name=name, raw_name=name, language=self.firm.language
            )
            draft = self.drafts[customer.id] = Draft(customer, is_new=True, number=row.number)
            self._index(draft)
            self._enter(customer, "customer.created", {"file": self.job.file_name})
            self._change(row.number, _CUSTOMER, customer.id)
            self.organizations[key] = customer.id
        return self.organizations[key]

    def _add_identities(self, values: dict[str, Any], draft: Draft) -> None:
        customer_id = draft.customer.id
        for kind, name in ((PHONE, "phones"), (EMAIL, "emails")):
            known = draft.points[kind]
            for value, raw in values[name]:
                if value in known or len(known) >= fields.MAX_CONTACTS:
                    continue
                self.points.append(
                    (new_id_text(), self.moment, customer_id, kind, value, raw, kind not in draft.preferred)
                )
                draft.preferred.add(kind)
                known.append(value)
                draft.add(name, value)
        number = values["external_id"]
        if number and number not in draft.numbers and number not in self.matches.by_number:
            self.numbers.append((new_id_text(), self.moment, customer_id, FILE_SOURCE, number))
            draft.numbers.append(number)
            draft.add("external_ids", number)

    def _consent(self, row: RowInHand, values: dict[str, Any], draft: Draft) -> None:
        standing = self.statements.get(draft.customer.id)
        consent = new_statement(values, standing, self.firm.time_zone, self.moment)
        if consent is not None:
            consent.customer_id = draft.customer.id
            consent.evidence = f"{self.job.file_name}, {row.number}"
            self.consents.append(consent)
            what = "consent.granted" if consent.granted else "consent.withdrawn"
            data = {"purpose": consent.purpose, "method": consent.method}
            self._enter(draft.customer, what, data, Interaction.Kind.CONSENT, consent.stated_at)
            if not draft.is_new:
                self._change(row.number, "customers.consent", consent.id, after=str(draft.customer.id))
        said = [problem for problem in row.problems if problem["code"] != "consent_withdrawn_stands"]
        if withdrawal_stands(values, standing, self.firm.time_zone):
            said.append({"code": "consent_withdrawn_stands", "column": ""})
        row.problems = said

    def _found_by(self, row: RowInHand, values: dict[str, Any], draft: Draft) -> None:
        """How they came, where nobody knows yet: what is known was asked of them."""
        if "found_by" not in values or draft.customer.id in self.found:
            return
        fact = new_source(values["found_by"], draft.customer.id, self.actor.user_id, self.moment)
        self.found.add(draft.customer.id)
        self.facts.append(fact)
        self._change(row.number, "customers.fact", fact.id, after=str(draft.customer.id))

    def _index(self, draft: Draft) -> None:
        index_customer(draft.customer, phones=draft.points[PHONE], emails=draft.points[EMAIL], numbers=draft.numbers)

    def _remember(self, row: RowInHand, draft: Draft) -> None:
        """One timeline entry for what the row did, none when it changed nothing."""
        data: dict[str, Any] = {"file": self.job.file_name, "row": row.number}
        if draft.is_new:
            self._enter(draft.customer, "customer.created", data)
        elif draft.changed:
            hidden = {"raw_name", "salutation_source"}
            data["fields"] = sorted({told_as(name) for name in draft.changed - hidden})
            self._enter(draft.customer, "customer.changed", data)

    def _enter(
        self,
        customer: Any,
        what: str,
        data: dict[str, Any],
        kind: str = _FROM_FILE,
        occurred_at: datetime | None = None,
    ) -> None:
        actor = self.actor
        self.entries.append(
            (
                new_id_text(),
                self.moment,
                customer.id,
                str(kind),
                "internal",
                occurred_at or self.moment,
                what,
                "",
                json_text(data),
                "customers.importjob",
                self.job.id,
                actor.kind,
                actor.id,
                actor.label[:160],
            )
        )

    def _change(
        self, number: int, model: str, record_id: UUID, field: str = "", *, before: Any = None, after: Any = None
    ) -> None:
        images = (None if image is None else json_text(image) for image in (before, after))
        self.changes.append(
            (
                new_id_text(),
                self.moment,
                self.job.id,
                number,
                model,
                record_id,
                field,
                *images,
                _STANDS,
            )
        )

    def _save(self) -> None:
        # Organisations first: their people point at them.
        new = [draft.customer for draft in self.drafts.values() if draft.is_new]
        copy_objects(Customer, sorted(new, key=attrgetter("kind")))
        changed = [draft for draft in self.drafts.values() if draft.changed and not draft.is_new]
        for draft in changed:
            draft.customer.version += 1
            draft.customer.updated_at = self.moment
            for name, image in draft.before.items():
                after = draft.now(name)
                self._change(draft.number, _CUSTOMER, draft.customer.id, name, before=plain(image), after=plain(after))
            for name, values in draft.added.items():
                self._change(draft.number, _CUSTOMER, draft.customer.id, name, after=values)
        rewrite_objects(Customer, drafts.WRITTEN, [draft.customer for draft in changed])
        for model, columns, rows in (
            (ContactPoint, drafts.POINTS, self.points),
            (ExternalId, drafts.NUMBERS, self.numbers),
            (Interaction, drafts.ENTRIES, self.entries),
            (ImportChange, drafts.CHANGES, self.changes),
        ):
            if rows:
                copy_rows(model, columns, rows)
        copy_objects(Consent, self.consents)
        copy_objects(Fact, self.facts)
        if self.job.is_loud:
            for draft in self.drafts.values():
                if draft.is_new:
                    publish(CustomerCreated(customer_id=draft.customer.id))
                elif draft.changed:
                    publish(CustomerChanged(customer_id=draft.customer.id))


# A blank cell of these empties the attribute.
_EMPTIED: Final[dict[str, tuple[str, Any]]] = {
    "salutation": ("salutation", ""),
    "company_name": ("organization_id", None),
    "tags": ("tags", ()),
    "note": ("note", ""),
}
