"""Lists as files, for viewsets: the same filters as the list, the same writers as the admin."""

from typing import Any, ClassVar

from django.http import FileResponse
from django.utils.text import capfirst
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from cxcrm.core.api.pagination import ordering_of
from cxcrm.core.api.permissions import EXPORT
from cxcrm.core.exports.columns import Column
from cxcrm.core.exports.files import WRITERS, XLSX
from cxcrm.core.exports.taking import take_list


class ExportingViewSet:
    """Mixed into a list: ``GET …/export/`` answers with a file. It asks for the scope ``<room>:export``."""

    levels: ClassVar[dict[str, str]] = {EXPORT: EXPORT}
    export_columns: ClassVar[tuple[Column, ...]] = ()
    export_related: ClassVar[tuple[str, ...]] = ()
    export_prefetch: ClassVar[tuple[str, ...]] = ()

    def columns_for(self) -> tuple[Column, ...]:
        """The columns of the reader's file; a class may mask some for some."""
        return self.export_columns

    @extend_schema(
        parameters=[
            OpenApiParameter("as", str, enum=list(WRITERS), default=XLSX, description="The kind of file."),
        ],
    )
    @action(detail=False, methods=["get"], url_path="export", pagination_class=None)
    def export(self, request: Request) -> FileResponse:
        """The list as a file, narrowed by the same filters, in the language asked for. Each export is recorded."""
        view: Any = self
        _name, ordering = ordering_of(request, view)
        queryset = view.filter_queryset(view.get_queryset()).order_by(*ordering)
        if self.export_related:
            queryset = queryset.select_related(*self.export_related)
        if self.export_prefetch:
            queryset = queryset.prefetch_related(*self.export_prefetch)
        taken = take_list(
            queryset=queryset,
            columns=self.columns_for(),
            file_format=request.query_params.get("as", XLSX),
            title=capfirst(str(queryset.model._meta.verbose_name_plural)),
            filters=request.query_params.urlencode(),
        )
        return taken.response()
