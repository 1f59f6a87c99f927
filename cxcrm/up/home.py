"""``$CXCRM_HOME``: one launcher at a time, private files, generated passwords."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cxcrm.up.errors import CannotStart


@dataclass(frozen=True)
class Passwords:
    """What protects the embedded servers from other users of this machine."""

    superuser: str
    role: str
    valkey: str


@contextmanager
def claim(home: Path) -> Iterator[None]:
    """Make the folder and hold it alone; the kernel lets go when this process ends, however it ends."""
    try:
        # Root's PostgreSQL runs as a user of its own, which must be able to pass; every file here is private.
        home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        (home / "logs").mkdir(mode=0o700, exist_ok=True)
        lock = os.open(home / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise CannotStart(
            f"CXCRM_HOME={home} cannot be written ({error.strerror or error}); choose another folder."
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(lock, 20).decode("ascii", "replace").strip() or "unknown"
            raise CannotStart(
                f"cxcrm already runs in {home} (process {holder}); stop it or choose another CXCRM_HOME."
            ) from error
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)


def passwords(home: Path) -> Passwords:
    """Read the generated passwords, made at the first start; raises CannotStart when they are lost."""
    path = home / "passwords.json"
    if path.exists():
        try:
            return Passwords(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise CannotStart(f"{path} cannot be read; put it back from a backup of {home}.") from error
    if (home / "postgres" / "PG_VERSION").exists():
        raise CannotStart(f"{path} is missing but there is a database; put it back from a backup of {home}.")
    made = Passwords(*(secrets.token_urlsafe(24) for _ in range(3)))
    write_json(path, vars(made))
    return made


def write_json(path: Path, data: Mapping[str, object]) -> None:
    """Replace a JSON file in one step; only its owner may read it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, indent=2)
        file.write("\n")
    draft.replace(path)


def read_json(path: Path) -> dict[str, object]:
    """The object in a JSON file; empty when there is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
