"""Real workers and schedulers, a broker that is wiped, shot and away: the rows are enough, and nothing comes twice."""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from cxcrm.up.child import Child
from cxcrm.up.valkey import Valkey
from tests.support.smtp import Sink
from workflows.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
HEALED_WITHIN = 60.0  # seconds


class Broker:
    """A Valkey of the test's own, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.valkey = Valkey(folder / "valkey", folder / "valkey.log", secrets.token_urlsafe(16), keep=False)
        self.valkey.prepare()
        self.child: Child = self.valkey.child()
        self.start()

    def start(self) -> None:
        self.valkey.start(self.child)

    def shoot(self) -> None:
        self.child.kill()

    def wipe(self) -> None:
        with redis.Redis.from_url(self.valkey.url) as client:
            client.flushall()


@pytest.fixture
def broker(environment: dict[str, str], tmp_path: Path) -> Iterator[Broker]:
    own = Broker(tmp_path)
    environment["REDIS_URL"] = own.valkey.url
    yield own
    own.shoot()


def waiting() -> bool:
    return Message.objects.filter(kind="escalation").exclude(state="sent").exists()


def all_sent_once(count: int, sink: Sink) -> None:
    until = time.monotonic() + HEALED_WITHIN
    while time.monotonic() < until and waiting():
        time.sleep(0.2)
    told = Message.objects.filter(kind="escalation", state="sent")
    assert told.count() == count
    taken = Counter(entry.message_id for entry in sink.script.taken)
    assert [taken[message.message_id] for message in told] == [1] * count


def first_mail(sink: Sink) -> None:
    until = time.monotonic() + 60
    while not sink.script.taken:
        assert time.monotonic() < until, "no worker came up"
        time.sleep(0.1)


def wiped(broker: Broker) -> None:
    for _time in range(20):
        broker.wipe()
        time.sleep(0.3)


def shot_five_times(broker: Broker) -> None:
    for _time in range(5):
        broker.shoot()
        time.sleep(0.5)
        broker.start()
        time.sleep(1.5)


def away_for_a_minute(broker: Broker) -> None:
    broker.shoot()
    time.sleep(60)
    broker.start()


@pytest.mark.parametrize("what", [wiped, shot_five_times, away_for_a_minute])
def test_nothing_is_lost(
    what: Callable[[Broker], None], broker: Broker, escalations: Any, celery: Callable[..., Any], sink: Sink
) -> None:
    sink.script.latency = 0.1
    told = len(escalations(45))
    celery(workers=1)
    first_mail(sink)
    what(broker)
    started = time.monotonic()
    told += len(escalations(3, cases=1))
    all_sent_once(told, sink)
    print(f"{what.__name__}: all sent {time.monotonic() - started:.1f} s after it healed")  # noqa: T201


@pytest.mark.parametrize("schedulers", [0, 2])
def test_however_many_schedulers(
    schedulers: int, broker: Broker, escalations: Any, celery: Callable[..., Any], sink: Sink
) -> None:
    """Two tick twice and nobody is told twice; without any the workers look by themselves."""
    told = len(escalations(30))
    celery(workers=2, schedulers=schedulers)
    first_mail(sink)
    all_sent_once(told, sink)
