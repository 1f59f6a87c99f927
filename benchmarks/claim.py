"""Claiming what is due while one firm has 200,000 items waiting, beside first come, first served."""

import time
from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure, percentile
from benchmarks.firm import firm

GIANT, SMALL, EACH, LIMIT = 200_000, 199, 10, 50

_FIFO = """
UPDATE public.tenants_agendaitem SET state = 'leased', lease_until = now() + interval '150 s', attempts = attempts + 1
WHERE id IN (
    SELECT id FROM public.tenants_agendaitem
    WHERE lane = 'normal' AND state = 'pending' AND due_at <= now()
    ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
)
"""
_FIRMS = """
INSERT INTO public.tenants_tenant (id, created_at, schema_name, name, slug, language, time_zone, country, plan_id,
    state, owner_email, owner_name, epoch, is_platform, paused, fingerprint, migration_error, suspension_reason)
SELECT gen_random_uuid(), now(), 'none_' || n, 'x', 'none-' || n, 'vi', 'UTC', 'VN',
    (SELECT id FROM public.tenants_plan LIMIT 1), 'active', 'x@x.example', 'x', 1, false, false, '', '', ''
FROM generate_series(1, %s) n
"""
_ITEMS = """
INSERT INTO public.tenants_agendaitem (id, created_at, tenant_id, lane, kind, ref, dedupe_key, due_at, priority, state,
    attempts, last_error)
SELECT gen_random_uuid(), now(), t.id, 'normal', 'workflows.send', gen_random_uuid(), 'bench:' || n,
    now() - interval '1 hour' + t.late, 5, 'pending', 0, ''
FROM (SELECT id, interval '0' AS late, %s AS many FROM public.tenants_tenant WHERE slug = 'bench'
      UNION ALL SELECT id, interval '30 minutes', %s FROM public.tenants_tenant WHERE slug LIKE 'none-%%') t,
     generate_series(1, t.many) n
"""


def measure() -> Iterator[Figure]:
    from django.db import connection, transaction

    from tenants.services import agenda

    firm()
    with connection.cursor() as cursor:
        cursor.execute(_FIRMS, [SMALL])
        cursor.execute(_ITEMS, [GIANT, EACH])
        cursor.execute("VACUUM ANALYZE public.tenants_agendaitem")
        cursor.execute("SELECT id FROM public.tenants_tenant WHERE slug LIKE 'none-%'")
        small = {row[0] for row in cursor.fetchall()}
    waiting, fair = SMALL * EACH, []
    while waiting:
        started = time.perf_counter()
        claimed = agenda.claim("normal", limit=LIMIT)
        fair.append(time.perf_counter() - started)
        waiting -= sum(item.tenant_id in small for item in claimed)
    fifo = []
    with connection.cursor() as cursor, transaction.atomic():
        for _claim in range(100):
            started = time.perf_counter()
            cursor.execute(_FIFO, [LIMIT])
            fifo.append(time.perf_counter() - started)
        transaction.set_rollback(True)
    # All of the giant's items are older, so first come, first served claims them all before: counted, not waited for.
    claims = (GIANT + SMALL * EACH) / LIMIT
    yield Figure(
        "one claim of 50, median", median(fair) * 1e3, "ms", median(fifo) * 1e3, "floor: first come, first served"
    )
    yield Figure("one claim of 50, p95", percentile(fair, 0.95) * 1e3, "ms", percentile(fifo, 0.95) * 1e3)
    yield Figure(f"claims until {SMALL} small firms are served", len(fair), "", claims, "floor: by its arithmetic")
    yield Figure("time until they are", sum(fair), "s", claims * median(fifo), "floor: claims times its median")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.tenants_agendaitem WHERE dedupe_key LIKE 'bench:%'")
        cursor.execute("DELETE FROM public.tenants_tenant WHERE slug LIKE 'none-%'")
        cursor.execute("VACUUM public.tenants_agendaitem")
