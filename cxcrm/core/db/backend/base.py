"""The PostgreSQL backend that refuses to run a statement in a schema it could not select."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.utils import OperationalError
from django_tenants.postgresql_backend import base
from django_tenants.utils import quote_schema_name
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """django-tenants' backend, made fail-closed and forgetful.

    Upstream swallows every error of ``SET search_path`` because inside a failed transaction the next statement fails
    anyway. A cancelled SET in autocommit mode is swallowed too, and then the statement runs in the previous tenant.

    PostgreSQL keeps what it learnt of every table a connection touched, some 250 kB a schema, and DISCARD ALL gives
    none of it back. So a connection that served enough schemas is closed where Django closes obsolete ones: between
    requests and between tasks, never inside a transaction.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.schemas_served: set[str] = set()
        super().__init__(*args, **kwargs)

    def connect(self) -> None:
        self.schemas_served.clear()
        super().connect()

    def close_if_unusable_or_obsolete(self) -> None:
        super().close_if_unusable_or_obsolete()
        enough = len(self.schemas_served) >= settings.SCHEMAS_PER_CONNECTION
        if enough and self.connection is not None and not self.in_atomic_block:
            self.close()

    def read(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Rows of one SELECT, sent in one message with the schema it is about.

        Where the schema cannot be selected the server does not run the rest of the message, so the wall holds here
        without a round trip of its own. Being a read, it is also its own health check: it is sent once more when the
        connection turns out to be dead on its first use in a request.
        """
        paths = ",".join(quote_schema_name(path) for path in self._get_cursor_search_paths())
        message = f"SET search_path = {paths}; {sql}"
        fresh = self.connection is None or self.health_check_done or self.in_atomic_block
        self.health_check_done = True
        try:
            return self._read(message, params)
        except OperationalError:
            if fresh or not self.connection.closed:
                raise
            self.close()
            return self._read(message, params)

    def _read(self, message: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        self._setting_search_path = True  # upstream's own way of asking for a cursor without a SET
        try:
            cursor = self.cursor()
        finally:
            self._setting_search_path = False
        with cursor:
            self.search_path_set_schemas = None
            cursor.execute(message, params)
            self.schemas_served.add(self.schema_name)
            cursor.nextset()
            return cursor.fetchall()

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path:
            return
        super()._handle_search_path(cursor)
        if self.search_path_set_schemas is not None:
            self.schemas_served.add(self.schema_name)
        elif not self._in_failed_transaction():
            self.validate_no_broken_transaction()  # Django refused the SET itself: say that, and keep the connection
            self.close()
            raise OperationalError(f"could not select schema {self.schema_name}; connection closed")

    def _in_failed_transaction(self) -> bool:
        return self.connection is not None and self.connection.info.transaction_status == TransactionStatus.INERROR
