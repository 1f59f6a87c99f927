"""``make up`` and ``make demo``: the whole product on this machine, from an empty folder to a page."""

import http.client
import os
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import psycopg

from cxcrm.up import catalogues, config, home, leftovers, ports, processes, report, say
from cxcrm.up.child import Child
from cxcrm.up.config import Config
from cxcrm.up.errors import CannotStart
from cxcrm.up.manage import Failed, run_manage
from cxcrm.up.postgres import Postgres
from cxcrm.up.supervisor import StopRequested, Supervisor
from cxcrm.up.valkey import Valkey

READY_SECONDS = 90
# A worker may finish the mail it is sending; what it had not begun is still a row.
WORKER_STOP_SECONDS = 30


def run(*, demo: bool, story: bool) -> int:
    """Start everything and stay until Ctrl-C, or play the story and return its code. Raises CannotStart."""
    settings = config.read(os.environ)
    if story and settings.email_url:
        raise CannotStart("The story reads its mails in the local inbox: unset EMAIL_URL to play it.")
    with home.claim(settings.home):
        stack = Stack(settings)
        stack.supervisor.listen()
        running = False
        try:
            stack.start(demo=demo)
            if story:
                return stack.play()
            running = True
            stack.stay()
        except StopRequested as request:
            # Ending what runs is what was wanted; ending a start or a story half-way is not success.
            return 0 if running else 128 + request.number
        finally:
            stack.stop()


class Stack:
    """The parts of one installation, in the order they are started."""

    def __init__(self, settings: Config) -> None:
        self.config = settings
        self.home = settings.home
        self.supervisor = Supervisor(settings.home / "children.json")
        self.env = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "VIRTUAL_ENV"}}
        self.env |= {
            "CXCRM_HOME": str(self.home),
            "CXCRM_PORT": str(settings.web_port),
            "CXCRM_INBOX_PORT": str(settings.inbox_port),
            "CXCRM_BASE_DOMAIN": settings.base_domain,
            "DJANGO_SETTINGS_MODULE": "cxcrm.settings",
            # Read by people in files beside the data; a collector asks for json.
            "CXCRM_LOG_FORMAT": os.environ.get("CXCRM_LOG_FORMAT", "line"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
        }
        self.smtp_port = settings.smtp_port or 0
        self.started = time.monotonic()

    def start(self, *, demo: bool) -> None:
        say.line(f"cxcrm in {self.home}")
        leftovers.stop_recorded(self.supervisor.record)
        ports.require_free("CXCRM_PORT", self.config.bind, self.config.web_port)
        if not self.config.email_url:
            ports.require_free("CXCRM_INBOX_PORT", "127.0.0.1", self.config.inbox_port)
            if self.config.smtp_port:
                ports.require_free("CXCRM_SMTP_PORT", "127.0.0.1", self.config.smtp_port)
        catalogues.compile_stale(self.config.root)
        self._start_database()
        self._start_broker()
        self._start_inbox()
        self._tell_manage()
        with say.step("database schema"):
            run_manage(self, ["bootstrap"])
        with say.step("web server, workers, scheduler"):
            self._start_product()
        if demo:
            with say.step("demo firms"):
                run_manage(self, ["load_demo"])
            self._complete_demo_file()
        report.ready(self.config, demo=demo, seconds=time.monotonic() - self.started)

    def stay(self) -> NoReturn:
        """Watch the children until a signal comes."""
        while True:
            self.supervisor.watch()
            time.sleep(0.5)

    def play(self) -> int:
        try:
            run_manage(self, ["play_story"], plain=True)
        except Failed as failure:
            return failure.code
        return 0

    def stop(self) -> None:
        self.supervisor.stopping = True
        (self.home / "env.json").unlink(missing_ok=True)
        if self.supervisor.watched:
            say.line("  … stopping (Ctrl-C again forces)")
            started = time.monotonic()
            self.supervisor.stop()
            say.line(f"  ✓ stopped ({time.monotonic() - started:.1f} s); the data stays in {self.home}")

    def _start_database(self) -> None:
        if self.config.database_url:
            with say.step("PostgreSQL of DATABASE_URL"):
                _check_database(self.config.database_url)
            self.env["DATABASE_URL"] = self.config.database_url
            return
        new = not (self.home / "postgres" / "PG_VERSION").exists()
        with say.step("PostgreSQL, making its data folder" if new else "PostgreSQL"):
            server = Postgres(self.home / "postgres", self._log("postgres"), home.passwords(self.home))
            server.prepare()
            child = self.supervisor.start(server.child())
            server.wait_ready(child)
            server.make_role()
        self.env["DATABASE_URL"] = server.url

    def _start_broker(self) -> None:
        if self.config.redis_url:
            with say.step("Valkey of REDIS_URL"):
                _check_broker(self.config.redis_url)
            self.env["REDIS_URL"] = self.config.redis_url
            return
        with say.step("Valkey"):
            server = Valkey(self.home / "valkey", self._log("valkey"), home.passwords(self.home).valkey)
            server.prepare()
            self.supervisor.start_with(server.child(), server.start)
        self.env["REDIS_URL"] = server.url

    def _start_inbox(self) -> None:
        if self.config.email_url:
            self.env["EMAIL_URL"] = self.config.email_url
            return
        self.smtp_port = self.config.smtp_port or ports.free_port()
        self._let_answers_in()
        with say.step("mail inbox"):
            child = self.supervisor.start(
                self._python(
                    "inbox",
                    [
                        "cxcrm.up.inbox",
                        str(self.home / "inbox"),
                        str(self.smtp_port),
                        str(self.config.inbox_port),
                    ],
                )
            )
            self._wait(
                child,
                lambda: ports.accepts("127.0.0.1", self.smtp_port) and _get(self.config.inbox_port, "/healthz"),
            )
        self.env["EMAIL_URL"] = f"smtp://127.0.0.1:{self.smtp_port}"

    def _let_answers_in(self) -> None:
        """What is answered in the inbox comes in as it would through a mail server; the secret lives as long as we."""
        secret = secrets.token_urlsafe(24)
        host = f"[{self._own_host}]" if ":" in self._own_host else self._own_host
        self.env["CXCRM_INBOUND_DOMAIN"] = self.config.base_domain
        self.env["ANYMAIL_WEBHOOK_SECRET"] = f"inbox:{secret}"
        self.env["CXCRM_HAND_OVER_URL"] = f"http://inbox:{secret}@{host}:{self.config.web_port}/inbound/raw/"

    @property
    def _own_host(self) -> str:
        """Where the web server is reached from this machine."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.config.bind, self.config.bind)

    def _start_product(self) -> None:
        web = processes.web(self.config.bind, self.config.web_port)
        started = self.supervisor.start(self._python("web", web))
        for kind in processes.WORKERS:
            arguments = processes.worker(kind)
            worker = self._python(f"worker-{kind}", arguments, stop_seconds=WORKER_STOP_SECONDS, group="workers")
            self.supervisor.start(worker)
        self.supervisor.start(self._python("beat", processes.beat(self.home / "beat-schedule")))
        self._wait(started, lambda: _get(self.config.web_port, "/healthz", self._own_host))
        for one in self.supervisor.watched:
            if one.child.group_name == "workers":
                self._wait(one.child, one.child.has_children)
            elif not one.child.alive:
                raise CannotStart(f"{one.child.name} did not start:\n{one.child.last_words()}")

    def _wait(self, child: Child, ready: ports.Ready) -> None:
        came_up = ports.wait_until(lambda: not child.alive or ready(), seconds=READY_SECONDS)
        if not came_up or not child.alive:
            raise CannotStart(f"{child.name} did not start:\n{child.last_words()}")

    def _python(self, name: str, arguments: Sequence[str], *, stop_seconds: float = 10, group: str = "") -> Child:
        return Child(
            name=name,
            argv=[sys.executable, "-m", *arguments],
            log=self._log(name),
            env=self.env,
            cwd=self.config.root,
            stop_seconds=stop_seconds,
            group_name=group,
        )

    def _log(self, name: str) -> Path:
        return self.home / "logs" / f"{name}.log"

    def _tell_manage(self) -> None:
        """Let ``manage.py`` beside this launcher find the servers."""
        names = (
            "DATABASE_URL",
            "REDIS_URL",
            "EMAIL_URL",
            "CXCRM_PORT",
            "CXCRM_INBOX_PORT",
            "CXCRM_BASE_DOMAIN",
        )
        shared = {name: self.env[name] for name in names}
        home.write_json(self.home / "env.json", {"pid": os.getpid(), "env": shared})

    def _complete_demo_file(self) -> None:
        path = self.home / "demo.json"
        smtp = None if self.config.email_url else {"host": "127.0.0.1", "port": self.smtp_port}
        addresses = {"web": self.config.web, "inbox": self.config.inbox, "smtp": smtp}
        home.write_json(path, home.read_json(path) | addresses)


def _get(port: int, path: str, host: str = "127.0.0.1") -> bool:
    """Whether a GET answers 200."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _check_database(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise CannotStart(f"The server of DATABASE_URL does not let us in: {reason}") from error


def _check_broker(url: str) -> None:
    import redis  # large, and only needed for a server of one's own

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise CannotStart(f"The server of REDIS_URL does not answer: {error}") from error
