"""The database goes away in the middle: sessions ended, the server crashed, the answer to a COMMIT lost on the way."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection

from customers.models import Customer
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from tenants.context import enter, in_tenant, leave
from tenants.models import AgendaItem
from tenants.staff.services.api_keys import create_api_key
from tests.conftest import FirmClient
from tests.faults.test_killed_workers import check, is_done
from tests.support.proxy import Proxy
from tests.support.smtp import Sink

pytestmark = pytest.mark.django_db(transaction=True)
RECOVERED_WITHIN = 15.0  # seconds
_taken: dict[int, tuple[int, float]] = {}


@contextmanager
def through(proxy: Proxy) -> Iterator[None]:
    """This process talks to the database over the proxy."""
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = proxy.port
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["PORT"] = port


@pytest.mark.parametrize("calls", [4, pytest.param(50, marks=pytest.mark.faults)])
def test_a_call_whose_commit_was_not_answered_is_carried_out_once(calls: int, alpha: TenantRef) -> None:
    """The caller hears of an error, sends the call again under its key, and gets the answer of the first."""
    with in_tenant(alpha):
        key = create_api_key(name="cut", scopes=["customers:write"])[1]
    client = FirmClient(alpha, headers={"Authorization": f"Bearer {key}"})
    client.raise_request_exception = False
    cut: set[int] = set()
    number = 0

    def at_the_first_commit(piece: bytes) -> bool:
        if b"COMMIT" not in piece or number in cut:
            return False
        cut.add(number)
        return True

    heard = []
    with Proxy(int(connection.settings_dict["PORT"]), at_the_first_commit) as proxy, through(proxy):
        for number in range(calls):
            body, said = {"full_name": f"Khách {number}"}, []
            for _again in range(5):
                answer = client.post(
                    "/api/v1/customers/",
                    body,
                    content_type="application/json",
                    headers={"Idempotency-Key": f"cut-{number}"},
                )
                said.append(answer.status_code)
                if answer.status_code < 500:
                    break
            heard.append((said, "Idempotency-Replayed" in answer.headers, answer.json()["full_name"]))
        assert proxy.cuts == calls
    assert {len(said) for said, _replayed, _name in heard} == {2}
    assert {(said[-1], replayed) for said, replayed, _name in heard} == {(201, True)}
    assert all(said[0] >= 500 for said, _replayed, _name in heard)
    with in_tenant(alpha):
        assert Customer.objects.count() == calls


@contextmanager
def durable() -> Iterator[None]:
    """The test servers forgive themselves the last moment before a crash; here it is what counts."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    try:
        yield
    finally:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" RESET synchronous_commit')


def others() -> list[int]:
    """The server processes of everybody else who is at work in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return [row[0] for row in cursor.fetchall()]


def end_sessions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) pid", [others()])


def crash_the_server() -> None:
    """One of its processes is shot: PostgreSQL ends all sessions at once and recovers, as after a power cut."""
    found = others()
    if found:
        os.kill(random.choice(found), signal.SIGKILL)
        _until_it_answers()


def _until_it_answers() -> float:
    started = time.monotonic()
    while time.monotonic() < started + 60:
        try:
            connection.close()
            connection.ensure_connection()
        except (psycopg.Error, Exception):  # noqa: BLE001 - it is away
            time.sleep(0.1)
        else:
            return time.monotonic() - started
    raise AssertionError("the server did not come back")


def sink_idle_since(sink: Sink) -> float:
    """When the server last took a mail, by the monotonic clock."""
    seen = len(sink.script.taken)
    if _taken.get(id(sink), (0, 0.0))[0] != seen or sink.script.busy:
        _taken[id(sink)] = (seen, time.monotonic())
    return _taken[id(sink)][1]


def run_out_leases() -> None:
    """What was in the hands of a worker whose session ended waits for its lease: here it is over at once."""
    AgendaItem.objects.filter(state="leased").update(lease_until=now())


@pytest.mark.faults
@pytest.mark.parametrize(("what", "times", "mails"), [(end_sessions, 30, 120), (crash_the_server, 3, 60)])
def test_nothing_is_lost_or_sent_twice(
    what: Callable[[], None],
    times: int,
    mails: int,
    alpha: TenantRef,
    escalations: Any,
    invitations: Any,
    celery: Callable[..., Any],
    sink: Sink,
) -> None:
    """Real workers send while it happens; mails that were on their way count as for a killed worker."""
    sink.script.latency = 0.05
    asked, told = invitations(mails // 2), escalations(mails // 2)
    with durable():
        enter(alpha)
        celery(workers=2)
        _wait(lambda: bool(sink.script.taken), 40)
        happened, until = 0, time.monotonic() + 150
        while time.monotonic() < until and not is_done(len(asked)):
            if happened < times:
                what()
                enter(alpha)
                happened += 1
            elif time.monotonic() > sink_idle_since(sink) + 5:
                run_out_leases()
            time.sleep(random.uniform(0.2, 0.6))
        while happened < times:  # the work was done before the last one: what has ended stays ended
            what()
            happened += 1
        leave()
        enter(alpha)
        assert is_done(len(asked))
        figures = check(sink, killed=times * 4)  # as many processes may have been sending each time
    print(f"{what.__name__} x{happened}: {len(told)} escalations and {len(asked)} surveys, {figures}")  # noqa: T201


@pytest.mark.faults
def test_work_goes_on_within_seconds(
    alpha: TenantRef, escalations: Any, celery: Callable[..., Any], sink: Sink
) -> None:
    """After the server crashed, the first mail of what was made then leaves in a quarter of a minute."""
    escalations(1, cases=1)
    with durable():
        celery(workers=1)
        _wait(lambda: len(sink.script.taken) == 1, 40)
        crash_the_server()
        started = time.monotonic()
        enter(alpha)
        escalations(1, cases=1)
        _wait(lambda: len(sink.script.taken) == 2, 40)
        took = time.monotonic() - started
    print(f"sent {took:.1f} s after the crash")  # noqa: T201
    assert took < RECOVERED_WITHIN


def _wait(until: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)
