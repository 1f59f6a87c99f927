"""Insights: a hypothesis, borne out by what three customers said, hung on a strategy, let go in the end."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import translation
from django.utils.timezone import localdate

from customers.models import Quote
from customers.selectors.quotes import uses_of
from customers.services.customers import create_customer
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import InvalidInput, NotFound
from journeys import errors
from journeys.logic.insights import next_review, prevalence
from journeys.models import Insight, InsightQuote, Touchpoint
from journeys.selectors.insights import borne_out_by, counted, evidence_of, insights_of, to_look_at
from journeys.services.insights import (
    add_evidence,
    change_insight,
    remove_evidence,
    retire_insight,
    validate_insight,
    write_insight,
)
from tests.support.race import race
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
SAID = {"want": "một buổi sáng có kiểm soát", "but": "hàng chờ làm tôi bị động", "because": "5 phút quyết định cả ngày"}
SIDE = {"feeling": "impatient", "good_end": "biết còn mấy phút"}


def quote_of(name: str, words: str = "Sáng chậm 5 phút là cả ngày cuống") -> Quote:
    person = create_customer(full_name=name)
    entry = record_interaction(customer_id=person.id, kind="chat", what="note", direction="in", body=words)
    return take_quote(interaction_id=entry.id)


@pytest.fixture
def strategy(in_alpha):
    return write_insight(**SAID, level="strategy")


def names() -> list[str]:
    rows = Event.objects.filter(name__startswith="journeys.insight").order_by("occurred_at", "pk")
    return [row.name.removeprefix("journeys.") for row in rows]


def test_a_hypothesis_is_kept_with_the_quote_it_came_from(strategy):
    quote, place = quote_of("Thu Hà"), Touchpoint.objects.get(code="counter")
    insight = write_insight(
        want="biết còn chờ bao lâu", but="không ai nói", because="tôi sợ trễ", parent_id=strategy.pk,
        touchpoint_id=place.pk, shown_by=17, out_of=20, quote_id=quote.pk,
    )  # fmt: skip
    insight.refresh_from_db()
    with translation.override("vi"):
        told = str(insight)
    assert told == "Tôi muốn biết còn chờ bao lâu, nhưng không ai nói, vì tôi sợ trễ"
    assert (insight.state, insight.level, insight.parent_id) == ("hypothesis", "execution", strategy.pk)
    assert insight.stage_id == place.stage_id
    assert insight.review_on == next_review("execution", localdate(now()))
    assert strategy.review_on == next_review("strategy", localdate(now()))
    assert [link.quote_id for link in evidence_of(insight)] == [quote.pk]
    assert list(insights_of(quote)) == [insight]
    assert uses_of([quote.pk]) == {quote.pk: 1}
    assert counted().get(pk=insight.pk).quotes == 1
    assert names()[-1] == "insight_changed"


def test_it_takes_three_quotes_of_three_people(strategy):
    quotes = [quote_of("Hà"), quote_of("Minh"), quote_of("Lan")]
    entry = quotes[0].interaction
    again = take_quote(interaction_id=entry.pk, text="cả ngày cuống")
    for quote in (quotes[0], quotes[0], again, quotes[1]):
        add_evidence(insight_id=strategy.pk, quote_id=quote.pk)
    assert borne_out_by(strategy) == (3, 2)
    with pytest.raises(errors.InsightNotBorneOut) as refusal:
        validate_insight(insight_id=strategy.pk)
    assert refusal.value.data == {"quotes": 3, "people": 2}
    assert Insight.objects.get(pk=strategy.pk).state == "hypothesis"
    add_evidence(insight_id=strategy.pk, quote_id=quotes[2].pk)
    with pytest.raises(errors.InsightFromOurSide) as refusal:
        validate_insight(insight_id=strategy.pk)
    assert refusal.value.data == {"missing": ["feeling", "good_end"]}
    with pytest.raises(InvalidInput):
        change_insight(insight_id=strategy.pk, feeling="hungry")
    assert change_insight(insight_id=strategy.pk, feeling="").feeling == ""
    change_insight(insight_id=strategy.pk, **SIDE)
    held = validate_insight(insight_id=strategy.pk)
    assert (held.state, held.validated_at is not None) == ("validated", True)
    # One taken away leaves it borne out; the next makes it a hypothesis again.
    remove_evidence(insight_id=strategy.pk, quote_id=again.pk)
    assert Insight.objects.get(pk=strategy.pk).state == "validated"
    remove_evidence(insight_id=strategy.pk, quote_id=quotes[2].pk)
    fallen = Insight.objects.get(pk=strategy.pk)
    assert (fallen.state, fallen.validated_at) == ("hypothesis", None)
    with pytest.raises(NotFound):
        remove_evidence(insight_id=strategy.pk, quote_id=quotes[2].pk)


def test_validated_again_it_is_looked_at_again_later(strategy):
    for name in ("Hà", "Minh", "Lan"):
        add_evidence(insight_id=strategy.pk, quote_id=quote_of(name).pk)
    change_insight(insight_id=strategy.pk, review_on=date(2020, 1, 1), **SIDE)
    today = localdate(now())
    assert strategy in to_look_at(today)
    validate_insight(insight_id=strategy.pk)
    assert strategy not in to_look_at(today)
    loose = write_insight(**SAID)
    assert loose in to_look_at(today)


def test_a_retired_one_rests(strategy):
    quote = quote_of("Hà")
    with pytest.raises(InvalidInput):
        retire_insight(insight_id=strategy.pk, why="  ")
    gone = retire_insight(insight_id=strategy.pk, why="Đã có làn lấy nhanh")
    assert (gone.state, gone.why_retired) == ("retired", "Đã có làn lấy nhanh")
    assert retire_insight(insight_id=strategy.pk, why="khác").why_retired == "Đã có làn lấy nhanh"
    assert names().count("insight_retired") == 1
    for call in (
        lambda: validate_insight(insight_id=strategy.pk),
        lambda: change_insight(insight_id=strategy.pk, want="khác"),
        lambda: add_evidence(insight_id=strategy.pk, quote_id=quote.pk),
    ):
        with pytest.raises(errors.InsightIsRetired):
            call()
    with pytest.raises(errors.ParentUnfit):
        write_insight(**SAID, parent_id=strategy.pk)
    assert strategy not in to_look_at(localdate(now()) + timedelta(days=4000))


def test_parents_make_no_circle(strategy):
    child = write_insight(**SAID, parent_id=strategy.pk)
    for told in ({"parent_id": child.pk}, {"parent_id": strategy.pk, "level": "strategy"}):
        with pytest.raises(errors.ParentUnfit):
            write_insight(**{**SAID, **told})
    for insight, told in (
        (strategy, {"parent_id": child.pk}),
        (strategy, {"level": "execution"}),  # it has one hanging on it
        (child, {"level": "strategy"}),
        (child, {"parent_id": child.pk}),
    ):
        with pytest.raises(errors.ParentUnfit):
            change_insight(insight_id=insight.pk, **told)
    assert (Insight.objects.get(pk=child.pk).parent_id, Insight.objects.get(pk=strategy.pk).parent_id) == (
        strategy.pk,
        None,
    )


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"want": ""}, "want"),
        ({"but": "x" * 201}, "but"),
        ({"level": "tactics"}, "level"),
        ({"parent_id": uuid4()}, "parent"),
        ({"stage_id": uuid4()}, "stage"),
        ({"quote_id": uuid4()}, "quote"),
        ({"shown_by": 3}, "out_of"),
        ({"out_of": 3}, "out_of"),
        ({"shown_by": 4, "out_of": 3}, "out_of"),
        ({"unserved": 1}, "unserved"),
        ({"shown_by": 3, "out_of": 4, "unserved": 4}, "unserved"),
        ({"shown_by": 3, "out_of": 4, "unserved": -1}, "unserved"),
        ({"shown_by": 0, "out_of": 0}, "out_of"),
        ({"shown_by": -1, "out_of": 3}, "out_of"),
    ],
)
def test_bad_input_names_its_field(told, field):
    with pytest.raises(InvalidInput) as refusal:
        write_insight(**{**SAID, **told})
    assert refusal.value.data["field"] == field
    assert not Insight.objects.exists()


def test_a_second_writer_sees_that_it_changed(strategy):
    person = Actor("user", uuid4(), "Hai")
    with acting_as(person):
        changed = change_insight(insight_id=strategy.pk, want="khác", version=strategy.version)
    with pytest.raises(errors.ChangedMeanwhile) as refusal:
        change_insight(insight_id=strategy.pk, want="của tôi", version=strategy.version)
    assert refusal.value.data == {"version": changed.version}
    with pytest.raises(InvalidInput):
        change_insight(insight_id=strategy.pk, colour="red")
    with pytest.raises(NotFound):
        change_insight(insight_id=uuid4(), want="x")
    assert Insight.objects.get(pk=strategy.pk).want == "khác"


@pytest.mark.django_db(transaction=True)
def test_one_quote_is_put_beside_it_once(alpha, strategy):
    quote = quote_of("Hà")
    race(alpha, *[lambda: add_evidence(insight_id=strategy.pk, quote_id=quote.pk)] * 3)
    assert InsightQuote.objects.count() == 1


def test_how_common_it_is():
    found = prevalence(17, 20)
    assert found is not None
    assert (round(found.value), round(found.low, 1), round(found.high, 1), found.n) == (85, 64.0, 94.8, 20)
    assert prevalence(None, None) is None


@pytest.mark.parametrize(
    ("level", "day", "then"),
    [
        ("execution", date(2026, 11, 30), date(2027, 2, 28)),
        ("execution", date(2026, 9, 1), date(2026, 12, 1)),
        ("strategy", date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_reviews(level, day, then):
    assert next_review(level, day) == then
