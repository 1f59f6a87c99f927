"""Climbing: who is told when, each once, deputies and gaps, and what stops it."""

from datetime import timedelta
from typing import Any

import pytest

from customers.models import Interaction
from cxcrm.core import mail
from cxcrm.core.clock import now
from feedback.models import Complaint
from feedback.services import complaints
from journeys.models import Accountability
from tenants.staff.models import Absence, Firm
from tests.support.people import day_before
from workflows.models import Alert, EscalationStep, Event, Ladder, SlaClock
from workflows.selectors.ladders import next_step, steps_of
from workflows.services import clocks, ladders

pytestmark = pytest.mark.django_db

HOUR = 3600


def recipients(mailoutbox: list[Any], start: str = "[CX-S2][") -> list[str]:
    return [mail.to[0] for mail in mailoutbox if mail.subject.startswith(start)]


def test_nobody_acts_and_every_rung_is_told_once(complaint, told, wait, mailoutbox, crew):
    # S2: 16 hours to answer; half, four fifths, the end, and 8 hours later.
    assert told() == []
    for hours, names in (
        (8.01, [(1, "Lý Gia Hân")]),
        (4.8, [(1, "Lý Gia Hân"), (2, "Ngô Thanh Tùng")]),
        (3.2, [(1, "Lý Gia Hân"), (2, "Ngô Thanh Tùng"), (3, "Lê Thị Mỹ Duyên")]),
        (8, [(1, "Lý Gia Hân"), (2, "Ngô Thanh Tùng"), (3, "Lê Thị Mỹ Duyên"), (4, "Trần Quốc Bảo")]),
        (100, [(1, "Lý Gia Hân"), (2, "Ngô Thanh Tùng"), (3, "Lê Thị Mỹ Duyên"), (4, "Trần Quốc Bảo")]),
    ):
        wait(hours=hours)
        assert told() == names
    people = [crew.owner, crew.manager, crew.executive, crew.chief]
    assert recipients(mailoutbox) == [person.email for person in people]
    assert list(Event.objects.filter(name="workflows.step_told").values_list("depth", flat=True)) == [0] * 4
    escalated = Interaction.objects.filter(what="complaint.escalated").order_by("occurred_at")
    assert [entry.data["to"] for entry in escalated] == [person.full_name for person in people]


def test_rungs_are_due_at_their_share_of_the_clock(complaint):
    clock = SlaClock.objects.get(complaint=complaint, kind="resolve")
    assert clock.due_at - clock.started_at == timedelta(hours=16)
    due = {step.position: step.due_at - clock.started_at for step in steps_of(complaint.id)}
    assert due == {
        1: timedelta(hours=8),
        2: timedelta(hours=12.8),
        3: timedelta(hours=16),
        4: timedelta(hours=24),
    }
    assert next_step(complaint.id).position == 1


def test_the_executive_is_told_at_once_of_a_critical_complaint(opened, run_agenda, mailoutbox, crew):
    critical = opened(severity="S1")
    run_agenda()
    state = {step.position: step.state for step in steps_of(critical.id)}
    assert state == {1: "told", 2: "told", 3: "told", 4: "waiting"}
    told = recipients(mailoutbox, "[CX-S1]")
    assert sorted(told) == sorted([crew.owner.email, crew.manager.email, crew.executive.email])


def test_raising_the_severity_tells_the_executive_at_once(complaint, told, run_agenda):
    complaints.assess(complaint_id=complaint.id, severity="S1")
    run_agenda()
    assert [rung for rung, _name in told()] == [1, 2, 3]
    clock = SlaClock.objects.get(complaint=complaint, kind="resolve")
    assert clock.due_at - clock.started_at == timedelta(days=3)


def test_lowering_the_severity_moves_the_rungs_away(complaint, told, wait):
    complaints.assess(complaint_id=complaint.id, severity="S4")
    wait(hours=20)
    assert told() == []
    assert SlaClock.objects.get(complaint=complaint, kind="resolve").state == "running"


def test_a_breach_undone_by_a_milder_severity_runs_again(complaint, wait):
    wait(hours=17)
    assert SlaClock.objects.get(complaint=complaint, kind="resolve").state == "breached"
    complaints.assess(complaint_id=complaint.id, severity="S4")
    wait(seconds=1)
    clock = SlaClock.objects.get(complaint=complaint, kind="resolve")
    assert (clock.state, clock.breached_at) == ("running", None)


def test_whoever_is_away_is_replaced_by_the_deputy_of_the_accountability(complaint, told, wait, crew):
    Accountability.objects.update(deputy=crew.manager)
    Absence.objects.create(
        user=crew.executive, deputy=crew.spare, starts_on=day_before(), ends_on=day_before() + timedelta(days=9)
    )
    EscalationStep.objects.filter(position__lt=3).delete()
    wait(hours=17)
    assert told() == [(3, "Ngô Thanh Tùng")]
    step = EscalationStep.objects.get(position=3)
    assert (step.deputy_for, step.is_fallback) == (crew.executive, False)
    assert Alert.objects.count() == 0


def test_a_chain_of_absences_is_followed(complaint, told, wait, crew):
    days = {"starts_on": day_before(), "ends_on": day_before() + timedelta(days=9)}
    Absence.objects.create(user=crew.executive, deputy=crew.manager, **days)
    Absence.objects.create(user=crew.manager, deputy=crew.spare, **days)
    EscalationStep.objects.filter(position__lt=3).delete()
    wait(hours=17)
    assert told() == [(3, "Vũ Khánh Linh")]


def test_a_touchpoint_nobody_answers_for_goes_to_the_default_executive_with_an_alert(complaint, told, wait):
    Accountability.objects.all().delete()
    EscalationStep.objects.filter(position__lt=3).delete()
    wait(hours=17)
    assert told() == [(3, "Vũ Khánh Linh")]
    step = EscalationStep.objects.get(position=3)
    assert step.is_fallback
    alert = Alert.objects.get()
    assert (alert.kind, alert.ref, alert.complaint, alert.settled_at) == ("nobody_found", step.id, complaint, None)


def test_a_closed_account_counts_as_nobody(complaint, told, wait, crew):
    crew.executive.is_active = False
    crew.executive.save()
    EscalationStep.objects.filter(position__lt=3).delete()
    wait(hours=17)
    assert told() == [(3, "Vũ Khánh Linh")]
    assert Alert.objects.get().kind == "nobody_found"


def test_without_a_default_executive_the_chief_and_then_any_owner_is_told(complaint, told, wait, crew):
    Accountability.objects.all().delete()
    Firm.objects.update(default_executive=None, chief=None)
    EscalationStep.objects.filter(position__lt=3).delete()
    wait(hours=17)
    assert told() == [(3, "Trần Thị Chủ")]


def test_nobody_at_all_is_an_alert_and_not_an_error(complaint, told, wait, crew, owner_alpha):
    Firm.objects.update(default_executive=None, chief=None)
    Accountability.objects.all().delete()
    owner_alpha.is_active = False
    owner_alpha.save()
    EscalationStep.objects.filter(position__lt=3).delete()
    wait(hours=17)
    assert told() == []
    step = EscalationStep.objects.get(position=3)
    assert (step.state, step.reason) == ("cancelled", "nobody")
    assert Alert.objects.get().kind == "nobody_found"


@pytest.mark.parametrize("source", ["branch", "department"])
def test_without_a_manager_of_their_own_the_branch_or_department_is_asked(source, complaint, told, wait, crew):
    from tenants.staff.models import Branch, Department

    crew.owner.manager = None
    crew.owner.save()
    if source == "branch":
        complaint.branch = Branch.objects.create(name="Tân Định", manager=crew.spare)
        complaint.save()
    else:
        crew.touchpoint.department = Department.objects.create(name="Vận hành mới", lead=crew.spare)
        crew.touchpoint.save()
    EscalationStep.objects.filter(position=1).delete()
    wait(hours=13)
    assert told() == [(2, "Vũ Khánh Linh")]
    assert not EscalationStep.objects.get(position=2).is_fallback


def test_the_same_person_on_two_rungs_due_together_is_told_once_as_the_one_who_decides(
    complaint, told, wait, crew, mailoutbox
):
    Accountability.objects.update(executive=crew.manager)
    wait(hours=17)
    assert told() == [(1, "Lý Gia Hân"), (3, "Ngô Thanh Tùng")]
    step = EscalationStep.objects.get(position=2)
    assert (step.state, step.reason) == ("cancelled", "already_told")
    assert recipients(mailoutbox).count(crew.manager.email) == 1
    wait(hours=8)
    assert told()[-1] == (4, "Trần Quốc Bảo")


def test_a_manager_who_is_also_the_executive_is_asked_for_the_decision_when_the_promise_is_missed(
    complaint, told, wait, crew, mailoutbox
):
    Accountability.objects.update(executive=crew.manager)
    wait(hours=13)
    assert told() == [(1, "Lý Gia Hân"), (2, "Ngô Thanh Tùng")]
    wait(hours=4)
    assert told()[-1] == (3, "Ngô Thanh Tùng")
    assert recipients(mailoutbox).count(crew.manager.email) == 2


def test_an_executive_who_is_also_the_chief_decides_once(complaint, told, wait, crew, mailoutbox):
    Accountability.objects.update(executive=crew.chief)
    wait(hours=30)
    assert told()[-1] == (4, "Trần Quốc Bảo")
    assert recipients(mailoutbox).count(crew.chief.email) == 1


def test_resolving_stops_the_ladder(complaint, told, wait, cause, mailoutbox, run_agenda):
    wait(hours=9)
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    run_agenda()
    before = len(recipients(mailoutbox))
    wait(hours=100)
    assert (len(recipients(mailoutbox)), told()) == (before, [(1, "Lý Gia Hân")])
    ladder = Ladder.objects.get(complaint=complaint)
    assert ladder.state == "finished"
    assert set(ladder.steps.exclude(position=1).values_list("state", "reason")) == {("cancelled", "answered")}
    kinds = dict(SlaClock.objects.filter(complaint=complaint).values_list("kind", "state"))
    assert kinds == {"resolve": "met", "first_contact": "breached"}


def test_a_rung_due_after_the_answer_but_before_it_was_heard_of_tells_nobody(complaint, cause, mailoutbox):
    """The event of the resolution waits; the rung comes first and finds the complaint answered."""
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    step = EscalationStep.objects.get(position=1)
    EscalationStep.objects.filter(pk=step.pk).update(due_at=now())
    assert ladders.climb(step.id) is None
    step.refresh_from_db()
    assert (step.state, step.reason) == ("cancelled", "answered")
    assert recipients(mailoutbox) == []


def test_a_rung_moved_to_later_while_it_was_handed_out_waits(complaint):
    step = EscalationStep.objects.get(position=1)
    assert ladders.climb(step.id).due_at == step.due_at
    step.refresh_from_db()
    assert step.state == "waiting"


def test_reopened_begins_one_rung_above_the_highest_told_at_once(complaint, told, wait, cause, run_agenda):
    wait(hours=13)
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    run_agenda()
    complaints.reopen(complaint_id=complaint.id, words="Vẫn chưa nhận được tiền.")
    run_agenda()
    assert told() == [(3, "Lê Thị Mỹ Duyên")]
    runs = SlaClock.objects.filter(complaint=complaint, kind="resolve").order_by("run").values_list("run", "state")
    assert list(runs) == [(1, "met"), (2, "running")]
    assert Ladder.objects.filter(complaint=complaint).count() == 2


def test_reopened_before_anybody_was_told_begins_with_the_manager(complaint, told, cause, run_agenda):
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    complaints.reopen(complaint_id=complaint.id)
    run_agenda()
    assert told() == [(2, "Ngô Thanh Tùng")]


def test_starting_twice_changes_nothing(complaint):
    before = list(EscalationStep.objects.values_list("id", "due_at"))
    again = ladders.start_ladder(complaint_id=complaint.id)
    clocks.start_clocks(complaint_id=complaint.id)
    assert again == Ladder.objects.get(complaint=complaint)
    assert list(EscalationStep.objects.values_list("id", "due_at")) == before
    assert SlaClock.objects.filter(complaint=complaint).count() == 2


def test_an_answered_complaint_gets_neither_ladder_nor_clocks(complaint, cause):
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    Ladder.objects.all().delete()
    assert ladders.start_ladder(complaint_id=complaint.id) is None
    assert clocks.start_clocks(complaint_id=complaint.id) == []
    ladders.replan_ladder(complaint_id=complaint.id)
    assert Ladder.objects.count() == 0


def test_a_step_that_is_not_there_yet_is_tried_again(in_alpha):
    from tenants.services.agenda import NotYet

    for missing in (ladders.climb, ladders.resume, clocks.breach):
        with pytest.raises(NotYet):
            missing(in_alpha.id)


def test_a_firm_without_a_policy_still_escalates(opened, run_agenda, wait):
    from workflows.models import EscalationPolicy, SlaPolicy

    EscalationPolicy.objects.all().delete()
    SlaPolicy.objects.all().delete()
    made = opened()
    run_agenda()
    assert [step.position for step in steps_of(made.id)] == [1, 2, 3, 4]
    wait(hours=17)
    assert Complaint.objects.get(pk=made.id).is_open
    assert EscalationStep.objects.filter(state="told").count() == 3


def test_when_every_mailbox_refuses_all_are_tried_and_each_hole_is_shown(complaint, told, wait, crew, monkeypatch):
    """Nobody waits for the next rung's hour: what was not delivered climbs on at once, up to the chief."""
    tried = []

    def refuse(outgoing):
        tried.append(outgoing.to)
        raise mail.MailRefused("550 5.1.1 no such user")

    monkeypatch.setattr(mail, "send", refuse)
    first = EscalationStep.objects.get(position=1)
    wait(seconds=(first.due_at - now()).total_seconds() + 1)
    people = [crew.owner, crew.manager, crew.executive, crew.chief]
    assert tried == [person.email for person in people]
    assert [name for _position, name in told()] == [person.full_name for person in people]
    alerts = Alert.objects.filter(kind="undelivered", settled_at=None)
    assert sorted(alert.detail for alert in alerts) == sorted(f"{to}: 550 5.1.1 no such user" for to in tried)
    assert {alert.complaint_id for alert in alerts} == {complaint.id}
