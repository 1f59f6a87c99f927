"""The tables of one schema as an archive needs them: names, columns, sequences; and schemas set aside by a restore."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

SET_ASIDE = re.compile(r"old_([0-9a-f]{32})_[0-9a-f]{12}\Z")


@dataclass(frozen=True)
class Table:
    """A table and the columns that can be written: not those the server computes."""

    schema: str
    name: str
    columns: tuple[str, ...]


def tables_of(schema: str) -> list[Table]:
    """Every table of ``schema`` by name, its columns in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
               FROM pg_class c JOIN pg_attribute a
                 ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
               WHERE c.relnamespace = to_regnamespace(%s)::oid AND c.relkind IN ('r', 'p')
               GROUP BY c.relname ORDER BY c.relname""",
            [schema],
        )
        return [Table(schema, name, tuple(columns)) for name, columns in cursor.fetchall()]


def sequences_of(schema: str) -> list[tuple[str, str, str]]:
    """(sequence, table, column) of every column that numbers its rows by itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.relname, t.relname, a.attname
               FROM pg_class s
               JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
               JOIN pg_class t ON t.oid = d.refobjid
               JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
               WHERE s.relnamespace = to_regnamespace(%s)::oid AND s.relkind = 'S' ORDER BY 1""",
            [schema],
        )
        return list(cursor.fetchall())


def set_aside_name(tenant_id: UUID, schema: str) -> str:
    """What the schema a firm had before a restore is called afterwards: it says whose it was, and occurs once."""
    return f"old_{tenant_id.hex}_{schema.removeprefix('t_')[:12]}"


def old_schemas_of(tenant_id: UUID) -> list[str]:
    """Schemas of the firm that restores have set aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s) ORDER BY 1", [f"old_{tenant_id.hex}_"]
        )
        return [name for (name,) in cursor.fetchall()]
