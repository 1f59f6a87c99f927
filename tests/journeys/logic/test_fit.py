"""Gates and score against the golden values of domain.md §2.11."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.logic.fit import (
    Alarm,
    Band,
    Case,
    Effect,
    Gate,
    alarms,
    band,
    brand_mark,
    burden,
    failed_gates,
    fit_score,
    price_rise,
    rice,
    shares_are_whole,
)

SHARES = (0.46, 0.27, 0.15, 0.08, 0.04)
GOOD_MARKS = {0.9: (4, 4, 4, 3, 3), 0.8: (4, 3, 3, 3, 3), 0.75: (3, 3, 3, 3, 3), 0.7: (3, 3, 3, 3, 2)}


def case(effects, confidence, brand, cost, **more):
    """One of the article's examples, with everything in order that its line does not speak of."""
    told = {"signed_by_steward": True, "validated_insights": 1, "evidence": 5, **more}
    sizes = [Effect(share, size) for share, size in zip(SHARES, effects, strict=True)]
    return Case(effects=sizes, confidence=confidence, marks=GOOD_MARKS[brand], burden=cost, **told)


CUPPING = case((-1, 0, 0, 2, 0), 0.6, 0.9, 0.12)
FAST_LANE = case((2, 1, 0, 0, 0), 0.8, 0.8, 0.04)
AT_EVERY_TABLE = case((2, 2, 2, 2, 2), 0.6, 0.7, 0.40)
QUIET_HOURS = case((1, 1, -1, 0, 0), 0.8, 0.75, 0.02)


@pytest.mark.parametrize(
    ("initiative", "score", "gates"),
    [
        (CUPPING, 0.0, [Gate.MAJORITY, Gate.NO_HARM]),
        (FAST_LANE, 72.2, []),
        (AT_EVERY_TABLE, 53.8, [Gate.AFFORDABLE]),
        (QUIET_HOURS, 57.3, [Gate.NO_HARM]),
    ],
)
def test_the_four_golden_initiatives(initiative, score, gates):
    assert round(fit_score(initiative), 1) == score
    assert failed_gates(initiative) == gates


def test_bands():
    assert [band(score) for score in (72.2, 60, 59.9, 40, 39.9, 0)] == [
        Band.FITS, Band.FITS, Band.ADJUST, Band.ADJUST, Band.UNFIT, Band.UNFIT,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "gates"),
    [
        ({"signed_by_steward": False}, [Gate.BRAND]),
        ({"marks": (3, 3, 3, 2, None)}, [Gate.BRAND]),
        ({"marks": (3, 3, 2, 2, 2)}, []),  # exactly .6
        ({"validated_insights": 0}, [Gate.INSIGHT]),
        ({"evidence": 4}, [Gate.INSIGHT]),
        ({"burden": 0.25}, []),
        ({"burden": 0.2501}, [Gate.AFFORDABLE]),
        ({"burden": None}, [Gate.AFFORDABLE]),
        ({"capacity": 1.0}, []),
        ({"capacity": 1.01}, [Gate.AFFORDABLE]),
    ],
)
def test_each_gate_alone(changes, gates):
    assert failed_gates(replace(FAST_LANE, **changes)) == gates


def test_staff_count_at_the_second_gate_and_nowhere_else():
    tired = replace(FAST_LANE, effects=[*FAST_LANE.effects, Effect(None, -1)])
    assert failed_gates(tired) == [Gate.NO_HARM]
    assert fit_score(tired) == fit_score(FAST_LANE)
    eased = replace(FAST_LANE, effects=[*FAST_LANE.effects, Effect(None, -2, mitigated=True)])
    assert failed_gates(eased) == []


def test_harm_to_very_few_or_with_an_answer_to_it_is_let_through():
    few = replace(FAST_LANE, effects=[*FAST_LANE.effects[:3], Effect(0.08, -2), Effect(0.04, 0)])
    assert failed_gates(few) == []
    answered = replace(QUIET_HOURS, effects=[Effect(0.46, 1), Effect(0.27, 1), Effect(0.15, -1, mitigated=True)])
    assert failed_gates(answered) == []


def test_what_is_owed_needs_no_majority():
    owed = case((0, 0, 0, 2, 0), 0.8, 0.8, 0.04, foundational=True)
    assert failed_gates(owed) == []
    assert alarms(owed) == []
    assert failed_gates(replace(owed, foundational=False)) == [Gate.MAJORITY]


def test_alarms():
    assert alarms(CUPPING) == [Alarm.FEW_AT_OTHERS_COST, Alarm.MONEY_FOR_FEW]
    assert alarms(case((0, 0, 0, 2, 0), 0.6, 0.9, 0.12)) == [Alarm.MONEY_FOR_FEW]
    assert alarms(case((0, 0, 0, 2, 0), 0.6, 0.9, 0)) == []
    assert alarms(AT_EVERY_TABLE) == [Alarm.EATS_THE_MARGIN]
    assert alarms(FAST_LANE) == []


def test_money():
    assert burden(one_off=120, run=10, margin=200) == 0.1
    assert burden(one_off=120, run=10, margin=0) is None
    assert price_rise(one_off=0, run=15, revenue=500) == 0.03
    assert price_rise(one_off=0, run=15, revenue=0) is None


def test_what_is_done_first():
    assert rice(reach=4000, impact=2, confidence=0.8, effort=4) == 1600
    assert rice(reach=4000, impact=2, confidence=0.8, effort=0) is None


@pytest.mark.parametrize(
    ("shares", "whole"), [(SHARES, True), ((0.5, 0.504), True), ((0.5, 0.51), False), ((0.4, 0.5), False), ((), False)]
)
def test_shares_make_one(shares, whole):
    assert shares_are_whole(shares) is whole


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: Effect(0.5, 3),
        lambda: Effect(1.1, 0),
        lambda: brand_mark((1, 2, 3)),
        lambda: brand_mark((1, 2, 3, 4, 5)),
    ],
)
def test_impossible_values_are_errors(impossible):
    with pytest.raises(ValueError, match=r"."):
        impossible()


EFFECTS = st.lists(st.integers(-2, 2), min_size=5, max_size=5)


@given(EFFECTS, st.sampled_from((0.3, 0.6, 0.8, 1.0)), st.sampled_from(sorted(GOOD_MARKS)), st.floats(0, 3))
def test_the_score_stays_on_its_scale_and_no_harm_raises_it(effects, confidence, brand, cost):
    told = case(effects, confidence, brand, cost)
    assert 0 <= fit_score(told) <= 100
    worse = [max(size - 1, -2) for size in effects]
    assert fit_score(case(worse, confidence, brand, cost)) <= fit_score(told)
