"""What the operator asked for, read from the environment and checked before anything starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from cxcrm.up import ports
from cxcrm.up.errors import CannotStart

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Config:
    """One launcher's settings. A URL that is None stands for the embedded server."""

    home: Path
    web_port: int
    inbox_port: int
    smtp_port: int | None
    bind: str
    base_domain: str
    database_url: str | None
    redis_url: str | None
    email_url: str | None
    root: Path = ROOT

    @property
    def web(self) -> str:
        """The public host as a browser reaches it from this machine."""
        return f"http://{self.base_domain}" + ("" if self.web_port == 80 else f":{self.web_port}")

    @property
    def inbox(self) -> str | None:
        """The page with the mails; None when mail really leaves."""
        return None if self.email_url else f"http://localhost:{self.inbox_port}"


def read(environ: Mapping[str, str], root: Path = ROOT) -> Config:
    """Read and check the environment; an empty variable counts as missing. Raises CannotStart."""
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    database, redis, email = (given.get(name) for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"))
    if database:
        check_database_url(database)
    if redis:
        check_redis_url(redis)
    if email and "://" not in email:
        raise CannotStart("EMAIL_URL must look like smtp://user:password@host:587 or postmark://KEY.")
    config = Config(
        home=(root / given.get("CXCRM_HOME", ".cxcrm")).resolve(),
        web_port=ports.parse_port("CXCRM_PORT", given.get("CXCRM_PORT", "8000")),
        inbox_port=ports.parse_port("CXCRM_INBOX_PORT", given.get("CXCRM_INBOX_PORT", "8025")),
        smtp_port=ports.parse_port("CXCRM_SMTP_PORT", given["CXCRM_SMTP_PORT"]) if "CXCRM_SMTP_PORT" in given else None,
        bind=given.get("CXCRM_BIND", "127.0.0.1"),
        base_domain=given.get("CXCRM_BASE_DOMAIN", "localhost").lower(),
        database_url=database,
        redis_url=redis,
        email_url=email,
        root=root,
    )
    named = {
        "CXCRM_PORT": config.web_port,
        "CXCRM_INBOX_PORT": config.inbox_port,
        "CXCRM_SMTP_PORT": config.smtp_port,
    }
    used = [(name, port) for name, port in named.items() if port and (name == "CXCRM_PORT" or not email)]
    for index, (name, port) in enumerate(used):
        for other, same in used[:index]:
            if port == same:
                raise CannotStart(f"{other} and {name} are both {port}; give each its own port.")
    return config


def check_database_url(url: str) -> None:
    """Raise CannotStart unless this names a PostgreSQL database: ``postgres://user:password@host:5432/name``."""
    parts = _split("DATABASE_URL", url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise CannotStart(
            f"DATABASE_URL starts with {parts.scheme or 'nothing'}://; cxcrm needs postgres://user:password@host:5432/name."
        )
    if not parts.path.strip("/"):
        raise CannotStart("DATABASE_URL names no database: postgres://user:password@host:5432/name.")


def check_redis_url(url: str) -> None:
    """Raise CannotStart unless this names a Valkey or Redis server: ``redis://:password@host:6379/0``."""
    parts = _split("REDIS_URL", url)
    if parts.scheme not in {"redis", "rediss"}:
        raise CannotStart(
            f"REDIS_URL starts with {parts.scheme or 'nothing'}://; use redis://:password@host:6379/0 "
            "(rediss:// for TLS)."
        )
    if not parts.hostname:
        raise CannotStart("REDIS_URL names no host: redis://:password@host:6379/0.")


def _split(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError as error:
        raise CannotStart(f"{name} cannot be read ({error}).") from error
    return parts
