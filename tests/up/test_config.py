"""What the launcher understands of its environment, and the sentence it says when it does not."""

import socket
from pathlib import Path

import pytest

from cxcrm.up import config, ports
from cxcrm.up.errors import CannotStart


def test_defaults_are_the_documented_ones(tmp_path: Path) -> None:
    settings = config.read({}, tmp_path)
    assert settings.home == tmp_path / ".cxcrm"
    assert (settings.web_port, settings.inbox_port, settings.smtp_port) == (8000, 8025, None)
    assert (settings.bind, settings.base_domain) == ("127.0.0.1", "localhost")
    assert (settings.database_url, settings.redis_url, settings.email_url) == (None, None, None)
    assert settings.web == "http://localhost:8000"
    assert settings.inbox == "http://localhost:8025"


def test_an_empty_variable_counts_as_missing(tmp_path: Path) -> None:
    settings = config.read({"DATABASE_URL": "", "CXCRM_PORT": " ", "CXCRM_HOME": ""}, tmp_path)
    assert settings.database_url is None
    assert settings.web_port == 8000
    assert settings.home == tmp_path / ".cxcrm"


def test_home_is_taken_from_the_root_unless_absolute(tmp_path: Path) -> None:
    assert config.read({"CXCRM_HOME": "data"}, tmp_path).home == tmp_path / "data"
    assert config.read({"CXCRM_HOME": "/srv/cx"}, tmp_path).home == Path("/srv/cx")


def test_port_80_is_left_out_of_the_address() -> None:
    assert config.read({"CXCRM_PORT": "80", "CXCRM_BASE_DOMAIN": "CX.example"}).web == "http://cx.example"


def test_with_a_mail_server_of_ones_own_there_is_no_inbox() -> None:
    settings = config.read({"EMAIL_URL": "smtp://mail.example:587", "CXCRM_PORT": "8025"})
    assert settings.inbox is None


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"CXCRM_PORT": "80a"}, "CXCRM_PORT must be a port number from 1 to 65535, not '80a'."),
        ({"CXCRM_PORT": "0"}, "CXCRM_PORT must be a port number from 1 to 65535, not '0'."),
        ({"CXCRM_INBOX_PORT": "65536"}, "CXCRM_INBOX_PORT must be a port number from 1 to 65535, not '65536'."),
        ({"CXCRM_SMTP_PORT": "٢٥"}, "CXCRM_SMTP_PORT must be a port number from 1 to 65535, not '٢٥'."),
        ({"CXCRM_INBOX_PORT": "8000"}, "CXCRM_PORT and CXCRM_INBOX_PORT are both 8000; give each its own port."),
        (
            {"DATABASE_URL": "mysql://db/cx"},
            "DATABASE_URL starts with mysql://; cxcrm needs postgres://user:password@host:5432/name.",
        ),
        (
            {"DATABASE_URL": "postgres://u:p@db"},
            "DATABASE_URL names no database: postgres://user:password@host:5432/name.",
        ),
        (
            {"DATABASE_URL": "postgres://u@db:x/cx"},
            "DATABASE_URL cannot be read (Port could not be cast to integer value as 'x').",
        ),
        (
            {"REDIS_URL": "amqp://mq"},
            "REDIS_URL starts with amqp://; use redis://:password@host:6379/0 (rediss:// for TLS).",
        ),
        ({"REDIS_URL": "redis:///0"}, "REDIS_URL names no host: redis://:password@host:6379/0."),
        ({"EMAIL_URL": "mail.example"}, "EMAIL_URL must look like smtp://user:password@host:587 or postmark://KEY."),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(CannotStart) as refusal:
        config.read(environ)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("url", ["postgres://u:p%40ss@db.example:5433/cx?sslmode=require", "postgresql:///cx"])
def test_usable_database_urls_pass(url: str) -> None:
    assert config.read({"DATABASE_URL": url}).database_url == url


def test_a_port_somebody_listens_on_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart) as refusal:
            ports.require_free("CXCRM_PORT", "127.0.0.1", port)
    assert str(refusal.value) == (
        f"Port {port} is in use by another program; choose another one with CXCRM_PORT, "
        f"for example CXCRM_PORT={port + 1}."
    )


def test_a_free_port_is_accepted_and_an_address_of_another_machine_is_not() -> None:
    ports.require_free("CXCRM_PORT", "127.0.0.1", ports.free_port())
    with pytest.raises(CannotStart, match=r"192\.0\.2\.1 is not an address of this machine"):
        ports.require_free("CXCRM_PORT", "192.0.2.1", ports.free_port())


def test_waiting_ends_with_the_answer_or_with_the_time() -> None:
    answers = iter([False, False, True])
    assert ports.wait_until(lambda: next(answers), seconds=5, every=0)
    assert not ports.wait_until(lambda: False, seconds=0.02, every=0.001)
