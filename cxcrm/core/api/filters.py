"""Narrowing lists: free text by the room's own search, and nothing a list does not know."""

from functools import cache
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.utils import ErrorDict, ErrorList
from django.utils.translation import gettext_lazy as _
from django_filters import filters
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import translate_validation
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

MAX_SEARCH = 100
# Understood by every list: pages, and the language of messages.
_EVERYWHERE = frozenset({"limit", "cursor", "lang"})


class YesNoField(forms.NullBooleanField):
    """true or false; anything else is refused instead of narrowing nothing."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> bool | None:
        known = {"true": True, "1": True, "false": False, "0": False, "": None, "none": None}
        word = str(value).strip().lower()
        if word not in known:
            raise forms.ValidationError(_("Write true or false."), code="invalid")
        return known[word]


class YesNoFilter(filters.BooleanFilter):
    field_class = YesNoField


class DayFilter(filters.DateFilter):
    """A day as 2026-11-22, in every language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, input_formats=["%Y-%m-%d"], **kwargs)


class ListFilter(DjangoFilterBackend):
    """Filters by the view's ``filterset_class``: each filter that is named reads its own value, without a form."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        if not view.filterset_class:
            return queryset
        asked, wrong = request.query_params, {}
        for name, narrow in _filters_of(view.filterset_class).items():
            if name not in asked:
                continue
            field = narrow.field
            try:
                value = field.clean(field.widget.value_from_datadict(asked, {}, name))
            except forms.ValidationError as error:
                wrong[name] = ErrorList(error.error_list)
                continue
            queryset = narrow.filter(queryset, value)
        if wrong:
            raise translate_validation(ErrorDict(wrong))
        return queryset


@cache
def _filters_of(declared: Any) -> dict[str, filters.Filter]:
    """The filters of one list, made once: they know their model and their fields, and hold nobody's rows."""
    with_rows = declared(queryset=declared._meta.model._base_manager.none())
    with_rows.queryset = None
    return dict(with_rows.filters)


class SearchFilter(BaseFilterBackend):
    """``?search=`` for views that supply ``search_queryset(queryset, text)``."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        search = getattr(view, "search_queryset", None)
        text = request.query_params.get("search", "")
        if search is None or not text:
            return queryset
        if "\x00" in text or len(text) > MAX_SEARCH:
            raise ValidationError({"search": [_("Search for up to 100 characters of text.")]}, "search_invalid")
        return search(queryset, text)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        if not hasattr(view, "search_queryset"):
            return []
        return [
            {
                "name": "search",
                "in": "query",
                "required": False,
                "schema": {"type": "string", "maxLength": MAX_SEARCH},
                "description": view.search_queryset.__doc__,
            }
        ]


def refuse_unknown_parameters(request: Request, known: set[str]) -> None:
    """A misspelt filter must not return everything. Raises ValidationError naming what is unknown."""
    unknown = sorted(set(request.query_params) - known - _EVERYWHERE)
    if unknown:
        raise ValidationError({name: [_("This list has no such filter.")] for name in unknown}, "unknown_parameter")
