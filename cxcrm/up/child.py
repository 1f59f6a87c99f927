"""One child process: started with its own log file, stopped politely, gone when the launcher is gone."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from cxcrm.up.errors import CannotStart

LOG_LIMIT = 5 * 1024 * 1024
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """How to run one process; ``user`` is a system user to run as (only root can ask for one)."""

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str]
    cwd: Path
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    user: str | None = None
    group: int | None = None
    # Children with the same name here are stopped together.
    group_name: str = ""
    # How it is ended when asking did not help.
    force_signal: signal.Signals = signal.SIGKILL
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the process; raises CannotStart when the program cannot be run."""
        rotate(self.log)
        with self.log.open("ab") as log:
            try:
                self.process = subprocess.Popen(
                    list(self.argv),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=dict(self.env),
                    cwd=self.cwd,
                    # Ctrl-C reaches the launcher alone, which then stops everything in order.
                    start_new_session=True,
                    preexec_fn=end_with_parent(self.stop_signal),
                    user=self.user,
                    group=self.group,
                    extra_groups=[] if self.user else None,
                )
            except OSError as error:
                raise CannotStart(f"{self.name} cannot be run: {self.argv[0]}: {error.strerror or error}.") from error

    def __post_init__(self) -> None:
        self.group_name = self.group_name or self.name

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return None if self.process is None else self.process.poll()

    def has_children(self) -> bool:
        """Whether it has started processes of its own: a worker does when everything is imported."""
        try:
            return bool(self.process and psutil.Process(self.process.pid).children())
        except psutil.NoSuchProcess:
            return False

    def ask_to_stop(self, sig: signal.Signals | None = None) -> None:
        if self.alive and self.process:
            self.process.send_signal(sig or self.stop_signal)

    def wait(self, seconds: float) -> bool:
        """Wait for the end; False when it still runs after ``seconds``."""
        if self.process is None:
            return True
        try:
            self.process.wait(timeout=max(seconds, 0.01))
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End the process and what it started (it leads its own session), without asking."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):  # all gone already
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def force(self) -> None:
        """End it now (PostgreSQL by its immediate shutdown, which recovers at the next start)."""
        if self.force_signal != signal.SIGKILL:
            self.ask_to_stop(self.force_signal)
            self.wait(10)
        self.kill()

    def stop(self) -> None:
        """Ask, wait ``stop_seconds``, then end it."""
        self.ask_to_stop()
        if not self.wait(self.stop_seconds):
            self.kill()

    def last_words(self, lines: int = 12) -> str:
        """The end of the log and where the rest is, for the sentence shown when the process failed."""
        return f"{tail(self.log, lines)}\n  (the whole log: {self.log})"


def tail(path: Path, lines: int) -> str:
    """The last ``lines`` lines of a file, indented; empty when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - 64 * 1024, 0))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return end_of(text, lines)


def end_of(text: str, lines: int) -> str:
    """The last ``lines`` lines of what a program said, indented."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])


def rotate(path: Path) -> None:
    """Move a large log aside; one older one is kept."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(path.suffix + ".1"))


def end_with_parent(sig: signal.Signals) -> Callable[[], None] | None:
    """Linux only: the kernel stops the child when the launcher dies, even by kill -9.

    Elsewhere the next start finds what was left (see ``leftovers``).
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def hook() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
        if os.getppid() != parent:  # it died before the request was made
            os._exit(1)

    return hook
