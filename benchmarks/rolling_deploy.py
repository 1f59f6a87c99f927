"""Errors users see while a release is rolled out over two web servers and three workers (ROLLING_FIRMS: 1000).

The release adds columns to two busy tables and an index; ROLLING_RATE requests per second go on meanwhile (20), for
ROLLING_CALM seconds before and after too (10). A last figure is of the database: its backends' memory after all that.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from benchmarks import firm as _  # noqa: F401 - sets Django up
from benchmarks.connections import resident
from benchmarks.figures import Figure, percentile

from django.conf import settings  # isort: skip
from django.core.management import call_command  # isort: skip
from django.db import connection  # isort: skip
from tests.support.rollout import Installation, found_firms, lost_complaints, roll_out  # isort: skip
from tests.support.smtp import Sink  # isort: skip

FIRMS = int(os.environ.get("ROLLING_FIRMS", "1000"))
RATE = float(os.environ.get("ROLLING_RATE", "20"))
CALM = float(os.environ.get("ROLLING_CALM", "10"))
KNOWN = min(100, FIRMS)  # firms with an API key and surveys on their way


def measure() -> Iterator[Figure]:
    call_command("bootstrap", stdout=StringIO())
    few, many = _founded(10), _founded(FIRMS)
    if few and many:
        yield Figure(f"a firm with owner and defaults, up to {FIRMS}", many, "ms", few, "floor: the first ten")
    yield Figure("disk per firm, its catalog included", _disk_per_firm(), "kB")
    firms = found_firms(FIRMS, KNOWN)
    with tempfile.TemporaryDirectory(prefix="cxcrm-rolling-") as name, Sink() as sink:
        folder = Path(name)
        own = {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", "CXCRM_SECRET_KEY": settings.SECRET_KEY}
        installation = Installation(os.environ | own, folder)
        with installation.up():
            started = time.monotonic()
            seen = roll_out(
                installation, firms, sink, public=settings.BASE_DOMAIN, per_second=RATE, calm=CALM, folder=folder,
                say=lambda text: print(text.strip(), flush=True),
            )  # fmt: skip
            seconds = time.monotonic() - started - 2 * CALM
            backends = _backends()
        for line in seen.errors:
            print(line)
        print(installation.said())
    asked = sum(seen.asked.values())
    yield Figure(f"errors seen of {asked} requests", len(seen.errors), "", None, "goal: none")
    yield Figure("complaints taken and lost, or there unasked", len(lost_complaints(seen)), "", None, "goal: none")
    yield Figure(f"firms founded meanwhile, of {seen.asked['sign-up']} begun", len(seen.founded), "")
    yield Figure("requests the proxy passed on, a server being away", seen.passed_on, "")
    yield Figure("answer, median", 1e3 * percentile(seen.seconds, 0.5), "ms")
    yield Figure("answer, p99", 1e3 * percentile(seen.seconds, 0.99), "ms")
    yield Figure(f"the whole deploy over {FIRMS} firms, verified", seconds, "s")
    yield Figure(f"largest of {len(backends)} database backends", max(backends), "MB", None, "goal: below 100 MB")


def _founded(count: int) -> float:
    """Milliseconds for each firm that was missing to ``count``; 0 when none was."""
    from tenants.models import Tenant

    missing = count - Tenant.objects.filter(slug__startswith="quan-").count()
    started = time.monotonic()
    found_firms(count, 0)
    return (time.monotonic() - started) * 1e3 / missing if missing > 0 else 0.0


def _disk_per_firm() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / count(*) / 1000 FROM public.tenants_tenant")
        return float(cursor.fetchone()[0])


def _backends() -> list[float]:
    """Anonymous memory of every connection's process, in MB; the database is on this machine."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return [resident(row[0]) for row in cursor.fetchall()]
