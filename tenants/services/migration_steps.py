"""What a deploy does to one firm: statements recorded once for all, and what every firm must run itself."""

from contextlib import nullcontext
from dataclasses import dataclass

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, transaction
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tenants.context import in_tenant, ref_of
from tenants.models import Tenant
from tenants.selectors.migrations import Standing, index_is_whole

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

    def run(self, tenant: Tenant, *, lock_timeout: float) -> None:
        """Take ``tenant`` along. Killed or failed at any point, an atomic stretch has not happened.

        Raises FirmGone, and whatever the database or a step raises; waiting for a lock ends after ``lock_timeout``
        seconds, so that nobody queues behind us for longer.
        """
        with in_tenant(ref_of(tenant, host="")):
            if not self.atomic:  # such steps are harmless when repeated: see CONTRIBUTING.md
                self._take_steps(tenant.schema_name)
            with transaction.atomic():
                _send(f"SET LOCAL lock_timeout = {round(lock_timeout * 1000)}")
                self._note(tenant)
                if self.atomic:
                    self._take_steps(tenant.schema_name)
                _send(self.seeds)

    def _take_steps(self, schema_name: str) -> None:
        for step in self.steps:
            if isinstance(step, Own):
                step.run(schema_name)
            else:
                _send(step)

    def _note(self, tenant: Tenant) -> None:
        """Record what this transaction brings, first: the row stays locked, so the firm cannot be dropped meanwhile."""
        changes = {"migration_error": ""} | ({"fingerprint": self.fingerprint} if self.fingerprint else {})
        if not Tenant.objects.filter(pk=tenant.pk, state__in=WITH_TABLES).update(**changes):
            raise FirmGone(f"{tenant.slug} is not there any more")
        if self.migrations:
            table = f"{connection.ops.quote_name(tenant.schema_name)}.django_migrations"
            rows = ", ".join(["(%s, %s, now())"] * len(self.migrations))
            names = [part for migration in self.migrations for part in migration]
            with connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {table} (app, name, applied) VALUES {rows}", names)  # noqa: S608 - quoted


def _left_whole(schema_name: str, index: str) -> bool:
    """A killed run may have left its index: whole, and then it stays, or half-built, and then it goes."""
    whole = index_is_whole(schema_name, index)
    if whole is False:
        _send(f"DROP INDEX CONCURRENTLY {connection.ops.quote_name(index)}")
    return bool(whole)


def _send(sql: str) -> None:
    """All statements in one message, and nothing in them taken for a placeholder."""
    if sql:
        with connection.cursor() as cursor:
            cursor.execute(sql)
