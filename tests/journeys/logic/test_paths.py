"""Ways taken: conversions, paths and what was never drawn."""

from datetime import UTC, datetime, timedelta

import pytest

from journeys.logic.graph import ways
from journeys.logic.paths import (
    DESIGNED,
    UNDESIGNED,
    UNTAKEN,
    Conversion,
    Flows,
    Step,
    Visit,
    conversion,
    designed_pairs,
    flows,
    kinds,
    top_of,
    walks,
)

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=90)


def at(customer: str, stage: int, day: float) -> Visit:
    return Visit(customer, stage, BEGIN + timedelta(days=day))


def test_who_came_on_in_time():
    visits = [
        at("lan", 0, 0), at("lan", 1, 30),  # on the last day
        at("an", 0, 0), at("an", 1, 30.01),  # too late
        at("binh", 1, 1), at("binh", 0, 2),  # the other way round
        at("chi", 0, 3), at("chi", 1, 3),  # at the same moment is not after
        at("dung", 0, 4), at("dung", 0, 50), at("dung", 1, 60),  # after the second time
        at("em", 0, 89), at("em", 1, 95),  # came after the period, in time
        at("ha", 0, -1), at("ha", 1, 2),  # was there before the period
    ]  # fmt: skip
    found = conversion(visits, 0, 1, BEGIN, END)
    assert found == Conversion(n=6, came=3)
    assert found.share == 0.5
    low, high = found.interval
    assert (round(low, 3), round(high, 3)) == (0.188, 0.812)
    assert not found.is_few
    nobody = conversion([], 0, 1, BEGIN, END)
    assert (nobody.share, nobody.interval, nobody.is_few) == (0.0, (0.0, 1.0), True)


def test_a_path_ends_where_nobody_is_heard_of_for_thirty_days():
    visits = [
        at("lan", 2, 40.1), at("lan", 0, 0), at("lan", 0, 5), at("lan", 1, 10), at("an", 1, 10), at("lan", 2, 70.1),
        at("an", 0, 10),
    ]  # fmt: skip
    found = [[(one.customer, one.stage) for one in path] for path in walks(visits)]
    assert found == [[("an", 0), ("an", 1)], [("lan", 0), ("lan", 1)], [("lan", 2)]]


def test_what_a_period_comes_to():
    visits = [
        at("lan", 0, 0), at("lan", 1, 2), at("lan", 1, 3), at("lan", 0, 4),
        at("an", 0, 0), at("an", 1, 4), at("an", 2, 50), at("an", 2, 100),
    ]  # fmt: skip
    found = flows(visits, 3, BEGIN, END)
    assert (found.visits, found.customers, found.paths) == (7, 2, 3)
    day = 86_400.0
    assert found.steps == {(0, 1): Step(0, 1, 2, 3 * day), (1, 0): Step(1, 0, 1, 2 * day)}
    assert (found.begins, found.ends) == ({0: 2, 2: 1}, {0: 1, 1: 1, 2: 1})
    assert found.top == [((0, 1), 1), ((0, 1, 0), 1)]
    assert found.conversions == {
        (0, 1): Conversion(2, 2), (0, 2): Conversion(2, 0), (1, 0): Conversion(2, 1), (1, 2): Conversion(2, 0),
        (2, 0): Conversion(1, 0), (2, 1): Conversion(1, 0),
    }  # fmt: skip
    assert (found.left(0), found.share(0, 1)) == (3, 2 / 3)
    assert (found.left(1), found.share(1, 0), found.share(1, 2)) == (2, 0.5, 0.0)
    assert flows([], 3, BEGIN, END) == Flows()


def test_the_most_frequent_paths_first():
    assert top_of([((0,), 99), ((0, 1), 2), ((2, 1), 2), ((0, 1, 2), 2), ((1, 2), 5)]) == [
        ((1, 2), 5), ((0, 1), 2), ((2, 1), 2), ((0, 1, 2), 2),
    ]  # fmt: skip
    assert len(top_of(((0, number), 1) for number in range(1, 30))) == 10


def test_drawn_and_taken():
    steps = {(0, 1): Step(0, 1, 90, 1.0), (0, 2): Step(0, 2, 5, 1.0), (0, 3): Step(0, 3, 4, 1.0)}
    found = Flows(steps=steps, ends={0: 1})
    assert kinds(found, [(0, 1), (1, 2)]) == {(0, 1): DESIGNED, (1, 2): UNTAKEN, (0, 2): UNDESIGNED}


def test_ways_are_told_by_places():
    order = ["a", "b", "c"]
    assert designed_pairs(order, ways(order, [("b", "a")])) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("stage", [0, 1])
def test_one_place_is_no_way(stage):
    assert flows([at("lan", stage, 1)], 2, BEGIN, END).top == []
