"""A release rolled out under load over two web servers and three workers: nobody sees an error, nothing is lost."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tenants.models import Tenant
from tenants.services import provisioning
from tests.support.rollout import Installation, found_firms, lost_complaints, roll_out
from tests.support.smtp import Sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

FIRMS, KNOWN = 20, 5


@pytest.fixture
def installation(environment: dict[str, str], tmp_path: Path) -> Any:
    """Running, with firms of its own; alpha and beta stay out of it, since their tables outlive the test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schema_name FROM public.tenants_schematemplate")
        kept = {row[0] for row in cursor.fetchall()}
    Tenant.objects.filter(slug__in=["alpha", "beta"]).update(state=Tenant.State.FAILED)
    provisioning.ensure_platform("ops@cxcrm.example", "Operator")  # whose agenda holds what belongs to no firm yet
    made = Installation(environment, tmp_path)
    with made.up():
        yield made
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tpl\\_\\_%'")
        for (name,) in cursor.fetchall():
            if name not in kept:
                cursor.execute(f'DROP SCHEMA "{name}" CASCADE')


def test_nobody_sees_a_rolling_deploy(installation: Installation, sink: Sink, tmp_path: Path) -> None:
    firms = found_firms(FIRMS, KNOWN)
    said: list[str] = []
    seen = roll_out(
        installation, firms, sink, public=settings.BASE_DOMAIN, per_second=15, calm=2, folder=tmp_path, say=said.append
    )
    assert seen.errors == []
    assert lost_complaints(seen) == set()
    assert len(seen.complaints) > 5
    assert seen.passed_on > 0, "no request met a server that was away: nothing was shown"
    assert "firms are as the template" in said[-1]
    assert "Traceback" not in installation.said()


def test_a_server_that_is_killed_is_seen(installation: Installation, sink: Sink, tmp_path: Path, monkeypatch) -> None:
    """The planted fault: told to end with SIGKILL, a web server takes down what it had begun."""
    monkeypatch.setattr(Installation, "restart", _kill_and_start)
    seen = roll_out(
        installation, found_firms(FIRMS, KNOWN), sink, public=settings.BASE_DOMAIN, per_second=60, calm=1,
        folder=tmp_path,
    )  # fmt: skip
    assert any("restart of web" in line for line in seen.errors)


def _kill_and_start(installation: Installation, name: str) -> float:
    for _time in range(4 if name.startswith("web") else 0):
        process = installation.running.pop(name)
        process.kill()
        process.wait()
        installation.start(name)
        installation.wait_ready(int(name.split()[1]))
    return 0.0
