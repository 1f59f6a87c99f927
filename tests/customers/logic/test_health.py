"""The horizon, what is looked at as of a day, the rule of thumb, bands, flags and reasons."""

import math

import pytest

from customers.logic.health import (
    FEATURES,
    PLAN,
    PRIORS,
    Coming,
    band,
    cold_parts,
    features,
    figures,
    gaps_of,
    has_left,
    horizon,
    is_held_out,
    may_be_lost,
    middle_gap,
    past_of,
    percentile,
    reasons,
    thinned,
    thumb,
)


def came(*days, amount=10.0):
    return [Coming(day, day, amount) for day in days]


@pytest.mark.parametrize(
    ("gaps", "days"),
    [
        ([], 365), ([1] * 10, 60), ([60] * 10, 60), ([61] * 10, 90), ([10] * 9 + [300], 60),
        ([10] * 8 + [300] * 2, 300), ([364] * 3, 365),
    ],
)  # fmt: skip
def test_the_horizon_is_the_ninetieth_percentile_rounded_up_within_its_ends(gaps, days):
    assert horizon(gaps) == days


def test_only_what_had_happened_and_was_known_counts():
    comings = [Coming(10, 10, 5), Coming(10, 10, 2), Coming(20, 45, 1), Coming(30, 0, 3), Coming(50, 50, 4)]
    assert past_of(comings, 40).days == (10, 30)  # day 20 was told late, day 30 came in a file of the past
    assert past_of(comings, 40).amounts == (7, 3)
    assert past_of(comings, 60).days == (10, 20, 30, 50)
    assert past_of(comings, 60).gaps == [10, 10, 20]
    assert gaps_of(comings, 40) == [10, 10]  # what is usual is asked of all that is known by now
    assert middle_gap([past_of(comings, 60)]) == 10
    assert middle_gap([]) == 30


def test_whom_one_can_lose_and_who_left():
    assert may_be_lost(past_of(came(1, 20), 200), 200, 90)
    assert not may_be_lost(past_of(came(1, 20), 201), 201, 90)
    assert may_be_lost(past_of(came(1, 20), 201), 201, 210)
    assert not may_be_lost(past_of(came(20), 30), 30, 90)
    assert not has_left(came(1, 130), 40, 90)
    assert has_left(came(1, 40, 131), 40, 90)


def test_features_by_hand():
    past = past_of(came(90, 130, 400, 430, 440), 460)
    row = dict(zip(FEATURES, features(past, 460, 30, {"detractor": 1.0}, 90), strict=True))
    assert row["recency"] == pytest.approx(math.log(21))
    assert row["orders"] == pytest.approx(math.log(5))  # day 90 is not within 365 days
    assert row["overdue"] == pytest.approx(math.log(20 / ((350 + 60) / 6)))
    assert row["spend"] == pytest.approx(math.log(51 - 10))
    assert row["trend"] == pytest.approx(math.log(4))
    assert {code: row[code] for code in PRIORS} == {**dict.fromkeys(PRIORS, 0.0), "detractor": 1.0}
    assert figures(past, 460, 30) == {
        "away": {"days": 20, "usual": 68}, "often": {"year": 4, "quarter": 3}, "spend": {"spent": 40.0},
    }  # fmt: skip
    assert thumb(tuple(row.values())) == pytest.approx(0.25 * math.log(21) - math.log(5))


def test_today_counts_as_half_a_day_and_a_quarter_before_is_the_trend():
    row = features(past_of(came(100, 280, 310, 450), 450), 450, 30, {}, 90)
    assert row[0] == 0
    assert row[2] == pytest.approx(math.log(0.5 / ((350 + 60) / 5)))
    assert row[4] == pytest.approx(math.log(2) - math.log(3))


def test_places_among_the_firms_customers():
    assert [percentile(x, [1, 2, 2, 3]) for x in (0, 1, 2, 9)] == [0, 12.5, 50, 100]
    assert percentile(1, []) == 50
    assert thinned([3, 1, 2], 3) == [1, 2, 3]
    assert thinned(range(100), 4) == [12, 37, 62, 87]


@pytest.mark.parametrize(
    ("health", "flag", "said"),
    [
        (70, "", "healthy"), (69.9, "", "watch"), (40, "", "watch"), (39.9, "", "at_risk"),
        (95, "critical_case", "at_risk"), (100, "repeated_cases", "at_risk"),
    ],
)  # fmt: skip
def test_bands_and_what_overrides_them(health, flag, said):
    assert band(health, flag) == said


def test_the_three_weightiest_reasons_either_way():
    parts = {"recency": 0.5, "overdue": -0.2, "orders": 0.1, "trend": 0.0, "spend": -0.4, "detractor": 0.7}
    assert reasons(parts) == [("detractor", 0.7), ("spend", -0.4), ("away", 0.3)]
    assert reasons({"spend": 0.0001}) == []


def test_the_rule_of_thumb_is_explained_against_the_average():
    row, means = [1.0] * len(FEATURES), [0.5] * len(FEATURES)
    assert cold_parts(row, means) == {
        "recency": 0.125, "orders": -0.5, **{code: weight / 2 for code, weight in PRIORS.items()}, **PLAN,
    }  # fmt: skip
    assert cold_parts(row, means[: -len(PLAN)]) == cold_parts(row, means)  # of a firm without plans


def test_one_in_ten_is_left_alone():
    assert [number for number in range(25) if is_held_out(number)] == [0, 10, 20]
