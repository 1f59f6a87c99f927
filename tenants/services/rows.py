"""Rows of a firm out of the database and into it, streamed by COPY as CSV with a header; all names are qualified."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import connection
from psycopg import sql

from tenants.selectors.schemas import Table, sequences_of, tables_of

_MIGRATIONS = "django_migrations"  # which of them a schema has seen comes with the schema
# Sessions and counted tries belong to a place and a moment.
LEFT_BEHIND = frozenset({_MIGRATIONS, "django_session", "staff_session", "staff_tries"})
# What the registry holds for one firm and travels with it, by the name of its file.
SHARED = {"agenda": "tenants_agendaitem", "sent": "tenants_sentrecord", "usage": "tenants_usage"}
_OWN = {"id", "tenant_id"}


def travelling_tables(schema: str) -> list[Table]:
    """The tables of a firm an archive holds."""
    return [table for table in tables_of(schema) if table.name not in LEFT_BEHIND]


def copy_out(table: Table) -> Iterator[bytes]:
    """All rows of a firm's table."""
    return _stream(sql.SQL("COPY {} ({}) TO STDOUT (FORMAT csv, HEADER)").format(_name(table), _columns(table.columns)))


def copy_out_shared(name: str, tenant_id: UUID) -> Iterator[bytes]:
    """What the registry's table ``name`` of SHARED holds for one firm, without the keys of this installation."""
    table = _shared(name)
    return _stream(
        sql.SQL("COPY (SELECT {} FROM {} WHERE tenant_id = {}) TO STDOUT (FORMAT csv, HEADER)").format(
            _columns(table.columns), _name(table), sql.Literal(tenant_id)
        )
    )


def fill(schema: str, chunks_of: dict[str, Iterable[bytes]]) -> None:
    """Replace the rows of a freshly made schema by those of an archive, keys and content types included.

    Whatever in a firm's schema names a content type names it by the id in the same schema, so taking all tables
    together keeps every such reference right; nothing outside names one. In the caller's transaction.
    """
    with connection.cursor() as cursor:
        emptied = [_name(table) for table in tables_of(schema) if table.name != _MIGRATIONS]
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(emptied)))
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in travelling_tables(schema):
            _load(table, chunks_of[table.name])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for sequence, owner, column in sequences_of(schema):
            highest = sql.SQL(
                "SELECT setval({}, coalesce(max({column}), 1), max({column}) IS NOT NULL) FROM {table}"
            ).format(
                sql.Literal(f'"{schema}"."{sequence}"'),
                column=sql.Identifier(column),
                table=sql.Identifier(schema, owner),
            )
            cursor.execute(highest)


def fill_shared(name: str, tenant_id: UUID, chunks: Iterable[bytes]) -> None:
    """Add an archive's rows of the registry's table ``name`` to ``tenant_id``; those that are there already stay.

    What a worker had in its hands when the archive was made is nobody's now. In the caller's transaction.
    """
    table, arriving = _shared(name), Table("pg_temp", f"arriving_{name}", _shared(name).columns)
    columns = _columns(table.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                sql.Identifier(arriving.name), columns, _name(table)
            )
        )
        _load(arriving, chunks)
        if name == "agenda":
            cursor.execute(
                "UPDATE pg_temp.arriving_agenda SET state = 'pending', lease_until = NULL, lease_token = NULL"
                " WHERE state = 'leased'"
            )
        cursor.execute(
            sql.SQL("INSERT INTO {} (id, tenant_id, {}) SELECT gen_random_uuid(), {}, {} FROM {} {}").format(
                _name(table),
                columns,
                sql.Literal(tenant_id),
                columns,
                _name(arriving),
                sql.SQL("ON CONFLICT DO NOTHING"),
            )
        )


def _load(table: Table, chunks: Iterable[bytes]) -> None:
    # HEADER MATCH: the server itself refuses a file whose columns are not exactly these.
    into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, HEADER MATCH)").format(_name(table), _columns(table.columns))
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for chunk in chunks:
            copy.write(chunk)


def _stream(statement: sql.Composed) -> Iterator[bytes]:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for chunk in copy:
            yield bytes(chunk)


def _shared(name: str) -> Table:
    found = next(table for table in tables_of("public") if table.name == SHARED[name])
    return Table("public", found.name, tuple(column for column in found.columns if column not in _OWN))


def _name(table: Table) -> sql.Identifier:
    return sql.Identifier(table.schema, table.name)


def _columns(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
