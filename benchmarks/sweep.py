"""Looking for what is due with a thousand firms, beside ten, with as many items due; and when nothing is."""

import time
from collections.abc import Iterator
from statistics import median

from benchmarks.claim import _FIRMS
from benchmarks.figures import Figure, percentile
from benchmarks.firm import firm

FEW, MANY, DUE, WAITING, TIMES = 10, 1000, 10, 100_000, 100

_ITEMS = """
INSERT INTO public.tenants_agendaitem (id, created_at, tenant_id, lane, kind, ref, dedupe_key, due_at, priority, state,
    attempts, last_error)
SELECT gen_random_uuid(), now(), t.id, 'escalation', 'workflows.climb', gen_random_uuid(), %s || n,
    now() + %s::interval, 2, 'pending', 0, ''
FROM generate_series(1, %s) n
JOIN (SELECT id, row_number() OVER (ORDER BY slug) - 1 AS place FROM public.tenants_tenant WHERE slug LIKE 'none-%%') t
  ON t.place = n %% %s
"""


def measure() -> Iterator[Figure]:
    firm()
    taken = {firms: _sweeps(firms) for firms in (FEW, MANY)}
    for what, index in (("claim of 10 due", 0), ("idle sweep", 1)):
        few, many = taken[FEW][index], taken[MANY][index]
        yield Figure(
            f"{what} with {MANY} firms and {WAITING} items waiting, median", median(many) * 1e3, "ms",
            median(few) * 1e3, f"floor: with {FEW} firms; goal 2.00 x",
        )  # fmt: skip
        yield Figure("the same, p95", percentile(many, 0.95) * 1e3, "ms", percentile(few, 0.95) * 1e3)
    yield Figure("idle sweep, p95", percentile(taken[MANY][1], 0.95) * 1e3, "ms", None, "goal: at most 5 ms")


def _sweeps(firms: int) -> tuple[list[float], list[float]]:
    """Seconds of each claim with something due, and of each with nothing due."""
    from django.db import connection, transaction

    from tenants.services import agenda

    with connection.cursor() as cursor:
        cursor.execute(_FIRMS, [firms])
        cursor.execute(_ITEMS, ["wait:", "1 day", WAITING, firms])
        cursor.execute("VACUUM ANALYZE public.tenants_agendaitem")
        cursor.execute("ANALYZE public.tenants_tenant")
    busy, idle = [], []
    for _time in range(TIMES):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_ITEMS, ["due:", "-1 minute", DUE, firms])
            started = time.perf_counter()
            assert len(agenda.claim("escalation", limit=DUE, share=DUE)) == DUE
            busy.append(time.perf_counter() - started)
            transaction.set_rollback(True)
        started = time.perf_counter()
        agenda.claim("escalation")
        idle.append(time.perf_counter() - started)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.tenants_agendaitem WHERE dedupe_key LIKE 'wait:%'")
        cursor.execute("DELETE FROM public.tenants_tenant WHERE slug LIKE 'none-%'")
    return busy, idle
