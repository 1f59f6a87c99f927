"""Filters that stand above a list as one row of choices, within reach of a thumb, instead of in a drawer."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.admin import ListFilter, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cxcrm.core.admin.table import DrawnChangeList


class QuickFilter(SimpleListFilter):
    """One choice; ``options`` lists them as (value, words). ``kind`` "tabs" is shown elsewhere on the page."""

    kind = "choice"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        """What may be chosen."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(value), words) for value, words in self.options(request)]

    def value(self) -> str | None:
        """What was chosen; an address with a NUL, which no column can hold, chooses nothing."""
        chosen = super().value()
        return None if chosen and "\0" in chosen else chosen

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Any:
        return ()

    @property
    def drawn(self) -> SafeString:
        """The choices as options of a select, the one chosen marked."""
        marks = {self.value(): " selected"}
        return SafeString(
            "".join(
                f'<option value="{escape(value)}"{marks.get(value, "")}>{conditional_escape(words)}</option>'
                for value, words in self.lookup_choices
            )
        )


class FieldQuickFilter(QuickFilter):
    """Rows whose ``field`` is what was chosen; nonsense in the address finds nothing."""

    field = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(**{self.field: value}) if value in dict(self.lookup_choices) else queryset.none()


class RowQuickFilter(FieldQuickFilter):
    """The same for a foreign key; rows that are no longer offered can still be asked for by their address."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        try:
            return queryset.filter(**{self.field: UUID(value)})
        except ValueError:
            return queryset.none()


class TagQuickFilter(FieldQuickFilter):
    """Rows with one tag; also one no longer offered, since the tag itself stands in the address."""

    title, parameter_name = _("tag"), "tag"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(tags__contains=[self.value()]) if self.value() else queryset


class DaysQuickFilter(ListFilter):
    """From one day to another, both included; ``field`` is a moment. Days that are none narrow nothing."""

    kind = "days"
    field = ""

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.expected_parameters():
            if name in params:
                self.used_parameters[name] = _day(params.pop(name)[-1])

    def expected_parameters(self) -> list[str]:
        return [f"{self.field}_from", f"{self.field}_to"]

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Any:
        return ()

    @property
    def days(self) -> list[tuple[str, str]]:
        """Each parameter with what was chosen, as a field of the page wants it."""
        chosen = [self.used_parameters.get(name) for name in self.expected_parameters()]
        return [
            (name, day.isoformat() if day else "") for name, day in zip(self.expected_parameters(), chosen, strict=True)
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for name, ending in zip(self.expected_parameters(), ("gte", "lte"), strict=True):
            day = self.used_parameters.get(name)
            if day:
                queryset = queryset.filter(**{f"{self.field}__date__{ending}": day})
        return queryset


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class QuickChangeList(DrawnChangeList):
    """A list whose filters are all quick ones: no drawer beside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quick = [spec for spec in self.filter_specs if getattr(spec, "kind", "") in {"choice", "days"}]
        self.has_filters = False
        # What the row of choices must carry on: tab, search, order.
        shown = {name for spec in self.quick for name in spec.expected_parameters()}
        self.kept = [(name, value) for name, value in self.params.items() if name not in {*shown, "q"}]
        self.narrowed = sum(bool(value) for spec in self.quick for value in spec.used_parameters.values())
