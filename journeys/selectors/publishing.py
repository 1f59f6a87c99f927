"""A map as it is kept when it is published, and what it lacks before."""

import hashlib
import json
from datetime import date
from typing import Any, Final

from django.db.models import BooleanField, Count, ExpressionWrapper

from journeys.lacking import lacking
from journeys.logic import graph
from journeys.models import Journey, JourneyVersion, Stage, StageLink, StageQuote, Touchpoint, Viewpoint
from journeys.selectors.accountability import answered_for
from journeys.selectors.atlas import TODAY, stages_drawn, touchpoints_drawn

# What may change without the map being another one: who answers for something, and what more customers said.
_PEOPLE: Final = "accountable"
_NOT_DESIGNED: Final = frozenset({_PEOPLE, "quotes"})


def lacks_of(journey: Journey, on: date) -> tuple[list[graph.Lack], dict[Any, str]]:
    """What the map lacks on ``on``, and the names of its stages and touchpoints."""
    stages = list(Stage.objects.filter(journey=journey).annotate(cited=Count("quotes")).order_by("position"))
    touchpoints = list(
        Touchpoint.objects.filter(stage__journey=journey, is_active=True)
        .annotate(has_person=ExpressionWrapper(answered_for(on), BooleanField()))
        .order_by("stage__position", "position", "name")
    )
    links = StageLink.objects.filter(from_stage__journey=journey).values_list("from_stage_id", "to_stage_id")
    found = graph.lacks(
        [graph.Step(stage.pk, stage.cited) for stage in stages],
        [graph.Meeting(one.pk, one.stage_id, one.has_person) for one in touchpoints],
        list(links),
    )
    return found, {row.pk: str(row) for row in [*stages, *touchpoints]}


def missing_in(journey: Journey, on: date) -> list[dict[str, Any]]:
    """The same as plain values with a sentence each, for pages and programs."""
    lacks, names = lacks_of(journey, on)
    return [
        {
            "code": lack.code,
            "stage": str(lack.stage_id) if lack.stage_id else None,
            "touchpoint": str(lack.touchpoint_id) if lack.touchpoint_id else None,
            "message": lacking(lack, names),
        }
        for lack in lacks
    ]


def one_sided_in(journey: Journey) -> list[Stage]:
    """The stages that say they are drawn for the company alone: told when it is published, and no reason not to."""
    return list(Stage.objects.filter(journey=journey, viewpoint=Viewpoint.COMPANY).order_by("position"))


def snapshot_of(journey: Journey, on: date) -> dict[str, Any]:
    """The map as plain values: what was designed and who answers for it, with the ids of customers' words."""
    stages = list(stages_drawn(journey.pk, on))
    quotes: dict[Any, list[str]] = {}
    cited = StageQuote.objects.filter(stage__journey=journey).order_by("created_at", "pk")
    for stage_id, quote_id in cited.values_list("stage_id", "quote_id"):
        quotes.setdefault(stage_id, []).append(str(quote_id))
    return drawn(journey, stages, list(touchpoints_drawn(stages, on)), quotes)


def drawn(
    journey: Journey, stages: list[Any], touchpoints: list[Touchpoint], quotes: dict[Any, list[str]]
) -> dict[str, Any]:
    """The same of rows read already, as ``stages_drawn`` and ``touchpoints_drawn`` read them."""
    codes = {stage.pk: stage.code for stage in stages}
    at: dict[Any, list[dict[str, Any]]] = {}
    for row in touchpoints:
        at.setdefault(row.stage_id, []).append(_touchpoint(row))
    return {
        "name": journey.name,
        "name_en": journey.name_en,
        "stages": [
            {
                "id": str(stage.pk),
                "code": stage.code,
                "name": stage.name,
                "name_en": stage.name_en,
                "customer_goal": stage.customer_goal,
                # Left out where nothing is said: maps published before are still the same.
                **({"viewpoint": stage.viewpoint} if stage.viewpoint else {}),
                "leads_to": sorted(codes[end] for end in stage.leads_to),
                "quotes": quotes.get(stage.pk, []),
                _PEOPLE: _person(stage),
                "touchpoints": at.get(stage.pk, []),
            }
            for stage in stages
        ],
    }


def _touchpoint(row: Touchpoint) -> dict[str, Any]:
    standard = getattr(row, "standard_now", None)
    return {
        "id": str(row.pk),
        "code": row.code,
        "name": row.name,
        "name_en": row.name_en,
        "channel": row.channel,
        "is_moment_of_truth": row.is_moment_of_truth,
        "has_own_feeling": row.has_own_feeling,
        "customer_outcome": row.customer_outcome,
        "department": row.department.name if row.department else None,
        _PEOPLE: _person(row),
        "standard": standard
        and {"version": standard.version, "text": standard.text, "behaviours": standard.behaviours},
    }


def _person(row: Any) -> dict[str, str] | None:
    own = getattr(row, TODAY, None)
    return {"id": str(own.executive_id), "name": own.executive.full_name} if own else None


def digest_of(snapshot: dict[str, Any]) -> str:
    """The same for maps that were designed alike."""

    def designed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: designed(one) for name, one in value.items() if name not in _NOT_DESIGNED}
        return [designed(one) for one in value] if isinstance(value, list) else value

    text = json.dumps(designed(snapshot), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def versions_of(journey: Journey) -> list[JourneyVersion]:
    """The published versions, the latest first, without their maps."""
    return list(
        JourneyVersion.objects.filter(journey=journey).select_related("published_by").defer("snapshot", "digest")
    )
