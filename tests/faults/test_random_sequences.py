"""Whatever a connection goes through, in any order: the schema is the expected one, or there is an error."""

from collections.abc import Iterator
from typing import Any, ClassVar

import hypothesis.strategies as st
import psycopg
import pytest
from django.db import Error, connection, connections, transaction
from django_tenants.postgresql_backend import base as upstream
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cxcrm.core.context import TenantRef
from cxcrm.core.db.backend.base import DatabaseWrapper
from cxcrm.core.errors import CrossTenantError
from journeys.models import Touchpoint
from tenants.context import enter, in_tenant, leave

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # An iterator given up in the middle, whose cursor went with its connection.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Undo(Exception):
    """Ends a block the hard way."""


class Connection(RuleBasedStateMachine):
    """One connection; ``firm`` is who should be entered, ``sick`` how deep the blocks were when something broke."""

    firms: ClassVar[dict[str, TenantRef]] = {}
    rows: ClassVar[dict[str, set[Any]]] = {}
    killer: ClassVar[Any] = None

    @initialize()
    def begin(self) -> None:
        leave()
        self.firm: str | None = None
        self.blocks: list[Any] = []
        self.sick: int | None = None
        self.open: list[tuple[str, Iterator[Any]]] = []

    def _try(self, act: Any) -> Any:
        """What ``act`` gives, None after an error; only a connection something happened to may give errors."""
        try:
            return act()
        except (Error, psycopg.Error):
            assert self.sick is not None
            if not self.blocks:
                connection.close()  # as Django does between requests
                self.sick = None
            return None

    @property
    def schema(self) -> str:
        return self.firms[self.firm].schema_name if self.firm else "public"

    @rule(slug=st.sampled_from(["alpha", "beta"]))
    def go_in(self, slug: str) -> None:
        enter(self.firms[slug])
        self.firm = slug

    @rule()
    def go_out(self) -> None:
        leave()
        self.firm = None

    @rule(slug=st.sampled_from(["alpha", "beta"]))
    def look_into(self, slug: str) -> None:
        with in_tenant(self.firms[slug]):
            found = self._try(lambda: set(Touchpoint.objects.values_list("pk", flat=True)))
        assert found is None or found == self.rows[slug]

    @rule()
    @precondition(lambda self: len(self.blocks) < 4)
    def block(self) -> None:
        atomic = transaction.atomic()

        def begin() -> bool:
            atomic.__enter__()
            return True

        if self._try(begin):
            self.blocks.append(atomic)

    @rule(fails=st.booleans())
    @precondition(lambda self: self.blocks)
    def end_block(self, fails: bool) -> None:
        atomic = self.blocks.pop()
        error = Undo() if fails else None
        try:
            atomic.__exit__(type(error) if error else None, error, None)
        except (Error, psycopg.Error):
            assert self.sick is not None
        if self.sick is not None and len(self.blocks) < self.sick:
            self.sick = None
            if not self.blocks and connection.connection is not None and connection.connection.closed:
                connection.close()

    @rule()
    def bad_statement(self) -> None:
        with pytest.raises((Error, psycopg.Error)), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        if self.blocks:
            self.sick = len(self.blocks) if self.sick is None else self.sick
        elif self.sick is not None:
            connection.close()
            self.sick = None

    @rule(how=st.sampled_from(["kill", "close", "recycle"]))
    def end_connection(self, how: str) -> None:
        """Seldom enough that a sequence goes on: making a connection is what takes the time here."""
        if how == "recycle":
            connection.recycle()
        elif how == "close":
            connection.close()
            self.sick = 1 if self.blocks else None
        elif connection.connection is not None and not connection.connection.closed:
            with self.killer.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 1000)", [connection.connection.info.backend_pid])
            self.sick = min(1, len(self.blocks))

    @rule(keeps_plan=st.booleans())
    def read(self, keeps_plan: bool) -> None:
        rows = self._try(lambda: connection.read("SELECT current_schema()", [], [] if keeps_plan else None))
        assert rows in (None, [(self.schema,)])

    @rule()
    @precondition(lambda self: self.firm)
    def iterate(self) -> None:
        assert self.firm
        self.open.append((self.firm, iter(Touchpoint.objects.iterator(chunk_size=1))))

    @rule()
    @precondition(lambda self: self.open)
    def read_on(self) -> None:
        slug, rows = self.open[-1]
        healthy = self.sick is None
        try:
            row = next(rows, None)
        except CrossTenantError:
            assert slug != self.firm
            self.open.pop()
        except (Error, psycopg.Error):  # its cursor may have gone with the block or the connection
            self.open.pop()
            if healthy and self.blocks:
                self.sick = len(self.blocks)
            elif not self.blocks:
                connection.close()
                self.sick = None
        else:
            assert row is None or (slug == self.firm and row.pk in self.rows[slug])
            assert row is None or row._state.schema == self.schema

    @invariant()
    def the_schema_is_the_expected_one(self) -> None:
        if not hasattr(self, "blocks"):
            return

        def look() -> str:
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_schema()")
                return str(cursor.fetchone()[0])

        assert self._try(look) in (None, self.schema)

    def teardown(self) -> None:
        self.open.clear()
        while self.blocks:
            self.end_block(fails=True)
        if self.sick is not None:
            connection.close()
        leave()


@pytest.fixture
def machine(alpha: TenantRef, beta: TenantRef, settings: Any) -> Iterator[type[Connection]]:
    settings.SCHEMAS_PER_CONNECTION = 3  # public and two firms
    Connection.firms = {"alpha": alpha, "beta": beta}
    for slug, firm in Connection.firms.items():
        with in_tenant(firm):
            Connection.rows[slug] = set(Touchpoint.objects.values_list("pk", flat=True))
    assert all(Connection.rows.values())
    Connection.killer = connections.create_connection("default")
    yield Connection
    Connection.killer.close()


def run(machine: type[Connection], sequences: int, phases: Any = tuple(Phase)) -> None:
    how = settings(
        max_examples=sequences,
        stateful_step_count=20,
        deadline=None,
        database=None,
        phases=phases,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=how)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("sequences", [30, pytest.param(2_000, marks=pytest.mark.faults)])
def test_the_schema_is_the_expected_one_or_there_is_an_error(sequences: int, machine: type[Connection]) -> None:
    run(machine, sequences)


@pytest.mark.faults
def test_a_connection_that_trusts_its_last_set_is_found_out(
    machine: type[Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: a SET is spared where one was sent before, also after a savepoint took it back."""
    monkeypatch.setattr(upstream, "get_limit_set_calls", lambda: True)
    forgetful = upstream.original_backend.DatabaseWrapper
    for name in ("rollback", "savepoint_rollback"):
        monkeypatch.setattr(upstream.DatabaseWrapper, name, getattr(forgetful, name))
    assert DatabaseWrapper.savepoint_rollback is forgetful.savepoint_rollback
    with pytest.raises(AssertionError):
        run(machine, 2_000, phases=[Phase.generate])
