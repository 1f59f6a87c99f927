"""How products are used, by persona; and what customers do otherwise than three months ago."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from customers.levels import ASPECTS, habit_words
from customers.selectors.habits import LEAST_SHARE, LEAST_TIMES, STRETCH, Changed, habits
from customers.selectors.usage import usage
from cxcrm.core.once import reading_once


class UsagePages:
    """Mixed into the facts' admin: two pages of what customers tell and show by what they do."""

    admin_site: Any

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("usage/", view(self.usage_view), name="customers_usage"),
            path("habits/", view(self.habits_view), name="customers_habits"),
            *super().get_urls(),
        ]

    def usage_view(self: Any, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.page(request, "admin/customers/usage.html", title=_("How it is used"), found=usage()).render()

    def habits_view(self: Any, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            found = habits()
            return self.page(
                request,
                "admin/customers/habits.html",
                title=_("What customers do differently"),
                found=found,
                aspects=[
                    {"aspect": one, "name": ASPECTS[one.code], "moves": [_move(one.code, move) for move in one.moves]}
                    for one in found.aspects
                    if one.habits
                ],
                days=STRETCH.days,
                times=LEAST_TIMES,
                share=round(100 * LEAST_SHARE),
                may_note=request.user.has_perm("journeys.add_insight"),
            ).render()


def _move(code: str, changed: Changed) -> dict[str, Any]:
    move = changed.move
    return {
        "move": move,
        "before": habit_words(code, move.before),
        "after": habit_words(code, move.after),
        "customers": changed.customers,
        "others": move.n - len(changed.customers),
    }
