"""Distributed PostgreSQL (Citus): registering shared tables, and seeing that every firm's tables are distributed."""

from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from tenants.models import Plan, SpareSchema, Tenant

# Small, read by everybody, and what other shared tables point to: a copy on every node.
_REFERENCE: Final = frozenset({Tenant._meta.db_table, Plan._meta.db_table})


@dataclass
class Registration:
    """What was done, and which tables of which schema are not where they belong."""

    distributed: bool
    registered: list[str] = field(default_factory=list)
    stranded: dict[str, list[str]] = field(default_factory=dict)


def register_tables() -> Registration:
    """Register what is not registered yet and look for stranded tables; on plain PostgreSQL nothing happens.

    Shared tables are registered before the first firm exists: registering a filled table with a sequence restarts the
    sequence, so sequences are set again afterwards, whatever happened. Repeating it changes nothing.
    """
    if not is_distributed():
        return Registration(distributed=False)
    done = Registration(distributed=True)
    known = _known_tables("public")
    for table in shared_tables():
        if table in known:
            continue
        call = "create_reference_table" if table in _REFERENCE else "citus_add_local_table_to_metadata"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {call}(%s::regclass)", [f"public.{table}"])
        done.registered.append(table)
    _set_sequences("public")
    done.stranded = stranded_tables()
    return done


def is_distributed() -> bool:
    """Is this a Citus coordinator?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')")
        return bool(cursor.fetchone()[0])


def shared_tables() -> list[str]:
    """Tables of the public schema, those others point to first."""
    return sorted(_tables("public"), key=lambda table: (table not in _REFERENCE, table != Plan._meta.db_table, table))


def stranded_tables() -> dict[str, list[str]]:
    """Schema of each firm and spare → its tables that stayed on the coordinator; empty when all is well."""
    found: dict[str, list[str]] = {}
    living = Tenant.objects.exclude(state=Tenant.State.CLOSED).values_list("schema_name", flat=True)
    for schema in sorted([*living, *SpareSchema.objects.values_list("schema_name", flat=True)]):
        missing = sorted(_tables(schema) - _known_tables(schema))
        if missing:
            found[schema] = missing
    return found


def _tables(schema: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {row[0] for row in cursor.fetchall()}


def _known_tables(schema: str) -> set[str]:
    """Tables Citus knows in a schema."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid
               JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s""",
            [schema],
        )
        return {row[0] for row in cursor.fetchall()}


def _set_sequences(schema: str) -> None:
    """Every identity column goes on after the largest number it has."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, column_name FROM information_schema.columns
               WHERE table_schema = %s AND is_identity = 'YES'""",
            [schema],
        )
        for table, column in cursor.fetchall():
            name, quoted = connection.ops.quote_name(f"{table}"), connection.ops.quote_name(column)
            cursor.execute(
                f"""SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(max({quoted}), 0) + 1, false)
                    FROM {connection.ops.quote_name(schema)}.{name}""",  # noqa: S608 - names from the catalog
                [f"{schema}.{table}", column],
            )
