"""Endpoints for customer files: dry run, go-ahead, result."""

from typing import Any, get_args

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.logic.columns import Field
from customers.models import ImportJob, ImportRow
from customers.services import imports as services
from cxcrm.core.api.exceptions import TooLarge
from cxcrm.core.api.fields import InputSerializer, KnownFieldsOnly, OutputSerializer
from cxcrm.core.api.parsers import MAX_FILE_BYTES, FileParser, SafeJSONParser
from cxcrm.core.api.viewsets import ListViewSet, ReadViewSet


class ImportOut(OutputSerializer):
    """``mapping`` is column number (from 0, as text) → field."""

    class Meta:
        model = ImportJob
        fields = [
            "id", "file_name", "state", "headers", "mapping", "warnings", "to_create", "to_update", "refused",
            "created_count", "updated_count", "failed_count", "uploaded_by", "finished_at", "created_at",
        ]  # fmt: skip


class ImportRowOut(OutputSerializer):
    """``number`` is the row as in the file, the first is 1; ``problems`` are codes with column and value."""

    class Meta:
        model = ImportRow
        fields = ["id", "number", "cells", "values", "outcome", "problems", "customer"]


@extend_schema_field(OpenApiTypes.BINARY)
class FileField(serializers.FileField):
    """The file itself, also in the OpenAPI document."""


class ImportIn(KnownFieldsOnly, serializers.Serializer):
    """A spreadsheet (XLSX, XLS, ODS) or CSV of up to 5 MiB, as multipart form data."""

    file = FileField(max_length=200, allow_empty_file=False)

    def validate_file(self, file: Any) -> Any:
        if file.size > MAX_FILE_BYTES:
            raise TooLarge
        return file


class MappingIn(InputSerializer):
    """What each column holds; a column left out is not read."""

    mapping = serializers.DictField(child=serializers.ChoiceField(choices=get_args(Field)))

    def validate_mapping(self, mapping: dict[str, str]) -> dict[int, str]:
        if not all(column.isascii() and column.isdigit() and len(column) < 4 for column in mapping):
            raise serializers.ValidationError(_("Columns are numbered from 0."), "column_invalid")
        return {int(column): field for column, field in mapping.items()}


class ImportFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ImportJob.State.choices)

    class Meta:
        model = ImportJob
        fields: list[str] = []


class ImportViewSet(ReadViewSet):
    """Customer files on their way in. Nothing is written to customers before the import is started."""

    room = "customers"
    queryset = ImportJob.objects.all()
    serializer_class = ImportOut
    inputs = {"create": ImportIn, "partial_update": MappingIn}
    filterset_class = ImportFilter
    parser_classes = [SafeJSONParser, FileParser]

    def get_parsers(self) -> list[Any]:
        """A file comes as a form, everything else as JSON; never the other way round."""
        uploads = getattr(self, "action_map", {}).get("post") == "create"
        return [FileParser() if uploads else SafeJSONParser()]

    def create(self, request: Request) -> Response:
        """Upload a file and have it checked: columns are recognised, every row is judged, no customer is touched."""
        file = self.parsed()["file"]
        job = services.check_file(data=file.read(), file_name=file.name, uploaded_by=self.staff_user)
        return self.answer(job)

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Say what the columns hold, where they were not recognised rightly; the rows are judged anew."""
        return self.answer(services.remap(job_id=self.get_object().pk, mapping=self.parsed()["mapping"]))

    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: Any) -> Response:
        """Go ahead: rows that can be taken are committed in the background; poll `state` until it is `done`."""
        self.parsed()
        return self.answer(services.start_import(job_id=self.get_object().pk))

    @action(detail=True, methods=["post"])
    def discard(self, request: Request, pk: Any) -> Response:
        """Throw a checked file away."""
        self.parsed()
        job = self.get_object()
        services.discard_import(job_id=job.pk)
        return self.answer(job)


class ImportRowFilter(filters.FilterSet):
    outcome = filters.ChoiceFilter(choices=ImportRow.Outcome.choices)

    class Meta:
        model = ImportRow
        fields: list[str] = []


class ImportRowViewSet(ListViewSet):
    """The rows of one file: what they say, what becomes of them and why not."""

    room = "customers"
    queryset = ImportRow.objects.all()
    serializer_class = ImportRowOut
    filterset_class = ImportRowFilter
    ordering = ("number", "id")

    def get_queryset(self) -> Any:
        return ImportRow.objects.filter(job=get_object_or_404(ImportJob, pk=self.kwargs["import_id"]))
