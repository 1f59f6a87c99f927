"""Narrowing lists: free text by the room's own search, and nothing a list does not know."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import filters
from django_filters.rest_framework import DjangoFilterBackend
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
    """Filters by the view's ``filterset_class``; a request that names none of them costs no form."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        known = view.filterset_class.base_filters if view.filterset_class else {}
        if known.keys().isdisjoint(request.query_params):
            return queryset
        return super().filter_queryset(request, queryset, view)


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
