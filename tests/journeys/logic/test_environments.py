"""Scores of walks, how they move, and the month after."""

import pytest

from journeys.logic.environments import change, lines_of, score, tally


@pytest.mark.parametrize(
    ("results", "counted", "value"),
    [
        (["ok", "ok", "fail", "na"], (2, 3), 200 / 3),
        (["ok"], (1, 1), 100.0),
        (["fail"], (0, 1), 0.0),
        (["na", "na"], (0, 0), None),
        ([], (0, 0), None),
    ],
)
def test_what_applies_counts(results, counted, value):
    assert tally(results) == counted
    assert score(*counted) == (None if value is None else pytest.approx(value))


def test_no_more_than_all():
    for passed, rated in ((2, 1), (-1, 1)):
        with pytest.raises(ValueError, match="passed"):
            score(passed, rated)


@pytest.mark.parametrize(
    ("scores", "moved"), [([80, 60, 90], 20), ([60, None, 90], -30), ([70], None), ([None, 70], None), ([], None)]
)
def test_points_since_the_walk_before(scores, moved):
    assert change(scores) == moved


def test_lines_as_they_are_typed():
    assert lines_of(" Sạch \n\n Wifi  khỏe\nSạch\n") == ["Sạch", "Wifi khỏe"]
