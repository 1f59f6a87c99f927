"""A list is taken out as a file: counted, written, recorded, and handed over."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from django.db import models, transaction
from django.http import FileResponse
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from cxcrm.core.errors import InvalidInput
from cxcrm.core.events import DomainEvent, event, publish
from cxcrm.core.exports.cells import Cell
from cxcrm.core.exports.columns import Column
from cxcrm.core.exports.files import CONTENT_TYPES, WRITERS

# Excel ends at a million rows; long before, nobody reads the file and everybody waits for it.
MAX_ROWS: Final = 200_000
_CHUNK: Final = 1_000
# Larger files go to the disk.
_IN_MEMORY: Final = 2 * 1024 * 1024


@event("core.list_exported", says=_("a list was exported"))
@dataclass(frozen=True, kw_only=True)
class ListExported(DomainEvent):
    """Somebody took a list out of the house; the envelope says who and when, ``filters`` what it was narrowed to."""

    model: str
    file_format: str
    rows: int
    filters: str


class TooManyRows(InvalidInput):
    """``data``: limit."""

    code = "export.too_many_rows"

    def __init__(self, limit: int) -> None:
        message = _("This list has more than %(limit)s rows. Narrow it by a filter or a search and export again.")
        super().__init__(message % {"limit": number_format(limit, force_grouping=True)}, limit=limit)


class FormatUnknown(InvalidInput):
    code = "export.format_unknown"
    message = _("Choose XLSX or CSV.")


@dataclass(frozen=True)
class Taken:
    """A finished file, at its beginning, and how many rows it has."""

    file: IO[bytes]
    file_format: str
    name: str
    rows: int

    def response(self) -> FileResponse:
        """For the reader to keep: nothing in between may store it."""
        content_type = CONTENT_TYPES[self.file_format]
        answer = FileResponse(self.file, as_attachment=True, filename=self.name, content_type=content_type)
        answer.headers["Cache-Control"] = "no-store"
        return answer


@transaction.atomic
def take_list(
    *, queryset: "models.QuerySet[Any]", columns: Sequence[Column], file_format: str, title: str, filters: str = ""
) -> Taken:
    """Write ``queryset`` to a file of ``file_format`` (xlsx or csv) and record it; rows are read in pieces.

    ``title`` names the file and the sheet, ``filters`` is the query string the reader had. Raises TooManyRows,
    FormatUnknown.
    """
    write = WRITERS.get(file_format)
    if write is None:
        raise FormatUnknown
    if queryset.order_by()[: MAX_ROWS + 1].count() > MAX_ROWS:
        raise TooManyRows(MAX_ROWS)
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed over, and closed by the response
    headers = [str(column.label)[:1].upper() + str(column.label)[1:] for column in columns]
    count = write(file, headers, _cells(queryset, columns), title)
    file.seek(0)
    model = queryset.model._meta
    publish(ListExported(model=model.label_lower, file_format=file_format, rows=count, filters=filters[:500]))
    stamp = now().strftime("%Y-%m-%d")
    return Taken(
        file,
        file_format,
        f"{slugify(title.replace('đ', 'd').replace('Đ', 'D')) or model.model_name}-{stamp}.{file_format}",
        count,
    )


def _cells(queryset: "models.QuerySet[Any]", columns: Sequence[Column]) -> Iterator[list[Cell]]:
    for row in queryset.iterator(chunk_size=_CHUNK):
        yield [column.cell(row) for column in columns]
