"""``make demo`` from an empty home to ready, the next start, and what everything holds in memory when idle."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure

READY = "Ctrl-C stops everything"
IDLE_SECONDS = 10
# What the launcher must make for itself here.
SERVERS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "CXCRM_SECRET_KEY")


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="cxcrm-startup-") as folder:
        Path(folder).chmod(0o755)  # the database may run as a user of its own
        home = Path(folder, "home")
        environment = {name: value for name, value in os.environ.items() if name not in SERVERS}
        environment |= {"CXCRM_HOME": str(home), "CXCRM_PORT": str(free()), "CXCRM_INBOX_PORT": str(free())}
        launcher, first = start(environment)
        time.sleep(IDLE_SECONDS)
        resident, proportional, count = memory(launcher.pid)
        stopped = stop(launcher)
        launcher, again = start(environment)
        stop(launcher)
    yield Figure(
        "first start to ready, demo firms loaded", first, "s", None, "goal: under 120 s, environment built before"
    )
    yield Figure("next start to ready", again, "s", None, "goal: under 15 s")
    yield Figure("stop", stopped, "s")
    yield Figure(
        f"resident, idle, sum of {count} processes",
        resident,
        "MiB",
        None,
        "goal: under 1200 MB; counts shared pages often",
    )
    yield Figure("the same, shared pages counted once", proportional, "MiB")


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(environment: dict[str, str]) -> tuple["subprocess.Popen[str]", float]:
    """The launcher and the seconds until it said that everything is ready."""
    started = time.monotonic()
    launcher = subprocess.Popen(
        [sys.executable, "-m", "cxcrm.up", "demo"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    assert launcher.stdout
    said = []
    for line in launcher.stdout:
        said.append(line)
        if READY in line:
            return launcher, time.monotonic() - started
    raise RuntimeError(f"the launcher ended with {launcher.wait()}:\n{''.join(said)}")


def stop(launcher: "subprocess.Popen[str]") -> float:
    started = time.monotonic()
    launcher.send_signal(signal.SIGINT)
    launcher.communicate(timeout=120)
    return time.monotonic() - started


def memory(root: int) -> tuple[float, float, int]:
    """Resident and proportional memory in MiB of a process and all it started, and how many they are."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    family, grown = {root}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in family} - family
        family, grown = family | more, bool(more)
    totals = {"Rss": 0, "Pss": 0}
    for process in family:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            name, _colon, value = line.partition(":")
            if name in totals:
                totals[name] += int(value.split()[0])
    return totals["Rss"] / 1024, totals["Pss"] / 1024, len(family)
