"""The folder of an installation: one launcher at a time, and nothing readable by others."""

import json
import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from cxcrm.up import home, leftovers
from cxcrm.up.errors import CannotStart


def _hold(folder: Path, held: "multiprocessing.synchronize.Event", leave: "multiprocessing.synchronize.Event") -> None:
    with home.claim(folder):
        held.set()
        leave.wait(20)


def test_a_second_launcher_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, leave = context.Event(), context.Event()
    first = context.Process(target=_hold, args=(tmp_path, held, leave))
    first.start()
    try:
        assert held.wait(20)
        with pytest.raises(CannotStart) as refusal, home.claim(tmp_path):
            pass
        assert str(refusal.value) == (
            f"cxcrm already runs in {tmp_path} (process {first.pid}); stop it or choose another CXCRM_HOME."
        )
    finally:
        leave.set()
        first.join()
    with home.claim(tmp_path):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_a_killed_launcher_leaves_no_lock(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, never = context.Event(), context.Event()
    first = context.Process(target=_hold, args=(tmp_path, held, never))
    first.start()
    assert held.wait(20)
    first.kill()
    first.join()
    with home.claim(tmp_path):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(CannotStart, match=r"cannot be written .*; choose another folder"),
        home.claim(tmp_path / "file" / "x"),
    ):
        pass


def test_passwords_are_made_once_and_are_private(tmp_path: Path) -> None:
    made = home.passwords(tmp_path)
    assert len({made.superuser, made.role, made.valkey}) == 3
    assert home.passwords(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "passwords.json").stat().st_mode) == 0o600


def test_lost_passwords_of_an_existing_database_are_not_made_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18\n")
    with pytest.raises(CannotStart, match=r"passwords\.json is missing but there is a database"):
        home.passwords(tmp_path)
    (tmp_path / "passwords.json").write_text("{broken")
    with pytest.raises(CannotStart, match="cannot be read"):
        home.passwords(tmp_path)


def test_json_is_replaced_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    path.write_text("{}")
    home.write_json(path, {"name": "Sương Mai"})
    assert json.loads(path.read_text(encoding="utf-8")) == {"name": "Sương Mai"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["demo.json"]
    assert home.read_json(tmp_path / "none.json") == {}


def test_a_recorded_process_is_known_by_its_start_time(tmp_path: Path) -> None:
    record = tmp_path / "children.json"
    leftovers.record(record, {"web": os.getpid(), "gone": 2**22 + 1})
    rows = json.loads(record.read_text())
    assert list(rows) == ["web"]
    # The number is alive but was given to another process since: nobody is stopped.
    rows["web"]["started"] -= 60
    record.write_text(json.dumps(rows))
    assert leftovers.stop_recorded(record) == []
    assert not record.exists()


def test_a_pid_file_of_another_program_is_removed(tmp_path: Path) -> None:
    pid_file = tmp_path / "postmaster.pid"
    for text in (f"{os.getpid()}\n{tmp_path}\n", "", "not a number"):
        pid_file.write_text(text)
        leftovers.drop_stale_postmaster(tmp_path)
        assert not pid_file.exists()
