"""Items that fail in every way there is: contained, given up in the end and shown, and nobody else waits for them."""

import faulthandler
import os
import re
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from cxcrm.core.clock import now
from tenants import tasks
from tenants.context import in_tenant
from tenants.models import AgendaItem
from tenants.services import agenda
from workflows.models import Alert, EscalationStep
from workflows.services import delivery, ladders

poison: dict[UUID, str] = {}
done: list[UUID] = []
buried: list[tuple[UUID, str]] = []


class TimeUp(Exception):
    """What Celery's soft time limit raises inside a task, here after a moment."""


def work(ref: UUID) -> None:
    match poison.get(ref):
        case "exception":
            raise ValueError("kaputt")
        case "exit":
            sys.exit(3)
        case "memory":
            raise MemoryError
        case "recursion":
            work(ref)
        case "loop":
            while True:
                pass
        case "regex":
            re.match(r"(a+)+$", "a" * 40 + "b")
        case "crash":
            faulthandler.disable()  # the crash is meant: no traceback of it in the tests' output
            os.kill(os.getpid(), signal.SIGSEGV)
    done.append(ref)


@agenda.agenda_kind("test.poison", on_dead=lambda ref, error: buried.append((ref, error)))
def alone(ref: UUID) -> None:
    work(ref)


@agenda.agenda_batch("test.poison_batch", size=50, on_dead=lambda ref, error: buried.append((ref, error)))
def together(refs):
    for ref in refs:
        work(ref)
    return dict.fromkeys(refs)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    for kept in (poison, done, buried):
        kept.clear()

    def time_up(*_args: object) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, time_up)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def put(alpha, kind: str, count: int = 1) -> list[UUID]:
    refs = [uuid4() for _ in range(count)]
    with in_tenant(alpha), transaction.atomic():
        agenda.enqueue_many(kind, refs)
    return refs


def nearer() -> None:
    AgendaItem.objects.filter(state="pending").update(due_at=now() - timedelta(seconds=1))
    AgendaItem.objects.filter(state="leased").update(lease_until=now() - timedelta(seconds=1))


@pytest.mark.matrix(4)
@pytest.mark.django_db
@pytest.mark.parametrize("what", ["exception", "exit", "memory", "recursion"])
@pytest.mark.parametrize("kind", ["test.poison", "test.poison_batch"])
def test_poison_ends_dead_and_takes_nobody_along(what, kind, alpha):
    bad, *good = put(alpha, kind, 6)
    poison[bad] = what
    for _round in range(agenda.MAX_ATTEMPTS + 1):
        tasks.run_agenda("normal")
        nearer()
    item = AgendaItem.objects.get(ref=bad)
    assert (item.state, item.attempts) == ("dead", agenda.MAX_ATTEMPTS)
    assert [ref for ref, _error in buried] == [bad]
    assert {found.state for found in AgendaItem.objects.filter(ref__in=good)} == {"done"}
    assert set(good) <= set(done)
    assert connection.schema_name == "public"


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["loop", "regex"])
def test_what_never_ends_is_ended_and_counts_as_a_failure(what, alpha):
    bad, good = put(alpha, "test.poison", 2)
    poison[bad] = what
    [first] = [item for item in agenda.claim("normal") if item.ref == bad]
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    tasks.carry_out(first)
    assert AgendaItem.objects.get(ref=bad).last_error.startswith("TimeUp")
    AgendaItem.objects.filter(ref=good).update(lease_until=now() - timedelta(seconds=1))
    tasks.run_agenda("normal")
    assert done == [good]


@pytest.mark.django_db(transaction=True)
def test_a_crash_of_the_process_counts_and_ends_dead(alpha):
    """The worker's process dies twelve times of it; the others are done by whoever comes next."""
    bad, *good = put(alpha, "test.poison", 4)
    poison[bad] = "crash"
    for _life in range(agenda.MAX_ATTEMPTS + 2):
        connection.close()
        pid = os.fork()
        if pid == 0:
            tasks.run_agenda("normal")
            os._exit(0)
        os.waitpid(pid, 0)
        nearer()
    item = AgendaItem.objects.get(ref=bad)
    assert (item.state, item.last_error) == ("dead", f"its worker died {agenda.MAX_ATTEMPTS} times")
    assert {found.state for found in AgendaItem.objects.filter(ref__in=good)} == {"done"}


@pytest.mark.django_db
def test_an_escalation_that_cannot_be_written_is_shown_and_the_next_rung_told(complaint, alpha, wait, monkeypatch):
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("template")

    monkeypatch.setattr(delivery, "compose", broken)
    wait(hours=9)
    _give_up("workflows.send_urgent")
    assert Alert.objects.get(ref=EscalationStep.objects.get(position=1).pk).kind == "undelivered"
    assert EscalationStep.objects.get(position=2).due_at <= now()


@pytest.mark.django_db
def test_a_rung_that_cannot_be_told_is_shown_and_the_next_one_told(complaint, alpha, wait, monkeypatch):
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("nobody home")

    monkeypatch.setattr(ladders, "find", broken)
    wait(hours=9)
    _give_up("workflows.climb")
    step = EscalationStep.objects.get(position=1)
    assert (step.state, Alert.objects.get(ref=step.pk).kind) == ("waiting", "undelivered")
    assert EscalationStep.objects.get(position=2).due_at <= now()


def _give_up(kind: str) -> None:
    from tenants.context import leave

    leave()
    for _attempt in range(agenda.MAX_ATTEMPTS):
        AgendaItem.objects.filter(kind=kind, state="pending", attempts__gt=0).update(
            due_at=now() - timedelta(seconds=1)
        )
        for item in agenda.claim("escalation"):
            if item.kind == kind and item.attempts > 0:
                tasks.carry_out(item)
        if AgendaItem.objects.filter(kind=kind, state="dead").exists():
            break
    assert AgendaItem.objects.filter(kind=kind, state="dead").count() == 1
    from tenants.context import enter, ref_of
    from tenants.models import Tenant

    enter(ref_of(Tenant.objects.get(slug="alpha")))
