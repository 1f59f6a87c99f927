"""A column of a file: what it is called and how it is read off a row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from cxcrm.core.exports.cells import Cell, plain

Read = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """``label`` may be lazy: files speak the reader's language. ``read`` takes a row and gives any value."""

    label: Any
    read: Read

    def cell(self, row: Any) -> Cell:
        return plain(self.read(row))


def column(model: type[Model], name: str, label: Any = "") -> Column:
    """The column of a model's field: choices in words, related rows by their name.

    Raises FieldDoesNotExist.
    """
    field = model._meta.get_field(name)
    words: Any = label or getattr(field, "verbose_name", name)
    if getattr(field, "choices", None):
        display = f"get_{name}_display"
        return Column(words, lambda row: getattr(row, display)())
    if field.is_relation:
        return Column(words, lambda row: _said(getattr(row, name)))
    return Column(words, lambda row: getattr(row, name))


def columns(model: type[Model], *names: "str | Column") -> tuple[Column, ...]:
    """Several at once; a ``Column`` stands for itself."""
    return tuple(name if isinstance(name, Column) else column(model, name) for name in names)


def _said(row: Model | None) -> str:
    return "" if row is None else str(row)


NUMBER = Column("ID", lambda row: str(row.pk))
