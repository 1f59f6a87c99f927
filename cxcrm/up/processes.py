"""The processes of the product, one command line each: for the one-command stack and for a machine of their own."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cxcrm.up.config import ROOT

# Lane of the first queue, how many processes. Escalations have a worker of their own: surveys can never starve them.
WORKERS: Final = {"escalation": ("escalation", 1), "normal": ("normal,escalation", 2)}


def web(bind: str, port: int) -> list[str]:
    """Arguments of ``python -m`` for a web server; run as many as there are ports."""
    listen = ["--host", bind, "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws"]
    return ["granian", "--interface", "wsgi", *listen, "--log-level", "warning", "cxcrm.wsgi:application"]


def worker(kind: str, *, name: str = "", processes: int | None = None) -> list[str]:
    """Arguments for a worker of ``kind`` (escalation or normal); ``name`` tells several on one machine apart."""
    queues, usual = WORKERS[kind]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    which = ["-n", f"{kind}{name and f'-{name}'}@%h", "-Q", queues, "-c", str(processes or usual), "-P", "prefork"]
    return ["celery", "-A", "cxcrm.celery:app", "worker", *which, *quiet]


def beat(schedule: Path) -> list[str]:
    """Arguments for the scheduler. Any number may run, or none: rows decide, it only makes workers look sooner."""
    quiet = ["--loglevel", "WARNING", "--pidfile="]
    return ["celery", "-A", "cxcrm.up.beat:app", "beat", *quiet, "--schedule", str(schedule)]


def become(arguments: Sequence[str]) -> None:
    """Turn this process into the one asked for, so that a service manager watches the real thing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxcrm.settings")
    os.chdir(ROOT)
    # By the folder's real name: what is called "current" may be the next release before this process has ended.
    called = Path(sys.executable)
    python = str(called.parent.resolve() / called.name)
    os.execv(python, [python, "-m", *arguments])  # noqa: S606 - our own command line
