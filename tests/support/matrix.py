"""Exhaustive matrices: each everyday run takes a share of their cells, another one every day; `make faults` takes all.

A cell is a test marked ``matrix``; ``matrix(12)`` is a share of a twelfth, the default a tenth. Which cells are taken
is decided by their names and the day, so that two runs of one day, or two machines, do the same. Cells of a file that
was changed in the working tree or by the last commit are taken whole, and so are those somebody asks for by file or
name.
"""

import os
import subprocess
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARE = 10
_SAID = "CXCRM_TEST_MATRICES"


def decide(config: pytest.Config) -> None:
    """Whether this run takes a share: told to its workers, which cannot see what was asked for."""
    if hasattr(config, "workerinput"):
        return
    asked = config.getoption("keyword") or config.args_source != pytest.Config.ArgsSource.TESTPATHS
    os.environ[_SAID] = "" if asked or config.getoption("markexpr") != "not faults" else "share"


def is_everyday() -> bool:
    """The whole suite without the long tests, as `make test` runs it; not a file or a name somebody asked for."""
    return os.environ.get(_SAID) == "share"


def left_for_another_day(items: Sequence[pytest.Item], today: int) -> list[pytest.Item]:
    """Cells whose turn is another day."""
    changed = _changed_files()
    return [item for item in items if not _is_taken(item, today, changed)]


def today() -> int:
    """The day, counted; the same all over the world at one moment."""
    return datetime.now(UTC).toordinal()


def _is_taken(item: pytest.Item, today: int, changed: set[str]) -> bool:
    mark = item.get_closest_marker("matrix")
    if mark is None or item.nodeid.partition("::")[0] in changed:
        return True
    share = mark.args[0] if mark.args else SHARE
    return (zlib.crc32(item.nodeid.encode()) + today) % share == 0


def _changed_files() -> set[str]:
    """Files that differ from the last commit, or that it changed; none where there is no git to ask."""
    asked = (["diff", "--name-only", "HEAD"], ["show", "--name-only", "--format=", "HEAD"], ["ls-files", "-o", "tests"])
    found: set[str] = set()
    for arguments in asked:
        try:
            said = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        except OSError:
            return set()
        found |= set(said.stdout.split())
    return found
