"""Deploys to kill: set up once, it forks one real process per deploy and shoots it with SIGKILL when told to.

``python -m tests.faults.deployer FOLDER``. Each line on standard input is a release and the seconds its deploy may
live; the answer is its exit code, or -9. With the word ``aimed`` the seconds begin when it comes to its first firm;
with ``careless`` nothing is in a transaction, the planted fault.
"""

import os
import signal
import sys
import time
from contextlib import nullcontext
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def main(folder: Path) -> None:
    import django

    django.setup()
    for line in sys.stdin:
        release, seconds, *words = line.split()
        hears, tells = os.pipe()
        pid = os.fork()
        if pid == 0:
            _deploy(folder, release, tells, careless="careless" in words)
        os.close(tells)
        if "aimed" in words:
            os.read(hears, 1)  # or nothing, when it ended before
        sys.stdout.write(f"{_end(pid, float(seconds))}\n")
        sys.stdout.flush()
        os.close(hears)


def _deploy(folder: Path, release: str, tells: int, *, careless: bool) -> None:
    from django.core.management import call_command

    from tenants.services import migration_steps
    from tests.support.releases import use_release

    run = migration_steps.Stretch.run

    def run_and_tell(*args: Any, **options: Any) -> bool:
        os.write(tells, b".")
        return run(*args, **options)

    code = 1
    try:
        use_release(folder, release)
        migration_steps.Stretch.run = run_and_tell
        if careless:
            migration_steps.transaction = SimpleNamespace(atomic=nullcontext)
        call_command("migrate_tenants", stdout=StringIO())
        code = 0
    finally:
        os._exit(code)


def _end(pid: int, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
