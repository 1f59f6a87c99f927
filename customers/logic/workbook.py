"""XLSX bytes to rows, with what could exhaust the machine refused before the fast reader sees it."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from xml.parsers import expat

import python_calamine

MAX_UNCOMPRESSED: Final = 50 * 1024 * 1024
MAX_PARTS: Final = 1_000

_STAND_IN: Final = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>%s</t></is></c></row></sheetData></worksheet>'
)
# A reader lays out the whole rectangle a sheet's cells span, so that is what must not grow.
MAX_AREA: Final = 4_200_000
_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384
# What the archive and XML readers raise for damaged, encrypted or unsupported content.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    RuntimeError,
    OSError,
    ValueError,
    LookupError,
)
_NEEDED = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|xl/.*\.(xml|rels)")
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


WorkbookErrorCode = Literal["empty", "too_large", "too_many_rows", "unreadable"]


class WorkbookError(Exception):
    """The workbook is refused; the code is one of SpreadsheetError's, `data` what its message may name."""

    def __init__(self, code: WorkbookErrorCode, **data: object) -> None:
        super().__init__(code, data)
        self.code = code
        self.data = data


def read_workbook(data: bytes, max_rows: int, max_columns: int) -> tuple[Sequence[Sequence[object]], list[str]]:
    """Return the rows of the first visible sheet that holds anything, and the names of other such sheets.

    Row 1 of the sheet is the first row. Raises WorkbookError: unreadable for what is damaged, encrypted or no
    XLSX, too_large over 50 MiB or 1,000 parts uncompressed or with cells beyond `max_columns`, too_many_rows
    beyond `max_rows`, empty.
    """
    checked, oversized = _checked_copy(data, max_rows, max_columns)
    found: Sequence[Sequence[object]] | None = None
    others: list[str] = []
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(checked))
        for about in workbook.sheets_metadata:
            if about.visible != python_calamine.SheetVisibleEnum.Visible:
                continue
            if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(about.name)
            if not sheet.height:
                continue
            if found is None:
                found = sheet.to_python(skip_empty_area=False)
            else:
                others.append(about.name)
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise WorkbookError("unreadable", reason="damaged") from error
    if found is None:
        raise WorkbookError("empty")
    if str(found[0][0]) in oversized:
        raise oversized[str(found[0][0])]
    return found, others


def _checked_copy(data: bytes, max_rows: int, max_columns: int) -> tuple[bytes, Mapping[str, WorkbookError]]:
    """Return the parts a reader needs as a new archive, stored: what was checked is exactly what is read.

    Sizes are those really unpacked, whatever the archive claims. Every worksheet's cells are looked at first,
    because the reader lays out the whole rectangle they span. One too large is replaced by a sheet of one
    cell, the key of its error: it matters only if it turns out to be the sheet that is wanted.
    """
    oversized: dict[str, WorkbookError] = {}
    copy = io.BytesIO()
    left = MAX_UNCOMPRESSED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(copy, "w") as stored:
            names = archive.namelist()
            if len(names) > MAX_PARTS:
                raise WorkbookError("too_large", reason="parts", limit=MAX_PARTS)
            if "xl/workbook.xml" not in names or len(set(names)) < len(names):
                raise WorkbookError("unreadable", reason="not_xlsx")
            for part in archive.infolist():
                if not _NEEDED.fullmatch(part.filename):
                    continue
                with archive.open(part) as stream:
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise WorkbookError("too_large", reason="uncompressed", limit=MAX_UNCOMPRESSED)
                if part.filename.endswith(".xml"):
                    try:
                        _check_sheet(content, max_rows, max_columns)
                    except WorkbookError as error:
                        if error.code == "unreadable":
                            raise
                        content = _STAND_IN % part.filename.encode()
                        oversized[part.filename] = error
                stored.writestr(part.filename, content)
    except _DAMAGE as error:
        raise WorkbookError("unreadable", reason="damaged") from error
    return copy.getvalue(), oversized


class _NoSheetError(Exception):
    """The part is no worksheet; nothing more to look at."""


@dataclass(slots=True)
class _Extent:
    """Follows the cells of a worksheet as a reader numbers them; refuses one with a value too far out."""

    max_rows: int
    max_columns: int
    root_seen: bool = False
    row: int = 0
    column: int = 0
    rows: int = 0
    columns: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if not self.root_seen:
            self.root_seen = True
            if name != "worksheet":
                raise _NoSheetError
        elif name == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
        elif name == "c":
            self._enter(attributes.get("r"))
        elif name in ("v", "is", "f"):
            self._check()

    def _enter(self, reference: str | None) -> None:
        self.column += 1
        if reference is None:
            return
        match = _CELL.fullmatch(reference)
        if match is None:
            raise WorkbookError("unreadable", reason="damaged")
        self.column = 0
        for letter in match[1].upper():
            self.column = self.column * 26 + ord(letter) - ord("A") + 1
        self.row = int(match[2])

    def _check(self) -> None:
        if not (0 < self.row <= _LAST_ROW and self.column <= _LAST_COLUMN):
            raise WorkbookError("unreadable", reason="damaged")
        if self.row > self.max_rows:
            raise WorkbookError("too_many_rows", row=self.row, limit=self.max_rows)
        if self.column > self.max_columns:
            raise WorkbookError("too_large", row=self.row, cells=self.column, limit=self.max_columns)
        self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
        if self.rows * self.columns > MAX_AREA:
            raise WorkbookError("too_large", reason="area", limit=MAX_AREA)


def _check_sheet(content: bytes, max_rows: int, max_columns: int) -> None:
    """Raise WorkbookError for a worksheet with cells out of bounds and for any part with a DOCTYPE."""

    def refuse_doctype(*_: object) -> None:
        raise WorkbookError("unreadable", reason="doctype")

    extent = _Extent(max_rows, max_columns)
    parser = expat.ParserCreate()
    parser.StartElementHandler = extent.start
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(content, True)
    except _NoSheetError:
        return
