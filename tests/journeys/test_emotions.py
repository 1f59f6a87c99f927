"""Two curves: what staff assume is said first, and only then may they see what customers report."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from customers.services.customers import create_customer
from customers.services.erasure import erase_customer
from customers.services.merging import merge_customers
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, TenantRef, acting_as
from cxcrm.core.errors import InvalidInput, NotFound
from journeys.errors import CurveDrawn, CurveIncomplete, FeelingUnfit, PointUnfit, WordsNeeded
from journeys.logic.emotions import Spot
from journeys.models import AssumedEmotion, ReportedEmotion
from journeys.selectors.emotions import curves_for, curves_to_draw, reports_visible_to, spots_of
from journeys.services.emotions import draw_assumed_curve, report_emotion
from journeys.services.journeys import add_stage, update_touchpoint
from tests.journeys.conftest import Drawn
from tests.support.race import race
from workflows.models import Event


def draw(drawn: Drawn, user: Any, *values: int) -> int:
    keys = [spot.key for spot in spots_of(drawn.journey.pk)]
    return draw_assumed_curve(
        journey_id=drawn.journey.pk, user_id=user.pk, valences=dict(zip(keys, values, strict=True))
    )


def shown(drawn: Drawn, reader: Any) -> list[tuple[float | None, float | None]]:
    curves = curves_for(reader, spots_of(drawn.journey.pk))
    return [(point.assumed and point.assumed.value, point.reported and point.reported.value) for point in curves.points]


def hear(drawn: Drawn, *values: int, **at: Any) -> None:
    for value in values:
        report_emotion(**{"stage_id": drawn.buy.pk, "valence": value, "source": "survey", **at})


def test_nobody_sees_a_curve_before_drawing_theirs(drawn: Drawn) -> None:
    hear(drawn, -2, -1)
    hear(drawn, 1, stage_id=drawn.use.pk)
    draw(drawn, drawn.boss, 1, 2)
    assert drawn.journey in curves_to_draw(drawn.barista.pk)
    assert drawn.journey not in curves_to_draw(drawn.boss.pk)
    assert shown(drawn, drawn.barista) == [(None, None), (None, None)]
    hidden = curves_for(drawn.barista, spots_of(drawn.journey.pk))
    assert (hidden.is_open, hidden.gap, hidden.remembered, hidden.reports) == (False, None, None, 0)
    assert hidden.open_points == spots_of(drawn.journey.pk)
    assert reports_visible_to(drawn.barista).count() == 0
    assert draw(drawn, drawn.barista, 0, 1) == 2
    assert shown(drawn, drawn.barista) == [(0.5, -1.5), (1.5, 1.0)]
    open_now = curves_for(drawn.barista, spots_of(drawn.journey.pk))
    assert open_now.gap is not None
    assert (open_now.gap.empathy, open_now.gap.optimism, open_now.gap.worst) == (1.25, 1.25, Spot(drawn.buy.pk))
    assert (open_now.remembered, open_now.reports) == (-0.25, 3)
    assert reports_visible_to(drawn.barista).count() == 3


def test_it_is_said_once_and_whole(drawn: Drawn) -> None:
    first, second = (spot.key for spot in spots_of(drawn.journey.pk))
    for wrong, error in (
        ({first: 1}, CurveIncomplete),
        ({first: 1, second: 3}, InvalidInput),
        ({first: 1, second: 0, str(uuid4()): 0}, InvalidInput),
    ):
        with pytest.raises(error) as refused:
            draw_assumed_curve(journey_id=drawn.journey.pk, user_id=drawn.boss.pk, valences=wrong)
    with pytest.raises(NotFound):
        draw_assumed_curve(journey_id=uuid4(), user_id=drawn.boss.pk, valences={})
    assert AssumedEmotion.objects.count() == 0
    draw(drawn, drawn.boss, 1, 2)
    with pytest.raises(CurveDrawn):
        draw(drawn, drawn.boss, -1, -1)
    assert list(AssumedEmotion.objects.order_by("stage__position").values_list("valence", flat=True)) == [1, 2]
    events = Event.objects.filter(name="journeys.curve_drawn")
    assert [row.payload for row in events] == [{"journey_id": str(drawn.journey.pk)}]
    # A stage added later is asked about later, and only it is hidden until then.
    third = add_stage(journey_id=drawn.journey.pk, name="Kể lại")
    hear(drawn, 2, stage_id=third.pk)
    hear(drawn, -1)
    assert shown(drawn, drawn.boss) == [(1, -1), (2, None), (None, None)]
    with pytest.raises(CurveDrawn):
        draw(drawn, drawn.boss, 1, 1, 1)
    with pytest.raises(CurveIncomplete) as refused:
        draw_assumed_curve(journey_id=drawn.journey.pk, user_id=drawn.boss.pk, valences={})
    assert refused.value.data == {"missing": [str(third.pk)]}
    draw_assumed_curve(journey_id=drawn.journey.pk, user_id=drawn.boss.pk, valences={str(third.pk): 0})
    assert shown(drawn, drawn.boss)[2] == (0, 2)


def test_a_stage_may_be_felt_touchpoint_by_touchpoint(drawn: Drawn) -> None:
    update_touchpoint(touchpoint_id=drawn.queue.pk, has_own_feeling=True)
    assert spots_of(drawn.journey.pk) == [Spot(drawn.buy.pk, drawn.queue.pk), Spot(drawn.use.pk)]
    draw(drawn, drawn.boss, 0, 0)
    hear(drawn, -2, -1, touchpoint_id=drawn.queue.pk)
    hear(drawn, 2)  # somewhere in the stage, but not at a point of the curve
    hear(drawn, 1, touchpoint_id=drawn.counter.pk)
    hear(drawn, 1, stage_id=drawn.use.pk, touchpoint_id=drawn.seat.pk)
    assert shown(drawn, drawn.boss) == [(0, -1.5), (0, 1)]
    assert reports_visible_to(drawn.boss).count() == 3
    hear(drawn, -2, touchpoint_id=drawn.queue.pk, felt_at=now() - timedelta(days=366))
    assert shown(drawn, drawn.boss)[0] == (0, -1.5)  # last year's feelings do not count


def test_what_was_read_from_words_is_theirs_who_said_them(drawn: Drawn) -> None:
    quote = drawn.quotes[0]
    with acting_as(Actor("user", drawn.barista.pk, "Hân")):
        row = report_emotion(stage_id=drawn.buy.pk, valence=-2, feeling="impatient", source="coded", quote_id=quote.pk)
    assert (row.customer, row.coder, row.felt_at) == (drawn.customer, drawn.barista, quote.said_at)
    assert Event.objects.get(name="journeys.emotion_reported").payload == {"emotion_id": str(row.pk)}
    assert list(reports_visible_to(drawn.barista)) == [row]  # who wrote it down has seen it
    other = create_customer(full_name="Nguyễn Thị Lan", parse_name=False)
    told = report_emotion(stage_id=drawn.buy.pk, valence=1, source="stated", customer_id=other.pk)
    assert (told.customer, told.coder, told.quote) == (other, None, None)
    merge_customers(survivor_id=drawn.customer.pk, merged_id=other.pk)
    told.refresh_from_db()
    assert told.customer == drawn.customer
    late = report_emotion(stage_id=drawn.buy.pk, valence=1, source="stated", customer_id=other.pk)
    assert late.customer_id == drawn.customer.pk
    erase_customer(customer_id=drawn.customer.pk)
    assert sorted(ReportedEmotion.objects.values_list("valence", flat=True)) == [-2, 1, 1]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"valence": 3}, InvalidInput),
        ({"source": "guessed"}, InvalidInput),
        ({"feeling": "hungry"}, InvalidInput),
        ({"feeling": "joyful"}, FeelingUnfit),
        ({"source": "coded"}, WordsNeeded),
        ({"quote_id": uuid4()}, WordsNeeded),
        ({"touchpoint_id": uuid4()}, PointUnfit),
        ({"customer_id": uuid4()}, NotFound),
        ({"stage_id": uuid4()}, NotFound),
        ({"felt_at": now() + timedelta(days=1)}, InvalidInput),
    ],
)
def test_what_cannot_have_been_felt(drawn: Drawn, wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        report_emotion(**{"stage_id": drawn.buy.pk, "valence": -1, "source": "stated", **wrong})
    assert ReportedEmotion.objects.count() == 0


def test_a_touchpoint_of_another_stage_is_no_place(drawn: Drawn) -> None:
    with pytest.raises(PointUnfit):
        report_emotion(stage_id=drawn.buy.pk, touchpoint_id=drawn.seat.pk, valence=1, source="stated")


@pytest.mark.django_db(transaction=True)
def test_drawn_twice_at_the_same_moment_it_counts_once(alpha: TenantRef, drawn: Drawn) -> None:
    results = race(alpha, *(lambda value=value: draw(drawn, drawn.boss, value, value) for value in (1, -1, 2)))
    assert sorted(str(type(result).__name__) for result in results) == ["CurveDrawn", "CurveDrawn", "int"]
    assert AssumedEmotion.objects.count() == 2
