"""What customers hold of the firm: counted by quarter, compared, and followed to what they bought after it."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from customers.models import Customer, Fact, Purchase
from customers.services.facts import note_fact
from cxcrm.core.clock import now
from feedback.logic.gaps import Side
from feedback.logic.held import agreement, compared, step
from feedback.models import Question
from feedback.selectors.held import what_is_held
from feedback.services.configuration import save_question
from tests.support.gaps import agreed, answered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
QUARTER, BEFORE, NOON = date(2026, 10, 1), date(2026, 7, 1), "2026-11-30T05:00:00Z"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ask(nps):
    """The survey's question of an item: what a new firm has already, or a new one."""

    def asked(item):
        known = Question.objects.filter(survey=nps, item=item).first()
        number = nps.questions.count() + 1
        return known or save_question(question=Question(survey=nps, position=number, item=item))

    return asked


def ago(days):
    return now() - timedelta(days=days)


def buy(people, at, state="paid"):
    Purchase.objects.bulk_create(
        Purchase(customer=one, occurred_at=at, amount=Decimal(59000), currency="VND", state=state) for one in people
    )


class TestArithmetic:
    def test_a_quarter(self):
        one = agreement(QUARTER, {5: 10, 4: 7, 2: 3})
        assert (one.good, one.said.value, one.is_shown) == (17, 85.0, True)
        assert (round(one.said.low, 1), round(one.said.high, 1), one.said.mean) == (64.0, 94.8, 4.2)
        assert not agreement(QUARTER, {5: 4}).is_shown

    def test_the_three_shares_and_what_means_none_of_them(self):
        one = compared(QUARTER, {"better": 6, "same": 3, "worse": 1, "7": 40})
        assert (one.better, one.same, one.worse, one.n) == (Side(6, 10), Side(3, 10), Side(1, 10), 10)
        assert one.is_shown
        assert not compared(QUARTER, {"same": 4}).is_shown

    def test_a_step(self):
        one = step({(True, True): 40, (True, False): 10, (False, True): 5, (False, False): 15})
        assert (one.agree, one.others, one.is_shown) == (Side(40, 50), Side(5, 20), True)
        assert (round(one.gap.points), one.gap.standing) == (55, "real")
        assert not step({(True, True): 40}).is_shown


class TestCounting:
    def test_the_latest_of_a_customer_counts_in_each_quarter(self, ask):
        trust = ask("trust")
        people = answered(trust, [1] * 10, at=ago(20))
        answered(trust, agreed(8, 10), people=people, at=ago(5))
        answered(trust, agreed(1, 10), people=people, at=_at("2026-09-30T16:59:59Z"))
        answered(trust, [5] * 4, at=_at("2026-06-01T00:00:00Z"))
        answered(trust, [5] * 9, at=_at("2025-06-01T00:00:00Z"))  # seven quarters ago
        ((_item, trend),) = [pair for pair in what_is_held().items if pair[0] == "trust"]
        assert [(one.begins, one.good, one.said.n, one.is_shown) for one in trend.quarters] == [
            (date(2026, 4, 1), 4, 4, False),
            (BEFORE, 1, 10, True),
            (QUARTER, 8, 10, True),
        ]
        assert trend.latest.begins == QUARTER
        assert (round(trend.change.difference), trend.change.differ) == (70, True)

    def test_what_is_asked_and_what_is_not(self, ask):
        ask("trust")
        held = what_is_held()
        assert "trust" in [item for item, _trend in held.items]
        assert {"love", "values_fit", "community", "compared"} <= set(held.missing)
        (trend,) = [trend for item, trend in held.items if item == "trust"]
        assert (trend.latest, trend.change, held.compared) == (None, None, [])
        assert (held.chain.again, held.chain.months, held.chain.trusting.is_shown) == (None, None, False)

    def test_compared_with_elsewhere(self, ask):
        choice = ask("compared")
        people = answered(choice, ["worse"] * 6, at=ago(9))
        answered(choice, ["better"] * 4 + ["same", ""], people=people, at=ago(3))
        (one,) = what_is_held().compared
        assert (one.begins, one.better.good, one.same.good, one.worse.good, one.n) == (QUARTER, 4, 1, 1, 6)


class TestTheChain:
    def test_from_understood_to_trust_to_buying_again(self, ask):
        understood, trust = ask("understood"), ask("trust")
        people = Customer.objects.bulk_create(Customer(full_name="Khách Quen") for _turn in range(40))
        at = ago(400)
        _both(understood, trust, people, at=ago(9))
        answered(trust, agreed(20, 40), people=people, at=at)
        buy(people[:15] + people[20:24], at + timedelta(days=365))
        buy(people[15:20], at + timedelta(days=366))  # a day too late
        buy(people[24:30], at, "paid")  # the very moment, that is not again
        buy(people[30:35], at + timedelta(days=30), "returned")
        chain = what_is_held().chain
        assert (chain.trusting.agree, chain.trusting.others) == (Side(18, 20), Side(4, 20))
        assert (chain.months, chain.again.agree, chain.again.others) == (12, Side(15, 20), Side(4, 20))

    def test_where_answers_are_younger_they_are_watched_as_long_as_some_have_been(self, ask):
        trust = ask("trust")
        people = answered(trust, agreed(6, 12), at=ago(100))
        assert what_is_held().chain.months is None  # no purchase is recorded
        buy(people[:5], ago(60))
        chain = what_is_held().chain
        assert (chain.months, chain.again.agree, chain.again.others) == (3, Side(5, 6), Side(0, 6))
        with time_machine.travel("2026-11-30T05:00:00Z", tick=False):
            Question.objects.filter(pk=trust.pk).update(item="")
            assert what_is_held().chain.months is None


def _both(understood, trust, people, at):
    """Half of the people feel understood, 18 of them trust; 4 of the others do."""
    answered(understood, agreed(20, 40), people=people, at=at)
    from feedback.models import Answer

    values = [5] * 18 + [2] * 2 + [5] * 4 + [2] * 16
    rows = Answer.objects.filter(question=understood).select_related("response")
    by_customer = {one.response.customer_id: one.response for one in rows}
    Answer.objects.bulk_create(
        Answer(response=by_customer[person.pk], question=trust, kind="csat", number=value)
        for person, value in zip(people, values, strict=True)
    )


def _at(text):
    return datetime.fromisoformat(text)


def test_who_names_what_the_brand_stands_for(make_customer):
    people = [make_customer() for _number in range(6)]
    for one in people:
        note_fact(customer_id=one.pk, kind="why_like", text="Nhanh", reason="speed")
    for number, kind in enumerate(("why_like", "why_dislike")):
        note_fact(customer_id=people[number].pk, kind=kind, text="Quán tử tế với người trồng", reason="values")
    old = note_fact(customer_id=people[2].pk, kind="why_like", text="Quán tử tế", reason="values")
    Fact.objects.filter(pk=old.pk).update(stated_at=ago(366), confirmed_at=ago(366))
    assert what_is_held().values == Side(2, 6)
