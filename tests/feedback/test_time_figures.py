"""Before and after a decision: satisfaction, recommending and complaints on two stretches of the same length."""

from datetime import date, timedelta

import pytest
import time_machine

from customers.models import Customer
from customers.services.customers import create_customer
from cxcrm.core.clock import now
from feedback.logic.rates import compare_counts
from feedback.models import Complaint, Dispatch, Invitation, Response, Survey
from feedback.services.complaints import open_complaint
from journeys.models import Touchpoint
from journeys.selectors.time_figures import figures_around, stretches_of
from journeys.services.decisions import log_decision
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_midnight, firm_today
from tenants.staff.services.accounts import create_user
from tests.support.staff_voice import say


@pytest.mark.parametrize(
    ("before", "after", "expected"), [(2, 2, None), (5, 0, -1), (0, 5, 1), (6, 9, 0), (20, 40, 1), (40, 20, -1)]
)
def test_more_than_chance_would_make_it(before, after, expected):
    assert compare_counts(before, after) == expected


@pytest.fixture
def decision(in_alpha):
    owner = User.objects.get(role="owner")
    day = firm_today() - timedelta(days=30)
    return log_decision(topic="Đổi ly", basis="cost", decider_id=owner.pk, decided_on=day)


@pytest.fixture
def answer(in_alpha):
    people = [Customer.objects.create(full_name=f"Khách {number}") for number in range(60)]

    def make(metric, score, count, at):
        survey = Survey.objects.filter(metric=metric).first()
        sent = Dispatch.objects.create(survey=survey)
        for number in range(count):
            person = people[number % len(people)]
            asked = Invitation.objects.create(
                dispatch=sent, survey=survey, customer=person, email="x@khach.example", state="answered",
                expires_at=now(),
            )  # fmt: skip
            Response.objects.create(
                invitation=asked, survey=survey, customer=person, metric=metric, score=score, answered_at=at
            )

    return make


def test_two_stretches_of_the_same_length(decision):
    found = stretches_of(decision)
    turn = firm_midnight(decision.decided_on)
    assert (found.days, found.start, found.turn, found.end) == (
        30, turn - timedelta(days=30), turn, turn + timedelta(days=30),
    )  # fmt: skip
    decision.checked_at = firm_midnight(decision.decided_on + timedelta(days=9)) + timedelta(hours=9)
    assert stretches_of(decision).days == 9
    decision.checked_at, decision.decided_on = None, firm_today() - timedelta(days=300)
    assert stretches_of(decision).days == 60
    decision.decided_on = firm_today()
    assert (stretches_of(decision), figures_around(User(role="owner"), decision)) == (None, [])


def test_what_can_be_said(decision, answer):
    turn = firm_midnight(decision.decided_on)
    person = create_customer(full_name="Chị Hà")
    for days in (-3, -4, -5, -6, -9, -40, 2):
        case = open_complaint(
            customer_id=person.pk, description="Chờ", channel="staff", touchpoint_id=Touchpoint.objects.first().pk
        )
        Complaint.objects.filter(pk=case.pk).update(received_at=turn + timedelta(days=days))
    reader = User(role="owner")
    few = {one.code: one for one in figures_around(reader, decision)}
    assert [(few[code].before, few[code].verdict) for code in ("csat", "nps")] == [("–", "few")] * 2
    cases = few["complaints"]
    assert (cases.before_of, cases.after_of, cases.verdict) == ("5 khiếu nại", "1 khiếu nại", "same")
    before, after = turn - timedelta(days=2), turn + timedelta(days=2)
    answer("csat", 5, 20, before)
    answer("csat", 1, 20, after)
    answer("nps", 10, 3, after)
    answer("nps", 0, 30, before)
    found = {one.code: one for one in figures_around(reader, decision)}
    assert (found["csat"].before, found["csat"].after, found["csat"].verdict) == ("100 %", "0 %", "worse")
    assert (found["nps"].before, found["nps"].after, found["nps"].verdict) == ("−100", "–", "few")
    answer("nps", 10, 30, after + timedelta(days=1))
    assert {one.code: one.verdict for one in figures_around(reader, decision)}["nps"] == "better"
    answer("csat", 5, 60, after)
    answer("csat", 1, 6, before)
    assert {one.code: one.verdict for one in figures_around(reader, decision)}["csat"] == "same"
    assert figures_around(User(role=""), decision) == []


def test_staff_before_and_after(in_alpha):
    """The last whole quarter before, and the one the time after ends in; none while both are the same."""
    owner = User.objects.get(role="owner")
    people = [create_user(email=f"nv{n}@alpha.example", full_name=f"Nhân viên {n}", role="agent") for n in range(6)]

    def enps(at):
        decision.refresh_from_db()
        with time_machine.travel(at, tick=False):
            return {one.code: one for one in figures_around(owner, decision)}["enps"]

    with time_machine.travel("2026-05-20T10:00:00+07:00", tick=False):
        say(people, "pulse", 1, enps=2)
    with time_machine.travel("2026-09-20T10:00:00+07:00", tick=False):
        decision = log_decision(
            topic="Đổi ly", basis="cost", decider_id=owner.pk, decided_on=date(2026, 9, 20),
            check_back_on=date(2026, 11, 1),
        )  # fmt: skip
    alone = enps("2026-09-28T10:00:00+07:00")
    assert (alone.before, alone.before_of, alone.verdict) == ("−100", "quý 2/2026: −100 đến −26, 6 câu trả lời", "few")
    assert (alone.after, alone.after_of) == ("–", "chưa sang quý mới")
    assert enps("2026-10-20T10:00:00+07:00").after_of == "quý 4/2026: chưa có câu trả lời"
    with time_machine.travel("2026-10-20T10:00:00+07:00", tick=False):
        say(people[:4], "pulse", 2, enps=10)
    few = enps("2027-01-05T10:00:00+07:00")
    assert (few.after, few.after_of, few.verdict) == ("–", "quý 4/2026: 4 câu trả lời", "few")
    with time_machine.travel("2026-10-22T10:00:00+07:00", tick=False):
        say(people[4:], "pulse", 2, enps=10)
    running, over = enps("2026-10-23T10:00:00+07:00"), enps("2027-01-05T10:00:00+07:00")
    assert (running.after, running.verdict) == ("–", "few")
    assert (over.after, over.verdict) == ("+100", "better")
