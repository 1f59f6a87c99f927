"""The experience index on one page: three numbers, what each is made of, and where one can act."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxcrm.core.once import reading_once
from feedback.logic.experience import Index
from feedback.selectors.experience import Experience, Part, experience
from journeys.wording import quarter_name


class ExperiencePage:
    """Handed to the pages of responses: ``experience_view`` is one page of its own."""

    def experience_view(self: Any, request: HttpRequest) -> HttpResponse:
        if not (self.has_view_permission(request) and request.user.has_perm("journeys.view_journey")):
            raise PermissionDenied
        with reading_once():
            found = experience()
            parts = [found.stages, found.touchpoints, found.environments]
            rows = zip(*(part.quarters for part in parts), strict=True)
            return self.page(
                request,
                "admin/feedback/experience.html",
                title=_("Experience index"),
                tiles=_tiles(found),
                trend=[(quarter_name(row[0][0]), [index for _day, index in row]) for row in reversed(list(rows))],
                branches=[(row[0], row[1:]) for row in found.branches],
                lowest=found.lowest,
            ).render()


def _tiles(found: Experience) -> list[dict[str, Any]]:
    return [
        {
            **_tile(found.stages),
            "name": _("Stages"),
            "icon": "route",
            "formula": _("How customers say they felt, on average: very unpleasant is 0, very pleasant 100."),
            "of": ngettext("%(n)s feeling reported", "%(n)s feelings reported", _n(found.stages))
            % _number(found.stages),
            "act": _("The journey map"),
            "address": reverse("admin:journeys_journey_map"),
        },
        {
            **_tile(found.touchpoints),
            "name": _("Touchpoints"),
            "icon": "touch_app",
            "formula": _("Satisfied answers about a touchpoint, of all: 4–5 of 5, or 5–7 of 7."),
            "of": ngettext("%(n)s answer", "%(n)s answers", _n(found.touchpoints)) % _number(found.touchpoints),
            "act": _("Touchpoints"),
            "address": reverse("admin:journeys_touchpoint_changelist"),
        },
        {
            **_tile(found.environments),
            "name": _("Environments"),
            "icon": "storefront",
            "formula": _("Points in order, of all that were rated, in the latest walk of each place within 90 days."),
            "of": ngettext("%(n)s point", "%(n)s points", _n(found.environments)) % _number(found.environments),
            "more": ngettext("%(n)s place", "%(n)s places", found.places)
            % {"n": number_format(found.places, force_grouping=True)},
            "act": _("Environments"),
            "address": reverse("admin:journeys_environment_changelist"),
        },
    ]


def _n(part: Part) -> int:
    """Of how many the number shown is."""
    return _shown(part)[1].n


def _number(part: Part) -> dict[str, str]:
    return {"n": number_format(_n(part), force_grouping=True)}


def _shown(part: Part) -> tuple[date, Index]:
    return part.shown[-1] if part.shown else part.quarters[-1]


def _tile(part: Part) -> dict[str, Any]:
    """The latest number that can be told, of which quarter, and how it moved."""
    day, index = _shown(part)
    change = part.change
    points = round(change.points) if change else 0
    return {
        "index": index,
        "quarter": quarter_name(day),
        "change": change,
        "points": abs(points),
        "tone": "plain" if change is None or not change.is_real or not points else "good" if points > 0 else "bad",
    }
