"""A worker killed for real, again and again, in the middle of an import."""

import os
import random
import signal
import time
from collections.abc import Callable

import pytest
from django.db import connection

from customers.models import Consent, ContactPoint, Customer, ExternalId, ImportJob, ImportRow, Interaction
from customers.services import import_run, imports
from cxcrm.core.context import TenantRef
from tenants.context import enter, in_tenant
from workflows.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("kills", "count"), [(8, 120), pytest.param(150, 2_000, marks=pytest.mark.faults)])
def test_no_row_is_lost_or_taken_twice(alpha, monkeypatch, kills, count):
    monkeypatch.setattr(import_run, "CHUNK", 10)
    lines = "\n".join(f"KH{n};Khách {n};0977{n:06d};k{n}@x.vn;có" for n in range(count))
    data = f"Mã KH;Họ và tên;SĐT;Email;Đồng ý khảo sát\n{lines}".encode()
    with in_tenant(alpha):
        job = imports.check_file(data=data, file_name="khach.csv")
        imports.start_import(job_id=job.id)
    rng = random.Random(kills)
    for _ in range(kills):
        work_and_die(alpha, lambda: import_run.take_chunk(job_id=job.id), rng.uniform(0.0, 0.15))
    with in_tenant(alpha):
        while import_run.take_chunk(job_id=job.id):
            pass
        job.refresh_from_db()
        assert (job.state, job.created_count, job.updated_count, job.failed_count) == ("done", count, 0, 0)
        assert set(ImportRow.objects.values_list("outcome", flat=True)) == {"created"}
        assert Customer.objects.count() == ExternalId.objects.count() == Consent.objects.count() == count
        assert ContactPoint.objects.count() == Interaction.objects.count() == 2 * count
        assert Event.objects.filter(name="customers.import_finished").count() == 1


_kept: list[object] = []


def work_and_die(tenant: TenantRef, work: Callable[[], bool], delay: float) -> None:
    """A child process works on a connection of its own, and is killed ``delay`` seconds after it began."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        _kept.append(connection.connection)  # letting go of it would close the parent's session
        connection.connection = None
        try:
            enter(tenant)
            ImportJob.objects.count()
            os.write(writer, b"!")
            while work():
                pass
        finally:
            os._exit(0)
    os.read(reader, 1)
    time.sleep(delay)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(reader)
    os.close(writer)
