"""Worker processes to kill: a nursery that is set up once, forks workers, and shoots one with SIGKILL when told to.

``python -m tests.faults.workers WORKERS LEASE_SECONDS``. It says "ready" once; each line on standard input kills one
worker and starts another, and the answer is the number killed so far. When the input ends, so do all workers.
"""

import os
import random
import signal
import sys
import time
from datetime import timedelta


def main(workers: int, lease: float) -> None:
    """Keep ``workers`` running until standard input is closed."""
    import django

    django.setup()
    from tenants.services import agenda, claims

    claims.LEASE = claims.TURN = timedelta(seconds=lease)
    agenda.use_poke(lambda lane: None)
    _warm_up()
    crew = [_fork() for _ in range(workers)]
    _say("ready")
    for killed, _order in enumerate(sys.stdin, start=1):
        _end(crew.pop(random.randrange(workers)))
        crew.append(_fork())
        _say(str(killed))
    for worker in crew:
        _end(worker)


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


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

    from tenants import tasks
    from tenants.models import Lane

    connection.close()
    random.seed()
    tasks.TASK_SECONDS = 1.0  # both lanes get their turn
    while True:
        if not sum([tasks.run_agenda(lane) for lane in Lane.values]):
            time.sleep(0.05)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
