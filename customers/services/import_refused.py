"""Rows that were not taken, as a file to correct and upload again."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import UUID

import xlsxwriter
from django.utils.translation import gettext as _

from customers import problems
from customers.errors import ImportNotFound
from customers.logic.spreadsheet import FORMULA_STARTS
from customers.models import ImportJob
from customers.selectors.imports import refused_rows
from customers.services.import_reading import column_name
from cxcrm.core.exports.files import CONTENT_TYPES, CSV, XLSX
from tenants.staff.selectors.firm import the_firm

_WIDEST: Final = 60


def refused_rows_csv(*, job_id: UUID) -> bytes:
    """The rows not taken, as they were, with their row number and the reason.

    UTF-8 with BOM, and separated by what the firm's spreadsheet program expects; no cell is run as a formula. Raises
    ImportNotFound.
    """
    out = io.StringIO()
    # Where the comma is the decimal sign, Excel separates by semicolons.
    writer = csv.writer(out, delimiter="," if the_firm().language == "en" else ";")
    for line in _lines(job_id):
        writer.writerow([guarded(cell) for cell in line])
    return ("\ufeff" + out.getvalue()).encode()


def refused_rows_xlsx(*, job_id: UUID) -> bytes:
    """The same as a workbook; every cell is text, so none is a formula. Raises ImportNotFound."""
    lines = list(_lines(job_id))
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for number, line in enumerate(lines):
        for index, cell in enumerate(line):
            sheet.write_string(number, index, str(cell), bold if not number else wrapped if index == 1 else None)
    for index in range(len(lines[0])):
        longest = max(len(str(line[index])) for line in lines[:200] if index < len(line))
        sheet.set_column(index, index, min(max(longest + 1, 8), _WIDEST))
    sheet.freeze_panes(1, 2)
    book.close()
    return buffer.getvalue()


def guarded(cell: object) -> str:
    """``cell`` as text that a spreadsheet program never takes for a formula (CWE-1236)."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(FORMULA_STARTS) else text


def _lines(job_id: UUID) -> Iterator[list[Any]]:
    job = ImportJob.objects.filter(pk=job_id).first()
    if job is None:
        raise ImportNotFound
    headers = [column_name(job.headers, index) for index in range(len(job.headers))]
    yield [_("Row"), _("Reason"), *headers]
    for row in refused_rows(job.id):
        reason = " ".join(problems.explain(problem) for problem in row.problems)
        yield [row.number, reason, *row.cells]


# The ending of a file's name → how it is made, and what it is.
REFUSED: Final[dict[str, tuple[Callable[..., bytes], str]]] = {
    XLSX: (refused_rows_xlsx, CONTENT_TYPES[XLSX]),
    CSV: (refused_rows_csv, "text/csv"),
}
