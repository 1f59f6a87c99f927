"""A journey of ten stages with a million visits: the page of paths, reading timelines, and visits told by the API."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from benchmarks.figures import Figure, percentile
from benchmarks.firm import firm

VISITS = int(os.environ.get("CXCRM_BENCH_VISITS", "1000000"))
EACH = 20
_PEOPLE = """
INSERT INTO customers_customer (id, created_at, updated_at, kind, full_name, raw_name, given_name, name_order,
    salutation, salutation_source, formal_title, language, tags, address, note, search_text, sort_key, version,
    is_sample)
SELECT uuidv7(), now(), now(), 'person', 'Trần Lan ' || n, '', 'Lan', 'family_first', '', '', '', 'vi',
    '{}'::varchar[], '', '', 'tran lan ' || n, 'lan' || n, 1, false
FROM generate_series(1, %s::bigint) n
"""
_VISITS = """
INSERT INTO journeys_stagevisit (id, created_at, customer_id, stage_id, visited_at, source, external_id)
SELECT uuidv7(), now(), c.id, (%s::uuid[])[1 + floor(random() * 10)::int], now() - random() * 90 * interval '1 day',
    'bench', c.id || '-' || k
FROM customers_customer c, generate_series(1, %s) k
"""
_FLOOR = "SELECT customer_id, stage_id, visited_at FROM journeys_stagevisit ORDER BY customer_id, visited_at"
_CALLS = """
INSERT INTO customers_interaction (id, created_at, customer_id, kind, direction, occurred_at, what, body, data,
    subject_type, actor_kind, actor_label)
SELECT uuidv7(), now(), c.id, 'call', 'in', now() - k * interval '1 day', 'call.logged', '', '{}', '', 'system', ''
FROM (SELECT id FROM customers_customer ORDER BY id LIMIT 1000) c, generate_series(1, 20) k
"""


def measure() -> Iterator[Figure]:
    from django.db import connection

    from customers.models import Customer
    from cxcrm.core.clock import now
    from cxcrm.core.db.arrays import uuid_array
    from journeys.models import Stage, StageVisit
    from journeys.selectors.journeys import default_journey
    from journeys.selectors.paths import conversions, usual_span, ways_of
    from journeys.services.journeys import add_stage
    from journeys.services.visit_reading import read_visits
    from journeys.services.visits import add_visit_rule, tell_visits
    from tenants.context import in_tenant
    from tenants.staff.models import User

    with in_tenant(firm("visits")), connection.cursor() as cursor:
        journey = default_journey()
        assert journey is not None
        for number in range(10 - Stage.objects.filter(journey=journey).count()):
            add_stage(journey_id=journey.pk, name=f"Bước {number}")
        stages = list(Stage.objects.filter(journey=journey).order_by("position").values_list("pk", flat=True)[:10])
        if not StageVisit.objects.exists():
            started = time.monotonic()
            cursor.execute(_PEOPLE, [VISITS // EACH])
            cursor.execute(_VISITS, [uuid_array(stages), EACH])
            cursor.execute("VACUUM ANALYZE customers_customer, journeys_stagevisit")
            yield Figure(f"made {VISITS:,} visits", time.monotonic() - started, "s")
        since, until = usual_span()
        floor = _median(lambda: _sorted(cursor))
        yield Figure(
            "all ways of 90 days, conversions of all pairs (floor: the same rows, sorted)",
            _median(lambda: ways_of(journey, since, until)), "s", floor, "goal: a few seconds",
        )  # fmt: skip
        yield Figure("of it the conversions", _median(lambda: conversions(stages, since, until)), "s")
        month = until - timedelta(days=30)
        yield Figure("all ways of 30 days", _median(lambda: ways_of(journey, month, until)), "s")
        reader = User.objects.get(role="owner")
        people = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:500])
        batch: list[Any] = [
            {"customer_id": one, "stage_id": stages[0], "visited_at": now(), "source": "api", "external_id": str(one)}
            for one in people
        ]
        yield Figure(
            "500 visits told in one call", _median(lambda: tell_visits(visits=batch, reader=reader)) * 1e3, "ms"
        )
        add_visit_rule(kind="call", stage_id=stages[0])
        cursor.execute(_CALLS)
        thousand = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:1000])
        started = time.perf_counter()
        read_visits(customer_ids=thousand)
        first = time.perf_counter() - started
        yield Figure("timelines of 1,000 customers read, 20,000 visits new", first * 1e3, "ms")
        yield Figure("the same, nothing new", _median(lambda: read_visits(customer_ids=thousand)) * 1e3, "ms")


def _sorted(cursor: Any) -> None:
    cursor.execute(f"SELECT count(*) FROM ({_FLOOR} OFFSET 0) s")
    cursor.fetchall()


def _median(call: Callable[[], Any]) -> float:
    taken = []
    for _turn in range(5):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return percentile(taken, 0.5)
