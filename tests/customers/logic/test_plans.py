"""Customers under a plan or contract: until when they are covered, who left, and the one forecast for all of them."""

import random

import pytest

from customers.logic.forecasting import MODEL, cold_health, cold_score, look, run, train
from customers.logic.health import (
    BOUGHT,
    FEATURES,
    PLAN,
    Coming,
    features,
    figures,
    has_left,
    may_be_lost,
    past_of,
    thumb,
    under_contract,
)
from tests.customers.logic.test_forecasting import LAST, nobody, people


def paid(*pairs):
    """Plans by the day they were bought and the last day they cover."""
    return [Coming(day, day, 29.0, until) for day, until in pairs]


def visited(*days):
    return [Coming(day, day, 40.0) for day in days]


def members(count, seed=3, *, every=30, leaving=0.08):
    """Each pays for ``every`` days at a time, sometimes a few days late, until by chance they do not any more."""
    rng = random.Random(seed)
    found = {}
    for who in range(count):
        day, plans = 1 + rng.randrange(300), []
        ends = 0.02 + rng.random() * 2 * leaving
        while day <= LAST:
            plans.append((day, day + every))
            if rng.random() < ends:
                break
            day += every + 1 + (rng.randrange(15) if rng.random() < 0.2 else 0)
        found[1_000_000 + who] = paid(*plans)
    return found


def test_until_when_somebody_is_covered_and_how_often_it_was_renewed():
    monthly = past_of(paid((10, 40), (41, 71), (75, 105)), 80)
    assert (monthly.until, monthly.renewed, monthly.visits, monthly.days) == (105, 2, (), (10, 41, 75))
    assert past_of(paid((10, 40), (41, 71)), 40).until == 40  # a covered day is known when its purchase is
    late = [*paid((10, 40)), Coming(41, 90, 29.0, 71)]
    assert (past_of(late, 80).until, past_of(late, 90).until) == (40, 71)
    two_at_once = past_of(paid((10, 375), (20, 50), (51, 81)), 60)
    assert (two_at_once.until, two_at_once.renewed) == (375, 0)
    ahead = past_of(paid((10, 40), (10, 71), (10, 101)), 10)
    assert (ahead.until, ahead.renewed, len(ahead.days)) == (101, 0, 1)
    broken_off = past_of(paid((10, 40), (41, 71), (102, 132), (133, 163)), 140)
    assert (broken_off.until, broken_off.renewed) == (163, 1)
    both = past_of([*paid((10, 40)), *visited(10, 25)], 30)
    assert (both.visits, both.days, both.amounts) == ((10, 25), (10, 25), (69.0, 40.0))


def test_whom_one_can_lose():
    once = past_of(paid((10, 40)), 70)
    assert under_contract(once, 70)
    assert may_be_lost(once, 70, 60)
    assert not under_contract(once, 71)
    assert not may_be_lost(once, 71, 60)
    yearly = past_of(paid((1, 365)), 390)  # no limit on how long ago they came
    assert may_be_lost(yearly, 390, 60)
    gone = past_of(paid((10, 40), (41, 71), (72, 102)), 140)
    assert not may_be_lost(gone, 140, 60)  # they left: payments of what is over are no visits
    still_comes = past_of([*paid((10, 40)), *visited(50, 130)], 140)
    assert may_be_lost(still_comes, 140, 60)


@pytest.mark.parametrize(
    ("comings", "at", "h", "left"),
    [
        (paid((10, 70)), 40, 60, False),  # 30 days after the end, and not one more
        (paid((10, 69)), 40, 60, True),
        (paid((10, 39), (90, 120)), 40, 60, False),  # late, but back when it is looked at
        (paid((10, 39), (101, 131)), 40, 60, True),
        ([*paid((10, 39)), *visited(60, 80)], 40, 60, True),  # whoever still comes has not renewed either
        (paid((1, 365)), 100, 60, False),  # the end lies beyond the horizon
        (paid((1, 365)), 340, 60, True),
        (paid((1, 365), (2, 31)), 40, 60, False),  # the longer of two plans
        ([*paid((10, 40)), *visited(50, 130, 150)], 140, 60, False),  # the plan was over: counted by visits
        ([*paid((10, 40)), *visited(50, 130)], 140, 60, True),
        ([*paid((10, 40)), *visited(50, 130), *paid((160, 190))], 140, 60, False),
    ],
)  # fmt: skip
def test_who_left(comings, at, h, left):
    assert has_left(comings, at, h) is left


def test_what_is_looked_at_of_a_plan():
    plans = [*paid((10, 40), (41, 71)), *visited(60)]
    told = {at: features(past_of(plans, at), at, 30, {}, 60)[-len(PLAN) :] for at in (41, 71, 86, 101, 102)}
    assert told == {
        41: (1.0, 0.0, 0.0), 71: (1.0, 0.5, 0.0), 86: (1.0, 0.75, 0.5), 101: (1.0, 1.0, 1.0), 102: (0.0, 0.0, 0.0),
    }  # fmt: skip
    assert figures(past_of(plans, 86), 86, 30)["plan"] == {"until": 71, "renewed": 1, "over": 15}
    assert "plan" not in figures(past_of(plans, 102), 102, 30)
    rows = {at: features(past_of(plans, at), at, 30, {}, 60) for at in (71, 86, 102)}
    assert thumb(rows[71]) == pytest.approx(0.25 * rows[71][0] - rows[71][1] - 3 + 1)
    assert thumb(rows[86]) == pytest.approx(0.25 * rows[86][0] - rows[86][1] - 3 + 1.5 + 1.5)
    assert thumb(rows[102]) == 0.25 * rows[102][0] - rows[102][1]


def test_a_firm_with_plans_and_without_gets_one_forecast_that_stood_its_test():
    found = run(people(500) | members(400), nobody, 1, LAST)
    assert (found.basis, found.verdict, found.horizon) == (MODEL, "accepted", 60)
    assert found.forecast.columns[: len(PLAN)] == tuple(PLAN)
    assert len(found.means) == len(FEATURES)
    assert 0 < found.means[FEATURES.index("plan")] < 1
    assert all(cut["auc"] > 0.8 for cut in found.cuts)


def test_plans_move_nobody_elses_place():
    firm = {number: visited(30, 60, 95 + number) for number in range(12)}
    alone, both = (run(one, nobody, 1, 110, 60) for one in (firm, firm | members(20)))
    assert (both.ranked, both.means[:2]) == (alone.ranked, alone.means[:2])
    assert both.means[FEATURES.index("plan")] > 0
    only = run(members(20), nobody, 1, 110, 60)
    assert len(only.ranked) == only.customers > 0


def test_where_everybody_has_a_plan_its_end_is_what_counts_and_where_few_have_one_it_is_judged():
    gym = members(900)
    view = look(gym, nobody, 500, 60)
    left = [has_left(gym[who], 500, 60) for who in view.who]
    model = train(view.rows, left)
    assert model.columns[:2] == ("due", "over")
    assert model.rare["plan"] == 1
    late, early = max(view.rows, key=lambda row: row[-1]), min(view.rows, key=lambda row: row[-1])
    assert model.chance(late) > 2 * model.chance(early)
    few = people(900) | members(3)
    view = look(few, nobody, 500, 60)
    model = train(view.rows, [has_left(few[who], 500, 60) for who in view.who])
    assert model.columns[: len(BOUGHT)] == BOUGHT[: len(model.columns)]
    assert set(PLAN) <= set(model.rare)
    assert model.parts(view.rows[0]).keys() == set(FEATURES)


def test_by_the_rule_of_thumb_whose_plan_is_over_leaves_first():
    firm = {
        "paid": paid((30, 60), (61, 91), (92, 122)), "over": paid((1, 30), (31, 60), (61, 90)),
        "ahead": paid((80, 445)), "comes": visited(30, 60, 95, 110), "away": visited(10, 20),
    }  # fmt: skip
    view = look(firm, nobody, 118, 60)
    scores = {who: cold_score(row) for who, row in zip(view.who, view.rows, strict=True)}
    assert sorted(scores, key=lambda who: -scores[who]) == ["over", "away", "comes", "paid", "ahead"]
    health, parts = cold_health(view.rows[1], sorted(scores.values()), [0.0] * len(FEATURES))
    assert (health, parts["plan"], parts["over"]) == (10, -3, pytest.approx(2.8))
