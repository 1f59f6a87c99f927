"""The dry run: every row is read and judged, in batches, so that a killed check goes on where it stood."""

import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count

from customers.errors import ImportRowNotFound, ImportStateInvalid
from customers.models import ImportJob, ImportRow
from customers.selectors.custom_fields import OWN, own_columns
from customers.services.import_kinds import Judge, kind_of
from customers.services.import_reading import ReadRow, Sheet
from customers.services.import_states import locked_job
from cxcrm.core.clock import now
from cxcrm.core.db.copying import copy_rows, json_text, rewrite_rows
from cxcrm.core.ids import new_id_text
from tenants.models import Usage
from tenants.services import plans
from tenants.services.agenda import Later, NotYet
from tenants.staff.models import Firm
from tenants.staff.selectors.firm import the_firm

BATCH: Final = 1_000
KIND: Final = "customers.check"
# A file of so many rows is checked at once, while its uploader waits; a longer one in the background.
AT_ONCE: Final = 3_000
# Seconds before the worker turns to somebody else's work.
BUDGET: Final = 20.0

_UNREAD: Final = ImportRow.Outcome.UNREAD.value
_JUDGED: Final = ["values", "outcome", "problems"]
_STANDING: Final = (ImportRow.Outcome.CREATE, ImportRow.Outcome.UPDATE)


def store_rows(job: ImportJob, numbers: Sequence[int], cells: Sequence[Sequence[Any]]) -> None:
    """Keep what the file says, as it says it, before anything is made of it."""
    moment = now()
    columns = ["id", "created_at", "job_id", "number", "cells", "values", "outcome", "problems"]
    copy_rows(
        ImportRow,
        columns,
        (
            (new_id_text(), moment, job.id, number, json_text(list(row)), "{}", _UNREAD, "[]")
            for number, row in zip(numbers, cells, strict=True)
        ),
    )


def sheet_of(job: ImportJob) -> Sheet:
    """How the rows of ``job`` are read, by its columns and choices."""
    firm = the_firm()
    columns = {field: int(index) for index, field in job.mapping.items()}
    own = own_columns() if any(field.startswith(OWN) for field in columns) else {}
    return Sheet(
        columns,
        job.headers,
        firm.country,
        firm.language,
        _today(firm),
        firm.time_zone,
        firm.currency,
        job.match_by,
        job.blank == ImportJob.Blank.CLEAR,
        {code: column for code, column in own.items() if code in columns},
    )


def check_all(job: ImportJob) -> None:
    """Judge every row in the caller's transaction."""
    judge = kind_of(job.kind).judge(job)
    while _check_batch(job, judge):
        pass
    _conclude(job)


def continue_check(*, job_id: UUID, budget: float = BUDGET) -> Later | None:
    """Judge rows until none is left or ``budget`` seconds are over; then Later. Raises NotYet for an unknown job."""
    end = time.monotonic() + budget
    judge: Judge | None = None
    while True:
        with transaction.atomic():
            job = ImportJob.objects.select_for_update(of=("self",)).filter(pk=job_id).first()
            if job is None:
                raise NotYet(f"import {job_id}")
            if job.state != ImportJob.State.CHECKING:
                return None
            if judge is None:
                judge = kind_of(job.kind).judge(job)
                _recall(job, judge)
            if not _check_batch(job, judge):
                _conclude(job)
                return None
        if time.monotonic() >= end:
            return Later(now())


@transaction.atomic
def correct_row(*, job_id: UUID, number: int, cells: Mapping[int, str]) -> ImportRow:
    """Write other text into cells (column from 0 → text) of one row of a checked file, and judge that row again.

    What other rows were refused for is not looked at again; whom a row means is decided once more when it is taken.
    Raises ImportNotFound, ImportRowNotFound, ImportStateInvalid once the import has been started.
    """
    job = locked_job(job_id)
    if job.state != ImportJob.State.CHECKED:
        raise ImportStateInvalid(state=job.state)
    row = job.rows.filter(number=number).first()
    if row is None:
        raise ImportRowNotFound
    kind, width = kind_of(job.kind), len(job.headers)
    written = [*row.cells, *[""] * (width - len(row.cells))]
    for index, text in cells.items():
        if 0 <= index < width:
            written[index] = text.strip()
    read = kind.read(sheet_of(job), number, written)
    judge = kind.judge(job)
    others = job.rows.exclude(pk=row.pk).filter(outcome__in=_STANDING).order_by("number")
    for start in range(0, others.count(), BATCH):
        judge.remember(list(others[start : start + BATCH]))
    row.outcome = judge.judge({number: read})[number]
    row.cells, row.values, row.problems = written, read.values, read.problems
    row.save(update_fields=["cells", "values", "problems", "outcome"])
    _count(job)
    job.save(update_fields=["to_create", "to_update", "refused", "skipped", "warnings"])
    return row


def _recall(job: ImportJob, judge: Judge) -> None:
    """What a judge killed before had learnt of the rows it got to."""
    judged = job.rows.filter(outcome__in=_STANDING).order_by("number").only("job", "number", "values")
    last = 0
    while found := list(judged.filter(number__gt=last)[:BATCH]):
        judge.remember(found)
        last = found[-1].number


def _check_batch(job: ImportJob, judge: Judge) -> bool:
    """Judge the next rows; False when there are none."""
    rows = list(
        job.rows.filter(outcome=ImportRow.Outcome.UNREAD)
        .order_by("number")
        .values_list("id", "number", "cells")[:BATCH]
    )
    if not rows:
        return False
    read_row, sheet = kind_of(job.kind).read, sheet_of(job)
    read: dict[int, ReadRow] = {number: read_row(sheet, number, cells) for _id, number, cells in rows}
    outcomes = judge.judge(read)
    rewrite_rows(
        ImportRow,
        _JUDGED,
        [(ident, read[number].values, outcomes[number], read[number].problems) for ident, number, _cells in rows],
    )
    job.checked_count += len(rows)
    job.save(update_fields=["checked_count"])
    return True


def _conclude(job: ImportJob) -> None:
    _count(job)
    job.state = ImportJob.State.CHECKED
    job.save()


def _count(job: ImportJob) -> None:
    """What taking the file would do, and whether the plan has room for it."""
    counted = job.rows.order_by().values_list("outcome").annotate(number=Count("pk"))
    counts = dict(counted)
    job.to_create = counts.get(ImportRow.Outcome.CREATE, 0)
    job.to_update = counts.get(ImportRow.Outcome.UPDATE, 0)
    job.refused = counts.get(ImportRow.Outcome.REFUSE, 0)
    job.skipped = counts.get(ImportRow.Outcome.SKIP, 0)
    job.warnings = [warning for warning in job.warnings if warning["code"] not in ("limit", "room")]
    if job.kind != "customers":
        return
    plan = next((use for use in plans.current_use(limited_only=True) if use.metric == Usage.Metric.CUSTOMERS), None)
    if plan is not None:
        over = max(0, job.to_create - (plan.left or 0))
        data = {"limit": plan.limit, "left": plan.left, "over": over}
        job.warnings.append({"code": "limit" if over else "room", "data": data})


def _today(firm: Firm) -> date:
    return now().astimezone(ZoneInfo(firm.time_zone)).date()
