"""``make check``: every static check, all of them even when one fails, with one line each."""

import subprocess
import sys
import time
from pathlib import Path

from cxcrm.up import say, throwaway
from cxcrm.up.config import ROOT
from cxcrm.up.errors import CannotStart

PYTHON = [sys.executable]
MANAGE = [sys.executable, "manage.py"]
CHECKS = {
    "ruff": [*PYTHON, "-m", "ruff", "check", "--output-format", "concise", "."],
    "format": [*PYTHON, "-m", "ruff", "format", "--check", "--output-format", "concise", "."],
    "templates": [*PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"],
    "imports": [str(Path(sys.executable).parent / "lint-imports")],
    "translations": [*PYTHON, "-m", "cxcrm.up.catalogues", "check"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "django": [*MANAGE, "check", "--fail-level", "WARNING"],
    "types": [*PYTHON, "-m", "mypy"],
}


def main() -> int:
    failed = []
    with throwaway.servers() as servers:
        env = throwaway.environment(servers)
        for name, command in CHECKS.items():
            started = time.monotonic()
            done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
            good = done.returncode == 0
            say.line(f"  {'✓' if good else '✗'} {name} ({time.monotonic() - started:.1f} s)")
            if not good:
                failed.append(name)
                say.line((done.stdout + done.stderr).rstrip())
    say.line(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotStart as problem:
        say.error(str(problem))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
