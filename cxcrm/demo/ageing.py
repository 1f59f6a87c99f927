"""Time passes for one firm: everything it has stored becomes older, so that all clocks stay true to each other."""

from datetime import timedelta
from functools import cache
from typing import Any

from django.db import connection

from cxcrm.core.context import TenantRef

_COLUMNS = """
SELECT table_name, string_agg(format('%%1$I = %%1$I - %%%%s::interval', column_name), ', '), count(*)
FROM information_schema.columns
WHERE table_schema = %s AND data_type = 'timestamp with time zone' AND table_name !~ '^(django|auth)_'
GROUP BY table_name
"""


@cache
def _updates(schema: str) -> tuple[tuple[str, int], ...]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [schema])
        found = [(f'UPDATE "{schema}"."{table}" SET {moved}', count) for table, moved, count in cursor.fetchall()]
    return tuple(found)


def age(tenant: TenantRef, delta: timedelta) -> None:
    """Make every moment stored for ``tenant`` lie ``delta`` further back, and what waits on the agenda come nearer."""
    moved_by: list[Any] = [delta]
    with connection.cursor() as cursor:
        for statement, count in _updates(tenant.schema_name):
            cursor.execute(statement, moved_by * count)
        cursor.execute(
            "UPDATE public.tenants_agendaitem SET due_at = due_at - %s WHERE tenant_id = %s", [*moved_by, tenant.id]
        )
