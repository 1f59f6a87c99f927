"""Files on their way in: a dry run that writes nothing, then a go-ahead, a pause, a stop, and the way back."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from customers import problems
from customers.errors import FileRefused, ImportStateInvalid, ImportTooOldToUndo, MappingInvalid, NothingToImport
from customers.logic.columns import header_key
from customers.logic.presets import recognise
from customers.logic.spreadsheet import SpreadsheetError, Table, read_table
from customers.models import ImportChange, ImportJob, ImportMapping, ImportRow
from customers.services import fields, import_checking, import_run, import_undo
from customers.services.import_kinds import kind_of, kinds, likeliest, own_among
from customers.services.import_reading import to_cell
from customers.services.import_states import locked_job
from cxcrm.core.clock import now
from cxcrm.core.ids import new_id
from tenants.models import Usage
from tenants.services import plans
from tenants.services.agenda import enqueue
from tenants.staff.models import User

MEGABYTE: Final = 1024 * 1024
UNDO_WITHIN: Final = timedelta(days=30)
State = ImportJob.State


class Options(TypedDict, total=False):
    """How the rows are taken; see the choices of ImportJob."""

    mode: str
    match_by: str
    blank: str
    add_missing: bool
    is_loud: bool
    opens_complaints: bool


@transaction.atomic
def check_file(
    *,
    data: bytes,
    file_name: str,
    kind: str = "",
    mapping: Mapping[int, str] | None = None,
    uploaded_by: User | None = None,
    **options: Unpack[Options],
) -> ImportJob:
    """Read a file and say row by row what taking it would do; nothing else is touched.

    ``kind`` is what it holds, recognised from the headers where it is left out. ``mapping`` (column from 0 → field of
    the kind) replaces what the firm chose for these headers before, what is known of the system the list comes from,
    or the guess. A long file is checked in the background. Raises FileRefused for a file that cannot be read whole,
    ImportKindUnknown, MappingInvalid, ChoiceInvalid, PlanLimitReached when the firm's storage is full.
    """
    plans.allow(Usage.Metric.STORAGE, -(-len(data) // MEGABYTE))
    if kind:
        kind_of(kind)
    try:
        table = read_table(data, file_name, [one.vocabulary for one in kinds() if kind in ("", one.code)])
    except SpreadsheetError as error:
        raise FileRefused(problems.explain_refusal(error.code), code=f"import.{error.code}", **error.data) from error
    name = PurePosixPath(file_name.replace("\\", "/")).name
    job = ImportJob(
        file_name=fields.line(name[-200:], "file", 200) or "-",
        headers=list(table.headers),
        uploaded_by=uploaded_by,
        row_count=len(table.rows),
        warnings=_remarks_on(table),
        state=State.CHECKING,
    )
    columns = _recognised(job, kind)
    _set_options(job, options)
    if mapping is not None:
        columns = _chosen(job, mapping)
    _set_columns(job, columns)
    job.save(force_insert=True)
    import_checking.store_rows(job, table.row_numbers, [[to_cell(cell) for cell in row] for row in table.rows])
    _check(job)
    return job


@transaction.atomic
def remap(
    *, job_id: UUID, mapping: Mapping[int, str] | None = None, kind: str = "", **options: Unpack[Options]
) -> ImportJob:
    """Repeat the dry run with other columns, as another kind or with other choices; what is not named stays.

    Raises ImportNotFound, ImportStateInvalid once started, ImportKindUnknown, MappingInvalid, ChoiceInvalid.
    """
    job = locked_job(job_id)
    if job.state != State.CHECKED:
        raise ImportStateInvalid(state=job.state)
    _set_options(job, options)
    columns = {field: int(index) for index, field in job.mapping.items()}
    if kind and kind != job.kind:
        kind_of(kind)
        columns = _recognised(job, kind)
    if mapping is not None:
        columns = _chosen(job, mapping)
    job.warnings = [warning for warning in job.warnings if warning["code"] not in _OF_THE_MAPPING]
    _set_columns(job, columns)
    job.state, job.checked_count = State.CHECKING, 0
    job.save()
    job.rows.update(outcome=ImportRow.Outcome.UNREAD, problems=[])
    _check(job)
    return job


@transaction.atomic
def start_import(*, job_id: UUID) -> ImportJob:
    """Give the go-ahead; the agenda takes the rows in the background. Starting twice is harmless.

    What the columns were taken for is remembered for the next file with the same headers. Raises ImportNotFound,
    ImportStateInvalid for a discarded one, NothingToImport when no row can be taken.
    """
    job = locked_job(job_id)
    if job.state in (State.RUNNING, State.DONE):
        return job
    if job.state != State.CHECKED:
        raise ImportStateInvalid(state=job.state)
    if not job.to_create + job.to_update:
        raise NothingToImport
    _remember_choice(job)
    return _run(job)


@transaction.atomic
def pause_import(*, job_id: UUID) -> ImportJob:
    """Hold a running import after the rows it has in hand; ``resume_import`` goes on. Raises ImportStateInvalid."""
    return _move(job_id, {State.RUNNING}, State.PAUSED)


@transaction.atomic
def resume_import(*, job_id: UUID) -> ImportJob:
    """Go on with a paused import. Raises ImportNotFound, ImportStateInvalid."""
    job = locked_job(job_id)
    if job.state == State.RUNNING:
        return job
    if job.state != State.PAUSED:
        raise ImportStateInvalid(state=job.state)
    return _run(job)


@transaction.atomic
def stop_import(*, job_id: UUID) -> ImportJob:
    """End a running or paused import for good; what was taken stays, and can be undone. Raises ImportStateInvalid."""
    job = _move(job_id, {State.RUNNING, State.PAUSED}, State.STOPPED)
    job.finished_at = now()
    job.save(update_fields=["finished_at"])
    return job


@transaction.atomic
def undo_import(*, job_id: UUID, undone_by: User | None = None) -> ImportJob:
    """Take back everything a finished or stopped import did, in the background: what it added goes, what it changed
    is as before. What something hangs on since, and what was changed since, is kept and listed. Twice is harmless.

    Raises ImportNotFound, ImportStateInvalid, ImportTooOldToUndo after 30 days.
    """
    job = locked_job(job_id)
    if job.state in (State.UNDOING, State.UNDONE):
        return job
    if job.state not in (State.DONE, State.STOPPED):
        raise ImportStateInvalid(state=job.state)
    if job.finished_at is not None and job.finished_at < now() - UNDO_WITHIN:
        raise ImportTooOldToUndo(days=UNDO_WITHIN.days)
    job.state, job.undone_by = State.UNDOING, undone_by
    job.save(update_fields=["state", "undone_by"])
    enqueue(import_undo.KIND, job.id, dedupe_key=f"{import_undo.KIND}:{job.id}:{new_id()}")
    return job


@transaction.atomic
def discard_import(*, job_id: UUID) -> ImportJob:
    """Drop a dry run and the personal data its rows hold. Raises ImportNotFound, ImportStateInvalid once started."""
    job = locked_job(job_id)
    if job.state == State.DISCARDED:
        return job
    if job.state not in (State.CHECKED, State.CHECKING):
        raise ImportStateInvalid(state=job.state)
    job.rows.all().delete()
    job.state = State.DISCARDED
    job.save(update_fields=["state"])
    return job


def forget_old_rows() -> int:
    """Drop what rows said and changed once nothing can be undone any more; returns how many imports forgot theirs."""
    before = now() - UNDO_WITHIN
    old = ImportJob.objects.filter(state__in=(State.DONE, State.STOPPED, State.UNDONE), finished_at__lt=before)
    ids = list(old.filter(rows__isnull=False).distinct().values_list("id", flat=True)[:50])
    for job_id in ids:
        with transaction.atomic():
            ImportChange.objects.filter(job_id=job_id).delete()
            ImportRow.objects.filter(job_id=job_id).delete()
    return len(ids)


def _check(job: ImportJob) -> None:
    if job.row_count <= import_checking.AT_ONCE:
        import_checking.check_all(job)
    else:
        enqueue(import_checking.KIND, job.id, dedupe_key=f"{import_checking.KIND}:{job.id}:{new_id()}")


def _run(job: ImportJob) -> ImportJob:
    """A worker may just be giving up an earlier item of this job, so each run has an item of its own."""
    job.state = State.RUNNING
    job.save(update_fields=["state"])
    enqueue(import_run.KIND, job.id, dedupe_key=f"{import_run.KIND}:{job.id}:{new_id()}")
    return job


def _move(job_id: UUID, allowed: set[str], state: str) -> ImportJob:
    job = locked_job(job_id)
    if job.state == state:
        return job
    if job.state not in allowed:
        raise ImportStateInvalid(state=job.state)
    job.state = state
    job.save(update_fields=["state"])
    return job


def _remarks_on(table: Table) -> list[dict[str, Any]]:
    return [{"code": warning.code, "data": dict(warning.data)} for warning in table.warnings]


def _recognised(job: ImportJob, kind: str) -> dict[str, int]:
    """Set what the file holds and whose list it looks like; field → column as chosen before, known, or guessed."""
    remembered = ImportMapping.objects.filter(headers_key=_key_of(job.headers)).first()
    if remembered is not None and kind in ("", remembered.kind):
        job.kind = remembered.kind
        _set_options(job, remembered.options)
        job.warnings = [*job.warnings, {"code": "remembered", "data": {}}]
        columns: dict[str, int] = {}
        names = kind_of(job.kind).names()
        for index, header in enumerate(job.headers):
            field = remembered.columns.get(header_key(str(header)), "")
            if field in names:
                columns.setdefault(field, index)
        return columns
    headers = [str(header) for header in job.headers]
    # What the firm itself calls so is its own, whatever a system may mean by it.
    own = own_among(headers)
    preset = recognise(["" if index in own else header for index, header in enumerate(headers)], kind)
    job.looks_like = ", ".join(preset.systems)[:60] if preset else ""
    named_kind = kind or (preset.kind if preset else "")
    of_kind = kind_of(named_kind) if named_kind else likeliest(headers, own)
    job.kind = of_kind.code
    columns = {guess.field: index for index, guess in of_kind.guess(headers, own).items()}
    if preset:
        named = {field: index for index, field in preset.columns.items() if field in of_kind.fields}
        known = {*named.values(), *preset.left_out}
        columns = {**{field: index for field, index in columns.items() if index not in known}, **named}
    return columns


def _set_options(job: ImportJob, options: Mapping[str, Any]) -> None:
    choices: dict[str, Any] = {"mode": ImportJob.Mode, "match_by": ImportJob.MatchBy, "blank": ImportJob.Blank}
    for name, value in options.items():
        setattr(job, name, fields.choice(value, choices[name], name) if name in choices else bool(value))


def _chosen(job: ImportJob, mapping: Mapping[int, str]) -> dict[str, int]:
    """Field → column as somebody chose, checked. Columns chosen as "" are left out."""
    known = kind_of(job.kind).names()
    columns: dict[str, int] = {}
    for index, field in mapping.items():
        if not field:
            continue
        if field not in known or field in columns or not 0 <= index < len(job.headers):
            raise MappingInvalid(column=index, field=field)
        columns[field] = index
    return columns


# Warnings that the choice of columns brings, as against those of the file.
_OF_THE_MAPPING: Final = frozenset({"columns_ignored", "consent_column_missing", "limit", "room", "remembered"})


def _set_columns(job: ImportJob, columns: Mapping[str, int]) -> None:
    job.mapping = {str(index): field for field, index in sorted(columns.items(), key=lambda item: item[1])}
    taken = set(columns.values())
    ignored = [header for index, header in enumerate(job.headers) if header and index not in taken]
    if ignored:
        job.warnings.append({"code": "columns_ignored", "data": {"columns": ignored}})
    if "survey_consent" in kind_of(job.kind).fields and "survey_consent" not in columns:
        job.warnings.append({"code": "consent_column_missing", "data": {}})


def _key_of(headers: list[Any]) -> str:
    """One key for a set of headers, in whatever order the columns stand."""
    return sha256("\x1f".join(sorted(header_key(str(header)) for header in headers)).encode()).hexdigest()


def _remember_choice(job: ImportJob) -> None:
    columns = {header_key(str(job.headers[int(index)])): field for index, field in job.mapping.items()}
    options = {"mode": job.mode, "match_by": job.match_by, "blank": job.blank, "add_missing": job.add_missing}
    ImportMapping.objects.update_or_create(
        headers_key=_key_of(job.headers),
        defaults={"kind": job.kind, "columns": columns, "options": options, "used_at": now()},
    )
