"""Children are restarted with growing delays, and stopped in order, with real processes."""

import signal
import sys
import time
from pathlib import Path

import pytest

from cxcrm.up import child as child_module
from cxcrm.up.child import Child, rotate, tail
from cxcrm.up.errors import CannotStart
from cxcrm.up.ports import wait_until
from cxcrm.up.supervisor import StopRequested, Supervisor

SLEEPS = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def supervisor(tmp_path: Path, clock: Clock):
    made = Supervisor(tmp_path / "children.json", clock=clock)
    yield made
    made.forced = True
    made.stop()


def python(tmp_path: Path, name: str, code: str, **more: object) -> Child:
    argv = [sys.executable, "-S", "-c", code]
    return Child(name, argv, tmp_path / f"{name}.log", {}, tmp_path, **more)


def ended(child: Child) -> bool:
    return wait_until(lambda: not child.alive, seconds=10, every=0.01)


def test_a_crash_is_told_in_one_line_and_repaired_later_each_time(
    tmp_path: Path, supervisor: Supervisor, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    child = supervisor.start(python(tmp_path, "web", "raise SystemExit(3)"))
    for delay in (1, 2, 4, 8, 16, 30, 30):
        assert ended(child)
        supervisor.watch()
        assert capsys.readouterr().out == (
            f"  ! web ended with code 3; starting it again in {delay} s (log: {tmp_path}/web.log)\n"
        )
        clock.now += delay - 0.5
        first = child.process
        supervisor.watch()
        assert child.process is first, "too early"
        clock.now += 0.5
        supervisor.watch()
        assert child.process is not first
    assert ended(child)
    clock.now += 61  # it had run well before it failed
    supervisor.watch()
    assert "starting it again in 1 s" in capsys.readouterr().out


def test_a_kill_is_named(tmp_path: Path, supervisor: Supervisor, capsys: pytest.CaptureFixture[str]) -> None:
    child = supervisor.start(python(tmp_path, "worker", SLEEPS))
    child.ask_to_stop(signal.SIGKILL)
    assert ended(child)
    supervisor.watch()
    assert capsys.readouterr().out.startswith("  ! worker was ended by SIGKILL; starting it again in 1 s")


def test_the_last_started_stops_first(tmp_path: Path, supervisor: Supervisor) -> None:
    order = tmp_path / "order"
    code = f"""
import signal, sys, time
def leave(*_):
    time.sleep(0.1)
    with open({str(order)!r}, "a") as file:
        file.write(sys.argv[1] + " ")
    sys.exit()
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
time.sleep(60)
"""
    for name in ("postgres", "web", "beat"):
        child = python(tmp_path, name, code)
        child.argv = [*child.argv, name]
        supervisor.start(child)
    assert wait_until(
        lambda: all(tail(tmp_path / f"{name}.log", 1) for name in ("postgres", "web", "beat")), seconds=10
    )
    supervisor.clock = time.monotonic
    supervisor.stop()
    assert order.read_text() == "beat web postgres "
    assert not (tmp_path / "children.json").exists()


def test_who_does_not_stop_is_ended(tmp_path: Path, supervisor: Supervisor, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor.clock = time.monotonic
    child = supervisor.start(python(tmp_path, "worker", STUBBORN, stop_seconds=0.1))
    assert wait_until(lambda: bool(tail(child.log, 1)), seconds=10)
    supervisor.stop()
    assert not child.alive
    assert child.exit_code == -signal.SIGKILL
    assert capsys.readouterr().out == "  ! worker did not stop and was ended.\n"


def test_the_first_signal_asks_and_the_second_forces(supervisor: Supervisor) -> None:
    with pytest.raises(StopRequested) as request:
        supervisor._on_signal(signal.SIGTERM, None)
    assert (request.value.number, supervisor.forced) == (signal.SIGTERM, False)
    supervisor._on_signal(signal.SIGINT, None)
    assert supervisor.forced


def test_a_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotStart) as refusal:
        Child("valkey", ["/nowhere/valkey"], tmp_path / "log", {}, tmp_path).start()
    assert str(refusal.value) == "valkey cannot be run: /nowhere/valkey: No such file or directory."


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's help exists on Linux only")
def test_a_child_does_not_outlive_a_killed_launcher(tmp_path: Path) -> None:
    launcher = f"""
import sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from cxcrm.up.child import Child
child = Child("x", [sys.executable, "-S", "-c", {SLEEPS!r}], Path("x.log"), {{}}, Path("."))
child.start()
print(child.process.pid, flush=True)
import time; time.sleep(60)
"""
    parent = python(tmp_path, "launcher", launcher)
    parent.start()
    assert wait_until(lambda: bool(tail(parent.log, 1)), seconds=20)
    pid = int(tail(parent.log, 1))
    parent.ask_to_stop(signal.SIGKILL)
    assert wait_until(
        lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text(), seconds=10
    )


def test_a_large_log_is_put_aside_and_its_end_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "LOG_LIMIT", 10)
    log = tmp_path / "web.log"
    log.write_text("one\ntwo\nthree\n")
    assert tail(log, 2) == "    two\n    three"
    rotate(log)
    assert not log.exists()
    assert (tmp_path / "web.log.1").read_text() == "one\ntwo\nthree\n"
    assert tail(log, 2) == ""
