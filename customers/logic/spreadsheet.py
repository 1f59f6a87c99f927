"""Spreadsheets as shops really have them: bytes in, one checked table out, or one clear reason why not."""

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from customers.logic.columns import CUSTOMERS, Vocabulary, guess_mapping
from customers.logic.fonts import legacy_font
from customers.logic.text import nfc
from customers.logic.workbook import WorkbookError, read_workbook

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_ROWS: Final = 100_000
MAX_CELLS_PER_ROW: Final = 200
# Rows that may stand around the table (titles, blank lines, a total) without counting as customers.
_SLACK_ROWS: Final = 1_000
_HEADER_WITHIN: Final = 30

Cell = str | int | float | bool | date
Row = tuple[Cell, ...]
ErrorCode = Literal["empty", "too_large", "too_many_rows", "not_a_table", "unreadable", "no_header"]

# A cell that begins like this is a formula to a spreadsheet program, full-width signs and leading spaces included.
FORMULA_STARTS: Final = tuple("=+-@\t\r\0＝＋－＠")
_DELIMITERS: Final = (";", ",", "\t")
_TOTAL = re.compile(r"(tổng( cộng| số| số khách hàng)?|cộng|total|grand total|sum)[\s:.]*\d*[\s:.]*", re.IGNORECASE)

_SUM = re.compile(r"[\d.,\s]+(đ|₫|vnd)?", re.IGNORECASE)


class SpreadsheetError(Exception):
    """The file is refused as a whole; `data` holds what the message may name (limit, row, reason).

    Codes: empty, too_large, too_many_rows, not_a_table, unreadable, no_header.
    """

    def __init__(self, code: ErrorCode, **data: object) -> None:
        super().__init__(code, data)
        self.code = code
        self.data = data


@dataclass(frozen=True, slots=True)
class TableWarning:
    """Something the reader changed or left out: a code and what its message may name.

    Codes: totals_row_dropped (row), title_rows_skipped (count), other_sheets_ignored (sheets), cells_cleaned
    (count), undecodable_bytes (count).
    """

    code: str
    data: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of cleaned cells; every row is as long as `headers`, and "" is an empty cell.

    `header_row` and `row_numbers` count rows from 1 as the spreadsheet program does. `encoding` and
    `delimiter` are None for a workbook. Blank rows are left out.
    """

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    header_row: int
    encoding: str | None
    delimiter: str | None
    warnings: tuple[TableWarning, ...]
    row_numbers: tuple[int, ...]


@dataclass(slots=True)
class _Cleaner:
    """Makes cells safe to store and counts those it had to change."""

    cleaned: int = 0

    def clean(self, value: object) -> Cell:
        if isinstance(value, (bool, date)):
            return value
        if isinstance(value, (int, float)):
            if isinstance(value, float) and not math.isfinite(value):
                return ""
            return int(value) if value == int(value) and abs(value) < 1e15 else value
        if not isinstance(value, str):
            return "" if value is None else str(value)
        if value.startswith("'") and value[1:].lstrip(" \u00a0\u3000").startswith(FORMULA_STARTS):
            value = value[1:]  # put there by whoever exported it, so that no spreadsheet program runs the cell
        if value.isprintable():
            return nfc(value).strip()
        text = "".join(" " if char.isspace() else char for char in value if char.isspace() or _is_storable(char))
        if len(text) != len(value):
            self.cleaned += 1
        return nfc(text).strip()


def _is_storable(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cs"} and char not in "\ufeff\ufffe\uffff"


def read_table(data: bytes, filename: str, vocabularies: Sequence[Vocabulary] = (CUSTOMERS,)) -> Table:
    """Return the table in an XLSX or CSV file (at most 20 MiB, 100,000 rows, 200 cells per row).

    `vocabularies` know the headers of the lists that may come. The content decides what it is; `filename` only
    names the kind of a file that is neither. CSV may be UTF-8, UTF-16 or cp1258, separated by ; , or tab. Titles
    above the header row and a total below the table are left out with a warning, dates of a workbook stay dates,
    whole numbers become int, merged cells hold their value in the first. NUL, control characters and lone
    surrogates are removed and counted, text for fonts of before Unicode is warned about. Raises
    SpreadsheetError; never returns half a file.
    """
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise SpreadsheetError("empty")
    if len(data) > MAX_BYTES:
        raise SpreadsheetError("too_large", size=len(data), limit=MAX_BYTES)
    warnings: list[TableWarning] = []
    encoding = delimiter = None
    raw_rows: Sequence[Sequence[object]]
    if data.startswith(b"PK\x03\x04"):
        raw_rows = _workbook_rows(data, warnings)
    else:
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise SpreadsheetError("unreadable", reason="old_excel_or_encrypted")
        text, encoding = _decode(data, filename, warnings)
        raw_rows, delimiter = _csv_rows(text)
    cleaner = _Cleaner()
    rows = _numbered(raw_rows, cleaner)
    if not rows:
        raise SpreadsheetError("empty")
    header_index = _find_header(rows, vocabularies)
    header_row, headers = rows[header_index]
    body = _without_total(rows[header_index + 1 :], warnings)
    if not body:
        raise SpreadsheetError("empty", header_row=header_row)
    warnings += _remarks(header_index, cleaner, [headers, *(row for _, row in body[:500])])
    if len(body) > MAX_ROWS:
        raise SpreadsheetError("too_many_rows", rows=len(body), limit=MAX_ROWS)
    width = max(len(row) for _, row in [(0, headers), *body])
    return Table(
        headers=tuple(str(cell) for cell in _padded(headers, width)),
        rows=tuple(_padded(row, width) for _, row in body),
        header_row=header_row,
        encoding=encoding,
        delimiter=delimiter,
        warnings=tuple(warnings),
        row_numbers=tuple(number for number, _ in body),
    )


def _remarks(titles: int, cleaner: _Cleaner, sample: Sequence[Row]) -> Iterator[TableWarning]:
    """What was left out or changed, and text that no program of today can read."""
    if titles:
        yield TableWarning("title_rows_skipped", {"count": titles})
    if cleaner.cleaned:
        yield TableWarning("cells_cleaned", {"count": cleaner.cleaned})
    font = legacy_font(cell for row in sample for cell in row if isinstance(cell, str))
    if font:
        yield TableWarning("legacy_font", {"font": font.name, "example": font.example})


def _workbook_rows(data: bytes, warnings: list[TableWarning]) -> Sequence[Sequence[object]]:
    try:
        rows, other_sheets = read_workbook(data, MAX_ROWS + _SLACK_ROWS, MAX_CELLS_PER_ROW)
    except WorkbookError as error:
        raise SpreadsheetError(error.code, **error.data) from error
    if other_sheets:
        warnings.append(TableWarning("other_sheets_ignored", {"sheets": other_sheets}))
    return rows


def _decode(data: bytes, filename: str, warnings: list[TableWarning]) -> tuple[str, str]:
    """Return the text of a CSV file and its encoding; UTF-8 and UTF-16 are tried before Windows' cp1258."""
    encoding = _unicode_encoding(data) or "cp1258"
    # Surrogates written as UTF-8 are let through here, to be removed and counted cell by cell.
    errors = "surrogatepass" if encoding == "utf-8" and _is_utf8(data) else "replace"
    text = data.decode(encoding, errors)
    undecodable = text.count("\ufffd")
    controls = sum(unicodedata.category(char) == "Cc" and char not in "\t\r\n\0" for char in text[:10_000])
    if undecodable > max(3, len(text) // 100) or controls > max(3, len(text[:10_000]) // 100):
        raise SpreadsheetError("not_a_table", extension=filename.rpartition(".")[2].lower()[:10])
    if undecodable:
        warnings.append(TableWarning("undecodable_bytes", {"count": undecodable}))
    return text, encoding


def _unicode_encoding(data: bytes) -> str | None:
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = data[:4000]
    if sample[1::2].count(0) > len(sample) * 0.3:
        return "utf-16-le"
    if sample[0::2].count(0) > len(sample) * 0.3:
        return "utf-16-be"
    if _is_utf8(data):
        return "utf-8"
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    accented = sum(char > "\x7f" for char in text) - broken
    # A few broken bytes among many good sequences is damaged UTF-8; cp1258 would turn every accent into junk.
    return "utf-8" if broken * 10 <= accented else None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _csv_rows(text: str) -> tuple[Sequence[Sequence[object]], str]:
    """Return the records of `text` and the delimiter that makes the most regular table of its beginning."""
    declared = re.match(r"\ufeff?sep=([;,\t|])\r?\n", text)
    if declared:
        delimiter, text = declared[1], text[declared.end() :]
    else:
        delimiter = max(_DELIMITERS, key=lambda candidate: _regularity(text, candidate))
    rows: list[Sequence[object]] = [[]] if declared else []
    for row in _records(text, delimiter):
        if len(rows) >= MAX_ROWS + _SLACK_ROWS:
            raise SpreadsheetError("too_many_rows", limit=MAX_ROWS)
        rows.append(row)
    return rows, delimiter


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the records of `text`; a misplaced quote is an error, since it would swallow rows silently."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise SpreadsheetError("unreadable", row=reader.line_num, reason="quotes") from error


def _regularity(text: str, delimiter: str) -> tuple[int, int]:
    """Return how many of the first records have the same number of cells (more than one), and that number."""
    widths: list[int] = []
    try:
        for row in _records(text[:100_000], delimiter):
            widths.append(len(row))
            if len(widths) == _HEADER_WITHIN:
                break
    except SpreadsheetError:
        pass  # the sample may end inside quotes; what was read before that still counts
    wide = [width for width in widths if width > 1]
    return max(((wide.count(width), width) for width in wide), default=(0, 0))


def _numbered(raw_rows: Sequence[Sequence[object]], cleaner: _Cleaner) -> list[tuple[int, Row]]:
    """Return the cleaned rows that are not blank, cut after the last filled cell, with their number."""
    rows: list[tuple[int, Row]] = []
    for number, raw in enumerate(raw_rows, start=1):
        cells = [cleaner.clean(cell) for cell in raw]
        while cells and cells[-1] == "":
            cells.pop()
        if len(cells) > MAX_CELLS_PER_ROW:
            raise SpreadsheetError("too_large", row=number, cells=len(cells), limit=MAX_CELLS_PER_ROW)
        if cells:
            rows.append((number, tuple(cells)))
    return rows


def _find_header(rows: Sequence[tuple[int, Row]], vocabularies: Sequence[Vocabulary]) -> int:
    """Return the index of the header row among the first rows: the one with most known headers.

    Where no header is known, the first row of several cells has to read like headers: words only. A row with
    an e-mail address or a long number is never a header.
    """
    beginning = [row for _, row in rows[:_HEADER_WITHIN]]
    known = [
        max(len(guess_mapping([str(cell) for cell in row], words)) for words in vocabularies)
        if _is_all_words(row, digits=5)
        else 0
        for row in beginning
    ]
    best = max(range(len(beginning)), key=lambda index: (known[index], -index))
    widest = max(_filled(row) for row in beginning)
    if known[best] and (known[best] > 1 or _filled(beginning[best]) > 1 or widest == 1):
        return best
    if widest == 1:
        raise SpreadsheetError("not_a_table")
    first = next(index for index, row in enumerate(beginning) if _filled(row) > 1)
    if _is_all_words(beginning[first], digits=0):
        return first
    raise SpreadsheetError("no_header")


def _filled(row: Row) -> int:
    return sum(cell != "" for cell in row)


def _is_all_words(row: Row, *, digits: int) -> bool:
    """Return whether all cells are text without @ and with at most so many digits."""
    return all(
        isinstance(cell, str) and "@" not in cell and sum(char.isdigit() for char in cell) <= digits for cell in row
    )


def _without_total(body: list[tuple[int, Row]], warnings: list[TableWarning]) -> list[tuple[int, Row]]:
    """Without the last row where it is a total: it says so, wherever a label may stand before the sums."""
    if body:
        number, row = body[-1]
        labels = [cell for cell in row if isinstance(cell, str) and cell != ""]
        first = next(cell for cell in row if cell != "")
        numbers_only = all(_TOTAL.fullmatch(label) or _SUM.fullmatch(label) for label in labels)
        if (isinstance(first, str) and _TOTAL.fullmatch(first)) or (
            numbers_only and any(_TOTAL.fullmatch(label) for label in labels)
        ):
            warnings.append(TableWarning("totals_row_dropped", {"row": number}))
            return body[:-1]
    return body


def _padded(row: Row, width: int) -> Row:
    return (*row, *([""] * (width - len(row))))
