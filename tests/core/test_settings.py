"""Settings made from the environment: the secret key and EMAIL_URL."""

import multiprocessing
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cxcrm.settings import secret
from cxcrm.settings.mail import PROVIDERS, mail_settings
from cxcrm.settings.secret import secret_key


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    home = tmp_path / "not" / "there" / "yet"
    key = secret_key(home)
    assert len(key) == 64
    assert secret_key(home) == key
    assert [path.name for path in home.iterdir()] == ["secret-key"]
    assert stat.S_IMODE((home / "secret-key").stat().st_mode) == 0o600


def test_the_loser_of_a_race_takes_the_winners_key(tmp_path, monkeypatch):
    def another_was_first(draft: Path, path: Path) -> None:
        Path(path).write_text("the winner's key\n")
        raise FileExistsError

    monkeypatch.setattr(secret.os, "link", another_was_first)
    assert secret_key(tmp_path) == "the winner's key"
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def _make(home: Path, barrier, found) -> None:
    barrier.wait()
    found.put(secret_key(home))


def test_processes_starting_together_agree(tmp_path):
    processes = multiprocessing.get_context("fork")
    for attempt in range(5):
        home = tmp_path / str(attempt)
        barrier, found = processes.Barrier(4), processes.Queue()
        children = [processes.Process(target=_make, args=[home, barrier, found]) for _ in range(4)]
        for child in children:
            child.start()
        keys = {found.get(timeout=20) for _ in children}
        for child in children:
            child.join()
        assert len(keys) == 1
        assert [path.name for path in home.iterdir()] == ["secret-key"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://127.0.0.1:1025", ("127.0.0.1", 1025, None, None, None, None)),
        ("smtp://mail.example", ("mail.example", None, None, None, None, None)),
        ("smtp+tls://u%40x:p%2Fw@mail.example:587", ("mail.example", 587, "u@x", "p/w", True, None)),
        ("smtp+ssl://u:p@mail.example:465", ("mail.example", 465, "u", "p", None, True)),
    ],
)
def test_a_mail_server(url, expected):
    found = mail_settings(url)
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    assert tuple(found.get(f"EMAIL_{name}") for name in names) == expected
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.parametrize("scheme", PROVIDERS)
def test_a_provider(scheme):
    backend, setting = PROVIDERS[scheme]
    assert mail_settings(f"{scheme}://a%2Bkey/") == {
        "EMAIL_BACKEND": f"anymail.backends.{backend}.EmailBackend",
        "ANYMAIL": {setting: "a+key"},
    }


def test_tests_keep_their_mails():
    assert mail_settings("memorymail://")["EMAIL_BACKEND"] == "django.core.mail.backends.locmem.EmailBackend"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "EMAIL_URL starts with nothing"),
        ("mail.example:25", "starts with mail.example://"),
        ("ftp://x", "use one of smtp, smtp"),
        ("smtps://mail.example:465", "use one of smtp, smtp"),  # some read it as STARTTLS, some as TLS: say which
        ("postmark://", "needs the key: postmark://YOUR-KEY"),
        ("smtp://", "needs a server"),
        ("smtp://mail.example:lots", "names no port"),
        ("smtp://mail.example:99999", "names no port"),
    ],
)
def test_a_bad_url_is_one_sentence(url, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        mail_settings(url)
