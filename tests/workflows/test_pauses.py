"""Clocks stand still: nobody is told meanwhile, the time comes on top, and the account says who spent what."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers.models import Interaction
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import Conflict
from cxcrm.demo.ageing import age
from feedback.services import complaints
from tenants.staff.models import Department, User
from tests.support.race import race
from workflows.errors import PauseInvalid, PauseNeedsLeader, PauseOver
from workflows.models import ClockPause, ClockSegment, EscalationStep, PauseReason, SlaClock
from workflows.selectors.clocks import current_clock
from workflows.selectors.pauses import running_pause, running_pauses
from workflows.selectors.segments import shares_of, spent_by
from workflows.services import pauses
from workflows.services.ladders import climb
from workflows.services.pauses import end_pause, end_when_due, pause, remove_pause_reason

HOUR = timedelta(hours=1)


@pytest.fixture
def reason(in_alpha):
    return PauseReason.objects.order_by("position").first()


@pytest.fixture
def complaint(complaint, alpha):
    """Opened just now, however long ago the scene was made that it is a copy of: here seconds count."""
    age(alpha, complaint.received_at - now())
    complaint.refresh_from_db()
    return complaint


def act_as(user):
    return acting_as(Actor("user", user.pk, user.full_name))


def near(one, other, within=timedelta(seconds=20)):
    return abs(one - other) < within


def test_a_pause_moves_what_is_due_and_nobody_is_told(complaint, crew, reason, wait, told):
    before = current_clock(complaint.id).due_at
    with act_as(crew.owner):
        row = pause(complaint_id=complaint.id, reason_id=reason.pk, by=crew.owner, until=now() + 20 * HOUR, note="ảnh")
    clock = current_clock(complaint.id)
    assert (clock.state, near(clock.left, 16 * HOUR)) == ("paused", True)
    assert near(clock.due_at, before + 20 * HOUR)
    wait(hours=19)
    assert told() == []
    wait(hours=2)  # it ended by itself an hour ago
    row.refresh_from_db()
    assert (row.end, near(row.ended_at, row.until), row.started_by, row.ended_by) == ("time", True, crew.owner, None)
    clock.refresh_from_db()
    assert (clock.state, clock.left, near(clock.due_at, row.until + 16 * HOUR)) == ("running", None, True)
    wait(hours=8)
    assert told() == [(1, "Lý Gia Hân")]
    whats = Interaction.objects.filter(subject_id=complaint.id).values_list("what", flat=True)
    assert {"complaint.paused", "complaint.unpaused"} <= set(whats)


def test_the_customers_word_ends_it(complaint, customer, crew, reason, run_agenda):
    pause(complaint_id=complaint.id, reason_id=reason.pk, by=crew.owner)
    complaints.add_note(complaint_id=complaint.id, body="Một ghi chú của nhà.")
    run_agenda()
    assert running_pause(complaint.id) is not None
    with acting_as(Actor("customer", customer.id, customer.full_name)):
        complaints.add_note(complaint_id=complaint.id, body="Đây ạ.", is_internal=False)
    run_agenda()
    assert ClockPause.objects.get().end == "customer"
    assert current_clock(complaint.id).state == "running"
    assert end_pause(complaint_id=complaint.id) is None


def test_an_answer_ends_it_and_keeps_the_promise(complaint, crew, cause, reason, run_agenda, wait):
    pause(complaint_id=complaint.id, reason_id=reason.pk, by=crew.owner)
    wait(hours=30)
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    run_agenda()
    clock = current_clock(complaint.id)
    assert (clock.state, clock.left, ClockPause.objects.get().end) == ("met", None, "answered")


def test_what_was_missed_stays_missed_and_late_time_leaves_the_pause_out(
    complaint, crew, cause, reason, wait, run_agenda
):
    wait(hours=17)
    assert current_clock(complaint.id).state == "breached"
    pause(complaint_id=complaint.id, reason_id=reason.pk, by=crew.owner, until=now() + 10 * HOUR)
    assert current_clock(complaint.id).left is None
    chief = EscalationStep.objects.get(ladder__complaint=complaint, position=4)
    assert near(chief.due_at, now() + 17 * HOUR)  # eight hours after the breach, ten of pause, one gone
    wait(hours=11)
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    run_agenda()
    assert near(current_clock(complaint.id).late_by, 2 * HOUR)


def test_a_rung_that_is_due_waits_for_the_end(complaint, crew, reason):
    pause(complaint_id=complaint.id, reason_id=reason.pk, by=crew.owner, until=now() + 5 * HOUR)
    step = EscalationStep.objects.get(ladder__complaint=complaint, position=1)
    EscalationStep.objects.filter(pk=step.pk).update(due_at=now())
    later = climb(step.pk)
    step.refresh_from_db()
    assert (near(later.due_at, now() + 5 * HOUR), step.state) == (True, "waiting")


@pytest.mark.parametrize("severity", ["S1", "S4"])
def test_a_new_severity_counts_the_pauses_too(complaint, crew, reason, severity, wait, run_agenda):
    pause(complaint_id=complaint.id, reason_id=reason.pk, by=crew.owner, until=now() + 10 * HOUR)
    complaints.assess(complaint_id=complaint.id, severity=severity)
    run_agenda()
    promised = {"S1": 72, "S4": 80}[severity] * HOUR
    clock = current_clock(complaint.id)
    assert (clock.state, near(clock.left, promised), near(clock.due_at, now() + 10 * HOUR + promised)) == (
        "paused", True, True,
    )  # fmt: skip
    end_pause(complaint_id=complaint.id)
    assert near(current_clock(complaint.id).due_at, now() + promised)


def test_who_may_pause_a_critical_one(opened, crew, reason, run_agenda):
    critical = opened(severity="S1")
    run_agenda()
    with pytest.raises(PauseNeedsLeader):
        pause(complaint_id=critical.id, reason_id=reason.pk, by=crew.owner)
    assert running_pauses([critical.id]) == {}
    row = pause(complaint_id=critical.id, reason_id=reason.pk, by=crew.manager)
    assert running_pauses([critical.id]) == {critical.id: row}


def test_what_is_refused_changes_nothing(complaint, crew, reason):
    retired = PauseReason.objects.create(name="Cũ", is_active=False)
    for fields in (
        {"reason_id": retired.pk}, {"reason_id": crew.owner.pk}, {"until": now() - HOUR},
        {"until": now() + timedelta(days=40)}, {"note": "x" * 301},
    ):  # fmt: skip
        with pytest.raises(PauseInvalid):
            pause(**{"complaint_id": complaint.id, "reason_id": reason.pk, "by": crew.owner, **fields})
    assert (ClockPause.objects.count(), current_clock(complaint.id).state) == (0, "running")
    row = pause(complaint_id=complaint.id, reason_id=reason.pk, by=crew.owner)
    with pytest.raises(PauseOver):
        pause(complaint_id=complaint.id, reason_id=reason.pk, by=crew.owner)
    assert near(row.until, now() + timedelta(days=3))
    assert near(end_when_due(row.pk).due_at, row.until)
    with pytest.raises(Conflict):
        remove_pause_reason(reason=reason)
    remove_pause_reason(reason=retired)
    assert not PauseReason.objects.filter(name="Cũ").exists()


def test_a_reason_speaks_both_languages(reason):
    with translation.override("en"):
        assert str(reason) == reason.name_en != reason.name
    assert pauses.save_pause_reason(reason=PauseReason(name="Chờ ảnh")).pk


def test_the_account_over_pause_transfer_and_reopening(complaint, crew, cause, reason, wait, run_agenda):
    """4 h with Hân, 10 h of pause, 3 h with Hân, 2 h with Tùng, answered, reopened, 5 h with Tùng."""
    department = Department.objects.create(name="Chăm sóc")
    crew.manager.department = department
    crew.manager.save()
    wait(hours=4)
    pause(complaint_id=complaint.id, reason_id=reason.pk, by=crew.owner, until=now() + 10 * HOUR)
    wait(hours=13)
    complaints.assign(complaint_id=complaint.id, owner_id=crew.manager.id, note="Nhờ anh.")
    run_agenda()
    wait(hours=2)
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    run_agenda()
    wait(hours=6)
    complaints.reopen(complaint_id=complaint.id, words="Chưa nhận được.")
    run_agenda()
    wait(hours=5)
    rows = list(ClockSegment.objects.order_by("started_at"))
    assert [row.holder.full_name for row in rows] == ["Lý Gia Hân", "Lý Gia Hân", "Ngô Thanh Tùng", "Ngô Thanh Tùng"]
    assert [row.spent and round(row.spent / HOUR, 1) for row in rows] == [4.0, 3.0, 2.0, None]
    shares = shares_of(complaint)
    assert [(share.holder.full_name, round(share.spent / HOUR, 1), share.percent) for share in shares] == [
        ("Lý Gia Hân", 7.0, 50), ("Ngô Thanh Tùng", 7.0, 50),
    ]  # fmt: skip
    people = spent_by("holder", reader=User(role="owner"), since=now() - timedelta(days=9), until=now())
    # The seconds this test takes decide who of the two spent more.
    assert sorted((line.who, line.cases, round(line.spent / HOUR, 1)) for line in people) == [
        ("Lý Gia Hân", 1, 7.0), ("Ngô Thanh Tùng", 1, 7.0),
    ]  # fmt: skip
    departments = spent_by("department", reader=User(role="owner"), since=now() - 6 * HOUR, until=now())
    assert [(line.who, line.cases, round(line.spent / HOUR, 1)) for line in departments] == [("Chăm sóc", 1, 5.0)]


@pytest.mark.django_db(transaction=True)
def test_pausing_twice_at_once(alpha, complaint, crew, reason):
    call = lambda: pause(complaint_id=complaint.id, reason_id=reason.pk, by=crew.owner)  # noqa: E731
    results = race(alpha, call, call)
    assert sorted(type(result).__name__ for result in results) == ["ClockPause", "PauseOver"]
    assert (ClockPause.objects.count(), SlaClock.objects.filter(state="paused").count()) == (1, 2)
