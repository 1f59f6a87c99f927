"""What the launcher writes on the terminal: short lines, and the time each step took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def line(text: str = "") -> None:
    """Write one line, whatever the terminal's encoding can show; a closed terminal is no reason to stop."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stdout.flush()
    except OSError:
        return


@contextmanager
def step(name: str) -> Iterator[None]:
    """Announce a step, and after it the seconds it took."""
    started = time.monotonic()
    line(f"  … {name}")
    yield
    line(f"  ✓ {name} ({time.monotonic() - started:.1f} s)")


def error(text: str) -> None:
    """Write the sentence of a refusal to standard error."""
    sys.stdout.flush()
    sys.stderr.write(f"cxcrm: {text}\n")
    sys.stderr.flush()
