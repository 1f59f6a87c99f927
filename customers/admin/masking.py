"""Lists of mails with the addresses masked, for roles that may not see them."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.logic.masks import mask_email
from customers.selectors.contacts import may_see_contacts


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
