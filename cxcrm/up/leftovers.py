"""What a killed launcher left behind: found by pid and start time, stopped, its stale files removed."""

import json
import signal
from pathlib import Path

import psutil

from cxcrm.up import say

STOP_SECONDS = 20


def record(path: Path, children: dict[str, int]) -> None:
    """Write which processes run for this home, with their start time, so that a later start knows them."""
    rows = {}
    for name, pid in children.items():
        try:
            rows[name] = {"pid": pid, "started": psutil.Process(pid).create_time()}
        except psutil.NoSuchProcess:
            continue
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(rows))
    draft.replace(path)


def stop_recorded(path: Path) -> list[str]:
    """Stop what still runs of the recorded processes (the last started first); returns their names."""
    try:
        rows = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    found = [(name, process) for name, row in rows.items() if (process := _same(row["pid"], row["started"]))]
    for name, process in reversed(found):
        say.line(f"  Stopping {name} (process {process.pid}), left over from a launcher that was killed.")
        _stop(process, interrupt=name == "postgres")
    path.unlink(missing_ok=True)
    return [name for name, _ in found]


def drop_stale_postmaster(data: Path) -> None:
    """Stop a PostgreSQL still running on ``data``; remove a pid file whose process is gone or another program."""
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        pid_file.unlink(missing_ok=True)
        return
    try:
        process = psutil.Process(pid)
        ours = process.name().startswith("postgres") and str(data) in process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        ours = False
    if ours:
        say.line(f"  Stopping a PostgreSQL (process {pid}) that still runs on {data}.")
        _stop(process, interrupt=True)
    pid_file.unlink(missing_ok=True)


def _same(pid: int, started: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < 0.5 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return process if same else None


def _stop(process: psutil.Process, *, interrupt: bool) -> None:
    """End a process and its descendants: politely first (SIGINT is PostgreSQL's fast shutdown), then not."""
    try:
        family = [process, *process.children(recursive=True)]
        process.send_signal(signal.SIGINT if interrupt else signal.SIGTERM)
    except psutil.NoSuchProcess:
        return
    _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    for stubborn in alive:
        stubborn.kill()
    psutil.wait_procs(alive, timeout=5)
