"""One worker makes the test database, the others take a copy of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_LOCK = 7_240_917  # held by whoever is making or copying the first database of a run


class Seed:
    """A database nobody works in, from which this process's is made, or which is made from it."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._own = str(connection.creation._get_test_db_name())
        self._name = f"{self._own.rpartition('_')[0]}_seed"
        self._made = ""

    def is_there(self) -> bool:
        """A seed of this run; what an earlier run left behind does not count."""
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [self._name]
            )
            return cursor.fetchone() == (self._run,)

    def sow(self) -> None:
        """Make the seed from the database this process works in."""
        self._copy(self._own, self._name)
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"COMMENT ON DATABASE \"{self._name}\" IS '{self._run}'")

    def grow(self) -> None:
        """Make this process's database from the seed, and work in it from now on."""
        self._copy(self._name, self._own)
        connection.settings_dict["NAME"] = self._own

    def clear(self) -> None:
        """Remove what this process made."""
        connection.close()
        self._drop(self._made)

    def _copy(self, source: str, target: str) -> None:
        connection.close()
        self._drop(target)
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        self._made = target

    def _drop(self, name: str) -> None:
        with connection._nodb_cursor() as cursor:
            # WITH (FORCE) fails when it meets an autovacuum worker, which is a superuser's process; without it the
            # server sends those away itself, and only clients are left to us.
            cursor.execute(
                """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                   WHERE datname = %s AND backend_type = 'client backend'""",
                [name],
            )
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


@contextmanager
def maker_of(run: str) -> Iterator[Seed]:
    """The seed of a run, while no other worker of it looks for one or makes one."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield Seed(run)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
