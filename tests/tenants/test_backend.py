"""The database backend never runs a statement in a schema it could not select."""

import threading
import time

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, OperationalError, ProgrammingError, connection, connections, transaction

from tenants.context import enter, leave
from tenants.models import Tenant
from tenants.staff.models import Firm

NAMES = {"alpha": "Cà phê Alpha", "beta": "Beta Cycles"}


@pytest.mark.django_db(transaction=True)
def test_a_failed_set_closes_the_connection_and_raises(alpha, beta, monkeypatch):
    enter(alpha)
    assert Firm.objects.get().name == NAMES["alpha"]
    enter(beta)
    connection.ensure_connection()
    real = type(connection.connection.cursor()).execute

    def cancelled(self, query, *args, **kwargs):
        if str(query).startswith("SET search_path"):
            raise psycopg.errors.QueryCanceled("canceling statement due to user request")
        return real(self, query, *args, **kwargs)

    monkeypatch.setattr(type(connection.connection.cursor()), "execute", cancelled)
    with pytest.raises(OperationalError, match="could not select schema"):
        Firm.objects.get()
    assert connection.connection is None
    monkeypatch.undo()
    assert Firm.objects.get().name == NAMES["beta"]


def name_of_the_firm(firms) -> str:
    return firms.values_list("name", flat=True).get()


def alternate_under_cancels(alpha, beta, seconds: float) -> tuple[int, int, int]:
    """Read alternately from two firms while another session cancels us; returns (reads, errors, wrong firm)."""
    connection.ensure_connection()
    stop = threading.Event()
    pid = [connection.connection.info.backend_pid]

    def cancel_all_the_time() -> None:
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            while not stop.is_set():
                cursor.execute("SELECT pg_cancel_backend(%s)", [pid[0]])
                time.sleep(0.0007)
        other.close()

    canceller = threading.Thread(target=cancel_all_the_time)
    canceller.start()
    reads = errors = wrong = 0
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            for tenant in (alpha, beta):
                try:
                    enter(tenant)
                    name = name_of_the_firm(Firm.objects)
                    reads += 1
                    wrong += name != NAMES[tenant.slug]
                except DatabaseError:
                    errors += 1
                    if connection.connection is None or connection.connection.closed:
                        connection.close()
                        connection.ensure_connection()
                        pid[0] = connection.connection.info.backend_pid
    finally:
        stop.set()
        canceller.join()
        connection.close()
        leave()
    return reads, errors, wrong


@pytest.mark.django_db(transaction=True)
def test_cancelled_queries_never_read_another_firm(alpha, beta):
    reads, errors, wrong = alternate_under_cancels(alpha, beta, seconds=2.5)
    assert wrong == 0
    assert reads > 200
    assert errors > 5  # the storm really hit


@pytest.mark.django_db(transaction=True)
def test_inside_a_failed_transaction_the_original_error_stays_visible(alpha):
    enter(alpha)
    with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert Firm.objects.get().name == NAMES["alpha"]


@pytest.mark.django_db(transaction=True)
def test_a_block_that_must_roll_back_says_so_and_keeps_the_connection(alpha):
    enter(alpha)
    with transaction.atomic():
        backend_pid = connection.connection.info.backend_pid
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError, match="until the end of the 'atomic' block"):
            Firm.objects.get()
    assert Firm.objects.get().name == NAMES["alpha"]
    assert connection.connection.info.backend_pid == backend_pid


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_served_enough_firms_is_replaced_between_requests(alpha, beta, settings):
    settings.SCHEMAS_PER_CONNECTION = 3  # public and two firms

    def backend_after(tenant) -> int:
        enter(tenant)
        Firm.objects.get()
        return connection.connection.info.backend_pid

    connection.close()
    first = backend_after(alpha)
    leave()
    Tenant.objects.count()
    leave()
    assert connection.schemas_served == {alpha.schema_name, "public"}
    assert backend_after(alpha) == first  # the same firm again is nothing new
    assert backend_after(beta) == first
    leave()
    assert connection.connection is None
    assert backend_after(alpha) != first
    assert connection.schemas_served == {alpha.schema_name}


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_never_replaced_inside_a_transaction(alpha, beta, settings):
    settings.SCHEMAS_PER_CONNECTION = 1
    with transaction.atomic():
        enter(alpha)
        Firm.objects.update(brand="kept")
        leave()
        enter(beta)
        assert Firm.objects.get().name == NAMES["beta"]
        leave()
        assert connection.connection is not None
        enter(alpha)
        assert Firm.objects.get().brand == "kept"
        transaction.set_rollback(True)
    leave()
    assert connection.connection is None


@pytest.mark.django_db(transaction=True)
def test_a_read_in_one_message_never_reads_without_its_schema(alpha, beta):
    """The server skips the rest of a message whose SET fails; a kept plan follows the search path."""
    sql = "SELECT name FROM staff_firm WHERE true"
    for arguments in (None, []):
        for tenant in (alpha, beta, alpha):
            enter(tenant)
            assert connection.read(sql, [], arguments) == [(NAMES[tenant.slug],)]
            with transaction.atomic():
                assert connection.read(sql, [], arguments) == [(NAMES[tenant.slug],)]
    assert len(connection.plans) == 1
    leave()
    with pytest.raises(ProgrammingError, match="staff_firm"):
        connection.read(sql, [], [])
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET search_path = nowhere,; SELECT 1")
    enter(beta)
    connection.schema_name = 'x"y'
    with pytest.raises(ValidationError):
        connection.read(sql, [])


@pytest.mark.django_db(transaction=True)
def test_cancelled_reads_in_one_message_never_read_another_firm(alpha, beta, monkeypatch):
    def read_name(_firms) -> str:
        return connection.read("SELECT name FROM staff_firm", [], [])[0][0]

    monkeypatch.setattr("tests.tenants.test_backend.name_of_the_firm", read_name)
    reads, errors, wrong = alternate_under_cancels(alpha, beta, seconds=2.5)
    assert wrong == 0
    assert reads > 200
    assert errors > 5


@pytest.mark.django_db(transaction=True)
def test_kept_plans_are_bounded_and_survive_a_statement_that_failed(alpha, monkeypatch):
    monkeypatch.setattr("cxcrm.core.db.backend.base.MOST_PLANS", 3)
    enter(alpha)
    connection.close()
    with pytest.raises(DataError):
        connection.read("SELECT 1 / $1::int", [], [0])
    for _again in range(2):
        assert connection.read("SELECT 1 / $1::int", [], [1]) == [(1,)]
        for number in range(8):
            assert connection.read(f"SELECT {number} + $1::int", [], [number]) == [(2 * number,)]
            assert len(connection.plans) <= 3
    assert connection.read("SELECT name || %s FROM staff_firm", ["!"], []) == [(NAMES["alpha"] + "!",)]
