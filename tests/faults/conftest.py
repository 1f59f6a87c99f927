"""Real worker processes on the test database, a real mail server, and what to send."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, transaction

from customers.models import Consent, ContactPoint, Customer
from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from feedback.models import Complaint, Invitation, Survey
from feedback.services import complaints
from feedback.services.dispatches import send_survey
from tenants import tasks
from tenants.context import leave
from tenants.services import agenda
from tenants.services.agenda import enqueue_many
from tests.support.side import seen
from tests.support.smtp import Sink
from tests.workflows.conftest import cause, complaint, crew, customer, opened, wait
from workflows.models import EscalationStep, Ladder, Message
from workflows.services.outbox import URGENT, queue_message

__all__ = ["cause", "complaint", "crew", "customer", "opened", "wait"]
PER_CASE = 20  # escalations of one complaint, where there are thousands
AIM_FOR = 5.0  # seconds: a new worker needs a while until its first mail is on its way
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as server:
        yield server


@pytest.fixture
def environment(sink: Sink, transactional_db: None) -> dict[str, str]:
    """The environment of a process that works on this test's database and mail server."""
    name = connection.settings_dict["NAME"]
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    return {
        **os.environ,
        "DATABASE_URL": url,
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "CXCRM_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "cxcrm.settings",
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def celery(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., list[subprocess.Popen[bytes]]]]:
    """Start real Celery workers and schedulers, as the product does; they are gone when the test is over."""
    command = [sys.executable, "-m", "celery", "-A", "cxcrm.celery"]
    running: list[subprocess.Popen[bytes]] = []
    environment.setdefault("REDIS_URL", os.environ["REDIS_URL"])
    own = urlsplit(environment["REDIS_URL"])
    if own.path == urlsplit(os.environ["REDIS_URL"]).path:
        environment["REDIS_URL"] = urlunsplit(own._replace(path="/9"))  # nobody else's queues

    def start(*, workers: int = 1, schedulers: int = 1) -> list[subprocess.Popen[bytes]]:
        jobs = [["worker", "-n", f"w{n}@t", "-Q", "escalation,normal", "-c", "2"] for n in range(workers)]
        jobs += [["beat", "-s", str(tmp_path / f"beat{n}")] for n in range(schedulers)]
        for job in jobs:
            process = subprocess.Popen(
                [*command, *job, "--loglevel", "critical"],
                env=environment,
                cwd=ROOT,
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            running.append(process)
        return running

    yield start
    for process in running:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def storm(environment: dict[str, str], sink: Sink) -> Callable[..., int]:
    """Let workers work, kill one ``kills`` times, and wait until ``is_done``; returns how many died.

    Between two deaths lie between ``every[0]`` and ``every[1]`` seconds.

    With ``aim`` two of three die while the server holds a message, the dangerous moment; else all at any time.
    """

    def run(
        *,
        kills: int,
        is_done: Callable[[], bool],
        workers: int = 2,
        lease: float = 1,
        patience: float = 60,
        aim: bool = True,
        every: tuple[float, float] = (0.1, 1),
    ) -> int:
        nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.workers", str(workers), str(lease)],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        assert nursery.stdout.readline() == "ready\n"
        killed, deadline = 0, time.monotonic() + patience
        while time.monotonic() < deadline and not is_done():
            aimed = aim and killed < kills and killed % 3 > 0
            moment = time.monotonic() + (AIM_FOR if aimed else random.uniform(*every))
            while time.monotonic() < moment and not (aimed and sink.script.busy):
                time.sleep(0.005)
            time.sleep(random.uniform(0, 2 * sink.script.latency))  # before or after the message was taken
            if killed < kills:
                nursery.stdin.write("kill\n")
                nursery.stdin.flush()
                killed = int(nursery.stdout.readline())
        nursery.stdin.close()
        assert nursery.wait(timeout=20) == 0
        return killed

    return run


@pytest.fixture
def escalations(crew: Any, opened: Callable[..., Any]) -> Callable[[int], list[Message]]:
    """Many escalations waiting to be sent, on a few complaints."""

    def make(count: int, cases: int = 3) -> list[Message]:
        messages: list[Message] = []
        with transaction.atomic():
            for _ in range(cases):
                case = opened()
                ladder = Ladder.objects.create(complaint=case, policy=_policy(), run=1)
                for position in range(1, count // cases + 1):
                    step = EscalationStep.objects.create(
                        ladder=ladder,
                        position=position,
                        audience="executive",
                        due_at=now(),
                        state="told",
                        told_at=now(),
                        decide_by=now() + timedelta(hours=8),
                        recipient=crew.executive,
                    )
                    sent = queue_message(
                        kind="escalation", ref=step.id, dedupe_key=f"escalation:{step.id}", user=crew.executive
                    )
                    messages.append(sent)
        return messages

    return make


def _policy() -> Any:
    from workflows.services.standards import ensure_ladder_policy

    return ensure_ladder_policy()


@pytest.fixture
def invitations(in_alpha: TenantRef) -> Callable[[int], list[Invitation]]:
    """Many people to be asked, by mails waiting to be sent."""

    def make(count: int) -> list[Invitation]:
        people = []
        with transaction.atomic():
            for number in range(count):
                made = create_customer(full_name=f"Khách {number}", emails=[f"k{number}@khach.example"])
                state_consent(customer_id=made.id, purpose="survey", granted=True, method="staff")
                people.append(made.id)
            survey = Survey.objects.get(metric="nps")
            dispatch = send_survey(survey_id=survey.id, customer_ids=people)
        return list(dispatch.invitations.all())

    return make


@pytest.fixture
def many_escalations(crew: Any, opened: Callable[..., Any]) -> Callable[[int], None]:
    """Thousands of escalations waiting to be sent, twenty of a complaint, written a table at a time."""

    def make(count: int) -> None:
        with transaction.atomic():
            ladders = [Ladder(complaint=opened(), policy=_policy(), run=1) for _ in range(count // PER_CASE)]
            Ladder.objects.bulk_create(ladders)
            told = {"audience": "executive", "due_at": now(), "state": "told", "told_at": now()}
            told |= {"recipient": crew.executive, "decide_by": now() + timedelta(hours=8)}
            steps = [
                EscalationStep(ladder=ladder, position=position, **told)
                for ladder in ladders
                for position in range(1, PER_CASE + 1)
            ]
            EscalationStep.objects.bulk_create(steps, batch_size=1000)
            messages = [
                Message(
                    kind="escalation",
                    ref=step.id,
                    dedupe_key=f"escalation:{step.id}",
                    user=crew.executive,
                    email=crew.executive.email,
                )
                for step in steps
            ]
            Message.objects.bulk_create(messages, batch_size=1000)
            enqueue_many(URGENT, [message.id for message in messages])

    return make


@pytest.fixture
def many_invitations(in_alpha: TenantRef) -> Callable[[int], None]:
    """Thousands of people to be asked, by mails waiting to be sent."""

    def make(count: int) -> None:
        people = [Customer(full_name=f"Khách {number}") for number in range(count)]
        mailboxes = [
            ContactPoint(customer=one, kind="email", value=f"k{number}@khach.example", is_primary=True)
            for number, one in enumerate(people)
        ]
        agreed = [Consent(customer=one, purpose="survey", granted=True, method="staff") for one in people]
        with transaction.atomic():
            for model, rows in ((Customer, people), (ContactPoint, mailboxes), (Consent, agreed)):
                model.objects.bulk_create(rows, batch_size=1000)
            send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[one.id for one in people])
        _tell_of_them()

    return make


def _tell_of_them() -> None:
    """What the sending sets off, up to the mails, which wait in the other lane."""
    before = connection.tenant
    try:
        leave()
        while items := agenda.claim("escalation"):
            for item in items:
                tasks.carry_out(item)
    finally:
        connection.set_tenant(before)


@pytest.fixture
def resolve(cause: Any) -> Callable[..., None]:
    def run(complaint_id: Any) -> None:
        seen(Complaint.objects.get(pk=complaint_id))
        complaints.resolve_complaint(complaint_id=complaint_id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")

    return run
