"""Exactly one executive answers for a part of the journey at any time."""

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cxcrm.core.context import TenantRef
from cxcrm.core.errors import InvalidInput, NotFound
from journeys.errors import NotOneTarget, PersonUnfit
from journeys.models import Accountability, Stage, Touchpoint
from journeys.selectors.accountability import accountable_for, unowned
from journeys.services.accountability import hand_over
from tenants.staff.models import User
from tenants.staff.services.accounts import create_user
from tests.support.race import race
from workflows.models import Event

MONDAY, TUESDAY, FRIDAY = date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 6)
_numbers = count(1)


@pytest.fixture
def person(in_alpha: TenantRef) -> Callable[..., User]:
    def make(**fields: Any) -> User:
        number = next(_numbers)
        return create_user(email=f"lanhdao{number}@alpha.example", full_name=f"Lãnh Đạo {number}", **fields)

    return make


@pytest.fixture
def payment(in_alpha: TenantRef) -> Touchpoint:
    return Touchpoint.objects.get(code="payment")


def periods(**target: Any) -> list[tuple[str, date, date | None]]:
    rows = Accountability.objects.filter(**target).order_by("valid_from")
    return [(row.executive.full_name, row.valid_from, row.valid_to) for row in rows]


def test_a_new_firm_has_nobody_accountable(in_alpha: TenantRef) -> None:
    assert [touchpoint.code for touchpoint in unowned(MONDAY)] == list(
        Touchpoint.objects.values_list("code", flat=True)
    )
    assert len(unowned(MONDAY)) == 7


def test_the_touchpoints_own_executive_comes_before_the_stages(
    person: Callable[..., User], payment: Touchpoint
) -> None:
    director, finance = person(), person()
    by_stage = hand_over(executive_id=director.pk, stage_id=payment.stage_id, from_day=MONDAY)
    assert accountable_for(payment, MONDAY) == by_stage
    own = hand_over(executive_id=finance.pk, touchpoint_id=payment.pk, from_day=TUESDAY, deputy_id=director.pk)
    assert accountable_for(payment, MONDAY) == by_stage
    assert accountable_for(payment, TUESDAY) == own
    assert own.deputy == director
    assert accountable_for(payment, date(2026, 11, 1)) is None
    assert accountable_for(None, MONDAY) is None


def test_unowned_leaves_out_what_a_stage_or_nobody_cares_for(person: Callable[..., User], payment: Touchpoint) -> None:
    executive = person()
    hand_over(executive_id=executive.pk, stage_id=payment.stage_id, from_day=MONDAY)
    hotline = Touchpoint.objects.get(code="hotline")
    hand_over(executive_id=executive.pk, touchpoint_id=hotline.pk, from_day=TUESDAY)
    assert [touchpoint.code for touchpoint in unowned(MONDAY)] == ["website", "hotline"]
    assert [touchpoint.code for touchpoint in unowned(TUESDAY)] == ["website"]
    Touchpoint.objects.filter(code="website").update(is_active=False)
    assert unowned(TUESDAY) == []


def test_a_hand_over_ends_the_one_before_the_same_day(person: Callable[..., User], payment: Touchpoint) -> None:
    first, second = person(), person()
    hand_over(executive_id=first.pk, touchpoint_id=payment.pk, from_day=MONDAY)
    handed = hand_over(executive_id=second.pk, touchpoint_id=payment.pk, from_day=FRIDAY, note="  nghỉ phép ")
    assert periods(touchpoint=payment) == [(first.full_name, MONDAY, FRIDAY), (second.full_name, FRIDAY, None)]
    assert handed.note == "nghỉ phép"
    event = Event.objects.filter(name="journeys.accountability_handed_over").latest("occurred_at")
    assert event.payload == {"accountability_id": str(handed.pk)}


def test_a_second_hand_over_for_the_same_day_corrects_the_first(
    person: Callable[..., User], payment: Touchpoint
) -> None:
    wrong, right = person(), person()
    first = hand_over(executive_id=wrong.pk, touchpoint_id=payment.pk, from_day=MONDAY)
    second = hand_over(executive_id=right.pk, touchpoint_id=payment.pk, from_day=MONDAY)
    assert second.pk == first.pk
    assert periods(touchpoint=payment) == [(right.full_name, MONDAY, None)]


def test_a_planned_hand_over_stays_and_ends_an_earlier_one(person: Callable[..., User], payment: Touchpoint) -> None:
    old, planned, between = person(), person(), person()
    hand_over(executive_id=old.pk, touchpoint_id=payment.pk, from_day=MONDAY)
    hand_over(executive_id=planned.pk, touchpoint_id=payment.pk, from_day=FRIDAY)
    hand_over(executive_id=between.pk, touchpoint_id=payment.pk, from_day=TUESDAY)
    assert periods(touchpoint=payment) == [
        (old.full_name, MONDAY, TUESDAY),
        (between.full_name, TUESDAY, FRIDAY),
        (planned.full_name, FRIDAY, None),
    ]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({}, NotOneTarget),
        ({"touchpoint_id": uuid4(), "stage_id": uuid4()}, NotOneTarget),
        ({"touchpoint_id": uuid4()}, NotFound),
        ({"stage_id": uuid4()}, NotFound),
    ],
)
def test_it_needs_exactly_one_existing_target(
    person: Callable[..., User], wrong: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        hand_over(executive_id=person().pk, from_day=MONDAY, **wrong)
    assert Accountability.objects.count() == 0


def test_people_must_work_here_and_the_deputy_be_another(person: Callable[..., User], payment: Touchpoint) -> None:
    here, gone = person(), person(is_active=False)
    for people, field in [
        ({"executive_id": gone.pk}, "executive_id"),
        ({"executive_id": uuid4()}, "executive_id"),
        ({"executive_id": here.pk, "deputy_id": here.pk}, "deputy_id"),
        ({"executive_id": here.pk, "deputy_id": gone.pk}, "deputy_id"),
    ]:
        with pytest.raises(PersonUnfit) as refused:
            hand_over(touchpoint_id=payment.pk, from_day=MONDAY, **people)
        assert refused.value.data == {"field": field}
    with pytest.raises(InvalidInput):
        hand_over(executive_id=here.pk, touchpoint_id=payment.pk, from_day=MONDAY, note="x" * 301)
    assert Accountability.objects.count() == 0


def test_the_database_itself_refuses_two_at_a_time(person: Callable[..., User], payment: Touchpoint) -> None:
    hand_over(executive_id=person().pk, touchpoint_id=payment.pk, from_day=MONDAY)
    with pytest.raises(IntegrityError, match="one_executive_per_touchpoint"), transaction.atomic():
        Accountability.objects.create(touchpoint=payment, executive=person(), valid_from=TUESDAY)


@pytest.mark.django_db(transaction=True)
def test_hand_overs_at_the_same_moment_leave_one_executive_per_day(
    alpha: TenantRef, in_alpha: TenantRef, person: Callable[..., User]
) -> None:
    stage = Stage.objects.get(code="after_sales")
    people = [person() for _ in range(6)]
    days = [MONDAY, TUESDAY, FRIDAY] * 2
    results = race(
        alpha,
        *(
            lambda who=who.pk, day=day: hand_over(executive_id=who, stage_id=stage.pk, from_day=day)
            for who, day in zip(people, days, strict=True)
        ),
    )
    assert [type(result) for result in results] == [Accountability] * 6
    assert [row[1:] for row in periods(stage=stage)] == [
        (MONDAY, TUESDAY),
        (TUESDAY, FRIDAY),
        (FRIDAY, None),
    ]
