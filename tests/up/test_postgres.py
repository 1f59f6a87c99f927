"""The embedded PostgreSQL as the product meets it: an ordinary role, and letters beyond ASCII."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cxcrm.up import throwaway
from cxcrm.up.child import Child
from cxcrm.up.errors import CannotStart
from cxcrm.up.home import Passwords
from cxcrm.up.postgres import EXTENSIONS, THROW_AWAY, Postgres

PASSWORDS = Passwords(superuser="super/secret", role="role@secret", valkey="x")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    folder = tmp_path_factory.mktemp("pg")
    (folder / "postgres.new").mkdir()  # a first start that was interrupted
    made = Postgres(folder / "postgres", folder / "log", PASSWORDS, THROW_AWAY)
    made.prepare()
    child: Child = made.child()
    child.start()
    try:
        made.wait_ready(child)
        made.make_role()
        made.make_role()  # at every start
        yield made
    finally:
        child.stop()
    assert child.exit_code == 0
    assert not (folder / "postgres" / "postmaster.pid").exists()
    assert sorted(path.name for path in folder.iterdir()) == ["log", "postgres"]


def test_the_role_owns_its_database_and_may_make_more_but_is_no_superuser(server: Postgres) -> None:
    with psycopg.connect(server.url, autocommit=True) as db:
        rights = (
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user"
        )
        assert db.execute(rights).fetchone() == (False, True, False, False)
        extensions = db.execute("SELECT extname, extowner::regrole::text FROM pg_extension WHERE extname <> 'plpgsql'")
        assert dict(extensions.fetchall()) == dict.fromkeys(EXTENSIONS, "cxcrm")
        db.execute("CREATE DATABASE test_more")
        db.execute("DROP DATABASE test_more")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url.replace("role%40secret", "wrong"))


def test_vietnamese_letters_are_letters(server: Postgres) -> None:
    with psycopg.connect(server.url) as db:
        assert db.execute("SELECT lower('ĐẶNG'), unaccent('Đặng Thị Hường')").fetchone() == ("đặng", "Dang Thi Huong")
        assert db.execute("SELECT similarity('Nguyễn', 'Nguyên') > 0, similarity('Đậu', 'Đâu') < 1").fetchone() == (
            True,
            True,
        )
        (trigrams,) = db.execute("SELECT array_length(show_trgm('Nguyễn'), 1)").fetchone()
        assert trigrams == 7


def test_a_data_folder_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(CannotStart, match="was made by PostgreSQL 9 and this is"):
        Postgres(tmp_path / "postgres", tmp_path / "log", PASSWORDS).prepare()


def test_why_no_data_folder_could_be_made_is_said(tmp_path: Path) -> None:
    nothing = Passwords(superuser="", role="x", valkey="x")
    with pytest.raises(
        CannotStart, match=r"could not make its data folder .*/postgres:\n(?s:.*)initdb: error: .*empty"
    ):
        Postgres(tmp_path / "postgres", tmp_path / "log", nothing).prepare()
    assert list(tmp_path.iterdir()) == []


def test_a_test_never_sees_the_servers_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp://real.example")
    monkeypatch.setenv("DATABASE_URL", "postgres://real.example/cx")
    monkeypatch.setenv("CXCRM_TEST_DB", "mine")
    env = throwaway.environment({"DATABASE_URL": "postgres://throw.away/cx"})
    assert "EMAIL_URL" not in env
    assert (env["DATABASE_URL"], env["CXCRM_TEST_DB"]) == ("postgres://throw.away/cx", "mine")
