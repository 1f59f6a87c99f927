"""An installation of two web servers, three workers and a scheduler, and a release rolled out over it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from cxcrm.up.ports import free_port
from tests.support.releases import step, write_release
from tests.support.smtp import Sink
from tests.support.traffic import Firm, Proxy, Seen, Traffic

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = {
    "worker a": ["worker", "normal", "--name", "a", "--processes", "1"],
    "worker b": ["worker", "normal", "--name", "b", "--processes", "1"],
    "escalation": ["worker", "escalation", "--name", "a"],
    "beat": ["beat"],
}
APP = "feedback"
# A column of a table that is read and written all the time, as a release adds it: code of before does not know it.
NEW_COLUMN = "models.CharField(max_length=9, db_default='')"
# The planted fault: code of before leaves it empty, and the database does not know what to put there.
FORGETFUL_COLUMN = "models.CharField(max_length=9, default='')"
RELEASED_APP = """
from django.apps import AppConfig
from django.db import models

class Released(AppConfig):
    name = "released"

    def ready(self):
        from feedback.models import Complaint, Response

        for model in (Complaint, Response):
            {column}.contribute_to_class(model, "colour")
"""
SETTINGS = """
from cxcrm.settings import *

MIGRATION_MODULES = {{{app!r}: {release!r}}}
INSTALLED_APPS = [*INSTALLED_APPS, "released.Released"]
"""
Say = Callable[[str], None]


def write_new_release(folder: Path, column: str = NEW_COLUMN) -> dict[str, str]:
    """Write a release with a column and an index more into ``folder``; the environment of its processes."""
    columns = step(
        f"migrations.AddField('complaint', 'colour', {column}),\nmigrations.AddField('response', 'colour', {column}),"
    )
    index = step("AddIndexConcurrently('complaint', models.Index(fields=['colour'], name='by_colour')),", atomic=False)
    release = write_release(folder, columns, index, app=APP)
    package = folder / "released"
    package.mkdir()
    (package / "__init__.py").write_text(RELEASED_APP.format(column=column))
    (folder / "settings_released.py").write_text(SETTINGS.format(app=APP, release=release))
    return {"DJANGO_SETTINGS_MODULE": "settings_released", "PYTHONPATH": f"{folder}:{ROOT}"}


class Installation:
    """The processes an operator's service manager keeps, each by the command line of the guide."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.folder = folder
        self.environment = environment | {"CXCRM_HTTPS": "1", "CXCRM_LOG_FORMAT": "line", "PYTHONPATH": str(ROOT)}
        self.ports = [free_port(), free_port()]
        self.commands = {f"web {port}": ["web", "--port", str(port)] for port in self.ports} | PROCESSES
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log".replace(" ", "-")).open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "cxcrm.up", *self.commands[name]], cwd=ROOT, env=self.environment, stdout=log,
                stderr=log,
            )  # fmt: skip

    def wait_ready(self, port: int) -> None:
        """Until the server says of itself that it may be asked."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if Proxy([port]).ask("localhost", "GET", "/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"nobody answers at {port}; see {self.folder}")

    def stop(self, name: str) -> float:
        """SIGTERM, as a service manager does; the seconds until it had ended by itself."""
        started, process = time.monotonic(), self.running.pop(name)
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return time.monotonic() - started

    def restart(self, name: str) -> float:
        seconds = self.stop(name)
        self.start(name)
        if name.startswith("web"):
            self.wait_ready(int(name.split()[1]))
        return seconds

    def manage(self, *arguments: str) -> str:
        """One ``manage.py`` command of the release in use. Raises CalledProcessError with what it said."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def said(self) -> str:
        """What the processes complained of."""
        return "\n".join(f"{log.name}: {text}" for log in self.folder.glob("*.log") if (text := log.read_text()))

    @contextmanager
    def up(self) -> Iterator[None]:
        try:
            for name in self.commands:
                self.start(name)
            for port in self.ports:
                self.wait_ready(port)
            yield
        finally:
            for name in reversed(list(self.running)):
                self.stop(name)


def found_firms(count: int, known: int, *, prefix: str = "quan") -> list[Firm]:
    """``count`` firms with their defaults; the first ``known`` of them have an API key and customers with surveys."""
    from django.conf import settings

    from tenants.context import leave
    from tenants.services import provisioning

    made = []
    for number in range(count):
        slug = f"{prefix}-{number}"
        tenant = _existing(slug) or provisioning.request_firm(
            name=f"Quán {number}", slug=slug, owner_email=f"chu@{slug}.example", owner_name="Chủ Quán"
        )
        host = f"{slug}.{settings.BASE_DOMAIN}"
        made.append(Firm(host, *_made_known(tenant)) if number < known else Firm(host))
        leave()  # as after a request: a connection that knows many firms makes tables ever more slowly
    return made


def _existing(slug: str) -> Any:
    from tenants.models import Tenant

    return Tenant.objects.filter(slug=slug).first()


def _made_known(tenant: Any) -> tuple[str, tuple[str, ...]]:
    from customers.services.consents import state_consent
    from customers.services.customers import create_customer
    from cxcrm.core.tokens import make_token
    from feedback.models import Survey
    from feedback.services.dispatches import send_survey
    from tenants.context import in_tenant, ref_of
    from tenants.staff.roles import SCOPES
    from tenants.staff.services.api_keys import create_api_key

    with in_tenant(ref_of(tenant)):
        people: list[UUID] = []
        for number in range(3):
            made = create_customer(full_name=f"Khách {number}", emails=[f"k{number}@{tenant.slug}.example"])
            state_consent(customer_id=made.id, purpose="survey", granted=True, method="staff")
            people.append(made.id)
        asked = send_survey(survey_id=Survey.objects.get(metric="nps").pk, customer_ids=people).invitations
        links = tuple(f"/s/{make_token('survey', key)}/" for key in asked.values_list("id", flat=True))
        _key, text = create_api_key(name="Kasse", scopes=sorted(SCOPES))
    return text, links


def roll_out(
    installation: Installation, firms: Sequence[Firm], sink: Sink, *, public: str, per_second: float, calm: float,
    folder: Path, say: Say = lambda text: None, column: str = NEW_COLUMN,
) -> Seen:  # fmt: skip
    """The guide's rolling deploy while users go on; ``calm`` seconds of traffic before and after it.

    ``column`` is what the release adds to two tables.
    """
    traffic = Traffic(Proxy(installation.ports), firms, public=public, mails=sink.script, per_second=per_second)
    with traffic:
        time.sleep(calm)
        installation.environment |= write_new_release(folder, column)
        traffic.phase = "migrate_tenants"
        say(installation.manage("migrate_tenants"))
        for name in installation.commands:
            traffic.phase = f"restart of {name}"
            say(f"{name} ended after {installation.restart(name):.1f} s")
        traffic.phase = "migrate_tenants again"
        say(installation.manage("migrate_tenants"))
        traffic.phase = "after"
        time.sleep(calm)
    say(installation.manage("verify_tenants"))
    return traffic.seen


def lost_complaints(seen: Seen) -> set[str]:
    """Complaints whose senders were told that they had arrived and that no firm has; and the other way round."""
    from feedback.models import Complaint
    from tenants.context import in_tenant, ref_of
    from tenants.models import Tenant

    found: list[str] = []
    for tenant in Tenant.objects.filter(is_platform=False, slug__startswith="quan-"):
        with in_tenant(ref_of(tenant)):
            found += Complaint.objects.filter(channel="page").values_list("description", flat=True)
    if len(found) != len(set(found)):
        raise AssertionError("a complaint stands there twice")
    return set(found) ^ set(seen.complaints)
