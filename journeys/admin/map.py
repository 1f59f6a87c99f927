"""The map of a journey: stages side by side with everything that happens there, arranged by dragging or by buttons."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.backends.utils import csrf_input
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cxcrm.core.clock import now
from cxcrm.core.errors import DomainError, InvalidInput
from cxcrm.core.once import reading_once
from journeys.admin.curve import MANY_TOUCHPOINTS, curve_drawing, weights
from journeys.admin.map_points import Cards
from journeys.admin.tones import GAP_TARGET, KIND_ICONS, STATE_TONES, tone_of
from journeys.logic.emotions import Spot
from journeys.logic.environments import score
from journeys.logic.paths import Conversion
from journeys.models import Journey
from journeys.selectors.atlas import Atlas, Column, atlas_of, journeys_with_versions
from journeys.selectors.coverage import person_for
from journeys.selectors.publishing import digest_of, drawn
from journeys.services.journeys import move_touchpoint, update_stage

PLACES_SHOWN = 4


def map_urls(admin: Any) -> list[Any]:
    """The map's addresses, bound to the admin of journeys; without an id it is the map of the default journey."""

    def shown(request: HttpRequest, object_id: str = "") -> HttpResponse:
        with reading_once():
            return map_view(admin, request, object_id)

    def arranged(request: HttpRequest, object_id: str) -> HttpResponse:
        return arrange_view(admin, request, object_id)

    view = admin.admin_site.admin_view
    return [
        path("map/", view(shown), name="journeys_journey_map"),
        path("<path:object_id>/map/", view(shown), name="journeys_journey_map"),
        path("<path:object_id>/arrange/", view(arranged), name="journeys_journey_arrange"),
    ]


def map_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The whole page, or with ``?part`` only the map, for the script to bring in."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    journeys = journeys_with_versions()
    journey = _chosen(journeys, object_id)
    if journey is None:
        if object_id:
            raise Http404
        return admin.page(request, "admin/journeys/no_map.html", title=_("Journey map")).render()
    atlas = atlas_of(journey, request.user, timezone.localdate(now()), journeys)
    context = _map_context(atlas, may_draw=admin.has_change_permission(request), csrf=csrf_input(request))
    if "part" in request.GET:
        request.current_app = admin.admin_site.name
        return TemplateResponse(request, "admin/journeys/map_grid.html", context).render()
    return admin.page(
        request,
        "admin/journeys/map.html",
        title=str(journey),
        summary=_summary(atlas),
        state_tone=STATE_TONES[journey.state],
        is_changed=bool(journey.latest_number) and _is_changed(atlas),
        **context,
    ).render()


def _chosen(journeys: list[Any], object_id: str) -> Any:
    if not object_id:
        return journeys[0] if journeys else None
    return next((one for one in journeys if str(one.pk) == object_id), None)


def _map_context(atlas: Atlas, *, may_draw: bool, csrf: str) -> dict[str, Any]:
    shares, cards = weights(atlas), Cards(atlas, may_draw, csrf)
    return {
        "atlas": atlas,
        "journey": atlas.journey,
        "curves": atlas.curves,
        "curve": curve_drawing(atlas, shares) if atlas.columns else None,
        "columns": [_column(atlas, column, number, cards) for number, column in enumerate(atlas.columns)],
        "flow": atlas.flow,
        "tracks": " ".join(f"minmax(0, {share}fr)" for share in shares),
        "share": sum(shares),
        "may_draw": may_draw,
        "last": len(atlas.columns),
        "has_underway": any(column.underway for column in atlas.columns),
        "has_places": any(column.places for column in atlas.columns),
    }


def _column(atlas: Atlas, column: Column, number: int, cards: Cards) -> dict[str, Any]:
    own = {spot.touchpoint_id for spot in atlas.spots if spot.stage_id == column.stage.pk}
    return {
        "shown": column,
        "stage": column.stage,
        "place": number + 2,
        "goes_on": _goes_on(atlas, number),
        "places": _places(atlas, column),
        "point": next((one for one in atlas.curves.points if one.spot == Spot(column.stage.pk)), None),
        "points": [one for one in atlas.curves.points if one.spot.stage_id == column.stage.pk],
        "is_wide": len(own) > 1 or len(column.touchpoints) > MANY_TOUCHPOINTS,
        "cards": cards.column(column),
    }


def _places(atlas: Atlas, column: Column) -> dict[str, Any] | None:
    """What stands at a stage, what is late or worst in front, and in one line how all of it is; None for nothing."""
    if not column.places:
        return None
    points = {row.pk: row for row in column.touchpoints}
    latest = [one.walks[0] for one in column.places if one.walks]
    return {
        "rows": [
            {
                "shown": one,
                "tone": tone_of(one.score),
                "icon": KIND_ICONS[one.place.kind],
                "touchpoint": points.get(one.place.touchpoint_id),
            }
            for one in column.places[:PLACES_SHOWN]
        ],
        "count": len(column.places),
        "more": len(column.places[PLACES_SHOWN:]),
        "whole": score(sum(passed for passed, _rated in latest), sum(rated for _passed, rated in latest)),
        "late": sum(one.is_late for one in column.places),
    }


def _goes_on(atlas: Atlas, number: int) -> dict[str, Any] | None:
    """Of those at a stage, how many came to the next column, where the map leads there and enough were seen."""
    if atlas.flow is None or number + 1 >= len(atlas.columns):
        return None
    start, end = (str(atlas.columns[place].stage.pk) for place in (number, number + 1))
    counted = next((way for way in atlas.flow.ways if (way["start"], way["end"]) == (start, end)), None)
    if counted is None:
        return None
    came = Conversion(counted["n"], counted["came"])
    low, high = (round(100 * bound) for bound in came.interval)
    shown = {"percent": round(100 * came.share), "low": low, "high": high, "n": came.n}
    return None if came.is_few else {**shown, "next": atlas.columns[number + 1].stage}


def _summary(atlas: Atlas) -> dict[str, Any]:
    """What stands above the map in words: the gap and where it is widest, what is remembered, who is missing."""
    gap = atlas.curves.gap
    worst = None
    if gap is not None:
        names = {row.pk: row for row in atlas.touchpoints} | {one.stage.pk: one.stage for one in atlas.columns}
        worst = names.get(gap.worst.touchpoint_id or gap.worst.stage_id)
    return {
        "gap": gap,
        "is_wide": gap is not None and gap.empathy >= GAP_TARGET,
        "target": GAP_TARGET,
        "optimism": abs(gap.optimism) if gap else 0,
        "worst": worst,
        "unowned": sum(person_for(row) is None for row in atlas.touchpoints)
        + sum(not one.is_owned for column in atlas.columns for one in column.places),
        "standards": sum(bool(getattr(row, "standard_now", None)) for row in atlas.touchpoints),
    }


def _is_changed(atlas: Atlas) -> bool:
    stages = [column.stage for column in atlas.columns]
    return digest_of(drawn(atlas.journey, stages, atlas.touchpoints, {})) != atlas.journey.latest_digest


def arrange_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Put a stage or a touchpoint to another place; a script is answered in JSON, a page by going back to the map."""
    journey = admin.get_object(request, object_id)
    if journey is None:
        raise Http404
    if not admin.has_change_permission(request, journey):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("admin:journeys_journey_map", journey.pk)
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    try:
        _arrange(journey, request.POST)
    except DomainError as refusal:
        if wants_json:
            return JsonResponse({"refused": str(refusal)}, status=409)
        messages.error(request, str(refusal))
    if wants_json:
        return JsonResponse({"moved": True})
    return redirect(reverse("admin:journeys_journey_map", args=[journey.pk]) + "#cxm")


def _arrange(journey: Journey, sent: Any) -> None:
    touchpoint, at = sent.get("touchpoint"), sent.get("at", "")
    # A button of a touchpoint's menu says stage and place in one.
    stage, _colon, place = at.partition(":") if at else (sent.get("stage", ""), "", sent.get("position", ""))
    try:
        stage_id, position = UUID(stage), int(place)
        touchpoint_id = UUID(touchpoint) if touchpoint else None
    except ValueError as error:
        raise InvalidInput(_("Choose where it belongs.")) from error
    if touchpoint_id is None:
        update_stage(stage_id=stage_id, position=position)
    else:
        move_touchpoint(touchpoint_id=touchpoint_id, stage_id=stage_id, position=position)
