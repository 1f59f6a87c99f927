"""The two kinds of file a list is written to, row by row and never held in memory."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

from django.utils.translation import get_language
from xlsxwriter import Workbook

from cxcrm.core.exports.cells import Cell, printable, written

BOM: Final = b"\xef\xbb\xbf"
XLSX, CSV = "xlsx", "csv"
CONTENT_TYPES: Final = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
}
_WIDTHS: Final = (10, 46)
# Excel's own sign for "as the reader's machine writes a short date" would change with the machine; these do not.
_DAYS: Final = {"vi": "dd/mm/yyyy", "en": "yyyy-mm-dd"}
_SHEET_NAME: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def write_csv(file: IO[bytes], headers: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "") -> int:
    """RFC 4180 with a byte order mark, without which Excel reads Vietnamese as Latin-1; returns how many rows."""
    file.write(BOM)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    writer, count = csv.writer(text), 0
    writer.writerow([written(header) for header in headers])
    for cells in rows:
        writer.writerow([written(cell) for cell in cells])
        count += 1
    text.flush()
    text.detach()
    return count


def write_xlsx(file: IO[bytes], headers: Sequence[str], rows: Iterable[Sequence[Cell]], title: str = "") -> int:
    """One sheet with a frozen header: text is typed as text, numbers and days are real ones; returns how many rows.

    With ``constant_memory`` each row leaves for a temporary file when the next begins.
    """
    book = Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    sheet = book.add_worksheet(title.translate(_SHEET_NAME).strip()[:31] or None)
    day_format = _DAYS.get(get_language() or "", _DAYS["en"])
    bold = book.add_format({"bold": True, "bottom": 1})
    days = book.add_format({"num_format": day_format, "align": "left"})
    moments = book.add_format({"num_format": f"{day_format} hh:mm", "align": "left"})
    low, high = _WIDTHS
    for place, header in enumerate(headers):
        sheet.set_column(place, place, min(max(len(header) + 4, low), high))
    sheet.freeze_panes(1, 0)
    for place, header in enumerate(headers):
        sheet.write_string(0, place, printable(header), bold)
    number = 0
    for number, cells in enumerate(rows, start=1):
        for place, cell in enumerate(cells):
            _write(sheet, number, place, cell, days, moments)
    if number:
        sheet.autofilter(0, 0, number, len(headers) - 1)
    book.close()
    return number


def _write(sheet: Any, row: int, place: int, cell: Cell, days: Any, moments: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, place, printable(cell))
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell, moments)
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), days)  # noqa: DTZ001 - a cell has no zone
    elif isinstance(cell, Decimal):
        sheet.write_number(row, place, float(cell))
    else:
        sheet.write_number(row, place, cell)


WRITERS: Final = {XLSX: write_xlsx, CSV: write_csv}
