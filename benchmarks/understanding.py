"""A night over all levels of understanding beside a bare UPDATE of as many rows; one customer's change; a recount."""

import os
import resource
import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

from benchmarks.figures import Figure, percentile
from benchmarks.firm import firm, people

CUSTOMERS = int(os.environ.get("CXCRM_BENCH_UNDERSTOOD", "1000000"))
ITEMS = 10 * CUSTOMERS
CHANGES = 200
GOAL_SECONDS, GOAL_MEGABYTES = 300, 500

_PEOPLE = """
INSERT INTO customers_customer (id, created_at, kind, full_name, raw_name, given_name, name_order, salutation,
    salutation_source, formal_title, language, tags, address, note, search_text, sort_key, updated_at, version,
    is_sample)
SELECT uuidv7(), now(), 'person', 'Khách ' || n, '', '', 'family_first', '', '', '', 'vi', '{}', '', '', '', '', now(),
    1, false
FROM generate_series(1, %s) n
"""
# Ten items each, of any age up to two years.
_ITEMS = """
INSERT INTO customers_understandingitem (id, created_at, customer_id, item, confirmed_at, share)
SELECT uuidv7(), now(), c.id, k.item, now() - random() * interval '730 days',
    CASE WHEN random() < 0.2 THEN 0.5 ELSE 1 END
FROM customers_customer c
CROSS JOIN LATERAL (
    SELECT item FROM unnest(ARRAY['name', 'contact', 'place', 'birth', 'consent', 'origin', 'purchases', 'preferences',
        'usage', 'why', 'persona', 'channel', 'emotion', 'need', 'seen']) item
    ORDER BY random() + length(c.full_name) * 0 LIMIT 10
) k
ON CONFLICT DO NOTHING
"""
_ROWS = """
INSERT INTO customers_understanding (id, created_at, customer_id, known, understood, empathised, progress, level,
    next_question, as_of)
SELECT uuidv7(), now(), id, 0, 0, 0, 0, 1, '', now() - interval '1 day' FROM customers_customer
ON CONFLICT DO NOTHING
"""
_FLOOR = "UPDATE customers_understanding SET progress = progress + 0.1, as_of = now()"


def measure() -> Iterator[Figure]:
    from tenants.context import in_tenant

    with in_tenant(firm()):
        _fill()
        night, rows = _night()
        floor = _timed(_FLOOR)
        yield Figure(
            f"night over {CUSTOMERS} customers with {ITEMS} items", night, "s", floor,
            f"floor: one bare UPDATE of the rows; goal: at most {GOAL_SECONDS} s",
        )  # fmt: skip
        yield Figure("rows the night changed", rows, "rows")
        yield Figure(
            "memory of the worker at its highest", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB",
            None, f"goal: at most {GOAL_MEGABYTES} MB",
        )  # fmt: skip
        taken = _changes()
        yield Figure("one customer's change, median", median(taken) * 1e3, "ms", None, "goal: at most 20 ms")
        yield Figure("the same, p95", percentile(taken, 0.95) * 1e3, "ms", None, "goal: at most 20 ms")
        yield Figure("counting from the sources, per 1,000 customers", _recount(), "s")
        yield Figure("the firm's page: levels by branch", _page() * 1e3, "ms")


def _fill() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        missing = CUSTOMERS - cursor.fetchone()[0]
        if missing > 0:
            cursor.execute(_PEOPLE, [missing])
        cursor.execute(_ITEMS)
        cursor.execute(_ROWS)
        for table in ("customers_customer", "customers_understandingitem", "customers_understanding"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _night() -> tuple[float, int]:
    """Seconds of all slices, and how many rows they changed."""
    from customers.models import Understanding, UnderstandingDay
    from customers.services.understanding_nights import take_slice
    from cxcrm.core.clock import now

    UnderstandingDay.objects.all().delete()
    at = now()
    day = UnderstandingDay.objects.create(day=at.date(), as_of=at, stage="decay")
    started = time.perf_counter()
    while take_slice(day_id=day.pk):
        pass
    return time.perf_counter() - started, Understanding.objects.filter(as_of=at).count()


def _timed(sql: str) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE customers_understanding")
        started = time.perf_counter()
        cursor.execute(sql)
        return time.perf_counter() - started


def _changes() -> list[float]:
    """Seconds of each count of one customer with a file, purchases and a timeline."""
    from customers.services.purchases import record_purchase
    from customers.services.understanding import recount_customers
    from cxcrm.core.clock import now

    ids = people(CHANGES)
    for ident in ids:
        for number in range(5):
            record_purchase(customer_id=ident, amount=59_000, occurred_at=now() - timedelta(days=number), silent=True)
    taken = []
    for ident in ids:
        started = time.perf_counter()
        recount_customers(customer_ids=[ident])
        taken.append(time.perf_counter() - started)
    return taken


def _recount() -> float:
    from customers.models import Customer
    from customers.services.understanding import recount_customers

    ids = list(Customer.objects.order_by("-id").values_list("pk", flat=True)[:1_000])
    started = time.perf_counter()
    recount_customers(customer_ids=ids)
    return time.perf_counter() - started


def _page() -> float:
    from customers.selectors.understanding import firm_understanding

    started = time.perf_counter()
    firm_understanding()
    return time.perf_counter() - started
