"""Memory of one database backend after it served many firms, with connections replaced and without."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Figure
from benchmarks.firm import firm

FIRMS = int(os.environ.get("CXCRM_BENCH_FIRMS", "1000"))
TABLES = (
    "customers_customer",
    "customers_contactpoint",
    "feedback_complaint",
    "feedback_response",
    "feedback_answer",
    "feedback_invitation",
    "workflows_event",
    "workflows_slaclock",
    "workflows_message",
    "staff_user",
)


def measure() -> Iterator[Figure]:
    from django.conf import settings
    from django.db import connection

    from tenants.context import enter, leave
    from tenants.services.templates import replay

    firm()
    refs = []
    for number in range(FIRMS):
        schema = f"t_bench{number:04}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regnamespace(%s) IS NULL", [schema])
            missing = cursor.fetchone()[0]
        if missing:
            replay(schema)
        refs.append(_ref(schema))
    usual = settings.SCHEMAS_PER_CONNECTION
    found = {}
    for name, limit in (("replaced", usual), ("kept", 10**9)):
        settings.SCHEMAS_PER_CONNECTION = limit
        connection.close()
        most, started = 0.0, perf_counter()
        for ref in refs:
            enter(ref)
            with connection.cursor() as cursor:
                for table in TABLES:
                    cursor.execute(f"SELECT * FROM {table} LIMIT 1")
            most = max(most, resident(connection.connection.info.backend_pid))
            leave()
        found[name] = most, (perf_counter() - started) / FIRMS * 1e3
    settings.SCHEMAS_PER_CONNECTION = usual
    yield Figure(
        f"largest backend after {FIRMS} firms, ten tables each (floor: never replaced)",
        found["replaced"][0],
        "MB",
        found["kept"][0],
        "goal: below 100 MB",
    )
    yield Figure("time per firm (floor: never replaced)", found["replaced"][1], "ms", found["kept"][1])


def resident(pid: int) -> float:
    """Anonymous memory of a process of this machine, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) / 1000


def _ref(schema: str):
    from uuid import uuid4

    from cxcrm.core.context import TenantRef

    return TenantRef(id=uuid4(), schema_name=schema, slug=schema, name=schema, host="", epoch=1)
