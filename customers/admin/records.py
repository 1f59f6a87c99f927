"""The page of how complete our records are, and of what was written down and is never asked for."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from customers.levels import ITEMS
from customers.selectors.records import FIELDS, KEPT_FROM, records
from cxcrm.core.once import reading_once

NAMES: dict[str, Any] = dict(
    zip(
        FIELDS,
        (_("home branch"), _("province or city"), _("ward or commune"), _("tags"), _("in charge"), _("role there")),
        strict=True,
    )
)


class RecordsPage:
    """Mixed into the customers' admin."""

    admin_site: Any

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("records/", view(self.records_view), name="customers_records"),
            *super().get_urls(),
        ]

    def records_view(self: Any, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            found = records()
            return self.page(
                request,
                "admin/customers/records.html",
                title=_("State of our records"),
                found=found,
                items=[{"one": one, "name": ITEMS[one.item.code]} for one in found.items],
                fields=[{"one": one, "name": one.label or NAMES[one.code]} for one in found.fields],
                kept_from=KEPT_FROM,
            ).render()
