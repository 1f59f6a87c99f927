"""A PostgreSQL and a Valkey for tests: in a temporary folder, without durability, gone without a trace."""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cxcrm.up import system_user
from cxcrm.up.child import Child
from cxcrm.up.errors import CannotStart
from cxcrm.up.home import Passwords
from cxcrm.up.postgres import THROW_AWAY, Postgres
from cxcrm.up.valkey import Valkey

PREFIX = "cxcrm-throwaway-"
# A folder this young may belong to a launcher that has not locked it yet.
YOUNG_SECONDS = 60
# What a developer's shell may have set for a real installation and a test must never see.
FOREIGN = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "CXCRM_HOME",
    "CXCRM_PORT",
    "CXCRM_PUBLIC_PORT",
    "CXCRM_INBOX_PORT",
    "CXCRM_SMTP_PORT",
    "CXCRM_BASE_DOMAIN",
    "CXCRM_SECRET_KEY",
    "CXCRM_SECRET_KEY_FALLBACKS",
    "CXCRM_HTTPS",
    "CXCRM_DEBUG",
    "CXCRM_MAIL_FROM",
    "CXCRM_INBOUND_DOMAIN",
    "INBOUND_IMAP_URL",
    "ANYMAIL_WEBHOOK_SECRET",
    "CXCRM_BIND",
)


@contextmanager
def servers(*, durable: bool = False) -> Iterator[dict[str, str]]:
    """Run both servers and give the environment that points at them.

    ``durable`` keeps fsync on, for measurements that mean something. Raises CannotStart.
    """
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    running: list[Child] = []
    try:
        (folder / "logs").mkdir()
        home = folder / "home"
        home.mkdir()
        if os.geteuid() == 0 and system_user.needed():
            folder.chmod(0o711)
        passwords = Passwords(*(secrets.token_urlsafe(24) for _ in range(3)))
        postgres = Postgres(
            folder / "postgres",
            folder / "logs" / "postgres.log",
            passwords,
            extra={"max_connections": "100"} if durable else THROW_AWAY,
        )
        postgres.prepare()
        child = postgres.child()
        running.append(child)
        child.start()
        valkey = Valkey(folder / "valkey", folder / "logs" / "valkey.log", passwords.valkey, keep=durable)
        valkey.prepare()
        broker = valkey.child()
        running.append(broker)
        valkey.start(broker)
        postgres.wait_ready(child)
        postgres.make_role()
        yield {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "CXCRM_HOME": str(home)}
    finally:
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, signal.SIG_IGN)
        for child in reversed(running):
            child.stop()
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def run(command: Sequence[str], *, durable: bool = False) -> int:
    """Run a command beside throw-away servers and return its exit code; Ctrl-C is the command's to answer."""
    with servers(durable=durable) as found:
        env = environment(found)
        # The terminal sends Ctrl-C to both: the command ends its work, and this waits for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            process = subprocess.Popen(list(command), env=env, preexec_fn=_default_signals)
        except OSError as error:
            raise CannotStart(f"{command[0]} cannot be run: {error.strerror or error}.") from error
        for sig in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, lambda *_: process.terminate())
        code = process.wait()
        return 128 - code if code < 0 else code


def environment(found: dict[str, str]) -> dict[str, str]:
    """The caller's environment without its own servers, pointing at the throw-away ones."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {"DJANGO_SETTINGS_MODULE": "cxcrm.settings"} | kept | found


def sweep() -> None:
    """Remove folders whose launcher was killed: their lock is free again."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime < YOUNG_SECONDS:
                continue
            lock = os.open(folder / "lock", os.O_RDWR)
        except OSError:
            continue  # somebody else's, or being removed right now
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(lock)


def _default_signals() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
