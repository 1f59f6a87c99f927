"""Whole stories run against the product as it runs: a web server, a mail server, and workers."""

import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from cxcrm.demo.inbox import Inbox
from cxcrm.up.ports import free_port
from tenants import tasks
from tenants.context import leave
from tenants.models import Lane
from tenants.services import agenda
from tests.support.live import live_site

__all__ = ["live_site"]


@pytest.fixture
def inbox(tmp_path: Path, settings: Any) -> Iterator[Inbox]:
    """The inbox of the demo as a process of its own; the product sends to it over SMTP."""
    smtp, web = free_port(), free_port()
    process = subprocess.Popen([sys.executable, "-m", "cxcrm.up.inbox", str(tmp_path), str(smtp), str(web)])
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    found = Inbox(f"http://127.0.0.1:{web}")
    until = time.monotonic() + 15
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{found.url}/api/messages", timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield found
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """What a worker process does, in a thread: claim what is due and carry it out."""
    stop = threading.Event()

    def work() -> None:
        leave()
        while not stop.is_set():
            items = [item for lane in Lane.values for item in agenda.claim(lane)]
            for item in items:
                tasks.carry_out(item)
            if not items:
                stop.wait(0.1)
        connections.close_all()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join(timeout=30)
