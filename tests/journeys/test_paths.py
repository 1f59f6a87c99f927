"""Visits of stages: told by other systems, read in the timeline, and what the database makes of them."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.models import ImportJob, Interaction
from customers.services.customers import create_customer
from customers.services.erasure import erase_customer
from customers.services.import_removing import remove_customers
from customers.services.interactions import record_interaction
from customers.services.merging import merge_customers, undo_merge
from customers.services.purchases import change_purchase, record_purchase
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from cxcrm.core.errors import InvalidInput, NotFound
from feedback.services.complaints import open_complaint
from journeys.errors import StageInUse, VisitInvalid, VisitRuleInvalid, VisitRuleThere
from journeys.logic.paths import GAP, WITHIN, Visit, flows
from journeys.models import JourneyFlow, Stage, StageVisit, VisitReading, VisitRule
from journeys.selectors.paths import flows_between, has_visits, usual_span, ways_of
from journeys.services.journeys import add_stage, remove_stage, set_ways
from journeys.services.visit_reading import begin_night, go_on, read_everybody, read_visits, take_slice
from journeys.services.visits import add_visit_rule, change_visit_rule, remove_visit_rule, tell_visits
from tenants.services.agenda import Later, NotYet
from tests.journeys.conftest import Drawn
from tests.support.race import race
from workflows.models import Event


def told(drawn: Drawn, number: str, **other: Any) -> dict[str, Any]:
    return {
        "customer_id": drawn.customer.pk, "stage_id": drawn.buy.pk, "visited_at": now() - timedelta(days=3),
        "source": "pos", "external_id": number, **other,
    }  # fmt: skip


def read(drawn: Drawn) -> list[tuple[str, UUID]]:
    rows = StageVisit.objects.filter(entry__isnull=False).order_by("visited_at", "stage__position")
    return [(row.stage.name, row.customer_id) for row in rows.select_related("stage")]


def test_told_again_a_visit_is_corrected_and_never_doubled(drawn: Drawn) -> None:
    late = now() - timedelta(days=40)
    first = tell_visits(visits=[told(drawn, "1"), told(drawn, "2", visited_at=late)], reader=drawn.boss)
    assert [one.is_new for one in first] == [True, True]
    again = tell_visits(
        visits=[told(drawn, "2", stage_id=drawn.use.pk), told(drawn, "1", stage_id=drawn.use.pk, visited_at=late),
                told(drawn, "1", visited_at=late)],
        reader=drawn.boss,
    )  # fmt: skip
    assert [(one.visit_id, one.is_new) for one in again] == [
        (first[1].visit_id, False), (first[0].visit_id, False), (first[0].visit_id, False),
    ]  # fmt: skip
    rows = StageVisit.objects.order_by("external_id").values_list("external_id", "stage_id", "visited_at", "entry")
    assert [(row[0], row[1]) for row in rows] == [("1", drawn.buy.pk), ("2", drawn.use.pk)]
    assert rows[0][2:] == (late, None)
    assert [row.payload for row in Event.objects.filter(name="journeys.visits_told")] == [{"taken": 2}, {"taken": 2}]


def test_each_visit_is_refused_by_itself(drawn: Drawn) -> None:
    key = uuid4()
    known = create_customer(full_name="Hà", external_ids={"pos": "KH-7"})
    results = tell_visits(
        visits=[
            told(drawn, ""),
            told(drawn, "a", stage_id=key),
            told(drawn, "b", visited_at=now() + timedelta(minutes=1)),
            told(drawn, "c", customer_id=key),
            {**told(drawn, "d", customer_number="KH-8"), "customer_id": None},
            told(drawn, "e" * 121),
            {**told(drawn, "f", customer_number="KH-7"), "customer_id": None},
        ],  # type: ignore[list-item] # as a door may send it
        reader=drawn.boss,
    )
    said = [(one.refusal.code, one.refusal.data["field"]) if one.refusal else one.is_new for one in results]
    assert said == [
        ("visit.invalid", "external_id"), ("visit.invalid", "stage"), ("visit.invalid", "visited_at"),
        ("visit.invalid", "customer"), ("visit.invalid", "customer"), ("invalid", "external_id"), True,
    ]  # fmt: skip
    assert list(StageVisit.objects.values_list("customer_id", "external_id")) == [(known.pk, "f")]
    assert isinstance(results[0].refusal, VisitInvalid)

    class Nobody:
        def allows(self, room: str, level: Any) -> bool:
            return False

    (refused,) = tell_visits(visits=[told(drawn, "g")], reader=Nobody())
    assert refused.refusal is not None
    assert StageVisit.objects.count() == 1


def test_visits_go_with_whom_they_are_of(drawn: Drawn) -> None:
    other = create_customer(full_name="Nguyễn Thị Lan", parse_name=False)
    tell_visits(visits=[told(drawn, "1", customer_id=other.pk)], reader=drawn.boss)
    merge_customers(survivor_id=drawn.customer.pk, merged_id=other.pk)
    assert StageVisit.objects.get().customer_id == drawn.customer.pk
    (late,) = tell_visits(visits=[told(drawn, "2", customer_id=other.pk)], reader=drawn.boss)
    assert StageVisit.objects.get(pk=late.visit_id).customer_id == drawn.customer.pk
    erase_customer(customer_id=drawn.customer.pk)
    assert list(StageVisit.objects.values_list("source", "external_id")) == [("pos", ""), ("pos", "")]
    (refused,) = tell_visits(visits=[told(drawn, "3")], reader=drawn.boss)
    assert refused.refusal is not None
    assert StageVisit.objects.count() == 2


def test_the_timeline_is_read_by_the_rules(drawn: Drawn, run_agenda: Any) -> None:
    sold, _new = record_purchase(customer_id=drawn.customer.pk, external_id="HD1", amount=1, channel="Tại quán")
    record_purchase(customer_id=drawn.customer.pk, external_id="HD2", amount=1, channel="app")
    rule = add_visit_rule(kind="order", channel="tại quán", stage_id=drawn.use.pk)
    run_agenda()
    assert read(drawn) == [("Dùng", drawn.customer.pk)]
    change_visit_rule(rule_id=rule.pk, channel="", stage_id=drawn.buy.pk)
    add_visit_rule(kind="complaint")
    run_agenda()
    assert read(drawn) == [("Mua", drawn.customer.pk)] * 2
    open_complaint(
        customer_id=drawn.customer.pk, description="Ghế hỏng", channel="staff", touchpoint_id=drawn.seat.pk
    )  # fmt: skip
    open_complaint(customer_id=drawn.customer.pk, description="Không rõ", channel="staff")
    run_agenda()
    assert read(drawn) == [("Mua", drawn.customer.pk)] * 2 + [("Dùng", drawn.customer.pk)]
    change_purchase(purchase_id=sold.pk, state="cancelled")
    run_agenda()
    assert read(drawn) == [("Mua", drawn.customer.pk), ("Dùng", drawn.customer.pk)]
    remove_visit_rule(rule_id=rule.pk)
    run_agenda()
    assert read(drawn) == [("Dùng", drawn.customer.pk)]
    assert Event.objects.filter(name="journeys.visit_rules_changed").count() == 4


def test_what_was_read_follows_a_merge_and_back(drawn: Drawn, run_agenda: Any) -> None:
    add_visit_rule(kind="call", stage_id=drawn.buy.pk)
    other = create_customer(full_name="Nguyễn Thị Lan", parse_name=False)
    record_interaction(customer_id=other.pk, kind="call", what="call.logged", direction="in")
    record_interaction(customer_id=other.pk, kind="call", what="call.logged", direction="out")
    run_agenda()
    assert read(drawn) == [("Mua", other.pk)]
    merge = merge_customers(survivor_id=drawn.customer.pk, merged_id=other.pk)
    run_agenda()
    assert read(drawn) == [("Mua", drawn.customer.pk)]
    undo_merge(merge_id=merge.pk)
    run_agenda()
    assert read(drawn) == [("Mua", other.pk)]
    read_visits(customer_ids=[])
    read_visits(customer_ids=[other.pk])
    assert read(drawn) == [("Mua", other.pk)]


def test_what_was_only_read_holds_up_no_removal(drawn: Drawn, run_agenda: Any) -> None:
    add_visit_rule(kind="call", stage_id=drawn.buy.pk)
    people = [create_customer(full_name=name) for name in ("Hà", "An")]
    job = ImportJob.objects.create(file_name="x.csv")
    for person in people:
        record_interaction(customer_id=person.pk, kind="call", what="call.logged", direction="in")
    Interaction.objects.filter(customer__in=people).update(subject_id=job.pk)  # they came with the file
    run_agenda()
    assert len(read(drawn)) == 2
    tell_visits(visits=[told(drawn, "1", customer_id=people[1].pk)], reader=drawn.boss)
    kept = remove_customers(job, [person.pk for person in people])
    assert kept == {people[1].pk: [["journeys.stagevisit", 1]]}
    assert list(StageVisit.objects.values_list("customer_id", flat=True)) == [people[1].pk]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "note"}, "kind"),
        ({"kind": "order"}, "stage"),
        ({"kind": "survey", "channel": "app"}, "channel"),
        ({"kind": "order"}, "touchpoint"),
        ({"kind": "order", "stage_id": uuid4()}, "stage"),
    ],
)
def test_rules_that_cannot_be(drawn: Drawn, wrong: dict[str, Any], field: str) -> None:
    named = {"touchpoint_id": drawn.queue.pk} if field == "touchpoint" else {}
    with pytest.raises(VisitRuleInvalid) as refused:
        add_visit_rule(**wrong, **named)
    assert refused.value.data["field"] == field
    assert not VisitRule.objects.exists()
    assert not VisitReading.objects.exists()


def test_a_rule_is_there_once(drawn: Drawn) -> None:
    rule = add_visit_rule(kind="order", stage_id=drawn.buy.pk)
    with pytest.raises(VisitRuleThere):
        add_visit_rule(kind="order", stage_id=drawn.buy.pk)
    with pytest.raises(NotFound):
        add_visit_rule(kind="survey", touchpoint_id=uuid4())
    for call in (change_visit_rule, remove_visit_rule):
        with pytest.raises(NotFound):
            call(rule_id=uuid4())
    with pytest.raises(InvalidInput):
        change_visit_rule(rule_id=rule.pk, channel="x" * 41)
    assert list(VisitRule.objects.values_list("kind", "channel")) == [("order", "")]


def test_a_stage_somebody_was_told_to_have_been_in_stays(drawn: Drawn, run_agenda: Any) -> None:
    third, fourth = (add_stage(journey_id=drawn.journey.pk, name=name) for name in ("Kể lại", "Trở lại"))
    tell_visits(visits=[told(drawn, "1", stage_id=third.pk)], reader=drawn.boss)
    with pytest.raises(StageInUse):
        remove_stage(stage_id=third.pk)
    record_interaction(customer_id=drawn.customer.pk, kind="call", what="call.logged", direction="in")
    add_visit_rule(kind="call", stage_id=fourth.pk)
    run_agenda()
    assert read(drawn) == [("Trở lại", drawn.customer.pk)]
    remove_stage(stage_id=fourth.pk)
    assert StageVisit.objects.count() == 1
    assert not VisitRule.objects.exists()


def test_at_night_whoever_had_news_is_read_and_the_ways_are_counted(drawn: Drawn, run_agenda: Any) -> None:
    begin_night()
    run_agenda()
    first = VisitReading.objects.get()
    assert (first.finished_at is not None, first.is_whole) == (True, False)
    VisitRule.objects.create(kind="call", stage=drawn.buy)  # as an older release may have left it
    VisitReading.objects.update(day=first.day - timedelta(days=1))
    record_interaction(customer_id=drawn.customer.pk, kind="call", what="call.logged", direction="in")
    begin_night()
    row = VisitReading.objects.get(finished_at=None)
    assert isinstance(go_on(reading_id=row.pk, budget=-1), Later)
    assert go_on(reading_id=row.pk) is None
    assert take_slice(reading_id=row.pk) is False
    assert read(drawn) == [("Mua", drawn.customer.pk)]
    flow = JourneyFlow.objects.get(journey=drawn.journey)
    assert flow.ways == [{"start": str(drawn.buy.pk), "end": str(drawn.use.pk), "n": 1, "came": 0}]
    with pytest.raises(NotYet):
        take_slice(reading_id=uuid4())


def test_a_reading_of_everybody_that_was_broken_off_begins_again(drawn: Drawn) -> None:
    row = read_everybody()
    VisitReading.objects.update(day=row.day - timedelta(days=1))
    begin_night()
    assert VisitReading.objects.get(day=row.day).is_whole


def test_the_database_and_the_plain_arithmetic_agree(drawn: Drawn) -> None:
    third = add_stage(journey_id=drawn.journey.pk, name="Kể lại")
    set_ways(stage_id=third.pk, to_ids=[drawn.buy.pk])
    stages = list(Stage.objects.filter(journey=drawn.journey).order_by("position"))
    people = [create_customer(full_name=f"Khách {number}") for number in range(12)]
    until = now()
    since = until - timedelta(days=90)
    for turn in range(3):
        rng = random.Random(turn)
        StageVisit.objects.all().delete()
        moments = [since + timedelta(days=rng.choice((0, 30, 60, 90, rng.randrange(-5, 125)))) for _n in range(40)]
        visits = [
            Visit(rng.choice(people).pk, rng.randrange(3), rng.choice(moments))
            for _number in range(rng.choice((20, 140)))
        ]  # fmt: skip
        StageVisit.objects.bulk_create(
            StageVisit(customer_id=one.customer, stage=stages[one.stage], visited_at=one.at) for one in visits
        )
        found = flows_between([stage.pk for stage in stages], since, until)
        assert found == flows(visits, 3, since, until)
        assert found.visits
    assert (timedelta(days=30), timedelta(days=30)) == (GAP, WITHIN)
    ways = ways_of(drawn.journey, since, until)
    assert ways.designed == [(0, 1), (1, 2), (2, 0)]
    assert ways.found == found


def test_a_journey_nobody_was_seen_on(drawn: Drawn) -> None:
    since, until = usual_span()
    assert until - since == timedelta(days=90)
    assert ways_of(drawn.journey, since, until).found.visits == 0
    assert not has_visits(drawn.journey)
    StageVisit.objects.create(customer=drawn.customer, stage=drawn.buy, visited_at=now())
    assert has_visits(drawn.journey)


@pytest.mark.django_db(transaction=True)
def test_told_by_two_at_one_moment_it_is_there_once(alpha: TenantRef, drawn: Drawn) -> None:
    batch = [told(drawn, str(number)) for number in range(20)]
    results = race(
        alpha,
        lambda: tell_visits(visits=batch, reader=drawn.boss),
        lambda: tell_visits(visits=batch[::-1], reader=drawn.boss),
    )
    assert sum(one.is_new for result in results for one in result) == 20
    assert StageVisit.objects.count() == 20
