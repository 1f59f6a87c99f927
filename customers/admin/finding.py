"""The page on how customers find us: earned and bought ways, who brought whom, talking beside listening."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from customers.logic.finding import Came
from customers.models import Fact
from customers.selectors.finding import new_by_quarter, talk_and_listen, together, top_referrers
from cxcrm.core.once import reading_once

TONES = {**dict.fromkeys(Fact.EARNED, "good"), **dict.fromkeys(Fact.BOUGHT, "warn")}


class FindingPage:
    """Mixed into the pages of facts: ``found_view`` is one page of its own."""

    def found_view(self: Any, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with reading_once():
            quarters = new_by_quarter()
            whole = together([quarter.found for quarter in quarters])
            return self.page(
                request,
                "admin/customers/found.html",
                title=_("How customers find us"),
                quarters=[
                    {"first_day": one.first_day, "number": (one.first_day.month + 2) // 3, "came": one.found}
                    for one in quarters
                ],
                whole=whole,
                ways=_ways(whole),
                convinced=_ways(together([quarter.convinced for quarter in quarters])),
                referrers=top_referrers(),
                months=talk_and_listen(),
            ).render()


def _ways(found: Came) -> list[dict[str, Any]]:
    """The ways there are numbers for, the most first; how wide each bar is in per cent of the widest."""
    most = max(found.ways.values(), default=0)
    rows = sorted(((n, way) for way, n in found.ways.items()), reverse=True)
    return [
        {
            "label": capfirst(str(Fact.Way(way).label)),
            "n": n,
            "width": round(100 * n / most),
            "tone": TONES.get(way, "plain"),
        }
        for n, way in rows
    ]
