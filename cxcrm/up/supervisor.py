"""Keeps the children of one launcher running, and stops them in order."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from cxcrm.up import leftovers, say
from cxcrm.up.child import Child
from cxcrm.up.errors import CannotStart

FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
# A child that ran this long had started well: its next failure begins with the short delay again.
STEADY_SECONDS = 60.0


class StopRequested(BaseException):
    """Ctrl-C or a signal to end: ``number``. Not an Exception, so that no handler swallows it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass
class Watched:
    """A child and when it may be started again."""

    child: Child
    started: float = field(default_factory=time.monotonic)
    delay: float = FIRST_DELAY
    restart_at: float | None = None


class Supervisor:
    """Children in the order they were started; they stop in the opposite order."""

    def __init__(self, record: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.watched: list[Watched] = []
        self.record = record
        self.clock = clock
        self.stopping = False
        self.forced = False

    def listen(self) -> None:
        """Take over Ctrl-C and the signals to end; the second one forces."""
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, self._on_signal)

    def start(self, child: Child) -> Child:
        self.watched.append(Watched(child, started=self.clock()))
        child.start()
        self._write_record()
        return child

    def start_with(self, child: Child, start: Callable[[Child], None]) -> Child:
        """Watch a child that ``start`` starts, in its own way."""
        self.watched.append(Watched(child, started=self.clock()))
        start(child)
        self._write_record()
        return child

    def watch(self) -> None:
        """Look once: whatever has ended is started again, later each time it fails quickly."""
        for one in self.watched:
            if one.child.alive:
                continue
            now = self.clock()
            if one.restart_at is None:
                if now - one.started > STEADY_SECONDS:
                    one.delay = FIRST_DELAY
                one.restart_at = now + one.delay
                say.line(
                    f"  ! {one.child.name} {_ending(one.child)}; starting it again in {one.delay:.0f} s "
                    f"(log: {one.child.log})"
                )
                one.delay = min(one.delay * 2, LONGEST_DELAY)
            elif now >= one.restart_at:
                one.restart_at = None
                one.started = now
                one.child.kill()  # whatever it left running
                try:
                    one.child.start()
                except CannotStart as problem:
                    say.line(f"  ! {problem}")
                self._write_record()

    def stop(self) -> None:
        """Stop everything, the last started first; neighbours of one ``group`` together."""
        self.stopping = True
        waiting = [one.child for one in reversed(self.watched) if one.child.alive]
        while waiting:
            group = [child for child in waiting if child.group_name == waiting[0].group_name]
            waiting = [child for child in waiting if child not in group]
            self._stop_together(group)
        for one in self.watched:
            if one.child.name != "postgres":
                one.child.kill()  # grandchildren that outlived their parent
        self.record.unlink(missing_ok=True)

    def _stop_together(self, group: list[Child]) -> None:
        for child in group:
            child.ask_to_stop()
        end = self.clock() + max(child.stop_seconds for child in group)
        while any(child.alive for child in group):
            if self.forced or self.clock() > end:
                break
            time.sleep(0.05)
        for child in group:
            if child.alive:
                child.force()
                if not self.forced:
                    say.line(f"  ! {child.name} did not stop and was ended.")

    def _write_record(self) -> None:
        pids = {one.child.name: one.child.process.pid for one in self.watched if one.child.alive and one.child.process}
        leftovers.record(self.record, pids)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self.stopping:
            self.forced = True
            return
        self.stopping = True
        raise StopRequested(number)


def _ending(child: Child) -> str:
    code = child.exit_code
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
