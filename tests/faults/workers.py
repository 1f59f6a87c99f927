"""Worker processes to kill: a nursery that is set up once, forks workers, and shoots them with SIGKILL at random.

``python -m tests.faults.workers WORKERS KILLS LEASE_SECONDS``. Each line on standard input asks whether it is still
busy killing; the answer is the number killed so far. When the input ends, so do all workers.
"""

import os
import random
import select
import signal
import sys
import time
from datetime import timedelta

SHORTEST, LONGEST = 0.05, 0.6  # seconds between two kills


def main(workers: int, kills: int, lease: float) -> None:
    """Run ``workers``, killing and replacing them ``kills`` times, until standard input is closed."""
    import django

    django.setup()
    from tenants.services import agenda

    agenda.LEASE = timedelta(seconds=lease)
    agenda.use_poke(lambda lane: None)
    _warm_up()
    crew = [_fork() for _ in range(workers)]
    killed, next_kill = 0, time.monotonic() + LONGEST
    while True:
        asked, _w, _x = select.select([sys.stdin], [], [], 0.02)
        if asked:
            if not sys.stdin.readline():
                break
            sys.stdout.write(f"{killed}\n")
            sys.stdout.flush()
        if killed < kills and time.monotonic() >= next_kill:
            _end(crew.pop(random.randrange(workers)))
            crew.append(_fork())
            killed, next_kill = killed + 1, time.monotonic() + random.uniform(SHORTEST, LONGEST)
    for worker in crew:
        _end(worker)


def _warm_up() -> None:
    """Load what every worker needs once, so that a short life is spent on mails."""
    from django.template.loader import get_template
    from django.utils.translation import gettext, override

    from workflows.models import Message

    for language in ("vi", "en"):
        with override(language):
            gettext("Kind regards,")
    for kind in (Message.Kind.INVITATION, Message.Kind.ESCALATION):
        for ending in ("subject.txt", "txt", "html"):
            get_template(f"email/{kind}.{ending}")


def _fork() -> int:
    pid = os.fork()
    if pid == 0:
        try:
            _work()
        finally:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    return pid


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _work() -> None:
    """What a Celery worker does with its tick, without the broker between."""
    from django.db import connection

    from tenants.models import Lane
    from tenants.services import agenda
    from tenants.tasks import carry_out

    connection.close()
    random.seed()
    while True:
        items = [item for lane in Lane.values for item in agenda.claim(lane, limit=3, share=3)]
        for item in items:
            if agenda.renew(item):
                carry_out(item)
        if not items:
            time.sleep(0.05)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
