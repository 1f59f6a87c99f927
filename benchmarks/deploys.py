"""A deploy over many firms, nothing to do and one new column, beside the stock command (DEPLOY_FIRMS: 1000)."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from statistics import median
from uuid import uuid4

from benchmarks import firm as _  # noqa: F401 - sets Django up
from benchmarks.figures import Figure

from django.core.management import call_command  # isort: skip
from tenants.models import Tenant  # isort: skip
from tenants.services import fingerprints, provisioning, templates  # isort: skip
from tests.support.releases import APP, add_field, use_release, write_release  # isort: skip

ROOT = Path(__file__).resolve().parents[1]
FIRMS = int(os.environ.get("DEPLOY_FIRMS", "1000"))
FEW = min(50, FIRMS)
STOCK = 10  # firms the stock command is run on, all others being there; its seconds per firm count for all
START = "import django; django.setup()"
STOCK_COMMAND = """
import sys, time, django
django.setup()
from django.core.management import call_command
for schema in sys.argv[1:]:
    started = time.monotonic()
    call_command("migrate_schemas", schema_name=schema, interactive=False, verbosity=0)
    print(time.monotonic() - started)
"""


def measure() -> Iterator[Figure]:
    call_command("bootstrap", stdout=StringIO())
    with tempfile.TemporaryDirectory(prefix="cxcrm-deploys-") as name:
        releases = [Release(Path(name), steps) for steps in range(4)]
        fill(releases[0], FEW)
        few = releases[1].deploy()
        fill(releases[1], FIRMS)
        start = median(releases[1].seconds(sys.executable, "-c", START) for _round in range(5))
        idle = median(releases[1].seconds(sys.executable, "manage.py", "migrate_tenants") for _round in range(5))
        many = releases[2].deploy()
        stock_idle, stock_add = (release.stock() for release in releases[2:])
    note = f"stock: {STOCK} firms among {FIRMS}, taken times {FIRMS}"
    yield Figure(f"nothing to do for {FIRMS} firms", idle, "s", stock_idle * FIRMS, note)
    yield Figure("of it beyond starting a process", idle - start, "s", None, "goal: at most 1 s")
    yield Figure(f"one new column in {FIRMS} firms", many.seconds, "s", stock_add * FIRMS, f"goal: 0.01 x; {note}")
    yield Figure(
        "per firm, without process start", 1000 * (many.seconds - start) / FIRMS, "ms", None, "goal: at most 3 ms"
    )
    yield Figure(f"per firm after the rehearsal, beside {FEW} firms", many.each, "ms", few.each, "goal: at most 2 x")


class Deploy:
    """What the command took, in seconds, and what it said of each firm, in milliseconds."""

    def __init__(self, seconds: float, said: str) -> None:
        self.seconds = seconds
        found = re.search(r"then ([\d.]+) ms each", said)
        if found is None:
            raise RuntimeError(said)
        self.each = float(found[1])


class Release:
    """Today's migrations and some new columns, for this process and for others."""

    def __init__(self, folder: Path, columns: int) -> None:
        self.folder = folder
        self.name = write_release(folder, *(add_field(name=f"extra_{number}") for number in range(columns)))
        settings = f"from cxcrm.settings import *\nMIGRATION_MODULES = {{{APP!r}: {self.name!r}}}\n"
        (folder / f"settings_{self.name}.py").write_text(settings)
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": f"settings_{self.name}",
            "PYTHONPATH": f"{folder}:{ROOT}",
        }

    def run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def seconds(self, *command: str) -> float:
        started = time.monotonic()
        self.run(*command)
        return time.monotonic() - started

    def deploy(self) -> Deploy:
        started = time.monotonic()
        said = self.run(sys.executable, "manage.py", "migrate_tenants")
        return Deploy(time.monotonic() - started, said)

    def stock(self) -> float:
        """Seconds the stock command takes for one firm, process start left out; the first is a warm-up."""
        schemas = Tenant.objects.filter(is_platform=False).values_list("schema_name", flat=True)[: STOCK + 1]
        said = self.run(sys.executable, "-c", STOCK_COMMAND, *schemas)
        return median(float(line) for line in said.split()[1:])

    @contextmanager
    def here(self) -> Iterator[None]:
        use_release(self.folder, self.name)
        try:
            yield
        finally:
            use_release(None, None)


def fill(release: Release, count: int) -> None:
    """Firms up to ``count``, empty, standing at ``release``."""
    plan = provisioning.default_plan()
    with release.here():
        templates.ensure_template()
        for number in range(Tenant.objects.filter(is_platform=False).count(), count):
            schema = f"t_{uuid4().hex}"
            templates.replay(schema)
            firm = Tenant(
                schema_name=schema,
                slug=f"quan-{number}",
                name=f"Quán {number}",
                owner_email="chu@quan.example",
                owner_name="Chủ Quán",
                plan=plan,
                state=Tenant.State.ACTIVE,
                fingerprint=fingerprints.current(),
            )
            Tenant.objects.bulk_create([firm])
