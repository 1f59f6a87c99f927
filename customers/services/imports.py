"""Customer files: a dry run that writes no customer, then a go-ahead, or not."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from customers import problems
from customers.errors import FileRefused, ImportNotFound, ImportStateInvalid, MappingInvalid, NothingToImport
from customers.logic.columns import guess_mapping
from customers.logic.phones import display_phone
from customers.logic.spreadsheet import SpreadsheetError, Table, read_table
from customers.models import Consent, ContactPoint, ImportJob, ImportRow
from customers.selectors.imports import refused_rows
from customers.selectors.matching import Match, contacts, matches_for
from customers.services import fields
from customers.services.import_consents import latest_statements, withdrawal_stands
from customers.services.import_reading import ReadRow, Sheet, column_name, read_row, to_cell
from customers.services.import_run import KIND
from cxcrm.core.clock import now
from tenants.models import Usage
from tenants.services import plans
from tenants.services.agenda import enqueue
from tenants.staff.models import Firm, User
from tenants.staff.selectors.firm import the_firm

_BATCH: Final = 1_000
MEGABYTE: Final = 1024 * 1024
# A cell that begins like this is a formula to a spreadsheet program, full-width signs and leading spaces included.
_FORMULA_STARTS: Final = tuple("=+-@\t\r\0＝＋－＠")

Cells = list[Any]


@transaction.atomic
def check_file(
    *, data: bytes, file_name: str, mapping: Mapping[int, str] | None = None, uploaded_by: User | None = None
) -> ImportJob:
    """Read a file and say row by row what taking it would do; no customer is touched.

    ``mapping`` (column from 0 → field, see customers.problems.fields) replaces the guess made from the headers. Raises
    FileRefused for a file that cannot be read whole, MappingInvalid, PlanLimitReached when the firm's storage is full.
    """
    plans.allow(Usage.Metric.STORAGE, -(-len(data) // MEGABYTE))
    try:
        table = read_table(data, file_name)
    except SpreadsheetError as error:
        raise FileRefused(problems.explain_refusal(error.code), code=f"import.{error.code}", **error.data) from error
    name = PurePosixPath(file_name.replace("\\", "/")).name
    job = ImportJob(
        file_name=fields.line(name[-200:], "file", 200) or "-",
        headers=list(table.headers),
        uploaded_by=uploaded_by,
    )
    rows = {
        number: [to_cell(cell) for cell in cells] for number, cells in zip(table.row_numbers, table.rows, strict=True)
    }
    _check(job, _chosen(job, mapping), rows, _remarks_on(table))
    return job


@transaction.atomic
def remap(*, job_id: UUID, mapping: Mapping[int, str]) -> ImportJob:
    """Repeat the dry run with other columns. Raises ImportNotFound, ImportStateInvalid once started, MappingInvalid."""
    job = _locked(job_id)
    if job.state != ImportJob.State.CHECKED:
        raise ImportStateInvalid(state=job.state)
    rows = dict(job.rows.values_list("number", "cells"))
    columns = _chosen(job, mapping)
    kept = [warning for warning in job.warnings if warning["code"] not in _OF_THE_MAPPING]
    job.rows.all().delete()
    _check(job, columns, rows, kept)
    return job


@transaction.atomic
def start_import(*, job_id: UUID) -> ImportJob:
    """Give the go-ahead; the agenda takes the rows in the background. Starting twice is harmless.

    Raises ImportNotFound, ImportStateInvalid for a discarded one, NothingToImport when every row is refused.
    """
    job = _locked(job_id)
    if job.state in (ImportJob.State.RUNNING, ImportJob.State.DONE):
        return job
    if job.state == ImportJob.State.DISCARDED:
        raise ImportStateInvalid(state=job.state)
    if not job.to_create + job.to_update:
        raise NothingToImport
    job.state = ImportJob.State.RUNNING
    job.save(update_fields=["state"])
    enqueue(KIND, job.id)
    return job


@transaction.atomic
def discard_import(*, job_id: UUID) -> ImportJob:
    """Drop a dry run and the personal data its rows hold. Raises ImportNotFound, ImportStateInvalid once started."""
    job = _locked(job_id)
    if job.state == ImportJob.State.DISCARDED:
        return job
    if job.state != ImportJob.State.CHECKED:
        raise ImportStateInvalid(state=job.state)
    job.rows.all().delete()
    job.state = ImportJob.State.DISCARDED
    job.save(update_fields=["state"])
    return job


def refused_rows_csv(*, job_id: UUID) -> bytes:
    """The rows not taken, as they were, with their row number and the reason; to correct and upload again.

    UTF-8 with BOM, and separated by what the firm's spreadsheet program expects; no cell is run as a formula. Raises
    ImportNotFound.
    """
    job = ImportJob.objects.filter(pk=job_id).first()
    if job is None:
        raise ImportNotFound
    out = io.StringIO()
    # Where the comma is the decimal sign, Excel separates by semicolons.
    writer = csv.writer(out, delimiter="," if the_firm().language == "en" else ";")
    headers = [column_name(job.headers, index) for index in range(len(job.headers))]
    writer.writerow([guarded(cell) for cell in [_("Row"), _("Reason"), *headers]])
    for row in refused_rows(job.id):
        reason = " ".join(problems.explain(problem) for problem in row.problems)
        writer.writerow([guarded(cell) for cell in [row.number, reason, *row.cells]])
    return ("\ufeff" + out.getvalue()).encode()


def guarded(cell: object) -> str:
    """``cell`` as text that a spreadsheet program never takes for a formula (CWE-1236)."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(_FORMULA_STARTS) else text


def _locked(job_id: UUID) -> ImportJob:
    job = ImportJob.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise ImportNotFound
    return job


def _remarks_on(table: Table) -> list[dict[str, Any]]:
    return [{"code": warning.code, "data": dict(warning.data)} for warning in table.warnings]


def _chosen(job: ImportJob, mapping: Mapping[int, str] | None) -> dict[str, int]:
    """Field → column, checked; from the headers when nobody chose. Columns chosen as "" are left out."""
    known = problems.fields()
    if mapping is None:
        guesses = guess_mapping([str(header) for header in job.headers])
        return {guess.field: index for index, guess in guesses.items() if guess.field in known}
    columns: dict[str, int] = {}
    for index, field in mapping.items():
        if not field:
            continue
        if field not in known or field in columns or not 0 <= index < len(job.headers):
            raise MappingInvalid(column=index, field=field)
        columns[field] = index
    return columns


# Warnings that the choice of columns brings, as against those of the file.
_OF_THE_MAPPING: Final = frozenset({"columns_ignored", "consent_column_missing", "limit", "room"})


def _check(
    job: ImportJob, columns: Mapping[str, int], rows: Mapping[int, Cells], warnings: list[dict[str, Any]]
) -> None:
    """Decide about every row and save ``job`` with its rows."""
    firm = the_firm()
    sheet = Sheet(columns, job.headers, firm.country, firm.language, _today(firm))
    read = {number: read_row(sheet, number, cells) for number, cells in rows.items()}
    outcomes = _outcomes(read, firm.time_zone)
    counts = {outcome: list(outcomes.values()).count(outcome) for outcome in ImportRow.Outcome}
    job.mapping = {str(index): field for field, index in sorted(columns.items(), key=lambda item: item[1])}
    job.to_create = counts[ImportRow.Outcome.CREATE]
    job.to_update = counts[ImportRow.Outcome.UPDATE]
    job.refused = counts[ImportRow.Outcome.REFUSE]
    job.warnings = [*warnings, *_remarks_on_mapping(job, columns)]
    job.save()
    ImportRow.objects.bulk_create(
        (
            ImportRow(
                job=job,
                number=number,
                cells=rows[number],
                values=row.values,
                problems=row.problems,
                outcome=outcomes[number],
            )
            for number, row in read.items()
        ),
        batch_size=_BATCH,
    )


def _remarks_on_mapping(job: ImportJob, columns: Mapping[str, int]) -> list[dict[str, Any]]:
    remarks: list[dict[str, Any]] = []
    taken = set(columns.values())
    ignored = [header for index, header in enumerate(job.headers) if header and index not in taken]
    if ignored:
        remarks.append({"code": "columns_ignored", "data": {"columns": ignored}})
    if "survey_consent" not in columns:
        remarks.append({"code": "consent_column_missing", "data": {}})
    plan = next((use for use in plans.current_use(limited_only=True) if use.metric == Usage.Metric.CUSTOMERS), None)
    if plan is not None:
        over = max(0, job.to_create - (plan.left or 0))
        data = {"limit": plan.limit, "left": plan.left, "over": over}
        remarks.append({"code": "limit" if over else "room", "data": data})
    return remarks


def _outcomes(read: Mapping[int, ReadRow], zone: str) -> dict[int, str]:
    """What taking each row would do; adds what only a look at the other rows and the customers can tell."""
    outcomes: dict[int, str] = {}
    seen = _Seen()
    numbers = list(read)
    for start in range(0, len(numbers), _BATCH):
        batch = {number: read[number] for number in numbers[start : start + _BATCH]}
        matches = matches_for([row.values for row in batch.values()])
        found = {number: matches.of(row.values) for number, row in batch.items()}
        statements = latest_statements({match.customer_id for match in found.values() if match.customer_id})
        for number, row in batch.items():
            outcomes[number] = _outcome(row, found[number], seen, statements, zone)
            _heed_a_no(read, row)
    return outcomes


def _heed_a_no(read: Mapping[int, ReadRow], row: ReadRow) -> None:
    """A second row of the same customer is refused, but a no in it still outweighs the yes of the first."""
    for problem in row.problems:
        if problem["code"] == "duplicate_row" and row.values["survey_consent"] is False:
            first = read[problem["row"]]
            if first.values["survey_consent"]:
                first.values["survey_consent"] = False
                first.problems.append({"code": "consent_contradicted", "column": "", "row": row.number})


def _outcome(
    row: ReadRow, match: Match, seen: "_Seen", statements: Mapping[UUID, Consent], zone: str
) -> ImportRow.Outcome:
    if not row.is_refused:
        _compare(row, match, seen)
    if row.is_refused:
        return ImportRow.Outcome.REFUSE
    seen.add(row.number, row.values, match)
    if match.customer_id is None:
        return ImportRow.Outcome.CREATE
    if withdrawal_stands(row.values, statements.get(match.customer_id), zone):
        row.problems.append({"code": "consent_withdrawn_stands", "column": ""})
    return ImportRow.Outcome.UPDATE


def _compare(row: ReadRow, match: Match, seen: "_Seen") -> None:
    if match.ambiguous:
        row.problems.append({"code": "ambiguous", "column": "", "value": display_phone(match.ambiguous)})
    elif twin := seen.twin_of(row.values, match):
        row.problems.append({"code": "duplicate_row", "column": "", "row": twin[0], "value": display_phone(twin[1])})


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
    for kind in ContactPoint.Kind.values:
        found.extend(((kind, value), value) for value in contacts(values, kind))
    if match.customer_id:
        found.append((("customer", match.customer_id), values["full_name"]))
    return found


def _today(firm: Firm) -> date:
    return now().astimezone(ZoneInfo(firm.time_zone)).date()
