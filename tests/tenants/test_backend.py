"""The database backend never runs a statement in a schema it could not select."""

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, OperationalError, ProgrammingError, connection, transaction

from tenants.context import enter, leave
from tenants.models import Tenant
from tenants.staff.models import Firm
from tests.support.storm import NAMES, Storm


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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kinds", [["read"], ["message"], []], ids=["reads", "reads in one message", "everything"])
def test_cancelled_statements_never_reach_another_firm(kinds, alpha, beta):
    """Until the storm has hit often enough: how often it does depends on what else the machine does."""
    storm = Storm(alpha, beta).run(operations=300, hits=25, seconds=30, kinds=kinds)
    assert (storm.wrong, storm.lost) == ([], [])
    assert storm.operations >= 300
    assert storm.hits.total() >= 25


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
def test_a_savepoint_taken_back_takes_no_schema_along(alpha, beta):
    """PostgreSQL takes a SET back with the savepoint it was sent in."""
    enter(alpha)
    with transaction.atomic():
        assert Firm.objects.get().name == NAMES["alpha"]
        with transaction.atomic():
            enter(beta)
            assert Firm.objects.get().name == NAMES["beta"]
            transaction.set_rollback(True)
        assert Firm.objects.get().name == NAMES["beta"]


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


@pytest.mark.django_db(transaction=True)
def test_plans_end_with_the_connection_they_were_made_on(alpha):
    enter(alpha)
    sql = "SELECT name FROM staff_firm WHERE $1::int = 1"
    for _kept in range(2):
        assert connection.read(sql, [], [1]) == [(NAMES["alpha"],)]
    connection.close()
    assert connection.read(sql, [], [1]) == [(NAMES["alpha"],)]
    connection.connection.close()  # it died between two requests
    connection.health_check_done = False
    assert connection.read(sql, [], [1]) == [(NAMES["alpha"],)]
    assert len(connection.plans) == 1
