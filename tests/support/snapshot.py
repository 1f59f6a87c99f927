"""Bring the database back to how the session found it, after a test that really committed."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction


@dataclass
class Snapshot:
    """The rows of every table of every schema of ours, and the last transaction that wrote to them."""

    tables: dict[str, tuple[int, bytes]]  # how many rows, and the rows as COPY text
    last_xid: int

    @classmethod
    def take(cls) -> "Snapshot":
        tables = {}
        with transaction.atomic(), connection.cursor() as cursor:
            for name in _tables(cursor):
                with cursor.copy(f"COPY {name} TO STDOUT") as copy:
                    rows = b"".join(bytes(chunk) for chunk in copy)
                tables[name] = rows.count(b"\n"), rows
            return cls(tables, _xid(cursor))

    def restore(self) -> None:
        """Drop schemas made since, put the first rows back into every table written to since; one transaction."""
        connection.close()
        with transaction.atomic(), connection.cursor() as cursor:
            for name in _schemas(cursor) - {table.partition(".")[0] for table in self.tables}:
                cursor.execute(f"DROP SCHEMA {name} CASCADE")
            # Keys between tables are checked at the end, so the order does not matter. TRUNCATE would make new files
            # for each table and all its indexes, which is slow where rows are few.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            changed = self._changed(cursor)
            for name in changed:
                cursor.execute(f"DELETE FROM {name}")
            for name in changed:
                if self.tables[name][1]:
                    with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                        copy.write(self.tables[name][1])
            self.last_xid = _xid(cursor)

    def _changed(self, cursor: Any) -> list[str]:
        """Tables that lost a row of then or have one of later; an update does both."""
        parts = (
            f"SELECT '{name}', count(*) FILTER (WHERE age(xmin) >= here.age) <> {rows} OR bool_or(age(xmin) < here.age)"
            f" FROM {name}, here GROUP BY here.age"
            if rows
            else f"SELECT '{name}', EXISTS (SELECT FROM {name})"
            for name, (rows, _copy) in self.tables.items()
        )
        here = f"WITH here AS MATERIALIZED (SELECT age('{self.last_xid % 2**32}'::xid) AS age)"
        cursor.execute(f"{here} {' UNION ALL '.join(parts)}")
        found = dict(cursor.fetchall())
        return [name for name in self.tables if found.get(name, True)]  # a table without any row left gives no line


def _xid(cursor: Any) -> int:
    """The number of this transaction."""
    cursor.execute("SELECT pg_current_xact_id()::text::bigint")
    return int(cursor.fetchone()[0])


def _schemas(cursor: Any) -> set[str]:
    cursor.execute("SELECT format('%I', nspname) FROM pg_namespace WHERE nspname LIKE 't\\_%'")
    return {row[0] for row in cursor.fetchall()}


def _tables(cursor: Any) -> list[str]:
    cursor.execute(
        """SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
           WHERE schemaname = 'public' OR schemaname LIKE 't\\_%' ORDER BY 1"""
    )
    return [row[0] for row in cursor.fetchall()]
