"""Every list can leave as a file: as the reader filtered, searched and may see it, in their language."""

from html.parser import HTMLParser
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from cxcrm.core.errors import DomainError
from cxcrm.core.exports.columns import NUMBER, Column, column
from cxcrm.core.exports.files import WRITERS
from cxcrm.core.exports.taking import take_list


class Exporting:
    """Mixed into an admin: a button above the list, an address behind it, and the right ``export_<model>``.

    ``export_columns`` are the file's columns; without them it has those of the list behind the row's id. A class whose
    rows mean nothing outside sets ``exports`` to False.
    """

    exports = True
    export_columns: tuple[Column, ...] = ()
    # What these columns are read from beside the rows themselves.
    export_related: tuple[str, ...] = ()
    export_prefetch: tuple[str, ...] = ()

    model: type[Model]
    opts: Any
    admin_site: Any

    def has_export_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return (
            self.exports
            and self.has_view_permission(request)
            and user.has_perm(f"{self.opts.app_label}.export_{self.opts.model_name}")
        )

    def columns_for(self, request: HttpRequest) -> tuple[Column, ...]:
        """The columns of the reader's file; a class may hide some from some roles."""
        return self.export_columns or (NUMBER, *self._shown(request))

    def export_name(self) -> str:
        """What the file and its sheet are called."""
        return capfirst(str(self.opts.verbose_name_plural))

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "export/",
            self.admin_site.admin_view(self.export_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_export",
        )
        return [own, *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """POST only, for it leaves an entry in the audit log; the address has the filters as the list's has them."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        back = redirect("..")
        if request.method != "POST":
            return back
        try:
            listed = self.get_changelist_instance(request)
            taken = take_list(
                queryset=self._with_related(listed.queryset),
                columns=self.columns_for(request),
                file_format=request.POST.get("as", ""),
                title=self.export_name(),
                filters=request.GET.urlencode(),
            )
        except IncorrectLookupParameters:
            return back
        except DomainError as refusal:
            messages.error(request, str(refusal))
            back["Location"] += f"?{request.GET.urlencode()}" if request.GET else ""
            return back
        return taken.response()

    def _with_related(self, queryset: Any) -> Any:
        if self.export_related:
            queryset = queryset.select_related(*self.export_related)
        return queryset.prefetch_related(*self.export_prefetch) if self.export_prefetch else queryset

    def export_context(self, request: HttpRequest) -> dict[str, Any]:
        """What the bar above the list needs."""
        if not self.has_export_permission(request):
            return {}
        query = request.GET.urlencode()
        return {"export": {"action": f"export/?{query}" if query else "export/", "formats": list(WRITERS)}}

    def _shown(self, request: HttpRequest) -> list[Column]:
        """The list's own columns, as far as they hold text."""
        return [
            self._column(name)
            for name in self.get_list_display(request)
            if isinstance(name, str) and name not in {"action_checkbox", "__str__"}
        ]

    def _column(self, name: str) -> Column:
        label = label_for_field(name, self.model, self)
        own = getattr(self, name, None)
        if callable(own):
            return Column(label, lambda row: _text(own(row)))
        try:
            return column(self.model, name, label)
        except FieldDoesNotExist:
            return Column(label, lambda row: _text(_called(getattr(row, name))))


def _called(value: Any) -> Any:
    return value() if callable(value) else value


def _text(value: Any) -> Any:
    """What a list shows, without its markup; the dash of an empty cell is none."""
    if not isinstance(value, SafeString):
        return None if value == "–" else value
    reader = _Words()
    reader.feed(value)
    reader.close()
    return " · ".join(reader.words)


class _Words(HTMLParser):
    """The pieces of text of some markup, each without the spaces around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        if text := " ".join(data.split()):
            self.words.append(text)
