"""Going the customer's way: told once a day, compared after one's own curve is drawn, and owed once a quarter."""

from datetime import date, timedelta

import pytest

from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.ids import new_id
from journeys.errors import JourneyWalkedToday, WalkNotTold
from journeys.logic.months import months_after, quarter_of
from journeys.models import Journey, JourneyWalk, WalkStep
from journeys.selectors.walks import compared, journey_to_walk, means_by_stage, owes_a_walk, who_walked
from journeys.services.emotions import draw_assumed_curve, report_emotion
from journeys.services.journeys import update_touchpoint
from journeys.services.walks import Felt, log_walk
from tenants.staff.models import ApiKey
from tenants.staff.selectors.firm import firm_today
from tests.journeys.conftest import Drawn
from workflows.models import Event


@pytest.fixture
def walk(drawn: Drawn) -> JourneyWalk:
    return log_walk(
        journey_id=drawn.journey.pk,
        walker_id=drawn.boss.pk,
        how="order",
        felt=[Felt(drawn.buy.pk, -1, "Chờ 12 phút,\nkhông ai nói còn bao lâu"), Felt(drawn.use.pk, 2, "Ghế êm")],
    )


def test_a_walk_is_kept_as_it_was_said(drawn: Drawn, walk: JourneyWalk) -> None:
    assert (walk.walked_on, walk.how) == (firm_today(), "order")
    assert list(walk.steps.values_list("stage", "valence", "note")) == [
        (drawn.buy.pk, -1, "Chờ 12 phút, không ai nói còn bao lâu"),
        (drawn.use.pk, 2, "Ghế êm"),
    ]
    assert Event.objects.get(name="journeys.journey_walked").payload == {"walk_id": str(walk.pk)}
    with pytest.raises(JourneyWalkedToday):
        log_walk(
            journey_id=drawn.journey.pk, walker_id=drawn.boss.pk, how="call", felt=[Felt(drawn.buy.pk, 0, "Lại gọi")]
        )
    assert JourneyWalk.objects.count() == 1


def test_what_is_refused_keeps_nothing(drawn: Drawn) -> None:
    good = {"journey_id": drawn.journey.pk, "walker_id": drawn.boss.pk, "how": "call"}
    elsewhere = Journey.objects.get(is_default=True).stages.first()
    for felt in (
        [],
        [Felt(drawn.buy.pk, 3, "x")],
        [Felt(drawn.buy.pk, 1, " ")],
        [Felt(drawn.buy.pk, 1, "x"), Felt(drawn.buy.pk, 1, "y")],
        [Felt(elsewhere.pk, 1, "x")],
    ):
        with pytest.raises(WalkNotTold):
            log_walk(**good, felt=felt)
    step = [Felt(drawn.buy.pk, 1, "x")]
    with pytest.raises(InvalidInput):
        log_walk(**{**good, "how": "fly"}, felt=step)
    with pytest.raises(InvalidInput):
        log_walk(**good, felt=[Felt(drawn.buy.pk, 1, "x" * 301)])
    with pytest.raises(NotFound):
        log_walk(**{**good, "journey_id": new_id()}, felt=step)
    assert not JourneyWalk.objects.exists()


def test_customers_are_seen_beside_it_where_one_has_drawn(drawn: Drawn, walk: JourneyWalk) -> None:
    update_touchpoint(touchpoint_id=drawn.queue.pk, has_own_feeling=True)
    for touchpoint, valence in ((drawn.queue.pk, -2), (drawn.counter.pk, 1)):
        report_emotion(
            stage_id=drawn.buy.pk, touchpoint_id=touchpoint, valence=valence, source="stated",
            customer_id=drawn.customer.pk,
        )  # fmt: skip
    assert [one.reported for one in compared(walk, drawn.boss)] == [None, None]
    draw_assumed_curve(
        journey_id=drawn.journey.pk, user_id=drawn.boss.pk, valences={str(drawn.queue.pk): 0, str(drawn.use.pk): 1}
    )
    buy, use = compared(walk, drawn.boss)
    assert (buy.reported.n, buy.reported.value, buy.off_by) == (2, -0.5, -0.5)
    assert (use.reported, use.off_by) == (None, None)
    assert compared(walk, ApiKey())[0].reported == buy.reported, "a key sees what its scopes allow"
    assert compared(walk, drawn.barista)[0].reported is None
    assert {ident: mean.value for ident, mean in means_by_stage([drawn.buy, drawn.use]).items()} == {
        drawn.buy.pk: -1, drawn.use.pk: 2,
    }  # fmt: skip


def test_whoever_leads_owes_one_a_quarter(drawn: Drawn, walk: JourneyWalk) -> None:
    today = firm_today()
    assert owes_a_walk(drawn.boss, today) is None
    assert owes_a_walk(drawn.barista, today) is None
    found = who_walked(quarter_of(today))
    assert [(one.person.role, one.on) for one in found] == [("owner", None), ("executive", today)]
    assert owes_a_walk(found[0].person, today) == journey_to_walk() == Journey.objects.get(is_default=True)
    JourneyWalk.objects.update(walked_on=quarter_of(today) - timedelta(days=1))
    assert owes_a_walk(drawn.boss, today) is not None
    before = months_after(quarter_of(today), -3)
    assert [one.on for one in who_walked(before)] == [None, quarter_of(today) - timedelta(days=1)]
    WalkStep.objects.all().delete()
    assert means_by_stage([drawn.buy]) == {}
    assert quarter_of(date(2026, 12, 31)) == date(2026, 10, 1)
