"""The demo firms' published maps: what customers said at every stage, how they felt, and what staff had assumed."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from customers.models import Customer, Quote
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.demo.firms import DemoFirm
from cxcrm.demo.map_firms import MAPS, Drawn
from cxcrm.demo.map_words import Felt
from journeys.logic.emotions import PLEASANT, Spot
from journeys.models import (
    Feeling,
    JourneyVersion,
    ReportedEmotion,
    Stage,
    Standard,
    StandardAcknowledgement,
    Touchpoint,
)
from journeys.selectors.emotions import spots_of
from journeys.selectors.journeys import default_journey
from journeys.services.accountability import hand_over
from journeys.services.emotions import draw_assumed_curve, report_emotion
from journeys.services.evidence import cite_at_stage
from journeys.services.journeys import move_touchpoint, set_ways, update_stage, update_touchpoint
from journeys.services.publishing import publish_journey
from journeys.services.standards import acknowledge_standard, set_standard
from tenants.staff.models import Department, User
from tenants.staff.roles import Role

REPORTS: Final = 30  # at each point, so that means of one decimal come out exactly


@transaction.atomic
def lay_map(demo: DemoFirm) -> None:
    """Draw, fill and publish the map, once."""
    journey = default_journey()
    told = MAPS.get(demo.slug)
    if told is None or journey is None or JourneyVersion.objects.exists():
        return
    rng = random.Random(demo.slug)
    Department.objects.filter(name=told.care).update(is_customer_care=True)
    stages = {stage.code: stage for stage in Stage.objects.filter(journey=journey)}
    touchpoints = {row.code: row for row in Touchpoint.objects.filter(is_active=True)}
    steward = User.objects.get(email=demo.email(told.steward))
    with acting_as(Actor("user", steward.pk, steward.full_name)):
        _draw(demo, told, stages, touchpoints)
        _say(told.curve, stages, touchpoints, rng)
        _assume(told.curve, stages, touchpoints)
        update_touchpoint(touchpoint_id=touchpoints[told.opened_since].pk, is_active=False)
        publish_journey(journey_id=journey.pk)
        JourneyVersion.objects.update(published_at=now() - timedelta(days=40))
        update_touchpoint(touchpoint_id=touchpoints[told.opened_since].pk, is_active=True)


def _draw(demo: DemoFirm, told: Drawn, stages: dict[str, Stage], touchpoints: dict[str, Touchpoint]) -> None:
    for code, goal in told.goals.items():
        update_stage(stage_id=stages[code].pk, customer_goal=goal, viewpoint=told.seen_from.get(code, ""))
    place: dict[str, int] = {}
    for detail in told.details:
        row = touchpoints[detail.code]
        update_touchpoint(
            touchpoint_id=row.pk,
            channel=detail.channel,
            customer_outcome=detail.outcome,
            is_moment_of_truth=detail.is_moment,
            has_own_feeling=detail.has_point,
        )
        place[str(row.stage_id)] = place.get(str(row.stage_id), 0) + 1
        move_touchpoint(touchpoint_id=row.pk, stage_id=row.stage_id, position=place[str(row.stage_id)])
    # Whoever is loyal buys again, and some tell others at once.
    set_ways(stage_id=stages["loyal"].pk, to_ids=[stages["choose_buy_use"].pk, stages["advocate"].pk])
    set_ways(stage_id=stages["perceive"].pk, to_ids=[stages["love"].pk, stages["choose_buy_use"].pk])
    executive = User.objects.get(email=demo.email(told.executive))
    for code in told.stages:
        hand_over(
            executive_id=executive.pk, stage_id=stages[code].pk, from_day=timezone.localdate() - timedelta(days=400)
        )
    for number, good in enumerate(told.standards):
        standard = set_standard(
            touchpoint_id=touchpoints[good.touchpoint].pk, text=good.text, behaviours=good.behaviours
        )
        Standard.objects.filter(pk=standard.pk).update(in_force_since=now() - timedelta(days=300 - 45 * number))
    for key in told.readers:
        reader = User.objects.get(email=demo.email(key))
        for standard in Standard.objects.filter(touchpoint__department=reader.department):
            acknowledge_standard(standard_id=standard.pk, user_id=reader.pk)
    rng = random.Random(f"read {demo.slug}")
    for read in StandardAcknowledgement.objects.select_related("standard"):
        at = read.standard.in_force_since + timedelta(days=rng.uniform(1, 40))
        StandardAcknowledgement.objects.filter(pk=read.pk).update(acknowledged_at=at)


def _say(
    curve: Sequence[Felt], stages: dict[str, Stage], touchpoints: dict[str, Touchpoint], rng: random.Random
) -> None:
    """Quotes at every stage, coded one by one, and beside them the faces of a survey that bring about the means."""
    customers = list(Customer.objects.filter(kind=Customer.Kind.PERSON).order_by("created_at")[:400])
    rows = []
    for felt in curve:
        touchpoint = touchpoints.get(felt.code)
        stage_id = touchpoint.stage_id if touchpoint else stages[felt.code].pk
        for spoken in felt.said:
            quote = _quote(rng.choice(customers), spoken.words, rng)
            cite_at_stage(stage_id=stage_id, quote_id=quote.pk)
            report_emotion(
                stage_id=stage_id,
                touchpoint_id=touchpoint.pk if touchpoint else None,
                quote_id=quote.pk,
                valence=spoken.valence,
                feeling=spoken.feeling,
                source=ReportedEmotion.Source.CODED,
            )
        rows += [
            ReportedEmotion(
                stage_id=stage_id,
                touchpoint=touchpoint,
                customer=rng.choice(customers),
                valence=valence,
                feeling=_feeling(valence, rng),
                source=ReportedEmotion.Source.SURVEY,
                felt_at=now() - timedelta(days=rng.uniform(1, 300)),
            )
            for valence in _faces(felt, rng)
        ]
    ReportedEmotion.objects.bulk_create(rows)


def _quote(customer: Customer, words: str, rng: random.Random) -> Quote:
    kind = rng.choice(("call", "visit"))
    said = record_interaction(
        customer_id=customer.pk,
        kind=kind,
        direction="in",
        what=f"{kind}.logged",
        body=words,
        occurred_at=now() - timedelta(days=rng.uniform(2, 280)),
    )
    return take_quote(interaction_id=said.pk, text=words)


def _faces(felt: Felt, rng: random.Random) -> list[int]:
    """The valences that bring the mean of all reports at this point to the one wanted."""
    count = REPORTS - len(felt.said)
    return spread(round(felt.reported * REPORTS) - sum(spoken.valence for spoken in felt.said), count, rng)


def spread(total: int, count: int, rng: random.Random) -> list[int]:
    """``count`` values from -2 to 2 with this sum, as unlike each other as people are."""
    values = [rng.choice((-1, 0, 0, 1, 1)) for _number in range(count)]
    while (left := total - sum(values)) != 0:
        step = 1 if left > 0 else -1
        place = rng.randrange(count)
        if -2 <= values[place] + step <= 2:
            values[place] += step
    return values


def _feeling(valence: int, rng: random.Random) -> str:
    if valence == 0:
        return ""
    return str(rng.choice([code for code in Feeling.values if (code in PLEASANT) == (valence > 0)]))


def _assume(curve: Sequence[Felt], stages: dict[str, Stage], touchpoints: dict[str, Touchpoint]) -> None:
    """Ten members of staff draw their curves; the assistant of the chief executive has not yet."""
    people = User.objects.working().exclude(role=Role.READ_ONLY).order_by("created_at", "pk")[:10]
    wanted = {felt.code: felt.assumed for felt in curve}
    points = spots_of(stages["aware"].journey_id)
    rng = random.Random("assumed")
    by_point = {spot.key: spread(round(wanted[_code(spot, stages, touchpoints)] * 10), 10, rng) for spot in points}
    for number, user in enumerate(people):
        draw_assumed_curve(
            journey_id=stages["aware"].journey_id,
            user_id=user.pk,
            valences={key: values[number] for key, values in by_point.items()},
        )


def _code(spot: Spot, stages: dict[str, Stage], touchpoints: dict[str, Touchpoint]) -> str:
    rows: Sequence[Stage | Touchpoint] = [*stages.values(), *touchpoints.values()]
    return next(row.code for row in rows if str(row.pk) == spot.key)
