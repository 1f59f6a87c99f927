"""The PostgreSQL backend that refuses to run a statement in a schema it could not select."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from django.conf import settings
from django.db.utils import OperationalError
from django_tenants.postgresql_backend import base
from django_tenants.utils import quote_schema_name  # noqa: TID251 - quotes a name, enters nothing
from psycopg.pq import TransactionStatus
from psycopg.types.string import TextLoader

MOST_PLANS = 100


class DatabaseWrapper(base.DatabaseWrapper):
    """django-tenants' backend, made fail-closed and forgetful.

    Upstream swallows every error of ``SET search_path`` because inside a failed transaction the next statement fails
    anyway. A cancelled SET in autocommit mode is swallowed too, and then the statement runs in the previous tenant.

    A SET is sent only when the server does not stand there already, and that is not remembered here but said by the
    server: since PostgreSQL 18 it reports its search path after whatever changes it, a rollback as well as a SET.

    PostgreSQL keeps what it learnt of every table a connection touched, some 250 kB a schema, and DISCARD ALL gives
    none of it back. So a connection that served enough schemas is closed where a tenant is left: between requests and
    between pieces of work, never inside a transaction.
    """

    health_check_done: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.schemas_served: set[str] = set()
        self.plans: dict[str, str] = {}
        self.paths: dict[tuple[str, bool], str] = {}
        self.plan_numbers = count(1)
        # What the server calls each search path this connection has set; only its own words are compared.
        self.reported: dict[tuple[str, ...], str] = {}
        super().__init__(*args, **kwargs)

    def get_new_connection(self, conn_params: Any) -> Any:
        made = super().get_new_connection(conn_params)
        # As Django does for jsonb: its fields read the text.
        made.adapters.register_loader("json", TextLoader)
        return made

    def connect(self) -> None:
        self.schemas_served.clear()
        self.plans.clear()
        self.reported.clear()
        self.paths.clear()
        super().connect()

    def recycle(self) -> None:
        """Close the connection if it knows enough schemas; the next statement opens a new one."""
        enough = len(self.schemas_served) >= settings.SCHEMAS_PER_CONNECTION
        if enough and self.connection is not None and not self.in_atomic_block:
            self.close()

    def read(self, sql: str, params: Sequence[Any], arguments: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of one SELECT, sent in one message with the schema it is about.

        Where the schema cannot be selected the server does not run the rest of the message, so the wall holds here
        without a round trip of its own. Being a read, it is also its own health check: it is sent once more when the
        connection turns out to be dead on its first use in a request.

        With ``arguments``, even none, the statement keeps its plan: it has ``$1``, ``$2`` … for them and is asked for
        again and again. PostgreSQL makes the plan anew whenever the search path is another one.
        """
        ready = self.connection is None or self.health_check_done or self.in_atomic_block
        self.health_check_done = True
        try:
            return self._read(sql, params, arguments)
        except OperationalError:
            if ready or not self.connection.closed:
                raise
            self.close()
            return self._read(sql, params, arguments)

    def _read(self, sql: str, params: Sequence[Any], arguments: Sequence[Any] | None) -> list[tuple[Any, ...]]:
        self.ensure_connection()  # first of all: what was known of the one before is forgotten there, its plans too
        statements = [self._set_path(), sql]
        if arguments is not None:
            known = sql in self.plans
            # A name is never used twice: a PREPARE stays even where the statement after it was cancelled.
            name = self.plans.get(sql) or f"plan_{next(self.plan_numbers)}"
            statements[1:] = [] if known else [f"PREPARE {name} AS {sql}"]
            if not known and len(self.plans) >= MOST_PLANS:
                self.plans.clear()
                statements.insert(1, "DEALLOCATE ALL")
            statements.append(f"EXECUTE {name}" + (f" ({', '.join(['%s'] * len(arguments))})" if arguments else ""))
            params = [*([] if known else params), *arguments]
        with self._bare_cursor() as cursor:
            self.search_path_set_schemas = None
            cursor.execute("; ".join(statements), params)
            self.schemas_served.add(self.schema_name)
            if arguments is not None:
                self.plans[sql] = name
            for _statement in statements[1:]:
                cursor.nextset()
            return cursor.fetchall()

    def carry_out(self, statements: Iterable[str]) -> None:
        """Statements that ask nothing, in one message with the schema they are about: one transaction, all or none.

        For outside a transaction. What must not go on says so by raising; ``%`` stands for itself.
        """
        self.validate_no_atomic_block()
        self.ensure_connection()
        with self._bare_cursor() as cursor:
            self.search_path_set_schemas = None
            # The semicolon on a line of its own, since a statement may end in a comment.
            cursor.execute("\n;\n".join([self._set_path(), *statements]))
            self.schemas_served.add(self.schema_name)

    def _bare_cursor(self) -> Any:
        """A cursor as any other, only without the SET it begins with."""
        with self.wrap_database_errors:
            return self._prepare_cursor(self.connection.cursor())

    def _set_path(self) -> str:
        """The SET for the current schema; checked and quoted once per connection."""
        current = self.schema_name, self.include_public_schema
        text = self.paths.get(current)
        if text is None:
            path = ",".join(map(quote_schema_name, self._get_cursor_search_paths()))
            text = self.paths[current] = f"SET search_path = {path}"
        return text

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path or self._stands_there():
            return
        super()._handle_search_path(cursor)
        if self.search_path_set_schemas is not None:
            self.schemas_served.add(self.schema_name)
            self._note_report()
        elif not self._in_failed_transaction():
            self.validate_no_broken_transaction()  # Django refused the SET itself: say that, and keep the connection
            self.close()
            raise OperationalError(f"could not select schema {self.schema_name}; connection closed")

    def _stands_there(self) -> bool:
        """Does the server itself say that the search path is the one wanted? On a broken connection it says nothing."""
        said = None if self.connection.closed else self.connection.info.parameter_status("search_path")
        return said is not None and said == self.reported.get(tuple(self._get_cursor_search_paths()))

    def _note_report(self) -> None:
        said = self.connection.info.parameter_status("search_path")
        if said is not None:
            self.reported[tuple(self._get_cursor_search_paths())] = said

    def _in_failed_transaction(self) -> bool:
        return self.connection is not None and self.connection.info.transaction_status == TransactionStatus.INERROR
