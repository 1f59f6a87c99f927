"""The ways customers really take, drawn on those designed: stages below one another, so that it fits a phone.

Each stage leads down to the next; what goes further on is an arc on the right, what goes back one on the left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from cxcrm.core.admin.base import SettingAdmin
from cxcrm.core.once import reading_once
from journeys.logic.paths import DESIGNED, UNDESIGNED, UNTAKEN, Conversion, kinds
from journeys.models import VisitRule
from journeys.selectors.atlas import journeys_with_versions
from journeys.selectors.paths import USUAL_DAYS, Ways, has_visits, usual_span, ways_of
from journeys.services.visits import add_visit_rule, change_visit_rule, remove_visit_rule

PERIODS: Final = (30, 90, 365)
# A stage with the way down to the next, and the margins arcs are drawn in; in pixels.
ROW, BOX, MARGIN = 92, 56, 84
_THIN, _THICK = 1.5, 11.0
# Of ways nobody drew only the most frequent are drawn; the table has them all.
_DRAWN: Final = 10
TONES: Final = {DESIGNED: "good", UNTAKEN: "plain", UNDESIGNED: "warn"}


@dataclass(frozen=True)
class Arc:
    """One way as it is drawn; ``d`` is a path of SVG, ``side`` is down, on or back."""

    side: str
    kind: str
    d: str
    width: float
    label: str
    x: float
    y: float
    says: str


def paths_urls(admin: Any) -> list[Any]:
    """The address of the page, bound to the admin of journeys; without an id it is the default journey's."""

    def shown(request: HttpRequest, object_id: str = "") -> HttpResponse:
        with reading_once():
            return paths_view(admin, request, object_id)

    view = admin.admin_site.admin_view(shown)
    return [
        path("paths/", view, name="journeys_journey_paths"),
        path("<path:object_id>/paths/", view, name="journeys_journey_paths"),
    ]


def paths_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The drawing, the table of ways and the most frequent paths of 30, 90 or 365 days."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    journeys = journeys_with_versions()
    journey = next((one for one in journeys if not object_id or str(one.pk) == object_id), None)
    if journey is None and object_id:
        raise Http404
    days = int(chosen) if (chosen := request.GET.get("days", "")) in map(str, PERIODS) else USUAL_DAYS
    shown = ways_of(journey, *usual_span(days)) if journey else None
    context: dict[str, Any] = {"journey": journey, "journeys": journeys, "days": days, "periods": PERIODS}
    if shown is not None and shown.found.visits:
        context |= _drawn(shown)
    elif journey is not None:
        context["has_older"] = has_visits(journey)
    return admin.page(request, "admin/journeys/paths.html", title=_("Paths"), shown=shown, **context).render()


def _drawn(shown: Ways) -> dict[str, Any]:
    ways = kinds(shown.found, shown.designed)
    rows = sorted((_row(shown, pair, kind) for pair, kind in ways.items()), key=lambda row: row["pair"])
    strays = [row for row in rows if row["kind"] == UNDESIGNED]
    strays = sorted(strays, key=lambda row: -row["count"])[:_DRAWN]
    arcs = _arcs([row for row in rows if row["kind"] != UNDESIGNED or row in strays])
    return {
        "rows": rows,
        "arcs": {side: [arc for arc in arcs if arc.side == side] for side in ("down", "on", "back")},
        "stages": [
            {
                "stage": stage,
                "number": place + 1,
                "begins": shown.found.begins.get(place, 0),
                "ends": shown.found.ends.get(place, 0),
            }
            for place, stage in enumerate(shown.stages)
        ],
        "height": ROW * (len(shown.stages) - 1) + BOX,
        "row": ROW,
        "box": BOX,
        "margin": MARGIN,
        "untaken": sum(row["kind"] == UNTAKEN for row in rows),
        "undesigned": sum(row["kind"] == UNDESIGNED for row in rows),
        "top": [{"stages": [shown.stages[place] for place in way], "count": count} for way, count in shown.found.top],
    }


def _row(shown: Ways, pair: tuple[int, int], kind: str) -> dict[str, Any]:
    words = {DESIGNED: _("designed, taken"), UNTAKEN: _("designed, never taken"), UNDESIGNED: _("not designed")}
    start, end = (shown.stages[place] for place in pair)
    step = shown.found.steps.get(pair)
    came = shown.found.conversions.get(pair, Conversion(0, 0))
    low, high = came.interval
    return {
        "pair": pair,
        "start": start,
        "end": end,
        "kind": kind,
        "word": words[kind],
        "tone": TONES[kind],
        "count": step.count if step else 0,
        "share": shown.found.share(*pair),
        "percent": round(100 * shown.found.share(*pair)),
        "came": came,
        "came_percent": round(100 * came.share),
        "low": round(100 * low),
        "high": round(100 * high),
        "took": took(step.seconds) if step else "",
    }


def took(seconds: float) -> str:
    """A length of time in the largest unit it fills: minutes, hours or days."""
    span = timedelta(seconds=seconds)
    if span >= timedelta(days=2):
        days = round(span / timedelta(days=1))
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if span >= timedelta(hours=2):
        hours = round(span / timedelta(hours=1))
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    minutes = round(span / timedelta(minutes=1))
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def _arcs(rows: Iterable[dict[str, Any]]) -> list[Arc]:
    """The shortest first, so that a long one lies outside; each label where no other stands."""
    arcs: list[Arc] = []
    taken: dict[str, list[float]] = {"on": [], "back": []}
    for row in sorted(rows, key=lambda one: (abs(one["pair"][1] - one["pair"][0]), one["pair"])):
        start, end = row["pair"]
        width = round(_THIN + (_THICK - _THIN) * row["share"], 1)
        label = f"{row['percent']}%" if row["count"] else ""
        says = f"{row['start']} → {row['end']}: {row['count']} ({row['percent']}%)"
        if end == start + 1:
            y = start * ROW + BOX
            arcs.append(Arc("down", row["kind"], f"M 0 {y} V {y + ROW - BOX}", width, label, 0, y + 22, says))
            continue
        side = "on" if end > start else "back"
        y1, y2 = (place * ROW + BOX / 2 + shift for place, shift in ((start, 6), (end, -6)))
        reach = min(16 + 12 * abs(end - start), MARGIN)
        out = 0 if side == "on" else MARGIN
        away = reach if side == "on" else MARGIN - reach
        curve = f"M {out} {y1} C {away} {y1}, {away} {y2}, {out} {y2}"
        y = (y1 + y2) / 2 + 4
        while any(abs(y - other) < 15 for other in taken[side]) and label:
            y += 15
        if label:
            taken[side].append(y)
        x = round(out + (away - out) * 0.75, 1)
        arcs.append(Arc(side, row["kind"], curve, width, label, x, round(y, 1), says))
    return arcs


class VisitRuleAdmin(SettingAdmin):
    """What on the timeline counts as a visit of which stage."""

    removable = True
    nothing_here = gettext_lazy(
        "There is no rule yet. Say what counts as a visit, for example: a purchase is a visit of the stage “Buying”."
    )
    list_display = ("what", "limits", "visits_what")
    list_select_related = ("stage", "touchpoint")
    list_filter = ("kind",)
    ordering = ("kind", "created_at")
    fields = ("kind", ("channel", "touchpoint"), "stage")

    @display(description=gettext_lazy("what happened"), ordering="kind")
    def what(self, rule: VisitRule) -> str:
        return str(rule.get_kind_display())

    @display(description=gettext_lazy("only at"))
    def limits(self, rule: VisitRule) -> str:
        return rule.channel or str(rule.touchpoint or "–")

    @display(description=gettext_lazy("is a visit of"))
    def visits_what(self, rule: VisitRule) -> str:
        return str(rule.stage or _("the stage of its touchpoint"))

    def save_setting(self, row: VisitRule, form: ModelForm, change: bool) -> None:
        data = form.cleaned_data
        values: dict[str, Any] = {
            "kind": data["kind"],
            "channel": data["channel"],
            "touchpoint_id": data["touchpoint"].pk if data["touchpoint"] else None,
            "stage_id": data["stage"].pk if data["stage"] else None,
        }
        if change:
            change_visit_rule(rule_id=row.pk, **values)
        else:
            row.pk = add_visit_rule(**values).pk

    def remove_setting(self, row: VisitRule) -> None:
        remove_visit_rule(rule_id=row.pk)
