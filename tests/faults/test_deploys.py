"""A deploy killed again and again: every firm is where it was or where it should be, and in the end all are there."""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tenants.models import Tenant
from tenants.selectors.migrations import applied_in, index_is_whole
from tenants.services import migrations
from tests.faults.conftest import ROOT
from tests.support.releases import add_field, step, step_name, use_release, write_release
from tests.tenants.test_migrations import columns, fetch, firms

__all__ = ["firms"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

KILLS = 30
Deploy = Callable[..., int]


def steps_of(number: int) -> tuple[str, ...]:
    """One release: a field and rows in one transaction, an index without one, and a field after it."""
    fill = f"""
    def fill(apps, editor):
        import time
        time.sleep(0.1)
        apps.get_model("journeys", "Journey").objects.create(name="filled {number}")
    """
    index = f"""AddIndexConcurrently("Journey", models.Index(fields=["a{number}"], name="by_a{number}")),"""
    return (
        add_field(name=f"a{number}"),
        step("migrations.RunPython(fill),", functions=fill),
        step(index, atomic=False),
        add_field(name=f"b{number}"),
    )


def between(tenant: Tenant, releases: int) -> list[str]:
    """Where what a firm has recorded is not what it has."""
    found = []
    recorded = {name for app, name in applied_in(tenant.schema_name) if app == "journeys"}
    here = columns(tenant)
    for number in range(1, releases + 1):
        field, fill, index, last = (step_name(4 * number - 3 + offset) in recorded for offset in range(4))
        filled = fetch(tenant, f"SELECT count(*) FROM journeys_journey WHERE name = 'filled {number}'") == [(1,)]
        if not (field == fill == filled == (f"a{number}" in here)):
            found.append(f"{tenant.slug}: half of the first transaction of release {number}")
        if index and not index_is_whole(tenant.schema_name, f"by_a{number}"):
            found.append(f"{tenant.slug}: no index of release {number}")
        if last != (f"b{number}" in here) or (last and not index) or (index and not fill):
            found.append(f"{tenant.slug}: out of order in release {number}")
    return found


@pytest.fixture
def deployer(environment: dict[str, str], tmp_path: Path) -> Iterator[Deploy]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.deployer", str(tmp_path)],
        env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None

    def run(release: str, seconds: float, *words: str) -> int:
        process.stdin.write(" ".join([release, str(seconds), *words]) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    yield run
    process.stdin.close()
    assert process.wait(timeout=60) == 0


@pytest.fixture
def storm(firms: dict[str, Tenant], deployer: Deploy, tmp_path: Path) -> Iterator[Callable[..., Iterator[list[str]]]]:
    """Deploys killed at random, one release after the other; says after each what is half done."""

    def run(*words: str) -> Iterator[list[str]]:
        killed, number, steps, release = 0, 0, (), ""
        while killed < KILLS:
            if not release:
                number += 1
                steps += steps_of(number)
                release = write_release(tmp_path, *steps)
                use_release(tmp_path, release)
            if killed % 3:  # two of three while it is at the firms
                code = deployer(release, random.uniform(0, 0.5), "aimed", *words)
            else:
                code = deployer(release, random.uniform(0.1, 2), *words)
            killed += code == -9
            yield [line for tenant in Tenant.objects.filter(slug__in=firms) for line in between(tenant, number)]
            if code == 0 and not migrations.behind().exists():
                release = ""
        if not words:
            assert deployer(release or write_release(tmp_path, *steps), 120) == 0

    yield run
    use_release(None, None)


def test_thirty_kills_lose_nothing(firms, storm):
    for half_done in storm():
        assert half_done == []
    assert not migrations.behind().exists()
    assert {tenant.slug: found for tenant, found in migrations.verify() if found} == {}
    one = next(iter(firms.values()))
    assert fetch(one, "SELECT 1 FROM pg_namespace WHERE nspname = 'rehearsal'") == []


def test_without_transactions_the_same_kills_are_seen_to_do_harm(storm):
    assert any(storm("careless")), "nothing was ever found half done"
