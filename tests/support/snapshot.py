"""Bring the database back to how the session found it, after a test that really committed."""

from dataclasses import dataclass

from django.db import connection, transaction


@dataclass
class Snapshot:
    """The rows of every table of every schema of ours, as COPY text."""

    tables: dict[str, bytes]

    @classmethod
    def take(cls) -> "Snapshot":
        tables = {}
        with connection.cursor() as cursor:
            for name in _tables(cursor):
                with cursor.copy(f"COPY {name} TO STDOUT") as copy:
                    tables[name] = b"".join(bytes(chunk) for chunk in copy)
        return cls(tables)

    def restore(self) -> None:
        """Drop schemas made since, empty what has rows, put the first rows back; one transaction."""
        connection.close()
        with transaction.atomic(), connection.cursor() as cursor:
            for name in _schemas(cursor) - {table.partition(".")[0] for table in self.tables}:
                cursor.execute(f"DROP SCHEMA {name} CASCADE")
            cursor.execute(f"TRUNCATE {', '.join(self.tables)}")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for name, rows in self.tables.items():
                if rows:
                    with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                        copy.write(rows)


def _schemas(cursor) -> set[str]:
    cursor.execute("SELECT format('%I', nspname) FROM pg_namespace WHERE nspname LIKE 't\\_%'")
    return {row[0] for row in cursor.fetchall()}


def _tables(cursor) -> list[str]:
    cursor.execute(
        """SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
           WHERE schemaname = 'public' OR schemaname LIKE 't\\_%' ORDER BY 1"""
    )
    return [row[0] for row in cursor.fetchall()]
