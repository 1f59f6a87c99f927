"""What the page of an import shows: its columns, choices, rows and what could not be undone."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext_lazy as _

from customers.models import CustomField, ImportChange, ImportJob, ImportRow
from customers.problems import explain, refuses
from customers.selectors.custom_fields import shown
from customers.services.import_columns import columns_of as columns
from customers.services.import_kinds import kind_of, kinds
from customers.services.import_reading import column_name
from cxcrm.core.admin.forms import WorkForm
from cxcrm.core.admin.html import pill
from tenants.staff.models import Firm
from tenants.staff.selectors.firm import the_firm

KEPT_SHOWN = 100
# Before the import, by the file, and what stood there when it was undone.
_IMAGES = ("before", "after", "found")
ROW_TONES = {
    ImportRow.Outcome.UNREAD: "plain",
    ImportRow.Outcome.CREATE: "info",
    ImportRow.Outcome.UPDATE: "plain",
    ImportRow.Outcome.SKIP: "plain",
    ImportRow.Outcome.REFUSE: "bad",
    ImportRow.Outcome.CREATED: "good",
    ImportRow.Outcome.UPDATED: "good",
    ImportRow.Outcome.FAILED: "bad",
    ImportRow.Outcome.UNDONE: "plain",
    ImportRow.Outcome.KEPT: "warn",
}


class OptionsForm(WorkForm):
    """How the rows of a file are taken."""

    kind = forms.ChoiceField(
        label=_("What the file holds"), choices=lambda: [(kind.code, kind.label) for kind in kinds()]
    )
    mode = forms.ChoiceField(label=_("Which rows to take"), choices=ImportJob.Mode.choices)
    match_by = forms.ChoiceField(label=_("Customers are recognised by"), choices=ImportJob.MatchBy.choices)
    blank = forms.ChoiceField(label=_("A blank cell means"), choices=ImportJob.Blank.choices)
    add_missing = forms.BooleanField(label=_("Add customers who are not known yet"), required=False)
    opens_complaints = forms.BooleanField(label=_("Open complaints for bad answers"), required=False)
    is_loud = forms.BooleanField(
        label=_("Run automations for every row"),
        required=False,
        help_text=_("Leave it off for a history: nobody is surveyed or written to because of it."),
    )

    def __init__(self, *args: Any, job: ImportJob, **kwargs: Any) -> None:
        names = ("kind", "mode", "match_by", "blank", "add_missing", "is_loud", "opens_complaints")
        kwargs.setdefault("initial", {name: getattr(job, name) for name in names})
        super().__init__(*args, **kwargs)
        kind = kind_of(job.kind)
        if not kind.adds_customers:
            del self.fields["add_missing"]
        if not kind.opens_complaints:
            del self.fields["opens_complaints"]


def columns_of(job: ImportJob) -> list[dict[str, Any]]:
    """Each column with its header, an example, what it is taken as and whether that is only a guess."""
    return [
        {
            "index": column.index,
            "header": column_name(job.headers, column.index),
            "example": next((cell for cell in column.examples if cell != ""), ""),
            "field": column.field,
            "unsure": column.is_unsure,
        }
        for column in columns(job)
    ]


def shown_row(row: ImportRow, job: ImportJob, names: Mapping[str, str], *, editable: bool) -> dict[str, Any]:
    """One row in words; with the cells to correct where it was refused. ``names`` are those of the kind's fields."""
    title, details = kind_of(job.kind).shown(row.values)
    wrong = {problem.get("column") for problem in row.problems if refuses(problem["code"])} - {"", None}
    refused = row.outcome == ImportRow.Outcome.REFUSE
    return {
        "row": row,
        "pill": pill(row.get_outcome_display(), ROW_TONES[row.outcome]),
        "name": title or _plain_start(row, job),
        "details": details,
        "remarks": [
            {"text": explain(problem), "refuses": refused and refuses(problem["code"])} for problem in row.problems
        ],
        "cells": _cells(row, job, names, wrong) if editable and refused else [],
    }


def _plain_start(row: ImportRow, job: ImportJob) -> str:
    """The first taken cell of a row nothing was understood of."""
    taken = sorted(int(index) for index in job.mapping)
    return next((str(row.cells[index]) for index in taken if index < len(row.cells) and row.cells[index] != ""), "")


def _cells(row: ImportRow, job: ImportJob, names: Mapping[str, str], wrong: set[Any]) -> list[dict[str, Any]]:
    """The cells that are taken, those that are wrong first."""
    shown = [
        {
            "index": int(index),
            "label": column_name(job.headers, int(index)),
            "field": names.get(field, field),
            "value": row.cells[int(index)] if int(index) < len(row.cells) else "",
            "is_wrong": column_name(job.headers, int(index)) in wrong,
        }
        for index, field in job.mapping.items()
    ]
    return sorted(shown, key=lambda cell: (not cell["is_wrong"], cell["index"]))


def kept_changes(job: ImportJob) -> list[dict[str, Any]]:
    """Fields that were not put back, because somebody changed them since: before, by the file, now."""
    rows = list(ImportChange.objects.filter(job=job, fate=ImportChange.Fate.KEPT).exclude(field="")[: KEPT_SHOWN * 10])
    own = any(change.field == "custom" for change in rows)
    fields = {field.key: field for field in CustomField.objects.all()} if own else {}
    firm: Firm | None = None
    lines: list[dict[str, Any]] = []
    for change in rows:
        if change.field == "custom":
            firm = firm or the_firm()
            lines += _own_lines(change, fields, firm)
        else:
            said = {name: _said(getattr(change, name)) for name in _IMAGES}
            lines.append({"number": change.number, "field": _field_name(change), **said})
    return lines


def _own_lines(change: ImportChange, fields: Mapping[str, CustomField], firm: Firm) -> list[dict[str, Any]]:
    """Of the firm's own fields each that was not put back."""
    images = {name: getattr(change, name) or {} for name in _IMAGES}
    return [
        {
            "number": change.number,
            "field": str(fields[key]),
            **{name: shown(fields[key], image.get(key), firm) or "–" for name, image in images.items()},
        }
        for key in change.found or {}
        if key in fields
    ]


def _field_name(change: ImportChange) -> str:
    try:
        field = apps.get_model(change.model)._meta.get_field(change.field.removesuffix("_id"))
    except FieldDoesNotExist:
        return change.field
    return str(getattr(field, "verbose_name", change.field))


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "–" if value in (None, "") else str(value)
