"""What a deploy does to one firm: statements recorded once for all, and what every firm must run itself."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import DatabaseError, connection, transaction
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from psycopg.errors import DivisionByZero

from tenants.context import in_tenant, ref_of
from tenants.models import Tenant
from tenants.selectors.migrations import Standing, digest_of, index_is_whole, standing_digest_sql

# Firms with tables that somebody uses or may use again. One being set up is brought up to date by its set-up.
WITH_TABLES = (Tenant.State.ACTIVE, Tenant.State.SUSPENDED, Tenant.State.CLOSING)


class FirmGone(RuntimeError):
    """The firm was closed or dropped meanwhile."""


@dataclass(frozen=True)
class Own:
    """An operation that may do something else in each firm; it sees the models of its moment, rendered once for all."""

    app_label: str
    operation: Operation
    before: ProjectState
    after: ProjectState

    def run(self, schema_name: str) -> None:
        """Carry it out in the schema entered now, in a transaction of its own only where it asks for one."""
        if isinstance(self.operation, AddIndexConcurrently) and _left_whole(schema_name, self.operation.index.name):
            return
        alone = self.operation.atomic and not connection.in_atomic_block
        with transaction.atomic() if alone else nullcontext(), connection.schema_editor(atomic=False) as editor:
            self.operation.database_forwards(self.app_label, editor, self.before, self.after)

    def __str__(self) -> str:
        return f"-- in every firm: {self.operation.describe()}"


@dataclass(frozen=True)
class Stretch:
    """The way from one standing to the next: one transaction, unless its one migration forbids transactions."""

    atomic: bool
    migrations: tuple[tuple[str, str], ...]
    steps: tuple[str | Own, ...]
    # Rows that new models bring (content types, permissions); laid in with the record of the migrations.
    seeds: str = ""
    # The fingerprint a firm has when this stretch is behind it; empty when more is to come.
    fingerprint: str = ""

    def after(self, standing: Standing) -> Standing:
        return standing | set(self.migrations)

    def run(self, tenant: Tenant, *, lock_timeout: float) -> bool:
        """Take ``tenant`` along; False when it is not any more as it was read. Killed or failed at any point, an atomic
        stretch has not happened.

        Raises whatever the database or a step raises; waiting for a lock ends after ``lock_timeout`` seconds, so that
        nobody queues behind us for longer. The commit is not waited for: see ``make_durable``.
        """
        patience = _patience(lock_timeout)
        # First the record, so that the firm stays locked and cannot be dropped meanwhile.
        head = [*patience, composed(*self._claim_sql(tenant)), applied_sql(tenant.schema_name, self.migrations)]
        steps = (*(self.steps if self.atomic else ()), *filter(None, [self.seeds]))
        try:
            with in_tenant(ref_of(tenant, host="")):
                if not self.atomic:  # such steps are harmless when repeated: see CONTRIBUTING.md
                    _take(self.steps, tenant.schema_name)
                with transaction.atomic():
                    # One message as far as it goes, since the way to the server is what takes time.
                    told = list(takewhile(lambda step: isinstance(step, str), steps))
                    with connection.cursor() as cursor:
                        cursor.execute(joined([*head, *map(str, told)]))
                        for _statement in patience:
                            cursor.nextset()
                        if not cursor.rowcount:
                            raise _Changed
                    _take(steps[len(told) :], tenant.schema_name)
        except _Changed:
            return False
        return True

    def run_at_once(self, tenant: Tenant, *, standing: Standing, lock: tuple[int, int], lock_timeout: float) -> bool:
        """The same for a firm thought to stand at ``standing``, in one message instead of six.

        False, and nothing has happened, when it stands elsewhere, is not as it was read any more, or somebody else
        holds ``lock``; or when this stretch is more than statements, or not the last. Raises as ``run`` does.
        """
        if not (self.atomic and self.fingerprint and all(isinstance(step, str) for step in self.steps)):
            return False
        # Where one of them is not so the server divides by zero, and nothing of the message happens. Steps that do so
        # themselves are told by ``run``.
        standing_now, (claim, values) = standing_digest_sql(tenant.schema_name), self._claim_sql(tenant)
        head = composed(
            f"SELECT 1 / coalesce(pg_try_advisory_xact_lock(%s, %s) AND %s = ({standing_now}), false)::int;\n"  # noqa: S608 - ours
            f"WITH claimed AS ({claim} RETURNING id) SELECT 1 / count(*) FROM claimed;\n"
            f"{_applied_sql(tenant.schema_name, self.migrations)}",
            [*lock, digest_of(standing), *values, *chain.from_iterable(self.migrations)],
        )
        try:
            with in_tenant(ref_of(tenant, host="")):
                here: Any = connection
                here.carry_out([*_patience(lock_timeout), head, *map(str, self.steps), *filter(None, [self.seeds])])
        except DatabaseError as error:
            if isinstance(error.__cause__, DivisionByZero):
                return False
            raise
        return True

    def _claim_sql(self, tenant: Tenant) -> tuple[str, list[Any]]:
        changes = {"migration_error": ""} | ({"fingerprint": self.fingerprint} if self.fingerprint else {})
        columns = ", ".join(f"{name} = %s" for name in changes)
        return (
            f"UPDATE public.tenants_tenant SET {columns} WHERE id = %s AND state = ANY(%s) AND schema_name = %s",  # noqa: S608 - our names
            [*changes.values(), tenant.pk, list(WITH_TABLES), tenant.schema_name],
        )


def _patience(lock_timeout: float) -> list[str]:
    return [f"SET LOCAL lock_timeout = {round(lock_timeout * 1000)}", "SET LOCAL synchronous_commit = off"]


class _Changed(Exception):
    """The firm is not where it was when it was read."""


def make_durable() -> None:
    """Wait until every stretch played so far is on disk.

    Firms are committed without waiting, a deploy over a thousand would wait a thousand times for the same disk. Until
    this is called the server may lose the last of them in a crash, whole: the firm is behind then, as before it, and
    who is behind is the work list. Whatever anybody commits durably after a firm's stretch has the stretch before it
    in the log, so no row can outlive the table it was written to.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(false, 'cxcrm', 'deployed', flush => true)")


def _take(steps: Sequence[str | Own], schema_name: str) -> None:
    for step in steps:
        if isinstance(step, Own):
            step.run(schema_name)
        else:
            _send(step)


def applied_sql(schema_name: str, migrations: Sequence[tuple[str, str]]) -> str:
    """Records ``migrations`` in ``schema_name``, as Django does after each."""
    sql = _applied_sql(schema_name, migrations)
    return composed(sql, [*chain.from_iterable(migrations)]) if sql else ""


def _applied_sql(schema_name: str, migrations: Sequence[tuple[str, str]]) -> str:
    table = f"{connection.ops.quote_name(schema_name)}.django_migrations"
    rows = ", ".join(["(%s, %s, now())"] * len(migrations))
    return f"INSERT INTO {table} (app, name, applied) VALUES {rows}" if rows else ""  # noqa: S608 - quoted


def composed(sql: str, params: Sequence[Any] | None) -> str:
    """The statement as text, its parameters in it."""
    operations: Any = connection.ops
    return str(operations.compose_sql(sql, params))


def joined(statements: Iterable[str]) -> str:
    """Statements as one text, which is one message to the server."""
    # The semicolon on a line of its own, since a statement may end in a comment.
    return "\n;\n".join(statement.rstrip().rstrip(";") for statement in statements if statement)


def _left_whole(schema_name: str, index: str) -> bool:
    """A killed run may have left its index: whole, and then it stays, or half-built, and then it goes."""
    whole = index_is_whole(schema_name, index)
    if whole is False:
        _send(f"DROP INDEX CONCURRENTLY {connection.ops.quote_name(index)}")
    return bool(whole)


def _send(sql: str) -> None:
    """All statements in one message, and nothing in them taken for a placeholder."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
