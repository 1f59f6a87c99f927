"""One process of the product on a machine of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cxcrm.up import config, ports, processes
from cxcrm.up.stack import _get

SERVERS = {"DATABASE_URL": "postgres://a:b@db:5432/c", "REDIS_URL": "redis://r:6379/0", "EMAIL_URL": "smtp://m:25"}


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if name not in SERVERS} | environment
    return subprocess.Popen(
        [sys.executable, "-m", "cxcrm.up", *arguments], cwd=config.ROOT, env=env, text=True, stderr=subprocess.PIPE
    )


@pytest.mark.parametrize("missing", sorted(SERVERS))
def test_it_needs_servers_elsewhere(missing: str, tmp_path: Path) -> None:
    given = {name: value for name, value in SERVERS.items() if name != missing}
    process = start("worker", "normal", CXCRM_HOME=str(tmp_path), **given)
    _out, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert said == "cxcrm: A process of its own needs DATABASE_URL, REDIS_URL and EMAIL_URL; for all in one use: up\n"


def test_workers_have_names_queues_and_processes_of_their_own() -> None:
    several = processes.worker("normal", name="b", processes=6)
    assert several[several.index("-n") + 1] == "normal-b@%h"
    assert several[several.index("-c") + 1] == "6"
    assert several[several.index("-Q") + 1] == "normal,escalation"
    alone = processes.worker("escalation")
    assert alone[alone.index("-n") + 1 : alone.index("-n") + 6] == ["escalation@%h", "-Q", "escalation", "-c", "1"]


def test_a_web_server_answers_on_its_port(tmp_path: Path) -> None:
    """It becomes the server itself, so that ending the process ends what it was."""
    port = ports.free_port()
    url = os.environ["DATABASE_URL"]
    process = start(
        "web", "--port", str(port), CXCRM_HOME=str(tmp_path), DATABASE_URL=url, REDIS_URL=os.environ["REDIS_URL"],
        EMAIL_URL="smtp://127.0.0.1:9", DJANGO_SETTINGS_MODULE="cxcrm.settings",
    )  # fmt: skip
    try:
        assert ports.wait_until(lambda: process.poll() is not None or ports.accepts("127.0.0.1", port), seconds=60)
        assert process.poll() is None
        # The throw-away server's own database has no tables of ours, which is what not being ready means.
        assert ports.wait_until(lambda: not _get(port, "/healthz") and ports.accepts("127.0.0.1", port), seconds=10)
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert not ports.accepts("127.0.0.1", port)
