"""What staff are asked: scales, periods, what is kept of where they work, and the pillars' arithmetic."""

from datetime import date

import pytest

from feedback.logic.gaps import Side, delivery_gap
from feedback.logic.questionnaires import (
    INPUTS,
    PILLARS,
    QUESTIONNAIRES,
    group_of,
    pillar_side,
    unit_kept,
)
from feedback.staff_words import SENTENCES, TITLES, scale_of
from journeys.models import Initiative


def test_every_item_is_worded_and_every_pillar_is_everywhere():
    items = [item for one in QUESTIONNAIRES.values() for item in one.items]
    assert set(SENTENCES) == {item.code for item in items}
    assert set(TITLES) == set(QUESTIONNAIRES)
    assert tuple(Initiative.Pillar.values) == PILLARS == tuple(dict.fromkeys(map(group_of, _codes("pillars"))))
    assert {pillar for pillars in INPUTS.values() for pillar in pillars} == set(PILLARS)
    assert [len(QUESTIONNAIRES[code].items) for code in ("pulse", "assumed", "pillars", "orientation")] == [
        7,
        5,
        20,
        10,
    ]
    assert len({tuple(map(str, scale_of(item.low, item.high))) for item in items}) == 3


def _codes(questionnaire):
    return [item.code for item in QUESTIONNAIRES[questionnaire].items]


def test_a_period_is_a_quarter_or_a_year():
    day = date(2026, 11, 30)
    assert QUESTIONNAIRES["pulse"].period_of(day) == date(2026, 10, 1)
    assert QUESTIONNAIRES["pillars"].period_of(day) == date(2026, 1, 1)
    assert [one.shown_from for one in QUESTIONNAIRES.values()] == [5, 1, 5, 1]


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({}, None),
        ({"mood": 1}, ("mood", "unknown")),
        ({"enps": None}, ("enps", "missing")),
        ({"enps": 11}, ("enps", "off_scale")),
        ({"support": 0}, ("support", "off_scale")),
        ({"day_rush": -3}, ("day_rush", "off_scale")),
    ],
)
def test_every_line_is_answered_on_its_scale(change, trouble):
    values = dict.fromkeys(_codes("pulse"), 1) | change
    assert QUESTIONNAIRES["pulse"].trouble_with({k: v for k, v in values.items() if v is not None}) == trouble


@pytest.mark.parametrize(
    ("branch", "department", "kept"),
    [(5, 9, "branch"), (4, 9, ""), (None, 5, "department"), (None, 4, ""), (None, None, "")],
)
def test_one_unit_is_kept_and_no_small_one(branch, department, kept):
    assert unit_kept(branch, department) == kept


def test_four_statements_of_one_person_count_as_one():
    side = pillar_side(57, 96)
    assert (side.n, side.percent) == (24, 59.375)
    assert (round(side.low, 1), round(side.high, 1)) == (39.8, 76.4)
    gap = delivery_gap(side, Side(52, 140))
    assert (gap.standing, round(gap.points, 1)) == ("real", 22.2)
    assert delivery_gap(pillar_side(10, 16), Side(52, 140)).standing == "few"
