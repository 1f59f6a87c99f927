"""Endpoints for customer files: dry run, go-ahead, result."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.masking import MaskingViews
from customers.models import ImportChange, ImportJob, ImportRow
from customers.selectors.contacts import may_see_contacts
from customers.services import imports as services
from customers.services.import_checking import correct_row
from customers.services.import_refused import REFUSED
from cxcrm.core.api.exceptions import TooLarge
from cxcrm.core.api.fields import InputSerializer, KnownFieldsOnly, OutputSerializer
from cxcrm.core.api.filters import refuse_unknown_parameters
from cxcrm.core.api.parsers import MAX_FILE_BYTES, FileParser, SafeJSONParser
from cxcrm.core.api.permissions import WRITE
from cxcrm.core.api.viewsets import ListViewSet, ReadViewSet
from cxcrm.core.downloads import file_response
from cxcrm.core.errors import NotAllowed
from cxcrm.core.exports.taking import FormatUnknown


class ImportOut(OutputSerializer):
    """``mapping`` is column number (from 0, as text) → field."""

    class Meta:
        model = ImportJob
        fields = [
            "id", "file_name", "kind", "looks_like", "mode", "match_by", "blank", "add_missing", "is_loud",
            "opens_complaints", "state", "headers", "mapping", "warnings", "row_count", "checked_count", "to_create",
            "to_update", "refused", "skipped", "created_count", "updated_count", "failed_count", "undone_count",
            "kept_count", "uploaded_by", "finished_at", "undone_at", "undone_by", "created_at",
        ]  # fmt: skip


class ImportRowOut(OutputSerializer):
    """``number`` is the row as in the file, the first is 1; ``problems`` are codes with column and value."""

    class Meta:
        model = ImportRow
        fields = ["id", "number", "cells", "values", "outcome", "problems", "customer", "record_id"]


class ImportChangeOut(OutputSerializer):
    """One field a row changed; ``fate`` says whether an undo put it back, ``found`` what stood there instead."""

    class Meta:
        model = ImportChange
        fields = ["id", "number", "model", "record_id", "field", "before", "after", "fate", "found"]


@extend_schema_field(OpenApiTypes.BINARY)
class FileField(serializers.FileField):
    """The file itself, also in the OpenAPI document."""


class _Options(serializers.Serializer):
    """How the rows are taken: which, by what customers are recognised, what blank cells do, who hears of it."""

    kind = serializers.CharField(max_length=20, required=False)
    mode = serializers.ChoiceField(choices=ImportJob.Mode.choices, required=False)
    match_by = serializers.ChoiceField(choices=ImportJob.MatchBy.choices, required=False)
    blank = serializers.ChoiceField(choices=ImportJob.Blank.choices, required=False)
    add_missing = serializers.BooleanField(required=False)
    is_loud = serializers.BooleanField(required=False)
    opens_complaints = serializers.BooleanField(required=False)


class ImportIn(KnownFieldsOnly, _Options):
    """A spreadsheet (XLSX) or CSV of up to 20 MiB and 100,000 rows, as multipart form data.

    ``kind`` (customers, purchases, feedback) is recognised from the headers where it is left out.
    """

    file = FileField(max_length=200, allow_empty_file=False)

    def validate_file(self, file: Any) -> Any:
        if file.size > MAX_FILE_BYTES:
            raise TooLarge
        return file


class MappingIn(KnownFieldsOnly, _Options):
    """What each column holds; a column left out is not read. Options that are not sent stay as they are.

    Fields of the firm's own are named `custom.` and their key.
    """

    mapping = serializers.DictField(child=serializers.CharField(max_length=60, allow_blank=True), required=False)

    def validate_mapping(self, mapping: dict[str, str]) -> dict[int, str]:
        if not all(column.isascii() and column.isdigit() and len(column) < 4 for column in mapping):
            raise serializers.ValidationError(_("Columns are numbered from 0."), "column_invalid")
        return {int(column): field for column, field in mapping.items()}


class CellsIn(InputSerializer):
    """Column number (from 0, as text) → what the cell should have said."""

    cells = serializers.DictField(child=serializers.CharField(max_length=5000, allow_blank=True), allow_empty=False)

    def validate_cells(self, cells: dict[str, str]) -> dict[int, str]:
        if not all(column.isascii() and column.isdigit() and len(column) < 4 for column in cells):
            raise serializers.ValidationError(_("Columns are numbered from 0."), "column_invalid")
        return {int(column): text for column, text in cells.items()}


class ImportFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ImportJob.State.choices)
    kind = filters.CharFilter()

    class Meta:
        model = ImportJob
        fields: list[str] = []


class ImportViewSet(MaskingViews, ReadViewSet):
    """Customer files on their way in. Nothing is written to customers before the import is started."""

    room = "customers"
    queryset = ImportJob.objects.all()
    serializer_class = ImportOut
    inputs = {"create": ImportIn, "partial_update": MappingIn}
    # For those who bring files in, to mend them.
    levels = {"refused": WRITE}
    filterset_class = ImportFilter
    parser_classes = [SafeJSONParser, FileParser]

    def get_parsers(self) -> list[Any]:
        """A file comes as a form, everything else as JSON; never the other way round."""
        uploads = getattr(self, "action_map", {}).get("post") == "create"
        return [FileParser() if uploads else SafeJSONParser()]

    def create(self, request: Request) -> Response:
        """Upload a file and have it checked: columns are recognised, every row is judged, no customer is touched."""
        options = self.parsed()
        file = options.pop("file")
        job = services.check_file(data=file.read(), file_name=file.name, uploaded_by=self.staff_user, **options)
        return self.answer(job)

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Say what the columns hold and how rows are taken, where that was not guessed; the rows are judged anew."""
        return self.answer(services.remap(job_id=self.get_object().pk, **self.parsed()))

    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: Any) -> Response:
        """Go ahead: rows that can be taken are committed in the background; poll `state` until it is `done`."""
        self.parsed()
        return self.answer(services.start_import(job_id=self.get_object().pk))

    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: Any) -> Response:
        """Hold a running import after the rows in hand."""
        self.parsed()
        return self.answer(services.pause_import(job_id=self.get_object().pk))

    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: Any) -> Response:
        """Go on with a paused import."""
        self.parsed()
        return self.answer(services.resume_import(job_id=self.get_object().pk))

    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: Any) -> Response:
        """End a running or paused import for good; what was taken stays and can be undone."""
        self.parsed()
        return self.answer(services.stop_import(job_id=self.get_object().pk))

    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: Any) -> Response:
        """Take everything back within 30 days; poll `state` until it is `undone`, then read what was `kept`."""
        self.parsed()
        return self.answer(services.undo_import(job_id=self.get_object().pk, undone_by=self.staff_user))

    @action(detail=True, methods=["post"])
    def discard(self, request: Request, pk: Any) -> Response:
        """Throw a checked file away."""
        self.parsed()
        job = self.get_object()
        services.discard_import(job_id=job.pk)
        return self.answer(job)

    @extend_schema(
        parameters=[OpenApiParameter("as", str, enum=list(REFUSED), default="xlsx", description="The kind of file.")],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"])
    def refused(self, request: Request, pk: Any) -> Any:
        """The rows that were not taken as a file: as they came, each with its number and the reason, to correct and
        upload again. Asks for a key or role that may see contacts in full.
        """
        refuse_unknown_parameters(request, {"as"})
        if not may_see_contacts(request.user):
            raise NotAllowed(needs="contacts:read")
        ending = request.query_params.get("as", "xlsx")
        if ending not in REFUSED:
            raise FormatUnknown
        make, content_type = REFUSED[ending]
        content = make(job_id=self.get_object().pk)
        return file_response(content, file_name=f"refused-rows.{ending}", content_type=content_type)


class ImportRowFilter(filters.FilterSet):
    outcome = filters.ChoiceFilter(choices=ImportRow.Outcome.choices)

    class Meta:
        model = ImportRow
        fields: list[str] = []


class ImportChangeFilter(filters.FilterSet):
    fate = filters.ChoiceFilter(choices=ImportChange.Fate.choices)

    class Meta:
        model = ImportChange
        fields: list[str] = []


class ImportChangeViewSet(MaskingViews, ListViewSet):
    """What an import changed of what was there before, field by field."""

    room = "customers"
    queryset = ImportChange.objects.all()
    serializer_class = ImportChangeOut
    filterset_class = ImportChangeFilter
    ordering = ("number", "id")

    def get_queryset(self) -> Any:
        return ImportChange.objects.filter(job=get_object_or_404(ImportJob, pk=self.kwargs["import_id"]))


class ImportRowViewSet(MaskingViews, ListViewSet):
    """The rows of one file: what they say, what becomes of them and why not."""

    room = "customers"
    queryset = ImportRow.objects.all()
    serializer_class = ImportRowOut
    inputs = {"partial_update": CellsIn}
    filterset_class = ImportRowFilter
    ordering = ("number", "id")

    def partial_update(self, request: Request, import_id: Any, pk: Any) -> Response:
        """Correct cells of a checked row; the row is judged again."""
        row = self.get_object()
        return self.answer(correct_row(job_id=row.job_id, number=row.number, **self.parsed()))

    def get_queryset(self) -> Any:
        return ImportRow.objects.filter(job=get_object_or_404(ImportJob, pk=self.kwargs["import_id"]))
