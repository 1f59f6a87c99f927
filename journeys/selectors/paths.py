"""The ways customers really take through a journey, counted by the database in one pass for each question."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from cxcrm.core.clock import now
from cxcrm.core.db.arrays import uuid_array
from journeys.logic.graph import ways
from journeys.logic.paths import GAP, TOP, WITHIN, Conversion, Flows, Step, designed_pairs, top_of
from journeys.models import Journey, Stage, StageLink, StageVisit

USUAL_DAYS: Final = 90


@dataclass(frozen=True)
class Ways:
    """A journey as it was drawn and as it was taken from ``since`` up to, not including, ``until``."""

    stages: list[Stage]
    designed: list[tuple[int, int]]
    found: Flows
    since: datetime
    until: datetime


# Every visit of the period with the one before it. Visits of one moment stand in the order of the stages.
_STEPS: Final = """
WITH at AS (SELECT * FROM unnest(%(stages)s::uuid[]) WITH ORDINALITY AS s(stage_id, place)),
visits AS (
    SELECT v.customer_id, (a.place - 1)::int AS stage, v.visited_at
    FROM journeys_stagevisit v JOIN at a USING (stage_id)
    WHERE v.visited_at >= %(since)s AND v.visited_at < %(until)s
),
seen AS (
    SELECT customer_id, stage, visited_at, lag(stage) OVER way AS before, lag(visited_at) OVER way AS before_at
    FROM visits WINDOW way AS (PARTITION BY customer_id ORDER BY visited_at, stage)
),
arrivals AS (
    SELECT customer_id, stage, visited_at, before_at IS NULL OR visited_at - before_at > %(gap)s AS begins
    FROM seen
    WHERE before_at IS NULL OR visited_at - before_at > %(gap)s OR stage <> before
),
steps AS (
    SELECT customer_id, stage, begins, visited_at,
        lead(stage) OVER way AS next, lead(visited_at) OVER way AS next_at, lead(begins) OVER way AS is_last,
        count(*) FILTER (WHERE begins) OVER way AS path
    FROM arrivals
    WINDOW way AS (PARTITION BY customer_id ORDER BY visited_at, stage)
)
"""
_TAKEN: Final = """
SELECT 'step', stage, next, count(*), percentile_cont(0.5) WITHIN GROUP (
    ORDER BY extract(epoch FROM next_at - visited_at)::float8), NULL::int[]
FROM steps WHERE NOT is_last GROUP BY stage, next
UNION ALL
SELECT 'begin', stage, NULL, count(*), NULL, NULL FROM steps WHERE begins GROUP BY stage
UNION ALL
SELECT 'end', stage, NULL, count(*), NULL, NULL FROM steps WHERE is_last IS NOT FALSE GROUP BY stage
UNION ALL
SELECT 'visits', NULL, count(DISTINCT customer_id)::int, count(*), NULL, NULL FROM visits
UNION ALL
(
    SELECT 'path', NULL, NULL, count(*), NULL, p.way
    FROM (
        SELECT array_agg(stage ORDER BY visited_at, stage) AS way
        FROM steps GROUP BY customer_id, path HAVING count(*) > 1
    ) p
    GROUP BY p.way
    ORDER BY count(*) DESC, cardinality(p.way), p.way LIMIT %(top)s
)
"""


def ways_of(journey: Journey, since: datetime, until: datetime) -> Ways:
    """What was drawn and what was taken: four queries, whatever the number of visits."""
    stages = list(Stage.objects.filter(journey=journey).order_by("position"))
    links = StageLink.objects.filter(from_stage__journey=journey).values_list("from_stage_id", "to_stage_id")
    order = [stage.pk for stage in stages]
    designed = designed_pairs(order, ways(order, links))
    return Ways(stages, designed, flows_between(order, since, until) if stages else Flows(), since, until)


def flows_between(stages: list[UUID], since: datetime, until: datetime) -> Flows:
    """The same as ``logic.paths.flows`` of all visits of these stages."""
    steps: dict[tuple[int, int], Step] = {}
    begins: dict[int, int] = {}
    ends: dict[int, int] = {}
    paths: list[tuple[tuple[int, ...], int]] = []
    visits = customers = 0
    values = {"stages": uuid_array(stages), "since": since, "until": until, "gap": GAP, "top": TOP}
    for what, start, end, count, seconds, way in _rows(_STEPS + _TAKEN, values):
        if what == "step":
            steps[start, end] = Step(start, end, count, seconds)
        elif what == "begin":
            begins[start] = count
        elif what == "end":
            ends[start] = count
        elif what == "path":
            paths.append((tuple(way), count))
        else:
            visits, customers = count, end
    found = conversions(stages, since, until) if visits else {}
    return Flows(visits, customers, steps, begins, ends, top_of(paths), found)


# Going backwards, the earliest later visit of a stage is the least of those passed; of one moment none is later.
_CONVERTED: Final = """
WITH at AS (SELECT * FROM unnest(%(stages)s::uuid[]) WITH ORDINALITY AS s(stage_id, place)),
visits AS (
    SELECT v.customer_id, (a.place - 1)::int AS stage, v.visited_at
    FROM journeys_stagevisit v JOIN at a USING (stage_id)
    WHERE v.visited_at >= %(since)s AND v.visited_at < %(later)s
),
ahead AS (
    SELECT customer_id, stage, visited_at, {ahead}
    FROM visits
    WINDOW back AS (
        PARTITION BY customer_id ORDER BY visited_at DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
each AS (
    SELECT stage, {came} FROM ahead WHERE visited_at < %(until)s GROUP BY customer_id, stage
)
SELECT stage, count(*), {counts} FROM each GROUP BY stage
"""


def conversions(stages: list[UUID], since: datetime, until: datetime) -> dict[tuple[int, int], Conversion]:
    """For every pair of different stages, as ``logic.paths.conversion`` has it."""
    places = range(len(stages))
    sql = _CONVERTED.format(
        ahead=", ".join(f"min(visited_at) FILTER (WHERE stage = {one}) OVER back AS n{one}" for one in places),
        came=", ".join(f"bool_or(coalesce(n{one} <= visited_at + %(within)s, false)) AS c{one}" for one in places),
        counts=", ".join(f"count(*) FILTER (WHERE c{one})" for one in places),
    )
    values = {
        "stages": uuid_array(stages), "since": since, "until": until, "later": until + WITHIN, "within": WITHIN,
    }  # fmt: skip
    return {
        (start, end): Conversion(n, came)
        for start, n, *all_came in _rows(sql, values)
        for end, came in enumerate(all_came)
        if end != start
    }


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def usual_span(days: int = USUAL_DAYS) -> tuple[datetime, datetime]:
    """From so many days ago until now."""
    until = now()
    return until - timedelta(days=days), until


def has_visits(journey: Journey) -> bool:
    """Was anybody ever seen on this journey?"""
    return StageVisit.objects.filter(stage__journey=journey).exists()
