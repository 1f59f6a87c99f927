"""The PostgreSQL backend that refuses to run a statement in a schema it could not select."""

from typing import Any

from django.db.utils import OperationalError
from django_tenants.postgresql_backend import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """django-tenants' backend, made fail-closed.

    Upstream swallows every error of ``SET search_path`` because inside a failed transaction the next statement fails
    anyway. A cancelled SET in autocommit mode is swallowed too, and then the statement runs in the previous tenant.
    """

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path:
            return
        super()._handle_search_path(cursor)
        if self.search_path_set_schemas is None and not self._in_failed_transaction():
            self.validate_no_broken_transaction()  # Django refused the SET itself: say that, and keep the connection
            self.close()
            raise OperationalError(f"could not select schema {self.schema_name}; connection closed")

    def _in_failed_transaction(self) -> bool:
        return self.connection is not None and self.connection.info.transaction_status == TransactionStatus.INERROR
