"""Records with phone numbers and addresses masked, for roles that may not see them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.exports import masked_columns
from customers.logic.masks import mask_email
from customers.selectors.contacts import as_read_by, may_look_for, may_see_contacts
from cxcrm.core.exports.columns import Column


class MasksEmail:
    """Before an admin class among the bases: its column and field ``email`` are masked, and not searched by."""

    @display(description=_("e-mail"))
    def email_masked(self, row: Any) -> str:
        return mask_email(row.email) if row.email else "–"

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self._for_reader(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self._for_reader(request, super().get_fields(request, obj))

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        fields = super().get_search_fields(request)
        return list(fields) if may_see_contacts(request.user) else [name for name in fields if name != "email"]

    def _for_reader(self, request: HttpRequest, names: Any) -> list[Any]:
        shown = list(names)
        if not may_see_contacts(request.user):
            shown = ["email_masked" if name == "email" else name for name in shown]
        return shown


class MasksTexts:
    """Before an admin class among the bases: numbers and addresses in ``free_texts`` of its rows are masked.

    Which rows there are ``rows`` says; whoever narrows them overrides that and cannot lose the masks. Nor are these
    searched for anything that could be a part of a number or an address; a file masks every cell.
    """

    free_texts: tuple[str, ...] = ()

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """What the reader may open, before anything is masked."""
        found: QuerySet[Any] = super().get_queryset(request)
        return found

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return as_read_by(self.rows(request), request.user, *self.free_texts)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term and not self.get_search_fields(request):
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        fields = list(super().get_search_fields(request))
        if may_look_for(request.GET.get("q", ""), request.user):
            return fields
        return [name for name in fields if name not in self.free_texts]

    def columns_for(self, request: HttpRequest) -> tuple[Column, ...]:
        columns = super().columns_for(request)
        return columns if may_see_contacts(request.user) else masked_columns(columns)
