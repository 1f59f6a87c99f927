"""What somebody who was told may decide, what it does, and when it is too late."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import Interaction
from cxcrm.core.context import SYSTEM, Actor, acting_as
from cxcrm.core.errors import Gone, InvalidInput, NotAllowed
from feedback.models import Complaint
from feedback.services import complaints
from workflows.errors import DecisionInvalid, DecisionIsPersonal, DecisionOver, NotYourDecision, OverAuthority
from workflows.models import EscalationStep, Event, Ladder, LadderDecision, SlaClock
from workflows.selectors.decisions import decision_sheet
from workflows.selectors.ladders import awaiting_decision_of, decisions_of, live_ladder, next_step
from workflows.services import ladders
from workflows.services.decisions import decide, decide_on, may_afford

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(complaint, wait, scene):
    """The executive's step, told an hour after the promise was missed."""
    scene("executive told", lambda: wait(hours=17))
    return EscalationStep.objects.get(position=3)


def soon(**amount):
    return timezone.localtime() + timedelta(**amount)


def test_taking_it_makes_the_decider_the_owner_and_holds_the_ladder(step, complaint, crew, wait, told, mailoutbox):
    sent = len(mailoutbox)
    decision = decide(step_id=step.id, kind="take", note="Tôi gọi khách ngay.")
    complaint.refresh_from_db()
    assert (complaint.owner, decision.decided_by, decision.kind) == (crew.executive, crew.executive, "take")
    ladder = Ladder.objects.get(complaint=complaint)
    assert (ladder.state, ladder.held_until) == ("held", decision.until)
    wait(hours=12)
    assert told()[-1] == (3, "Lê Thị Mỹ Duyên")
    assert len(mailoutbox) == sent
    event = Event.objects.get(name="workflows.ladder_decided")
    assert (event.payload["decision_id"], event.actor_id) == (str(decision.id), crew.executive.id)
    entry = Interaction.objects.get(what="complaint.decided")
    assert (entry.data["decision"], entry.body, entry.actor_label) == (
        "take",
        "Tôi gọi khách ngay.",
        "Lê Thị Mỹ Duyên",
    )


def test_after_the_promise_of_a_decision_the_next_rung_is_told_at_once(step, complaint, wait, told):
    decide(step_id=step.id, kind="more_time", until=soon(hours=30), note="Chờ ngân hàng.")
    wait(hours=29)
    assert told()[-1][0] == 3
    wait(hours=1.1)
    assert told()[-1] == (4, "Trần Quốc Bảo")
    assert Ladder.objects.get(complaint=complaint).state == "climbing"


def test_above_the_top_the_chief_is_told_again(step, complaint, wait, told, crew, mailoutbox):
    wait(hours=7.5)
    top = EscalationStep.objects.get(position=4)
    decide(step_id=top.id, kind="more_time", until=soon(hours=20), note="Đang xử lý.")
    wait(hours=21)
    assert told()[-2:] == [(4, "Trần Quốc Bảo"), (5, "Trần Quốc Bảo")]
    assert [mail.to[0] for mail in mailoutbox].count(crew.chief.email) == 2
    again = EscalationStep.objects.get(position=5)
    assert decide(step_id=again.id, kind="take").kind == "take"


def test_a_hold_that_was_prolonged_is_looked_at_later(step, complaint):
    decision = decide(step_id=step.id, kind="more_time", until=soon(hours=30), note="Chờ.")
    assert ladders.resume(decision.ladder_id).due_at == decision.until


def test_resuming_an_answered_complaint_does_nothing(step, complaint, cause):
    decision = decide(step_id=step.id, kind="take")
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    assert ladders.resume(decision.ladder_id) is None
    assert Ladder.objects.get(pk=decision.ladder_id).state == "held"


def test_choosing_an_option_sets_it_and_keeps_the_owner(step, complaint, crew, cheap):
    decision = decide(step_id=step.id, kind="choose", remedy_id=cheap.id)
    complaint.refresh_from_db()
    assert (complaint.remedy, complaint.state, complaint.owner) == (cheap, "decided", crew.owner)
    assert decision.remedy == cheap
    assert Interaction.objects.filter(what="complaint.decided").count() == 1


def test_an_option_above_the_limit_is_refused_and_nothing_happens(step, complaint, dear):
    with pytest.raises(OverAuthority) as refused:
        decide(step_id=step.id, kind="choose", remedy_id=dear.id)
    assert isinstance(refused.value, NotAllowed)
    assert refused.value.data == {"cost": "9000000.00", "limit": "500000.00"}
    complaint.refresh_from_db()
    assert (complaint.remedy, LadderDecision.objects.count()) == (None, 0)
    assert Ladder.objects.get(complaint=complaint).state == "climbing"


def test_the_chief_and_owners_have_no_limit(crew, owner_alpha):
    cost = Decimal(10**9)
    assert [may_afford(person, cost) for person in (crew.chief, owner_alpha, crew.executive)] == [True, True, False]
    assert may_afford(crew.executive, Decimal(500_000))


def test_delegating_makes_the_delegate_the_owner_and_mails_them(step, complaint, crew, run_agenda, mailoutbox):
    decide(step_id=step.id, kind="delegate", delegate_id=crew.spare.id, note="Chị Linh xử lý giúp.")
    run_agenda()
    complaint.refresh_from_db()
    assert complaint.owner == crew.spare
    mail = mailoutbox[-1]
    assert mail.to == [crew.spare.email]
    assert mail.subject.startswith(f"[CX-S2] {complaint.number} – Trừ tiền hai lần")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "dance"}, "kind"),
        ({"kind": "choose"}, "remedy_id"),
        ({"kind": "delegate"}, "delegate_id"),
        ({"kind": "more_time", "note": "Chờ."}, "until"),
        ({"kind": "more_time", "hours": 2}, "note"),
        ({"kind": "more_time", "hours": -1, "note": "Chờ."}, "until"),
        ({"kind": "more_time", "hours": 24 * 9, "note": "Chờ."}, "until"),
        ({"kind": "take", "hours": 24 * 9}, "until"),
    ],
)
def test_what_is_missing_is_named(values, field, step, complaint):
    hours = values.pop("hours", None)
    with pytest.raises(DecisionInvalid) as refused:
        decide(step_id=step.id, until=None if hours is None else soon(hours=hours), **values)
    assert isinstance(refused.value, InvalidInput)
    assert refused.value.data == {"field": field}
    assert LadderDecision.objects.count() == 0


def test_one_cannot_delegate_to_oneself_or_to_a_closed_account(step, crew):
    crew.spare.is_active = False
    crew.spare.save()
    for person in (crew.executive, crew.spare):
        with pytest.raises(DecisionInvalid):
            decide(step_id=step.id, kind="delegate", delegate_id=person.id)


def test_the_promise_defaults_to_the_clock_or_a_working_day(step, complaint):
    decision = decide(step_id=step.id, kind="take")
    assert timedelta(hours=23, minutes=59) < decision.until - decision.created_at <= timedelta(hours=24)


def test_a_decision_before_the_end_of_the_clock_waits_for_it(complaint, wait):
    wait(hours=9)
    decision = decide(step_id=EscalationStep.objects.get(position=1).id, kind="take")
    assert decision.until == SlaClock.objects.get(complaint=complaint, kind="resolve").due_at


def test_the_second_decision_is_too_late(step, complaint):
    decide(step_id=step.id, kind="take")
    for late in (step.id, EscalationStep.objects.get(position=2).id, EscalationStep.objects.get(position=4).id):
        with pytest.raises(DecisionOver) as over:
            decide(step_id=late, kind="take")
        assert isinstance(over.value, Gone)
    assert LadderDecision.objects.count() == 1
    assert decisions_of(complaint.id).count() == 1


def test_unknown_steps_waiting_steps_and_answered_complaints_are_over(step, complaint, cause):
    for ident in (complaint.id, EscalationStep.objects.get(position=4).id):
        with pytest.raises(DecisionOver):
            decide(step_id=ident, kind="take")
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    with pytest.raises(DecisionOver):
        decide(step_id=step.id, kind="take")
    assert Complaint.objects.get(pk=complaint.id).state == "communicated"


def test_somebody_logged_in_decides_for_themselves_only(step, crew, owner_alpha):
    with acting_as(Actor("user", crew.owner.id, "Hân")), pytest.raises(NotYourDecision):
        decide(step_id=step.id, kind="take")
    assert LadderDecision.objects.count() == 0
    with acting_as(Actor("user", owner_alpha.id, "Chủ")):
        assert decide(step_id=step.id, kind="take").decided_by == owner_alpha


def test_a_recipient_who_left_cannot_decide(step, crew):
    crew.executive.is_active = False
    crew.executive.save()
    with pytest.raises(DecisionOver):
        decide(step_id=step.id, kind="take")


def test_the_sheet_says_everything(step, complaint, crew, cheap, dear):
    sheet = decision_sheet(EscalationStep.objects.get(pk=step.id))
    assert (sheet.recipient, sheet.you, sheet.You) == (crew.executive, "chị", "Chị")
    assert [(o.letter, o.remedy, o.is_recommended, o.within_authority) for o in sheet.options[:2]] == [
        ("A", cheap, True, True),
        ("B", dear, False, False),
    ]
    assert sheet.recommended.remedy == cheap
    assert (sheet.is_open, sheet.decision, sheet.is_late, sheet.asks_executive) == (True, None, True, True)
    assert sheet.earlier_complaints == 0
    assert sheet.next_step == next_step(complaint.id)
    assert sheet.next_person == "Trần Quốc Bảo (CEO)"
    assert sheet.decide_by == sheet.next_step.due_at
    assert len(sheet.lines) == 5
    assert list(awaiting_decision_of(crew.executive.id)) == [step]
    decision = decide(step_id=step.id, kind="take")
    after = decision_sheet(EscalationStep.objects.get(pk=step.id))
    assert (after.is_open, after.decision, after.authority == "") == (False, decision, False)
    assert live_ladder(complaint.id).state == "held"
    assert list(awaiting_decision_of(crew.executive.id)) == []


def test_the_sheet_says_what_kind_of_customer_it_is(step, complaint):
    assert decision_sheet(EscalationStep.objects.get(pk=step.id)).groups == ""
    complaint.customer.tags = ["dân văn phòng", "khách quen", "gần quán"]
    complaint.customer.save()
    assert decision_sheet(EscalationStep.objects.get(pk=step.id)).groups == "dân văn phòng, khách quen"


def test_there_is_no_sheet_for_a_step_that_told_nobody(step):
    with pytest.raises(ValueError, match="told nobody"):
        decision_sheet(EscalationStep.objects.get(position=4))


def test_who_is_at_work_decides_on_their_own_rung(step, complaint, crew):
    with acting_as(Actor("user", crew.manager.id, "Tùng")):
        decision = decide_on(complaint_id=complaint.id, kind="take")
    assert (decision.step.position, decision.decided_by) == (2, crew.manager)
    with acting_as(Actor("user", crew.executive.id, "Duyên")), pytest.raises(DecisionOver):
        decide_on(complaint_id=complaint.id, kind="take")


def test_a_leader_decides_on_the_highest_rung_told_and_others_not_at_all(step, complaint, crew, owner_alpha):
    with acting_as(Actor("user", crew.spare.id, "Linh")), pytest.raises(NotYourDecision):
        decide_on(complaint_id=complaint.id, kind="take")
    for actor in (Actor("api_key", crew.executive.id, "key"), SYSTEM):
        with acting_as(actor), pytest.raises(DecisionIsPersonal):
            decide_on(complaint_id=complaint.id, kind="take")
    assert LadderDecision.objects.count() == 0
    with acting_as(Actor("user", owner_alpha.id, "Chủ")):
        assert decide_on(complaint_id=complaint.id, kind="take").step == step
