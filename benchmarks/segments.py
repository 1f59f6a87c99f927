"""Segments over a million customers with five million purchases: refresh and live count, beside SQL written by hand."""

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.figures import Figure, percentile
from benchmarks.firm import firm

CUSTOMERS = int(os.environ.get("CXCRM_BENCH_CUSTOMERS", "1000000"))
PER_CUSTOMER = 5
REPEATS = 7
_PEOPLE = """
INSERT INTO customers_customer (id, created_at, updated_at, kind, full_name, raw_name, given_name, name_order,
    salutation, salutation_source, formal_title, language, tags, address, note, search_text, sort_key, version,
    is_sample)
SELECT uuidv7(), now() - n * interval '1 minute', now(), 'person', 'Trần Lan ' || n, '', 'Lan', 'family_first', '', '',
    '', 'vi', CASE WHEN n %% 50 = 0 THEN '{vip}'::varchar[] WHEN n %% 3 = 0 THEN '{sinh viên}'::varchar[]
    ELSE '{}'::varchar[] END, '', '', 'tran lan ' || n, 'lan' || n, 1, false
FROM generate_series(1, %s::bigint) n
"""
_BOUGHT = """
INSERT INTO customers_purchase (id, created_at, customer_id, source, external_id, kind, occurred_at, amount, currency,
    branch_name, items, channel, state, note, updated_at, version)
SELECT uuidv7(), now(), c.id, '', '', 'order', now() - (random() ^ 2) * 700 * interval '1 day',
    20000 + 1000 * floor(random() * 80), 'VND', '', 'bạc xỉu', '', 'paid', '', now(), 1
FROM customers_customer c, generate_series(1, %s) k
WHERE random() < 0.9
"""


def _leaf(field: str, op: str, value: Any, days: int | None = None) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value, **({"days": days} if days else {})}


# Name → the rule, and the ids it finds as one would write them by hand.
RULES: dict[str, tuple[dict[str, Any], str]] = {
    "a tag of 2 %": (
        _leaf("tags", "any_of", ["vip"]),
        "SELECT id FROM customers_customer WHERE tags && '{vip}' AND merged_into_id IS NULL AND erased_at IS NULL",
    ),
    "3 purchases in 90 days": (
        _leaf("purchases.count", "at_least", 3, 90),
        """SELECT c.id FROM customers_customer c JOIN (
               SELECT customer_id FROM customers_purchase
               WHERE state IN ('paid', 'open') AND occurred_at >= now() - interval '90 days'
               GROUP BY 1 HAVING count(*) >= 3) b ON b.customer_id = c.id
           WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL""",
    ),
    "regulars away for 60 days": (
        {"all": [_leaf("purchases.count", "at_least", 4), _leaf("purchases.last", "not_in_last", 60)]},
        """SELECT c.id FROM customers_customer c JOIN (
               SELECT customer_id FROM customers_purchase WHERE state IN ('paid', 'open')
               GROUP BY 1 HAVING count(*) >= 4 AND max(occurred_at) < now() - interval '60 days') b
               ON b.customer_id = c.id
           WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL""",
    ),
}
_FLOOR = """
WITH fits AS MATERIALIZED ({rule}),
gone AS (DELETE FROM customers_segmentmember m WHERE m.segment_id = %s
    AND NOT EXISTS (SELECT 1 FROM fits WHERE fits.id = m.customer_id) RETURNING 1)
SELECT count(*) FROM fits WHERE NOT EXISTS (
    SELECT 1 FROM customers_segmentmember m WHERE m.segment_id = %s AND m.customer_id = fits.id)
"""


def measure() -> Iterator[Figure]:
    from django.db import connection

    from customers.models import Segment
    from customers.selectors.segments import condition_of, look
    from customers.services.segments import create_segment, refresh_segment
    from tenants.context import in_tenant
    from tenants.staff.models import User

    with in_tenant(firm("segments")), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        if cursor.fetchone()[0] < CUSTOMERS:
            started = time.monotonic()
            cursor.execute(_PEOPLE, [CUSTOMERS])
            cursor.execute(_BOUGHT, [PER_CUSTOMER])
            cursor.execute("VACUUM ANALYZE customers_customer, customers_purchase")
            yield Figure(f"made {CUSTOMERS:,} customers and their purchases", time.monotonic() - started, "s")
        reader = User.objects.get(role="owner")
        Segment.objects.all().delete()
        for name, (raw, by_hand) in RULES.items():
            node = condition_of(raw)
            counts = [_seconds(lambda node=node: look(node, samples=0)) for _turn in range(REPEATS)]
            looks = [_seconds(lambda node=node: look(node)) for _turn in range(REPEATS)]
            floor = [_seconds(lambda sql=by_hand: _count(cursor, sql)) for _turn in range(3)]
            exact = "exact" if look(node, samples=0).counted.is_exact else "reckoned"
            what = f"live count, {name} ({exact}), p95"
            yield Figure(what, percentile(counts, 0.95) * 1e3, "ms", percentile(floor, 0.5) * 1e3, "goal: 300 ms")
            yield Figure(f"the same with ten samples, {name}, p95", percentile(looks, 0.95) * 1e3, "ms")
            started = time.perf_counter()
            segment = create_segment(name=name, condition=raw, reader=reader)
            yield Figure(f"made, {name}", (time.perf_counter() - started) * 1e3, "ms")
            started = time.perf_counter()
            segment = refresh_segment(segment_id=segment.pk)
            first = time.perf_counter() - started
            yield Figure(f"filled in the background, {name}: {segment.size:,} customers", first, "s")
            cursor.execute("ANALYZE customers_segmentmember")
            again = [_seconds(lambda pk=segment.pk: refresh_segment(segment_id=pk)) for _turn in range(3)]
            sql = _FLOOR.format(rule=by_hand)
            hand = [_seconds(lambda sql=sql, pk=segment.pk: _count(cursor, sql, [pk, pk])) for _turn in range(3)]
            yield Figure(f"refreshed, {name}", percentile(again, 0.5), "s", percentile(hand, 0.5), "goal: 5 s")


def _count(cursor: Any, sql: str, params: list[Any] | None = None) -> int:
    cursor.execute(sql, params)
    return len(cursor.fetchall())


def _seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
