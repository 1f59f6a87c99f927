"""What PostgreSQL's catalog says of one schema: as facts to compare, and as the SQL that makes it again."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db import connection, transaction

Facts = frozenset[tuple[str, ...]]

# "state IN ('a', 'b')" on a varchar is printed as a cast of the whole array, but read back as a cast of each element:
# the same meaning, another expression. With the array's own type named too it is read back as it was.
_ARRAY = re.compile(r"\(ARRAY\[((?:'(?:[^']|'')*'::character varying(?:, )?)+)\]\)::text\[\]")

# Relations are found by what depends on the schema, for which there is an index: pg_class has none by schema and would
# be read from end to end for every firm.
_OWN = """
WITH own AS (SELECT objid FROM pg_depend
             WHERE refclassid = 'pg_namespace'::regclass AND refobjid = %(oid)s AND classid = 'pg_class'::regclass)
SELECT array_agg(oid) FROM (
    SELECT objid AS oid FROM own UNION ALL SELECT i.indexrelid FROM own JOIN pg_index i ON i.indrelid = own.objid
) relations
"""
# Rows (kind, name, details…) of everything a schema can hold; what we never use is here too, so that it is noticed.
# The first name is cast to text: of type name, all below it would be cut at 63 bytes, schema and table together.
_STRUCTURE = """
SELECT 'relation', c.relname::text, c.relkind::text, coalesce(c.reloptions::text, ''), c.relrowsecurity::text
FROM pg_class c WHERE c.oid = ANY(%(relations)s)
UNION ALL
SELECT 'column', c.relname, a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.attidentity, a.attgenerated, a.attcollation::regcollation, a.attstorage),
       coalesce(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.oid = ANY(%(relations)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT 'order', c.relname, string_agg(a.attname, ' ' ORDER BY a.attnum), '', ''
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.oid = ANY(%(relations)s) AND c.relkind IN ('r', 'p') GROUP BY c.oid, c.relname
UNION ALL
SELECT 'constraint', r.conrelid::regclass::text, r.conname, r.convalidated::text, pg_get_constraintdef(r.oid)
FROM pg_constraint r WHERE r.conrelid = ANY(%(relations)s || 0::oid) AND r.connamespace = %(oid)s
UNION ALL
SELECT 'index', c.relname, i.indisvalid::text, i.indisclustered::text, pg_get_indexdef(i.indexrelid)
FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE c.oid = ANY(%(relations)s)
UNION ALL
SELECT 'sequence', c.relname, s.seqtypid::regtype::text,
       concat_ws(' ', s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle),
       coalesce((SELECT concat_ws(' ', d.deptype, d.refobjid::regclass, a.attname) FROM pg_depend d
                 JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                 WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')), '')
FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid WHERE c.oid = ANY(%(relations)s)
UNION ALL
SELECT 'trigger', c.relname, t.tgname, pg_get_triggerdef(t.oid), ''
FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal WHERE c.oid = ANY(%(relations)s)
UNION ALL
SELECT 'function', p.proname, md5(p.prosrc), '', '' FROM pg_proc p WHERE p.pronamespace = %(oid)s
UNION ALL
SELECT 'type', t.typname, t.typtype::text, '', '' FROM pg_type t
WHERE t.typnamespace = %(oid)s AND t.typrelid = 0 AND t.typelem = 0
UNION ALL
SELECT 'collation', l.collname, '', '', '' FROM pg_collation l WHERE l.collnamespace = %(oid)s
UNION ALL
SELECT 'statistics', x.stxname, '', '', '' FROM pg_statistic_ext x WHERE x.stxnamespace = %(oid)s
UNION ALL
SELECT 'policy', c.relname, p.polname, '', '' FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.oid = ANY(%(relations)s)
UNION ALL
SELECT 'comment', c.relname, coalesce(a.attname, ''), d.description, '' FROM pg_class c
JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
WHERE c.oid = ANY(%(relations)s)
"""

_COLUMNS = """
SELECT c.oid::regclass::text, a.attname, concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation END,
    CASE WHEN a.attgenerated = '' THEN 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END,
    CASE a.attgenerated WHEN 's' THEN 'GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
                        WHEN 'v' THEN 'GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') VIRTUAL' END,
    CASE WHEN a.attidentity <> '' THEN
        'GENERATED ' || CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END
        || ' AS IDENTITY (SEQUENCE NAME ' || pg_get_serial_sequence(c.oid::regclass::text, a.attname) || ')' END,
    CASE WHEN a.attnotnull THEN coalesce('CONSTRAINT ' || quote_ident(n.conname) || ' ', '') || 'NOT NULL' END),
    a.attgenerated <> ''
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_constraint n ON n.conrelid = c.oid AND n.contype = 'n' AND n.conkey = ARRAY[a.attnum]
WHERE c.relnamespace = %(oid)s AND c.relkind = 'r'
ORDER BY c.relname, a.attnum
"""

_CONSTRAINTS = """
SELECT r.conrelid::regclass::text, 'CONSTRAINT ' || quote_ident(r.conname) || ' ' || pg_get_constraintdef(r.oid)
FROM pg_constraint r WHERE r.connamespace = %(oid)s AND r.contype = ANY(%(kinds)s)
ORDER BY r.conrelid::regclass::text, r.contype, r.conname
"""

_INDEXES = """
SELECT pg_get_indexdef(i.indexrelid) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.relnamespace = %(oid)s AND NOT EXISTS (SELECT 1 FROM pg_constraint r WHERE r.conindid = i.indexrelid
                                               AND r.contype IN ('p', 'u', 'x'))
ORDER BY c.relname
"""

_RELATIONS = """
SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = %(oid)s AND c.relkind = %(kind)s ORDER BY 1
"""

_OPTIONS = """
SELECT c.oid::regclass::text, array_to_string(c.reloptions, ', ') FROM pg_class c
WHERE c.relnamespace = %(oid)s AND c.relkind = 'r' AND c.reloptions IS NOT NULL
"""


def structure_of(schema: str) -> Facts:
    """All that makes the tables of ``schema`` what they are, without its name; compare two with ``^``."""
    with transaction.atomic(), connection.cursor() as cursor:
        oid = _look_from_nowhere(cursor, schema)
        cursor.execute(_OWN, {"oid": oid})
        relations = cursor.fetchone()[0] or []
        cursor.execute(_STRUCTURE, {"oid": oid, "relations": relations})
        return frozenset(tuple(str(value).replace(schema, "") for value in row) for row in cursor.fetchall())


def contents_of(schema: str) -> Facts:
    """Rows and next ids of ``schema``: how many and which per table, and where each sequence stands."""
    with transaction.atomic(), connection.cursor() as cursor:
        oid = _look_from_nowhere(cursor, schema)
        # One message: there are some two hundred. The first says nothing, for schemas with neither.
        told = ["SELECT '', '', '', '' WHERE false"]
        told += [
            f"SELECT 'rows', {_quoted(table)}, count(*)::text, coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"  # noqa: E501, S608 - quoted by the server
            for table in _relations(cursor, oid, "r")
        ]
        told += [
            f"SELECT 'next', {_quoted(sequence)}, last_value::text, is_called::text FROM {sequence}"  # noqa: S608 - quoted by the server
            for sequence in _relations(cursor, oid, "S")
        ]
        cursor.execute(" UNION ALL ".join(told))
        return frozenset((kind, name.replace(schema, ""), *rest) for kind, name, *rest in cursor.fetchall())


def definition_of(schema: str) -> str:
    """Top-level SQL that makes ``schema`` with its tables and rows; every name in it is qualified."""
    with transaction.atomic(), connection.cursor() as cursor:
        oid = _look_from_nowhere(cursor, schema)
        return ";\n".join([f"CREATE SCHEMA {schema}", *_statements(cursor, oid)]) + ";\n"


def _statements(cursor: Any, oid: int) -> Iterator[str]:
    cursor.execute(_COLUMNS, {"oid": oid})
    columns = [(table, list(rows)) for table, rows in groupby(cursor.fetchall(), key=lambda row: row[0])]
    inline = _grouped(cursor, oid, ["p", "u", "c", "x"])
    cursor.execute(_OPTIONS, {"oid": oid})
    options = dict(cursor.fetchall())
    for table, rows in columns:
        lines = [*(_exactly(row[2]) for row in rows), *inline.get(table, [])]
        storage = f" WITH ({options[table]})" if table in options else ""
        yield f"CREATE TABLE {table} (\n    " + ",\n    ".join(lines) + f"\n){storage}"
    filled = _filled(cursor, [table for table, _rows in columns])
    for table, rows in columns:
        if table in filled:
            yield _insert(cursor, table, [row[1] for row in rows if not row[3]])
    cursor.execute(_INDEXES, {"oid": oid})
    yield from [_exactly(row[0]) for row in cursor.fetchall()]
    for table, foreign_keys in _grouped(cursor, oid, ["f"]).items():
        yield f"ALTER TABLE {table}\n    ADD " + ",\n    ADD ".join(foreign_keys)
    for sequence in _relations(cursor, oid, "S"):
        cursor.execute(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608 - quoted by the server
        for (last,) in cursor.fetchall():
            yield f"SELECT pg_catalog.setval({_quoted(sequence)}, {last})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _filled(cursor: Any, tables: list[str]) -> set[str]:
    """Those that have rows; of two hundred few have."""
    asked = [f"SELECT {_quoted(table)} WHERE EXISTS (SELECT 1 FROM {table})" for table in tables]  # noqa: S608 - quoted by the server
    cursor.execute(" UNION ALL ".join(["SELECT '' WHERE false", *asked]))
    return {row[0] for row in cursor.fetchall()}


def _insert(cursor: Any, table: str, columns: list[str]) -> str:
    names = [connection.ops.quote_name(column) for column in columns]
    values = ", ".join(f"quote_nullable({name}::text)" for name in names)
    row = f"'(' || concat_ws(', ', {values}) || ')'"
    cursor.execute(f"SELECT string_agg({row}, E',\\n' ORDER BY ctid) FROM {table}")  # noqa: S608 - quoted names
    rows = cursor.fetchone()[0]
    return f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE VALUES\n{rows}"


def _grouped(cursor: Any, oid: int, kinds: list[str]) -> dict[str, list[str]]:
    cursor.execute(_CONSTRAINTS, {"oid": oid, "kinds": kinds})
    by_table = groupby(cursor.fetchall(), key=lambda row: row[0])
    return {table: [_exactly(row[1]) for row in rows] for table, rows in by_table}


def _exactly(printed: str) -> str:
    return _ARRAY.sub(r"((ARRAY[\1])::character varying[])::text[]", printed)


def _relations(cursor: Any, oid: int, kind: str) -> list[str]:
    cursor.execute(_RELATIONS, {"oid": oid, "kind": kind})
    return [row[0] for row in cursor.fetchall()]


def _look_from_nowhere(cursor: Any, schema: str) -> int:
    """With nothing in the search path PostgreSQL qualifies every name it prints; valid for this cursor only."""
    cursor.execute("SET LOCAL search_path TO pg_catalog")
    cursor.execute("SELECT oid FROM pg_namespace WHERE nspname = %s", [schema])
    row = cursor.fetchone()
    if row is None:
        raise LookupError(f"no schema {schema}")
    return int(row[0])
