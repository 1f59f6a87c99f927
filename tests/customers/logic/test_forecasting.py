"""From pasts to a forecast or to the rule of thumb, on people made up with a known habit."""

import random

import pytest

from customers.logic.forecasting import COLD_START, MODEL, NOTHING, cold_health, cold_score, look, run, train
from customers.logic.health import BOUGHT, FEATURES, PLAN, PRIORS, Coming

FIRST, LAST = 1, 600


def people(count, seed=5, *, leaving=0.004, start=FIRST):
    """Everybody comes at their own pace until, by a daily chance, they do not any more (Schmittlein et al., 1987)."""
    rng = random.Random(seed)
    found = {}
    for who in range(count):
        pace, day, comings = rng.uniform(8, 40), start + rng.uniform(0, 200), []
        gone = day + rng.expovariate(leaving)
        while day <= min(gone, LAST):
            comings.append(Coming(int(day), int(day), rng.uniform(20, 60)))
            day += rng.expovariate(1 / pace)
        if comings:
            found[who] = comings
    return found


def nobody(day):
    return {}


@pytest.fixture(scope="module")
def shop():
    return people(900)


def test_a_shop_with_a_past_gets_a_forecast_that_was_tested(shop):
    found = run(shop, nobody, FIRST, LAST)
    assert (found.basis, found.verdict) == (MODEL, "accepted")
    assert found.horizon == 60
    assert found.forecast.columns == ("recency", "orders", "overdue", "spend", "trend")
    assert [cut["tested"] for cut in found.cuts] == [540, 480, 420]
    assert all(cut["trained"] + 60 <= cut["tested"] for cut in found.cuts)
    assert all(cut["auc"] > 0.75 for cut in found.cuts)
    view = look(shop, nobody, LAST + 1, 60)
    assert len(view.who) == found.customers == len(found.ranked)
    row = view.rows[0]
    parts = found.forecast.parts(row)
    assert set(parts) == set(FEATURES)
    assert found.forecast.log_odds(row) == pytest.approx(
        found.forecast.fitted.intercept + found.forecast.shift + sum(parts.values())
    )


def test_too_few_customers_and_too_short_a_past_fall_back_and_say_why():
    few = run(people(150), nobody, FIRST, LAST)
    assert (few.basis, few.verdict, few.forecast) == (COLD_START, "few_customers", None)
    short = run(people(300, start=400), nobody, 400, LAST)
    assert (short.basis, short.verdict) == (COLD_START, "short_history")
    faithful = run(people(300, leaving=0.000001), nobody, FIRST, LAST)
    assert (faithful.basis, faithful.verdict) == (COLD_START, "few_leaving")
    none = run({}, nobody, LAST, LAST)
    assert (none.basis, none.verdict, none.customers) == (NOTHING, "no_purchases", 0)
    assert (list(none.means), list(none.ranked)) == ([0.0] * len((*BOUGHT, *PRIORS)), [])


def test_many_customers_only_lately_are_too_few_to_test_on():
    """At the older cut-offs there was hardly anybody to train on."""
    grown = people(60) | {1_000 + who: comings for who, comings in people(700, start=420).items()}
    found = run(grown, nobody, FIRST, LAST)
    assert (found.basis, found.verdict, len(found.cuts)) == (COLD_START, "few_customers", 0)
    assert found.forecast is not None


def test_what_they_experienced_is_fitted_where_it_is_common_and_judged_where_it_is_rare(shop):
    def said(day):
        return {who: {"detractor": 1.0} for who in range(0, 900, 4)} | {1: {"overdue_case": 1.0}}

    view = look(shop, said, 510, 90)
    left = [not any(510 < one.day <= 600 for one in shop[who]) for who in view.who]
    model = train(view.rows, left)
    assert model.columns[-1] == "detractor"
    assert set(model.rare) == set(PRIORS) - {"detractor"}
    one = view.who.index(1) if 1 in view.who else None
    row = [0.0] * len(FEATURES)
    row[FEATURES.index("overdue_case")] = 1.0
    assert model.parts(row)["overdue_case"] == pytest.approx(0.8, abs=0.01)
    assert one is None or view.rows[one][FEATURES.index("overdue_case")] == 1.0
    assert sum(map(model.chance, view.rows)) == pytest.approx(sum(left), abs=0.01)


def test_the_rule_of_thumb_ranks_and_adds_what_was_experienced():
    view = look({1: [Coming(10, 10, 5), Coming(40, 40, 5)]}, nobody, 100, 90)
    (row,) = view.rows
    assert view.usual == 30
    unhappy = (*row[:5], *(1.0 if code == "overdue_case" else 0.0 for code in PRIORS), *row[-len(PLAN) :])
    assert cold_score(unhappy) == pytest.approx(cold_score(row) + 0.8)
    health, parts = cold_health(unhappy, [cold_score(row), 99], row)
    assert (health, parts["overdue_case"], parts["recency"]) == (50, 0.8, 0)
    assert look({}, nobody, 100, 90, usual=12).usual == 12
