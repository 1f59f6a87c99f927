"""What an everyday run leaves for another day is asked within as many days as the share says."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.support import matrix


def cell(name: str, *share: int, marked: bool = True) -> Any:
    mark = pytest.mark.matrix(*share).mark
    return SimpleNamespace(nodeid=name, get_closest_marker=lambda _name: mark if marked else None)


@pytest.fixture(autouse=True)
def nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "_changed_files", lambda: {"tests/new.py"})


def test_every_cell_has_its_day_and_most_days_are_short() -> None:
    cells = [cell(f"tests/a.py::test[{number}]") for number in range(200)]
    left = [matrix.left_for_another_day(cells, day) for day in range(matrix.SHARE)]
    assert sum(len(cells) - len(today) for today in left) == len(cells)
    assert set.intersection(*({item.nodeid for item in today} for today in left)) == set()
    assert min(map(len, left)) > 0.8 * len(cells)
    assert matrix.left_for_another_day(cells, 3) == matrix.left_for_another_day(cells, 3 + matrix.SHARE)


def test_what_is_new_or_no_matrix_is_always_asked() -> None:
    always = [cell("tests/new.py::test[1]", 1000), cell("tests/a.py::test", marked=False), cell("tests/a.py::x", 1)]
    assert all(matrix.left_for_another_day(always, day) == [] for day in range(5))
