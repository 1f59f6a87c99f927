"""Importing 100,000 customers, rows already read and checked, beside a bare COPY of the rows that come of it."""

import gc
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.firm import firm

COUNT = int(os.environ.get("IMPORT_ROWS", "100000"))
TABLES = ("customer", "contactpoint", "externalid", "interaction")


def measure() -> Iterator[Figure]:
    from django.db import connection, transaction

    from customers.models import Customer, ImportJob
    from customers.services import import_checking, import_run, import_undo, imports
    from cxcrm.demo.people import vietnamese
    from tenants.context import in_tenant

    with in_tenant(firm()):
        lines = "\n".join(
            f"{one.code},{one.name},09{number:08d},{one.email},{one.tag},{one.consent}"
            for number, one in enumerate(vietnamese(COUNT))
        )
        data = f"Mã KH,Tên khách hàng,Điện thoại,Email,Nhóm,Ghi chú khác\n{lines}\n".encode()
        del lines
        started = time.perf_counter()
        job = imports.check_file(data=data, file_name="khach.csv")
        del data
        read = time.perf_counter() - started
        started = time.perf_counter()
        while import_checking.continue_check(job_id=job.id) is not None:
            pass
        checked = time.perf_counter() - started
        job.refresh_from_db()
        assert job.state == "checked", job.state
        imports.start_import(job_id=job.id)
        gc.collect()
        started, cpu = time.perf_counter(), time.process_time()
        while import_run.take_chunk(job_id=job.id):
            pass
        taken, cpu = time.perf_counter() - started, time.process_time() - cpu
        job.refresh_from_db()
        taken_rows = job.created_count
        floor = _copy(connection, transaction)
        imports.undo_import(job_id=job.id)
        started = time.perf_counter()
        while import_undo.undo_chunk(job_id=job.id):
            pass
        undone = time.perf_counter() - started
        assert ImportJob.objects.get(pk=job.pk).kept_count == 0
        assert not Customer.objects.exists()
    yield Figure(
        f"customers of {COUNT} imported per second", taken_rows / taken, "/s", taken_rows / floor,
        "floor: bare COPY of the same rows; goals 3000/s and 0.25 x",
    )  # fmt: skip
    yield Figure("processor time of the worker for them", cpu, "s")
    yield Figure("resident at most, reading the file included", _peak(), "MiB", None, "goal < 400")
    yield Figure("resident at the end", _resident(), "MiB")
    yield Figure("rows parsed and stored per second", COUNT / read, "/s")
    yield Figure("rows judged per second (dry run)", COUNT / checked, "/s")
    yield Figure("rows undone per second", taken_rows / undone, "/s")


def _copy(connection, transaction) -> float:  # type: ignore[no-untyped-def]
    """Seconds that COPY alone takes for the rows the import made, into the same tables with the same indexes."""
    saved = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            with cursor.copy(f"COPY customers_{table} TO STDOUT (FORMAT BINARY)") as copy:
                saved[table] = Path(f"/proc/self/fd/{os.memfd_create(table)}")
                with saved[table].open("wb") as file:
                    for piece in copy:
                        file.write(piece)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE customers_customer CASCADE")
        started = time.perf_counter()
        for table in TABLES:
            with (
                saved[table].open("rb") as file,
                cursor.copy(f"COPY customers_{table} FROM STDIN (FORMAT BINARY)") as copy,
            ):
                while piece := file.read(1 << 20):
                    copy.write(piece)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        taken = time.perf_counter() - started
        transaction.set_rollback(True)
    return taken


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
