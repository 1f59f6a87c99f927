"""Real Celery workers and scheduler on a broker that is wiped again and again while the mails leave."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis

from workflows.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
ROOT = Path(__file__).resolve().parents[2]
OWN_DATABASE = 9  # of the broker, so that nobody else's queues are wiped


@pytest.fixture
def broker(environment: dict[str, str]) -> str:
    url = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{OWN_DATABASE}"))
    environment["REDIS_URL"] = url
    return url


@pytest.fixture
def celery(environment: dict[str, str], broker: str, tmp_path: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "cxcrm.celery"]
    jobs = (
        ["worker", "-Q", "escalation,normal", "-c", "2", "--loglevel", "error"],
        ["beat", "-s", str(tmp_path / "beat"), "--loglevel", "error"],
    )
    running = [
        subprocess.Popen([*command, *job], env=environment, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)
        for job in jobs
    ]
    yield
    for process in running:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_nothing_is_lost_when_the_broker_forgets_everything(escalations, celery, broker, sink):
    told = escalations(30)
    with redis.Redis.from_url(broker) as client:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and Message.objects.filter(kind="escalation").exclude(state="sent").exists():
            client.flushdb()
            time.sleep(0.4)
        client.flushdb()
    assert Message.objects.filter(kind="escalation", state="sent").count() == len(told)
    taken = Counter(entry.message_id for entry in sink.script.taken)
    assert [taken[message.message_id] for message in Message.objects.filter(kind="escalation")] == [1] * len(told)
