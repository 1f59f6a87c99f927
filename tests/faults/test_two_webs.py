"""A release rolled out under load over two web servers and three workers: nobody sees an error, nothing is lost."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tenants.models import Tenant
from tenants.services import provisioning
from tests.support.rollout import FORGETFUL_COLUMN, Installation, found_firms, lost_complaints, roll_out
from tests.support.smtp import Sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

FIRMS, KNOWN = 20, 5


@pytest.fixture
def installation(environment: dict[str, str], tmp_path: Path) -> Any:
    """Running, with firms of its own; alpha and beta stay out of it, since their tables outlive the test."""
    kept = _schemas()
    Tenant.objects.filter(slug__in=["alpha", "beta"]).update(state=Tenant.State.FAILED)
    provisioning.ensure_platform("ops@cxcrm.example", "Operator")  # whose agenda holds what belongs to no firm yet
    made = Installation(environment, tmp_path)
    with made.up():
        yield made
    for name in _schemas() - kept:  # one by one: dropping a firm locks some hundred relations
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA "{name}" CASCADE')


def _schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE ANY(ARRAY['tpl\\_\\_%', 't\\_%'])")
        return {row[0] for row in cursor.fetchall()}


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


def test_a_release_that_only_its_own_code_can_write_is_seen(
    installation: Installation, sink: Sink, tmp_path: Path
) -> None:
    """The planted fault: a column without a ``db_default``. Until the last process is replaced, users see errors."""
    seen = roll_out(
        installation, found_firms(4, 2), sink, public=settings.BASE_DOMAIN, per_second=15, calm=2, folder=tmp_path,
        column=FORGETFUL_COLUMN,
    )  # fmt: skip
    assert seen.errors
    assert "colour" in installation.said(), "errors of another kind"
