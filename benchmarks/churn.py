"""Training the forecast of who leaves, test included, and counting everybody by it, beside bare reads of the rows."""

import os
import resource
import time
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.firm import firm

CUSTOMERS = int(os.environ.get("CXCRM_BENCH_CHURN", "20000"))
GOAL_TRAINING, GOAL_MEGABYTES = 60, 500

_PEOPLE = """
INSERT INTO customers_customer (id, created_at, kind, full_name, raw_name, given_name, name_order, salutation,
    salutation_source, formal_title, language, tags, address, note, search_text, sort_key, updated_at, version,
    is_sample)
SELECT uuidv7(), now(), 'person', 'Khách ' || n, '', '', 'family_first', '', '', '', 'vi', '{}', '', '', '', '', now(),
    1, false
FROM generate_series(1, %s) n
"""
# Everybody has a pace of their own, and many stop one day.
_PURCHASES = """
INSERT INTO customers_purchase (id, created_at, customer_id, source, external_id, kind, occurred_at, amount, currency,
    branch_name, items, channel, state, note, updated_at, version)
SELECT uuidv7(), t.at, c.id, 'pos', '', 'order', t.at, 20000 + floor(random() * 80000), 'VND', '', '', '', 'paid', '',
    t.at, 1
FROM (
    SELECT id, 8 + random() * 50 AS pace, CASE WHEN random() < 0.5 THEN random() * 540 ELSE 0 END AS gone
    FROM customers_customer
) c
CROSS JOIN LATERAL (
    SELECT now() - (c.gone + random() * (540 - c.gone)) * interval '1 day' AS at
    FROM generate_series(1, ceil((540 - c.gone) / c.pace)::int) n WHERE c.pace > 0
) t
"""


def measure() -> Iterator[Figure]:
    from customers.models import ChurnModel, CustomerHealth, Purchase
    from customers.services.health import take_step, train_forecast
    from tenants.context import in_tenant

    with in_tenant(firm()):
        _fill()
        purchases = Purchase.objects.count()
        model = train_forecast()
        floor = _sample_read()
        started = time.perf_counter()
        take_step(model_id=model.pk)
        taken = time.perf_counter() - started
        model.refresh_from_db()
        yield Figure(
            f"training with its back-test, {CUSTOMERS} customers, {purchases} purchases ({model.verdict})", taken, "s",
            floor, f"floor: reading the sample's purchases once; goal: at most {GOAL_TRAINING} s",
        )  # fmt: skip
        floor = _bare_read()
        started = time.perf_counter()
        while take_step(model_id=model.pk):
            pass
        taken = time.perf_counter() - started
        yield Figure(
            "counting everybody by it, per 1,000 customers", taken / CUSTOMERS * 1e6, "ms", floor / CUSTOMERS * 1e6,
            "floor: reading their purchases",
        )  # fmt: skip
        yield Figure("customers with a number", CustomerHealth.objects.count(), "rows")
        yield Figure(
            "memory of the worker at its highest", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB",
            None, f"goal: at most {GOAL_MEGABYTES} MB",
        )  # fmt: skip
        ChurnModel.objects.all().delete()


def _fill() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        missing = CUSTOMERS - cursor.fetchone()[0]
        if missing > 0:
            cursor.execute(_PEOPLE, [missing])
            cursor.execute(_PURCHASES)
        for table in ("customers_customer", "customers_purchase"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _sample_read() -> float:
    from customers.services.health_reading import pasts_of, some_repeating
    from customers.services.health_training import SAMPLE

    started = time.perf_counter()
    pasts_of(some_repeating(SAMPLE))
    return time.perf_counter() - started


def _bare_read() -> float:
    from customers.models import Customer
    from customers.services.health import SLICE
    from customers.services.health_reading import pasts_of

    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    started = time.perf_counter()
    for first in range(0, len(ids), SLICE):
        pasts_of(ids[first : first + SLICE])
    return time.perf_counter() - started
