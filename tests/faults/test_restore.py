"""Importing and restoring killed in the middle: no half firm, the old one works on, and a second try succeeds."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from customers.models import Customer
from feedback.services import complaints
from tenants.context import in_tenant
from tenants.models import Tenant
from tenants.services.archives import export_firm
from tests.faults.conftest import ROOT
from tests.isolation.world import World
from tests.support.gamma import CHANGED_ON_ARRIVAL, digests, gamma, ref, schemas

__all__ = ["gamma"]
pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
# Where the work is stopped and its process killed: what it writes last, in its order.
AT_THE_AGENDA, AT_THE_RECORD = "tenants_agendaitem", "tenants_sentrecord"
PLACES = [AT_THE_AGENDA, AT_THE_RECORD]


@pytest.fixture
def archive(gamma: World, tmp_path: Path) -> Path:
    return export_firm(tenant_id=gamma.tenant.id, path=tmp_path / "gamma.zip")


@contextmanager
def held(table: str, mode: str) -> Iterator[None]:
    """Nobody gets further than the first statement that needs ``table``."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE public.{table} IN {mode} MODE")
        yield
    finally:
        other.rollback()
        other.close()


def kill_while_held(command: list[str], environment: dict[str, str], table: str, mode: str) -> None:
    """Start ``command``, wait until it stands before ``table``, and shoot it."""
    with held(table, mode):
        process = subprocess.Popen(
            [sys.executable, "manage.py", *command], env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        wait_for(lambda: is_stopped_at(table) or process.poll() is not None)
        assert process.poll() is None, process.stderr and process.stderr.read()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
    wait_for(lambda: not is_working())


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_stopped_at(table: str) -> bool:
    with connection.cursor() as cursor:
        # The databases of a run are copies: a table has the same oid in each, and locks are listed of all.
        cursor.execute(
            """SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
               JOIN pg_database d ON d.oid = l.database
               WHERE c.relname = %s AND NOT l.granted AND d.datname = current_database()""",
            [table],
        )
        return bool(cursor.fetchone()[0])


def is_working() -> bool:
    """Does the server still hold a transaction of somebody who is gone?"""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND state <> 'idle'"""
        )
        return bool(cursor.fetchone()[0])


def run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("table", PLACES)
def test_a_killed_import_leaves_no_firm(table, gamma, archive, environment):
    before = schemas(), Tenant.objects.count()
    command = ["firm", "import", str(archive), "--address", "delta"]
    kill_while_held(command, environment, table, "EXCLUSIVE")
    assert (schemas(), Tenant.objects.count()) == before
    assert "delta.localhost" in run(command, environment)
    there, here = digests(gamma.tenant), digests(ref("delta"))
    assert {name for name in there if there[name] != here[name]} <= CHANGED_ON_ARRIVAL
    drop("delta")


@pytest.mark.parametrize("table", PLACES)
def test_a_killed_restore_leaves_the_firm_as_it_was(table, gamma, archive, environment):
    yesterday = digests(ref("gamma"))
    with in_tenant(ref("gamma")):
        complaints.open_complaint(customer_id=Customer.objects.earliest("pk").id, description="heute", channel="staff")
    before, today = schemas(), digests(ref("gamma"))
    was = ref("gamma")
    command = ["firm", "restore", "gamma", str(archive)]
    kill_while_held(command, environment, table, "EXCLUSIVE")
    assert (schemas(), ref("gamma"), digests(ref("gamma"))) == (before, was, today)
    assert Tenant.objects.get(slug="gamma").paused
    run(command, environment)
    assert digests(ref("gamma")) == yesterday
    assert ref("gamma").epoch == was.epoch + 1


@pytest.mark.faults
def test_a_killed_export_leaves_no_file_under_its_name(gamma, environment, tmp_path):
    path = tmp_path / "gamma.zip"
    kill_while_held(["firm", "export", "gamma", str(path)], environment, AT_THE_RECORD, "ACCESS EXCLUSIVE")
    assert not path.exists()
    run(["firm", "export", "gamma", str(path)], environment)
    assert [entry.name for entry in tmp_path.iterdir()] == ["gamma.zip"]


def drop(slug: str) -> None:
    tenant = Tenant.objects.get(slug=slug)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA "{tenant.schema_name}" CASCADE')
        for table in ("agendaitem", "sentrecord", "usage", "domain"):
            cursor.execute(f"DELETE FROM tenants_{table} WHERE tenant_id = %s", [tenant.pk])
        cursor.execute("DELETE FROM tenants_tenant WHERE id = %s", [tenant.pk])
