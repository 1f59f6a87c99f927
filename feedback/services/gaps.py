"""Saying what one believes, foretelling a score, and telling of a gap that is real."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from cxcrm.core.errors import InvalidInput, NotAllowed
from cxcrm.core.events import publish
from feedback.errors import (
    AlreadyBelieved,
    ForecastOffScale,
    ForecastSealed,
    MonthBegun,
    MonthTooFar,
    NotAsked,
    NothingSaid,
    OffScale,
)
from feedback.events import ForecastMade, GapFound
from feedback.models import Belief, Forecast, RealGap
from feedback.selectors.forecasts import FORECASTERS
from feedback.selectors.gaps import delivery_gaps, sentences
from journeys.logic.months import months_after, quarter_of
from tenants.services.nights import nightly
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today

FARTHEST = 12  # months
SCALES = {"nps": (-100, 100), "csat": (0, 100)}


@transaction.atomic
def state_beliefs(*, user_id: UUID, values: Mapping[UUID, int]) -> int:
    """Keep how far ``user_id`` agrees with sentences this quarter, question id → 1 to 5; returns how many.

    It is said once. It publishes nothing: the event log names who acts and when, and how what is counted changed at
    that moment would tell the rest. Raises NothingSaid, NotAsked, OffScale, AlreadyBelieved.
    """
    if not values:
        raise NothingSaid
    user = User.objects.working().get(pk=user_id)
    asked = {question.pk: question for question in sentences().filter(pk__in=values)}
    for question_id, value in values.items():
        if question_id not in asked:
            raise NotAsked(field=str(question_id))
        if not 1 <= value <= 5:
            raise OffScale(field=str(question_id))
    for question_id in sorted(values):
        _row, is_new = Belief.objects.get_or_create(
            question=asked[question_id],
            user=user,
            quarter=quarter_of(firm_today()),
            defaults={"value": values[question_id], "department_id": user.department_id},
        )
        if not is_new:
            raise AlreadyBelieved(field=str(question_id))
    return len(values)


@transaction.atomic
def seal_forecast(*, user_id: UUID, metric: str, month: date, value: int) -> Forecast:
    """Keep what an executive says ``metric`` ("nps", "csat") will be in the month of ``month``; it never changes.

    Raises NotAllowed for others than owners and executives, InvalidInput, MonthBegun, MonthTooFar, ForecastOffScale,
    ForecastSealed.
    """
    if not User.objects.working().filter(pk=user_id, role__in=FORECASTERS).exists():
        raise NotAllowed
    if metric not in SCALES:
        raise InvalidInput(field="metric")
    first, current = months_after(month, 0), months_after(firm_today(), 0)
    if first <= current:
        raise MonthBegun(field="month")
    if first > months_after(current, FARTHEST):
        raise MonthTooFar(field="month")
    low, high = SCALES[metric]
    if not low <= value <= high:
        raise ForecastOffScale(low, high)
    row, is_new = Forecast.objects.get_or_create(
        user_id=user_id, metric=metric, month=first, defaults={"value": value}
    )  # fmt: skip
    if not is_new:
        raise ForecastSealed(field="month")
    publish(ForecastMade(forecast_id=row.pk))
    return row


@nightly
@transaction.atomic
def watch_gaps() -> int:
    """Tell of every gap of this quarter that is real and untold; returns how many. Repeating it changes nothing."""
    found = 0
    gaps = delivery_gaps(quarter_of(firm_today()))
    for line in gaps.lines:
        if line.gap.standing != "real":
            continue
        told, is_new = RealGap.objects.get_or_create(
            question_id=line.question_id,
            quarter=gaps.quarter,
            defaults={"executive_id": line.executive.pk if line.executive else None},
        )
        if is_new:
            publish(GapFound(gap_id=told.pk, executive_id=told.executive_id))
            found += 1
    return found
