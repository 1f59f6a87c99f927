"""Arranging a map, publishing it, and what it keeps."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.selectors.quotes import uses_of
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, TenantRef, acting_as
from cxcrm.core.errors import InvalidInput, NotFound
from journeys.errors import LinksInvalid, NothingChanged, NotReady, StageInUse, WrongState
from journeys.models import (
    Accountability,
    Journey,
    JourneyVersion,
    ReportedEmotion,
    Stage,
    StageLink,
    StageQuote,
    Touchpoint,
)
from journeys.selectors.coverage import coverage_of, part_of, people_without_part, readers_of
from journeys.selectors.publishing import one_sided_in
from journeys.services.accountability import hand_over
from journeys.services.emotions import report_emotion
from journeys.services.evidence import cite_at_stage, take_from_stage
from journeys.services.journeys import (
    add_stage,
    add_touchpoint,
    create_journey,
    move_touchpoint,
    remove_stage,
    set_ways,
    update_stage,
    update_touchpoint,
)
from journeys.services.publishing import publish_journey, send_back_journey, submit_journey
from journeys.services.standards import acknowledge_standard, set_standard
from tenants.staff.models import Department
from tests.journeys.conftest import Drawn
from tests.support.race import race
from workflows.models import Event


def today() -> date:
    return timezone.localdate(now())


def happened(name: str) -> list[dict[str, Any]]:
    return [row.payload for row in Event.objects.filter(name=f"journeys.{name}").order_by("occurred_at", "pk")]


def ends(stage: Stage) -> list[str]:
    return [link.to_stage.name for link in StageLink.objects.filter(from_stage=stage)]


def names(stage: Stage) -> list[str]:
    return [row.name for row in Touchpoint.objects.filter(stage=stage)]


def test_ways_are_drawn_changed_and_taken_back(drawn: Drawn) -> None:
    third = add_stage(journey_id=drawn.journey.pk, name="Kể lại")
    set_ways(stage_id=drawn.use.pk, to_ids=[third.pk, drawn.buy.pk])
    assert ends(drawn.use) == ["Mua", "Kể lại"]
    set_ways(stage_id=drawn.use.pk, to_ids=[drawn.buy.pk])
    assert ends(drawn.use) == ["Mua"]
    set_ways(stage_id=drawn.use.pk, to_ids=[])
    assert ends(drawn.use) == []
    elsewhere = add_stage(journey_id=create_journey(name="Khách sỉ").pk, name="Đặt hàng")
    before = len(happened("journey_changed"))
    for wrong, reason in (
        ([drawn.use.pk], "to_itself"),
        ([drawn.buy.pk, drawn.buy.pk], "twice"),
        ([elsewhere.pk], "elsewhere"),
    ):
        with pytest.raises(LinksInvalid) as refused:
            set_ways(stage_id=drawn.use.pk, to_ids=wrong)
        assert refused.value.data == {"field": "to", "reason": reason}
    with pytest.raises(NotFound):
        set_ways(stage_id=uuid4(), to_ids=[])
    assert (StageLink.objects.count(), len(happened("journey_changed"))) == (0, before)
    with pytest.raises(IntegrityError, match="no_stage_leads_to_itself"), transaction.atomic():
        StageLink.objects.create(from_stage=drawn.use, to_stage=drawn.use)


def test_touchpoints_stand_by_name_until_they_are_arranged(drawn: Drawn) -> None:
    assert names(drawn.buy) == ["Hàng chờ", "Quầy"]
    move_touchpoint(touchpoint_id=drawn.counter.pk, stage_id=drawn.buy.pk, position=1)
    assert names(drawn.buy) == ["Quầy", "Hàng chờ"]
    add_touchpoint(stage_id=drawn.buy.pk, name="Biển hiệu")
    assert names(drawn.buy) == ["Quầy", "Hàng chờ", "Biển hiệu"]
    move_touchpoint(touchpoint_id=drawn.seat.pk, stage_id=drawn.buy.pk, position=2)
    assert names(drawn.buy) == ["Quầy", "Chỗ ngồi", "Hàng chờ", "Biển hiệu"]
    update_touchpoint(touchpoint_id=drawn.counter.pk, stage_id=drawn.use.pk)
    assert (names(drawn.buy), names(drawn.use)) == (["Chỗ ngồi", "Hàng chờ", "Biển hiệu"], ["Quầy"])
    move_touchpoint(touchpoint_id=drawn.counter.pk, stage_id=drawn.buy.pk, position=99)
    assert names(drawn.buy)[-1] == "Quầy"
    for wrong, error in (
        ({"touchpoint_id": uuid4(), "stage_id": drawn.buy.pk, "position": 1}, NotFound),
        ({"touchpoint_id": drawn.counter.pk, "stage_id": uuid4(), "position": 1}, NotFound),
        ({"touchpoint_id": drawn.counter.pk, "stage_id": drawn.use.pk, "position": 0}, InvalidInput),
    ):
        with pytest.raises(error):
            move_touchpoint(**wrong)
    assert names(drawn.use) == []


def test_a_stage_nobody_needs_is_taken_out(drawn: Drawn) -> None:
    """What hangs on it goes too, but touchpoints and what customers felt do not vanish with a click."""
    first = add_stage(journey_id=drawn.journey.pk, name="Biết đến", position=1)
    set_ways(stage_id=drawn.use.pk, to_ids=[first.pk])
    cite_at_stage(stage_id=first.pk, quote_id=drawn.quotes[0].pk)
    for used in (drawn.buy, drawn.use):
        with pytest.raises(StageInUse):
            remove_stage(stage_id=used.pk)
    report_emotion(stage_id=first.pk, valence=1, source="stated")
    with pytest.raises(StageInUse):
        remove_stage(stage_id=first.pk)
    assert Stage.objects.filter(journey=drawn.journey).count() == 3
    ReportedEmotion.objects.all().delete()
    remove_stage(stage_id=first.pk)
    assert [(stage.name, stage.position) for stage in Stage.objects.filter(journey=drawn.journey)] == [
        ("Mua", 1),
        ("Dùng", 2),
    ]
    assert (StageLink.objects.count(), StageQuote.objects.count()) == (0, 6)
    with pytest.raises(NotFound):
        remove_stage(stage_id=first.pk)


def test_what_customers_want_and_get_is_one_sentence(drawn: Drawn) -> None:
    update_stage(stage_id=drawn.buy.pk, customer_goal="  Có ly đúng ý   trong ít phút ")
    update_touchpoint(
        touchpoint_id=drawn.queue.pk, channel="place", is_moment_of_truth=True, customer_outcome="Biết còn chờ mấy phút"
    )
    drawn.buy.refresh_from_db()
    drawn.queue.refresh_from_db()
    assert drawn.buy.customer_goal == "Có ly đúng ý trong ít phút"
    assert (drawn.queue.channel, drawn.queue.is_moment_of_truth) == ("place", True)
    for call in (
        lambda: update_stage(stage_id=drawn.buy.pk, customer_goal="x" * 201),
        lambda: update_touchpoint(touchpoint_id=drawn.queue.pk, customer_outcome="x" * 201),
        lambda: update_touchpoint(touchpoint_id=drawn.queue.pk, channel="pigeon"),
        lambda: add_touchpoint(stage_id=drawn.buy.pk, name="Bồ câu", channel="pigeon"),
    ):
        with pytest.raises(InvalidInput):
            call()
    assert Touchpoint.objects.filter(name="Bồ câu").count() == 0


def test_a_map_is_published_in_versions_that_stay(drawn: Drawn) -> None:
    with acting_as(Actor("user", drawn.boss.pk, "Duyên")):
        first = publish_journey(journey_id=drawn.journey.pk)
    assert (first.number, first.published_by) == (1, drawn.boss)
    assert Journey.objects.get(pk=drawn.journey.pk).state == "published"
    stage = first.snapshot["stages"][0]
    assert (stage["name"], stage["accountable"]["name"], stage["leads_to"]) == ("Mua", "Lê Thị Mỹ Duyên", [])
    assert stage["quotes"] == [str(quote.pk) for quote in drawn.quotes]
    assert "Chờ lâu" not in str(first.snapshot)  # words are kept in one place, where they can be forgotten
    assert [row["name"] for row in stage["touchpoints"]] == ["Hàng chờ", "Quầy"]
    with pytest.raises(NothingChanged):
        publish_journey(journey_id=drawn.journey.pk)
    # Another person and one more quote are no other map; another name is.
    hand_over(executive_id=drawn.barista.pk, stage_id=drawn.buy.pk, from_day=today())
    take_from_stage(stage_quote_id=StageQuote.objects.filter(stage=drawn.buy).last().pk)
    cite_at_stage(stage_id=drawn.buy.pk, quote_id=drawn.quotes[0].pk)
    with pytest.raises(NothingChanged):
        submit_journey(journey_id=drawn.journey.pk)
    update_touchpoint(touchpoint_id=drawn.queue.pk, name="Xếp hàng")
    update_stage(stage_id=drawn.buy.pk, viewpoint="company")
    with pytest.raises(InvalidInput):
        update_stage(stage_id=drawn.buy.pk, viewpoint="boss")
    assert one_sided_in(drawn.journey) == [drawn.buy]
    second = publish_journey(journey_id=drawn.journey.pk)
    assert (second.number, second.published_by) == (2, None)
    first.refresh_from_db()
    assert first.snapshot["stages"][0]["touchpoints"][0]["name"] == "Hàng chờ"
    assert ["viewpoint" in version.snapshot["stages"][0] for version in (first, second)] == [False, True]
    assert happened("journey_published") == [
        {"journey_id": str(drawn.journey.pk), "version_id": str(version.pk)} for version in (first, second)
    ]


def test_a_review_comes_in_between(drawn: Drawn) -> None:
    with pytest.raises(WrongState):
        send_back_journey(journey_id=drawn.journey.pk)
    assert submit_journey(journey_id=drawn.journey.pk).state == "in_review"
    with pytest.raises(WrongState):
        submit_journey(journey_id=drawn.journey.pk)
    assert send_back_journey(journey_id=drawn.journey.pk).state == "draft"
    submit_journey(journey_id=drawn.journey.pk)
    publish_journey(journey_id=drawn.journey.pk)
    assert Journey.objects.get(pk=drawn.journey.pk).state == "published"
    assert len(happened("journey_submitted")) == 2
    assert len(happened("journey_sent_back")) == 1
    for call in (submit_journey, send_back_journey, publish_journey):
        with pytest.raises(NotFound):
            call(journey_id=uuid4())


def test_what_is_missing_is_refused_with_its_place(drawn: Drawn) -> None:
    lonely = add_stage(journey_id=drawn.journey.pk, name="Kể lại")
    sign = add_touchpoint(stage_id=lonely.pk, name="Biển hiệu")
    set_ways(stage_id=drawn.use.pk, to_ids=[drawn.buy.pk])
    for act in (submit_journey, publish_journey):
        with pytest.raises(NotReady) as refused:
            act(journey_id=drawn.journey.pk)
        assert [(one["code"], one["stage"], one["touchpoint"]) for one in refused.value.data["missing"]] == [
            ("unreachable", str(lonely.pk), None),
            ("few_quotes", str(lonely.pk), None),
            ("nobody", str(lonely.pk), str(sign.pk)),
        ]
        assert [one["message"] for one in refused.value.data["missing"]] == [
            "Không có đường nào tới “Kể lại”. Hãy cho một giai đoạn khác dẫn tới đó.",
            "“Kể lại” mới có 0 trong 3 câu nói của khách cần có.",
            "Chưa ai chịu trách nhiệm về “Biển hiệu” (Kể lại). Hãy giao cho một người.",
        ]
    assert (JourneyVersion.objects.count(), Journey.objects.get(pk=drawn.journey.pk).state) == (0, "draft")
    empty = create_journey(name="Trống")
    with pytest.raises(NotReady) as refused:
        publish_journey(journey_id=empty.pk)
    assert [one["code"] for one in refused.value.data["missing"]] == ["no_stages"]
    # A touchpoint out of use needs nobody.
    update_touchpoint(touchpoint_id=sign.pk, is_active=False)
    with pytest.raises(NotReady) as refused:
        publish_journey(journey_id=drawn.journey.pk)
    assert [one["code"] for one in refused.value.data["missing"]] == ["unreachable", "few_quotes"]


def test_words_are_cited_once_and_taken_away(drawn: Drawn) -> None:
    quote = drawn.quotes[0]
    assert uses_of([quote.pk]) == {quote.pk: 2}
    row = cite_at_stage(stage_id=drawn.buy.pk, quote_id=quote.pk)
    assert StageQuote.objects.filter(stage=drawn.buy).count() == 3
    before = len(happened("words_cited"))
    take_from_stage(stage_quote_id=row.pk)
    assert uses_of([quote.pk]) == {quote.pk: 1}
    assert happened("words_cited")[before:] == [{"stage_id": str(drawn.buy.pk)}]
    for call in (
        lambda: cite_at_stage(stage_id=uuid4(), quote_id=quote.pk),
        lambda: cite_at_stage(stage_id=drawn.buy.pk, quote_id=uuid4()),
        lambda: take_from_stage(stage_quote_id=row.pk),
    ):
        with pytest.raises(NotFound):
            call()
    assert StageQuote.objects.filter(stage=drawn.buy).count() == 2


@pytest.mark.django_db(transaction=True)
def test_published_at_the_same_moment_it_is_one_version(alpha: TenantRef, drawn: Drawn) -> None:
    results = race(alpha, *(lambda: publish_journey(journey_id=drawn.journey.pk) for _turn in range(4)))
    assert sorted(type(result).__name__ for result in results) == ["JourneyVersion", *["NothingChanged"] * 3]
    assert JourneyVersion.objects.count() == 1


def test_the_heat_map(drawn: Drawn) -> None:
    care = Department.objects.create(name="CSKH", is_customer_care=True)
    cover = coverage_of(drawn.journey, today())
    assert [stage.standing for stage in cover.stages] == ["one_alone", "one_alone"]
    assert (cover.unowned, cover.touchpoint_count, cover.with_standard, cover.without_part) == ([], 3, 0, [care])
    row = dict(cover.rows)[drawn.department]
    assert [[one.name for one in cell.touchpoints] for cell in row] == [["Hàng chờ", "Quầy"], ["Chỗ ngồi"]]
    update_touchpoint(touchpoint_id=drawn.seat.pk, department_id=care.pk)
    add_stage(journey_id=drawn.journey.pk, name="Kể lại")
    hand_over(executive_id=drawn.barista.pk, touchpoint_id=drawn.queue.pk, from_day=today())
    set_standard(touchpoint_id=drawn.queue.pk, text="Nói thời gian chờ")
    cover = coverage_of(drawn.journey, today())
    assert [stage.standing for stage in cover.stages] == ["one_alone", "care_alone", "empty"]
    assert (cover.with_standard, cover.without_part) == (1, [])
    assert dict(cover.rows)[drawn.department][0].people == [drawn.barista]
    Accountability.objects.filter(stage=drawn.buy).delete()
    cover = coverage_of(drawn.journey, today())
    assert ([one.name for one in cover.unowned], cover.stages[0].standing) == (["Quầy"], "nobody")


def test_everybody_sees_their_own_part(drawn: Drawn) -> None:
    queue = set_standard(touchpoint_id=drawn.queue.pk, text="Nói thời gian chờ", behaviours=["Chào khách"])
    seat = set_standard(touchpoint_id=drawn.seat.pk, text="Có chỗ ngồi")
    hand_over(executive_id=drawn.boss.pk, touchpoint_id=drawn.seat.pk, deputy_id=drawn.barista.pk, from_day=today())
    mine = part_of(drawn.barista, today())
    assert (mine.answers_for, mine.is_empty) == ([], False)
    assert [row.touchpoint for row in mine.stands_in_for] == [drawn.seat]
    assert [row.name for row in mine.works_at] == ["Hàng chờ", "Quầy", "Chỗ ngồi"]
    assert mine.unread == mine.standards == [queue, seat]
    read = acknowledge_standard(standard_id=queue.pk, user_id=drawn.barista.pk)
    mine = part_of(drawn.barista, today())
    assert [(row, row.read_at) for row in mine.standards] == [(seat, None), (queue, read.acknowledged_at)]
    assert (readers_of(queue, today()), readers_of(seat, today())) == ((1, 2), (0, 2))
    boss = part_of(drawn.boss, today())
    assert [str(row.touchpoint or row.stage) for row in boss.answers_for] == ["Mua", "Dùng", "Chỗ ngồi"]
    assert (boss.works_at, boss.standards) == ([], [queue, seat])
    onlooker = next(user for user in people_without_part(today()))
    assert part_of(onlooker, today()).is_empty
    assert {drawn.barista, drawn.boss}.isdisjoint(people_without_part(today()))
    update_touchpoint(touchpoint_id=drawn.queue.pk, department_id=None)
    queue.refresh_from_db()
    queue.touchpoint.refresh_from_db()
    assert readers_of(queue, today()) == (0, 1)
    assert part_of(drawn.boss, today() - timedelta(days=30)).is_empty
