"""Whom the rows of a customer file mean, and what taking each would do."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from customers.logic.phones import display_phone
from customers.models import Consent, ContactPoint, ImportJob, ImportRow
from customers.selectors.matching import Match, Matches, contacts, matches_for
from customers.services.import_consents import latest_statements, withdrawal_stands
from customers.services.import_reading import ReadRow
from tenants.staff.selectors.firm import the_firm

Outcome = ImportRow.Outcome
# Read once: an enumeration looks its members up anew each time.
_KINDS: Final = tuple(ContactPoint.Kind.values)
_CREATE, _UPDATE = Outcome.CREATE.value, Outcome.UPDATE.value


class CustomerJudge:
    """Judges rows in the order of the file, knowing those before."""

    def __init__(self, job: ImportJob) -> None:
        self.job = job
        self.zone = the_firm().time_zone
        self.seen = _Seen()
        self.read: Mapping[int, ReadRow] = {}

    def judge(self, batch: Mapping[int, ReadRow]) -> dict[int, str]:
        self.read = batch
        matches = matches_for([row.values for row in batch.values()])
        found = {number: matches.of(row.values, self.job.match_by) for number, row in batch.items()}
        statements = latest_statements({match.customer_id for match in found.values() if match.customer_id})
        outcomes: dict[int, str] = {}
        for number, row in batch.items():
            outcomes[number] = self._outcome(row, found[number], matches, statements)
            self._heed_a_no(row)
        return outcomes

    def remember(self, rows: Sequence[ImportRow]) -> None:
        matches = matches_for([row.values for row in rows])
        for row in rows:
            self.seen.add(row.number, row.values, matches.of(row.values, self.job.match_by))

    def _outcome(self, row: ReadRow, match: Match, matches: Matches, statements: Mapping[UUID, Consent]) -> str:
        if not row.is_refused:
            self._compare(row, match)
        if row.is_refused:
            return Outcome.REFUSE
        if left := left_alone(self.job, match.customer_id is not None):
            row.problems.append({"code": left, "column": ""})
            return Outcome.SKIP
        self.seen.add(row.number, row.values, match)
        if matches.is_elsewhere(row.values, match):
            row.problems.append({"code": "number_elsewhere", "column": "", "value": row.values["external_id"]})
        if match.customer_id is None:
            return _CREATE
        if withdrawal_stands(row.values, statements.get(match.customer_id), self.zone):
            row.problems.append({"code": "consent_withdrawn_stands", "column": ""})
        return _UPDATE

    def _compare(self, row: ReadRow, match: Match) -> None:
        if match.ambiguous:
            row.problems.append({"code": "ambiguous", "column": "", "value": display_phone(match.ambiguous)})
        elif twin := self.seen.twin_of(row.values, match):
            row.problems.append(
                {"code": "duplicate_row", "column": "", "row": twin[0], "value": display_phone(twin[1])}
            )

    def _heed_a_no(self, row: ReadRow) -> None:
        """A second row of the same customer is refused, but a no in it still outweighs the yes of the first."""
        for problem in row.problems:
            if problem["code"] == "duplicate_row" and row.values["survey_consent"] is False:
                said = {"code": "consent_contradicted", "column": "", "row": row.number}
                first = self.read.get(problem["row"])
                if first is not None and first.values["survey_consent"]:
                    first.values["survey_consent"] = False
                    first.problems.append(said)
                elif first is None:
                    self._heed_stored(problem["row"], said)

    def _heed_stored(self, number: int, said: dict[str, Any]) -> None:
        stored = ImportRow.objects.filter(job=self.job, number=number).first()
        if stored is not None and stored.values.get("survey_consent"):
            stored.values["survey_consent"] = False
            stored.problems = [*stored.problems, said]
            stored.save(update_fields=["values", "problems"])


def left_alone(job: ImportJob, is_known: bool) -> str:
    """The remark on a row that the chosen mode leaves out, or ""."""
    if job.mode == ImportJob.Mode.CREATE and is_known:
        return "exists_already"
    if job.mode == ImportJob.Mode.UPDATE and not is_known:
        return "not_known"
    return ""


class _Seen:
    """Rows of the file taken so far, by everything that identifies a customer."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, Any], list[tuple[int, str]]] = defaultdict(list)

    def add(self, number: int, values: Mapping[str, Any], match: Match) -> None:
        for key, _shown in _identities(values, match):
            self.rows[key].append((number, values["external_id"]))

    def twin_of(self, values: Mapping[str, Any], match: Match) -> tuple[int, str] | None:
        """The earlier row that means the same customer and what they share; two customer numbers are two customers."""
        own = values["external_id"]
        for key, shown in _identities(values, match):
            for number, other in self.rows.get(key, ()):
                if not own or not other or own == other:
                    return number, shown
        return None


def _identities(values: Mapping[str, Any], match: Match) -> Sequence[tuple[tuple[str, Any], str]]:
    found: list[tuple[tuple[str, Any], str]] = []
    if values["external_id"]:
        found.append((("number", values["external_id"]), values["external_id"]))
    for kind in _KINDS:
        found.extend(((kind, value), value) for value in contacts(values, kind))
    if match.customer_id:
        found.append((("customer", match.customer_id), values["full_name"]))
    return found
