"""A connection must be a session of its own: behind a transaction pool one firm's SET would reach another firm."""

from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connection, connections

TRIES = 20
MESSAGE = (
    "DATABASE_URL leads through a pooler that gives every transaction another connection, so that the schema selected "
    "for one firm would serve another. Use pool_mode = session, or connect to PostgreSQL itself."
)
# Runs one statement with its parameters outside any transaction and gives its one row.
Ask = Callable[[str, list[Any]], Any]


def refuse_transaction_pooling() -> None:
    """Raises ImproperlyConfigured behind a pooler in transaction mode, OperationalError when the database is away."""
    other: Any = connections.create_connection(DEFAULT_DB_ALIAS)
    other.set_schema_to_public()

    @contextmanager
    def busy() -> Any:
        other.set_autocommit(False)
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT 1")
            yield
        finally:
            other.rollback()
            other.set_autocommit(True)

    def ask(sql: str, params: list[Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchone()

    try:
        if not is_own_session(ask, busy):
            raise ImproperlyConfigured(MESSAGE)
    finally:
        other.close()


def is_own_session(ask: Ask, busy: Callable[[], AbstractContextManager[Any]]) -> bool:
    """Does what one statement sets still hold for the next, and in the same backend?

    ``busy`` keeps another client inside a transaction, so that a pool cannot hand out the same backend by luck.
    """
    for turn in range(TRIES):
        said, backend = ask("SELECT set_config('cxcrm.probe', %s, false), pg_backend_pid()", [str(turn)])
        with busy():
            heard, served_by = ask("SELECT current_setting('cxcrm.probe', true), pg_backend_pid()", [])
        if (said, backend) != (heard, served_by):
            return False
    return True
