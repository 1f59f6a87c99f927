"""A list of 100,000 customers as a file: rows per second and what it adds to the process, beside a bare read."""

import os
import time
from collections.abc import Iterator

import psutil

from benchmarks.figures import Figure
from benchmarks.firm import firm, people

CUSTOMERS = int(os.environ.get("CXCRM_BENCH_EXPORT", "100000"))


def measure() -> Iterator[Figure]:
    from customers.exports import CUSTOMER_PREFETCH, CUSTOMER_RELATED, customer_columns
    from customers.models import Customer
    from cxcrm.core.exports.taking import take_list
    from tenants.context import in_tenant

    process = psutil.Process()
    with in_tenant(firm("exports")):
        missing = CUSTOMERS - Customer.objects.count()
        if missing > 0:
            people(missing)
        everybody = Customer.objects.order_by("-created_at", "-id")
        queryset = everybody.select_related(*CUSTOMER_RELATED).prefetch_related(*CUSTOMER_PREFETCH)
        started = time.monotonic()
        for _row in queryset.iterator(chunk_size=1000):
            pass
        bare = time.monotonic() - started
        for file_format in ("csv", "xlsx"):
            before, started = process.memory_info().rss, time.monotonic()
            taken = take_list(
                queryset=queryset, columns=customer_columns(), file_format=file_format, title="Khách hàng"
            )
            spent, after = time.monotonic() - started, process.memory_info().rss
            taken.file.close()
            yield Figure(f"{taken.rows:,} customers as {file_format}", spent, "s", bare)
            yield Figure(
                f"more resident after {file_format}", (after - before) / 1e6, "MB", None, "goal: at most 50 MB"
            )
