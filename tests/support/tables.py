"""What firms' tables hold, so that a test can say that nothing happened."""

from collections.abc import Iterable

from django.db import connection

from cxcrm.core.context import TenantRef


def fingerprint(*tenants: TenantRef, ignore: Iterable[str] = ()) -> dict[str, str]:
    """A digest per table of the firms (``schema.table``), rows in no particular order; ``ignore`` names tables."""
    digests = {}
    with connection.cursor() as cursor:
        for tenant in tenants:
            cursor.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [tenant.schema_name]
            )
            names = [row[0] for row in cursor.fetchall() if row[0] not in set(ignore)]
            cursor.execute(" UNION ALL ".join(_digest(tenant.schema_name, name) for name in names))
            digests |= {row[0]: row[1] for row in cursor.fetchall()}
    return digests


def _digest(schema: str, table: str) -> str:
    rows = f'"{schema}"."{table}"'
    return (
        f"SELECT '{schema}.{table}', count(*) || ':' || "
        f"coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {rows} t"
    )
