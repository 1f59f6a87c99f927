"""Where schemas stand: which migrations they have recorded, and whether an index in them is whole."""

import hashlib

from django.db import connection

# The migrations a schema has recorded, as Django names them: (app, name).
Standing = frozenset[tuple[str, str]]


def applied_in(schema_name: str) -> Standing:
    """What ``schema_name`` has recorded as applied; nothing at all when it has no such table, or is not there."""
    table = f"{connection.ops.quote_name(schema_name)}.django_migrations"
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        if not cursor.fetchone()[0]:
            return frozenset()
        cursor.execute(standing_sql(schema_name))
        return frozenset(cursor.fetchall())


def standing_sql(schema_name: str) -> str:
    """The query for the rows of a Standing of a schema that has such a table."""
    return f"SELECT app, name FROM {connection.ops.quote_name(schema_name)}.django_migrations"  # noqa: S608 - quoted


def digest_of(standing: Standing) -> str:
    """Short for a Standing: 32 hex digits."""
    text = ",".join(f"{app}.{name}" for app, name in sorted(standing))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def standing_digest_sql(schema_name: str) -> str:
    """The query for ``digest_of`` a schema's Standing; of an empty one it is null."""
    by = 'app COLLATE "C", name COLLATE "C"'
    return f"SELECT md5(string_agg(app || '.' || name, ',' ORDER BY {by})) FROM ({standing_sql(schema_name)}) applied"  # noqa: S608 - ours


def index_is_whole(schema_name: str, index: str) -> bool | None:
    """False for what a concurrent build left half-way; None when there is no such index."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s""",
            [schema_name, index],
        )
        row = cursor.fetchone()
    return None if row is None else bool(row[0])
