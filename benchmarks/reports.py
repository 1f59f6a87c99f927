"""Pages that read the whole firm, among a million customers: usage, habits, records, heard, worth."""

import os
import time
from collections.abc import Iterator

from benchmarks.admin_lists import _COMPLAINTS
from benchmarks.figures import Figure, percentile
from benchmarks.firm import firm
from benchmarks.segments import _BOUGHT, _PEOPLE, PER_CUSTOMER

CUSTOMERS = int(os.environ.get("CXCRM_BENCH_CUSTOMERS", "1000000"))
REPEATS = 5
_ITEMS = """
INSERT INTO customers_understandingitem (id, created_at, customer_id, item, confirmed_at, share)
SELECT uuidv7(), now(), c.id, item, now() - random() * interval '900 days', 1
FROM customers_customer c, unnest(ARRAY['name', 'contact', 'place', 'consent', 'origin']) item WHERE random() < 0.8
"""
_FACTS = """
INSERT INTO customers_fact (id, created_at, customer_id, kind, text, about, mode, reason, source, is_sensitive,
    stated_at, confirmed_at)
SELECT uuidv7(), now(), id, 'usage', 'Uống trên đường', 'món ' || (10 * random())::int, 'cách ' || (5 * random())::int,
    '', 'declared', false, now(), now()
FROM customers_customer WHERE random() < 0.2
"""


def measure() -> Iterator[Figure]:
    from django.db import connection

    from customers.models import Customer
    from customers.selectors.habits import habits, turned
    from customers.selectors.records import records
    from customers.selectors.usage import usage
    from customers.selectors.worth import worth
    from cxcrm.core.once import reading_once
    from feedback.selectors.heard import heard
    from tenants.context import in_tenant
    from tenants.staff.models import User

    with in_tenant(firm("reports")), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        if cursor.fetchone()[0] < CUSTOMERS:
            started = time.monotonic()
            cursor.execute(_PEOPLE, [CUSTOMERS])
            cursor.execute(_BOUGHT, [PER_CUSTOMER])
            cursor.execute(_ITEMS)
            cursor.execute(_FACTS)
            cursor.execute(_COMPLAINTS, {"count": CUSTOMERS // 10, "every": 50})
            cursor.execute("VACUUM ANALYZE")
            yield Figure(f"made {CUSTOMERS:,} customers with what is known of them", time.monotonic() - started, "s")
        reader, one = User.objects.get(role="owner"), Customer.objects.order_by("-created_at").first()
        pages = {
            "how it is used": usage,
            "what customers do differently": habits,
            "the state of the records": records,
            "what was heard, from whom": heard,
            "what customers are worth": lambda: worth(reader),
            "what one customer does differently": lambda: turned(one.pk),
        }
        for name, page in pages.items():
            taken = []
            for _turn in range(REPEATS):
                started = time.perf_counter()
                with reading_once():
                    page()
                taken.append(time.perf_counter() - started)
            yield Figure(f"{name}, median", percentile(taken, 0.5) * 1e3, "ms")
