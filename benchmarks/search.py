"""Unaccented search over a million customers, beside unaccent__icontains without an index; rows of a page of 50."""

import os
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.figures import Figure, interleaved, percentile
from benchmarks.firm import firm

CUSTOMERS = int(os.environ.get("CXCRM_BENCH_CUSTOMERS", "1000000"))
REPEATS = 15
# Names as they are spread in Vietnam: two in five are Nguyễn, every fourth middle name is Thị.
_FILL = """
WITH names AS (SELECT
    string_to_array('Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Phạm Hoàng Võ Đặng'
        ' Bùi Đỗ Hồ Trịnh', ' ') AS family,
    string_to_array('Thị Thị Thị Văn Văn Hữu Minh Ngọc Quốc Thanh Đức Xuân', ' ') AS middle,
    string_to_array('Hương Lan Tuấn Dũng Hà Phúc Nghĩa Trâm Yến Đạt Vy Khôi Vương Hường Huệ Hùng Bảo Châu Giang Khánh'
        ' Linh Mai Nam Oanh Phong Quân Sơn Thảo Uyên Xuân Ước Ý', ' ') AS given),
made AS MATERIALIZED (
    SELECT n, now() - n * interval '1 second' AS at,
        family[1 + floor(random() * cardinality(family))::int] || ' '
        || middle[1 + floor(random() * cardinality(middle))::int] || ' '
        || given[1 + floor(random() * cardinality(given))::int] AS name,
        '+849' || lpad((n * 7919 %% 100000000)::text, 8, '0') AS phone
    FROM names, generate_series(1, %s::bigint) n
)
INSERT INTO customers_customer (id, created_at, updated_at, kind, full_name, raw_name, given_name, name_order,
    salutation, salutation_source, formal_title, language, tags, address, note, search_text, sort_key, version,
    is_sample)
SELECT gen_random_uuid(), at, at, 'person', name, '', split_part(name, ' ', 3), 'family_first',
    '', '', '', 'vi', '{}', '', '',
    lower(public.unaccent(name)) || E'\\nkhach' || n || E'@example.com\\n' || phone || E'\\n0' || substr(phone, 4)
    || E'\\n', lower(public.unaccent(split_part(name, ' ', 3))) || n, 1, false
FROM made
"""
ASKED = {
    "common": ("nguyen thi", "nguyen", "thi lan"),
    "medium": ("nguyen thi hu", "tran van khoi", "hoang ngoc"),
    "rare": ("trinh xuan vuong", "0912 345", "khach123456"),
}


def measure() -> Iterator[Figure]:
    from django.db import connection

    from customers.api.serializers import CustomerOut
    from customers.models import Customer
    from customers.selectors.customers import search
    from cxcrm.core.admin.paging import CappedPaginator
    from cxcrm.core.api import rows
    from tenants.context import in_tenant

    with in_tenant(firm("search")):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM customers_customer")
            if cursor.fetchone()[0] < CUSTOMERS:
                started = time.monotonic()
                cursor.execute(_FILL, [CUSTOMERS])
                cursor.execute("VACUUM ANALYZE customers_customer")
                yield Figure(f"made {CUSTOMERS:,} customers", time.monotonic() - started, "s")
        customers = rows.listing(CustomerOut, ("-created_at", "-id"))

        def page(text: str) -> int:
            return len(customers.page(search(Customer.objects.all(), text), after=None, limit=51))

        def plain(text: str) -> int:
            found = Customer.objects.filter(full_name__unaccent__icontains=text).order_by("-created_at", "-id")
            return len(list(found[:50]))

        def counted(text: str) -> int:
            return CappedPaginator(search(Customer.objects.all(), text), 50).count

        everybody = Customer.objects.all()
        deep = everybody.order_by("-created_at", "-id").values_list("created_at", "id")[CUSTOMERS * 19 // 20]
        taken = interleaved(
            {
                "first": lambda: customers.page(everybody, after=None, limit=51),
                "deep": lambda: customers.page(everybody, after=deep, limit=51),
            },
            rounds=9,
            each=10,
        )
        what = f"the page at row {CUSTOMERS * 19 // 20:,} (floor: the first page)"
        yield Figure(what, taken["deep"] * 1e3, "ms", taken["first"] * 1e3, "goal: at most 1.50 x")
        for kind, texts in ASKED.items():
            ours, floor, counts = [], [], []
            for text in texts:
                assert page(text) or CUSTOMERS < 1_000_000, text
                for _turn in range(REPEATS):
                    ours.append(_taken(page, text))
                    counts.append(_taken(counted, text))
                floor.append(_taken(plain, text))
            goal = "goal: p95 at most 5 ms" if kind == "common" else "goal: p95 at most 60 ms"
            yield Figure(f"a page of {kind} names, p50", percentile(ours, 0.5), "ms", percentile(floor, 0.5))
            yield Figure(f"a page of {kind} names, p95", percentile(ours, 0.95), "ms", percentile(floor, 0.95), goal)
            yield Figure(f"capped count of {kind} names, p95", percentile(counts, 0.95), "ms")


def _taken(call: Any, text: str) -> float:
    started = time.perf_counter()
    call(text)
    return (time.perf_counter() - started) * 1e3
