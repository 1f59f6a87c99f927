"""From the moment an escalation is due until a mail server has accepted it, with real workers and scheduler, idle."""

import os
import random
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from statistics import median
from typing import Any

from benchmarks.figures import Figure, percentile
from benchmarks.firm import firm

SAMPLES, WARM_UP = 40, 3


def measure() -> Iterator[Figure]:
    with sink() as (port, accepted):
        steps = prepare(port, SAMPLES + WARM_UP)
        with processes(port):
            taken = [wait_for(step, accepted) for step in steps]
        late, size = [seconds for seconds, _content in taken[WARM_UP:]], taken[-1][1]
        floor = [bare_send(port, size) for _ in range(SAMPLES)]
    note = f"floor: smtplib and one commit, {len(size):,} bytes"
    yield Figure("due → accepted by SMTP, p50", median(late) * 1e3, "ms", median(floor) * 1e3, note)
    yield Figure(
        "due → accepted by SMTP, p95",
        percentile(late, 0.95) * 1e3,
        "ms",
        percentile(floor, 0.95) * 1e3,
        "goal: under 3000 ms",
    )
    yield Figure("slowest of 40", max(late) * 1e3, "ms")


@contextmanager
def sink() -> Iterator[tuple[int, "Queue[tuple[float, bytes]]"]]:
    """A mail server that says when it accepted what."""
    import socket

    from aiosmtpd.controller import Controller

    accepted: Queue[tuple[float, bytes]] = Queue()

    class Keep:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
            accepted.put((time.time(), bytes(envelope.content)))
            return "250 OK"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Keep(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port, accepted
    finally:
        controller.stop()


def prepare(port: int, count: int) -> list[Any]:
    """Open complaints whose first rung waits; everything else that was due is done before the clock runs."""
    from django.conf import settings
    from django.db import connection

    from customers.services.customers import create_customer
    from feedback.services.complaints import open_complaint
    from tenants import tasks
    from tenants.context import in_tenant
    from tenants.models import Lane
    from tenants.services import agenda
    from workflows.models import EscalationStep

    tenant = firm()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    with in_tenant(tenant):
        for number in range(count):
            customer = create_customer(full_name=f"Trần Thị Lan {number}", emails=[f"lan{number}@khach.example"])
            open_complaint(customer_id=customer.id, description="Giao hàng trễ hơn một tiếng.", channel="staff")
    while items := [item for lane in Lane.values for item in agenda.claim(lane, limit=100, share=100)]:
        for item in items:
            tasks.carry_out(item)
    with in_tenant(tenant), connection.cursor() as cursor:
        steps = list(EscalationStep.objects.filter(state="waiting", position=1).order_by("-pk")[:count])
        cursor.execute("DELETE FROM public.tenants_agendaitem WHERE kind NOT LIKE 'workflows.climb'")
        cursor.execute(
            "DELETE FROM public.tenants_agendaitem WHERE ref <> ALL (%s::uuid[])", [[str(step.pk) for step in steps]]
        )
    assert len(steps) == count
    return steps


@contextmanager
def processes(port: int) -> Iterator[None]:
    """The workers and the scheduler as the launcher starts them."""
    environment = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{port}", "DJANGO_SETTINGS_MODULE": "cxcrm.settings"}
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR", "-P", "prefork"]
    with tempfile.TemporaryDirectory() as folder:
        commands = [
            ["-A", "cxcrm.celery:app", "worker", "-n", "escalation@%h", "-Q", "escalation", "-c", "1", *quiet],
            ["-A", "cxcrm.celery:app", "worker", "-n", "normal@%h", "-Q", "normal,escalation", "-c", "2", *quiet],
            ["-A", "cxcrm.up.beat:app", "beat", "--loglevel", "ERROR", "--pidfile=", "--schedule", f"{folder}/beat"],
        ]
        with Path(folder, "log").open("wb") as log:
            running = [
                subprocess.Popen([sys.executable, "-m", "celery", *command], env=environment, stdout=log, stderr=log)
                for command in commands
            ]
            try:
                yield
            finally:
                for process in running:
                    process.terminate()
                for process in running:
                    process.wait(timeout=60)


def wait_for(step: Any, accepted: "Queue[tuple[float, bytes]]") -> tuple[float, bytes]:
    """Let ``step`` fall due at a moment unrelated to the tick, and wait for its mail."""
    from django.db import connection, transaction

    from tenants.context import in_tenant

    due_at = time.time() + 0.2 + random.random()
    with in_tenant(firm()), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE workflows_escalationstep SET due_at = to_timestamp(%s) WHERE id = %s", [due_at, step.pk])
        cursor.execute(
            "UPDATE public.tenants_agendaitem SET due_at = to_timestamp(%s) WHERE ref = %s", [due_at, step.pk]
        )
        assert cursor.rowcount == 1
    while True:
        at, content = accepted.get(timeout=90)
        if b"X-Cxcrm-Delivery: escalation" in content:
            return at - due_at, content


def bare_send(port: int, content: bytes) -> float:
    """The least that could be: write one row durably and hand the mail over."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS public.bench_floor (at timestamptz)")
        started = time.perf_counter()
        cursor.execute("INSERT INTO public.bench_floor VALUES (now())")
        with smtplib.SMTP("127.0.0.1", port) as server:
            server.sendmail("a@x.example", ["b@x.example"], content)
        return time.perf_counter() - started
