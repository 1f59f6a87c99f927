"""Survey mails from the agenda to a mail server, beside as many processes that only send what was rendered before."""

import multiprocessing
import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from typing import Any

from benchmarks.figures import Figure
from benchmarks.firm import firm, people

COUNT, PROCESSES, ROUNDS = 10_000, 2, 3


def measure() -> Iterator[Figure]:
    from django.db import connection

    ours, floor = [], []
    with server() as (port, taken):
        point_at(port)
        rendered = sample()
        for _round in range(ROUNDS):
            prepare(COUNT)
            ours.append(timed(_work, port, taken))
            floor.append(timed(_only_send, port, taken, rendered))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM public.tenants_agendaitem WHERE kind = 'workflows.send' AND state <> 'done'"
        )
        left = cursor.fetchone()[0]
    best, least = max(ours), max(floor)
    yield Figure(
        f"surveys per second, claim to ledger, {PROCESSES} processes", best, "/s", least,
        f"floor: {PROCESSES} smtplib loops, one connection, rendered before; goal 0.90 x",
    )  # fmt: skip
    yield Figure("the same, median of the rounds", sorted(ours)[ROUNDS // 2], "/s", sorted(floor)[ROUNDS // 2])
    yield Figure("not sent of those", left, "", None, "goal: 0")
    yield Figure("bytes of one mail", len(rendered), "")


def timed(target: Any, port: int, taken: "Synchronized[int]", *args: Any) -> float:
    """Mails per second while ``PROCESSES`` run ``target`` on ``COUNT`` mails, from their common start."""
    from django.db import connection

    connection.close()
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(PROCESSES + 1)
    crew = [context.Process(target=target, args=(barrier, port, *args)) for _ in range(PROCESSES)]
    for one in crew:
        one.start()
    before = taken.value
    barrier.wait()
    started = time.perf_counter()
    for one in crew:
        one.join()
    assert taken.value - before == COUNT, (taken.value - before, COUNT)
    return COUNT / (time.perf_counter() - started)


def _work(barrier: Any, _port: int) -> None:
    """A worker's process: what its task does, until nothing is due."""
    from tenants import tasks
    from tenants.services import agenda

    agenda.use_poke(lambda lane: None)
    tasks.TASK_SECONDS = 600.0
    tasks.run_agenda("escalation")  # connected and warm, as a worker that is not just starting
    barrier.wait()
    while tasks.run_agenda("normal"):
        pass


def _only_send(barrier: Any, port: int, content: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port) as line:
        line.ehlo()
        barrier.wait()
        for number in range(COUNT // PROCESSES):
            line.sendmail("no-reply@x.example", [f"khach{number}@khach.example"], content)


def point_at(port: int) -> None:
    from django.conf import settings

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def sample() -> bytes:
    """One invitation as it is sent."""
    from customers.logic.names import Address
    from cxcrm.core.ids import new_id
    from feedback.models import Survey
    from tenants.context import in_tenant
    from workflows.mails import invitation

    with in_tenant(firm()):
        pattern = invitation.pattern(Survey.objects.get(metric="nps"), "vi")
        values = invitation.filler()(new_id(), new_id(), Address("Chào chị Lan,", "chị", "Chị"), "vi")
        headers = {
            "Date": "Sun, 22 Nov 2026 08:00:00 -0000",
            "Message-ID": "<0123456789abcdef0123456789abcdef@cxcrm.example>",
            "X-Cxcrm-Delivery": "invitation; attempt=1",
        }
        return pattern.fill(values, to="lan@khach.example", headers=headers).content(True)


def prepare(count: int) -> None:
    """``count`` customers who agreed, and their invitations' mails waiting."""
    from django.db import connection, transaction

    from feedback.models import Survey
    from feedback.services.dispatches import send_survey
    from tenants.context import in_tenant
    from tenants.services import agenda
    from tenants.tasks import carry_out

    with connection.cursor() as cursor:
        cursor.execute("UPDATE public.tenants_plan SET max_invitations_per_month = NULL")
    with in_tenant(firm()), transaction.atomic():
        send_survey(survey_id=Survey.objects.get(metric="nps").pk, customer_ids=people(count))
    while items := [item for lane in ("escalation", "normal") for item in agenda.claim(lane) if not _is_mail(item)]:
        for item in items:
            carry_out(item)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.tenants_agendaitem SET state = 'pending', lease_until = NULL WHERE state = 'leased'"
        )
        cursor.execute("VACUUM ANALYZE")


def _is_mail(item: Any) -> bool:
    return bool(item.kind == "workflows.send")


@contextmanager
def server() -> Iterator[tuple[int, "Synchronized[int]"]]:
    """A mail server in a process of its own that takes everything as fast as Python can, and counts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    context = multiprocessing.get_context("fork")
    taken, ready = context.Value("i", 0), context.Event()
    process = context.Process(target=_serve, args=(port, taken, ready), daemon=True)
    process.start()
    ready.wait()
    try:
        yield port, taken
    finally:
        process.terminate()
        process.join()


def _serve(port: int, taken: "Synchronized[int]", ready: Any) -> None:
    import asyncio

    answers_to = {
        b"EHLO": b"250-here\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
        b"DATA": b"354 go on\r\n",
        b"QUIT": b"221 bye\r\n",
    }

    class Mailbox(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.rest, self.in_data = transport, b"", False
            transport.write(b"220 here\r\n")

        def data_received(self, data: bytes) -> None:
            self.rest += data
            answers = []
            while (answer := self.next_answer()) is not None:
                answers.append(answer)
            if answers:
                self.transport.write(b"".join(answers))

        def next_answer(self) -> bytes | None:
            """To the next complete command or message; empty for none, None when more must come first."""
            if self.in_data:
                end = self.rest.find(b"\r\n.\r\n")
                if end < 0:
                    return None
                self.rest, self.in_data = self.rest[end + 5 :], False
                taken.value += 1
                return b"250 taken\r\n"
            line, found, rest = self.rest.partition(b"\r\n")
            if not found:
                return None
            self.rest, word = rest, line[:4].upper()
            self.in_data = word == b"DATA"
            return answers_to.get(word, b"250 fine\r\n")

    async def run() -> None:
        listening = await asyncio.get_running_loop().create_server(Mailbox, "127.0.0.1", port)
        ready.set()
        await listening.serve_forever()

    asyncio.run(run())
