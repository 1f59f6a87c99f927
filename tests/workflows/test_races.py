"""Two at the same moment: resolve against a due rung, two deciders, two workers on one step."""

from datetime import timedelta

import pytest

from customers.services.customers import update_customer
from cxcrm.core.clock import now
from feedback.models import ContextEvent, Survey
from feedback.services import complaints
from feedback.services.contexts import declare_context, end_context
from feedback.services.dispatches import send_survey
from tests.support.race import race
from workflows.errors import DecisionOver
from workflows.models import EscalationStep, Ladder, LadderDecision, Message
from workflows.services import ladders
from workflows.services.decisions import decide
from workflows.services.delivery import deliver
from workflows.services.notifications import fan_out

pytestmark = pytest.mark.django_db(transaction=True)


def make_due(complaint) -> EscalationStep:
    step = EscalationStep.objects.get(ladder__complaint=complaint, position=1)
    EscalationStep.objects.filter(pk=step.pk).update(due_at=now() - timedelta(seconds=1))
    return step


def test_resolving_and_a_due_rung(alpha, complaint, cause, mailoutbox):
    """Whoever locks the complaint first wins; no mail leaves for a complaint that was answered before the fence."""
    step = make_due(complaint)
    before = len(mailoutbox)

    def tell() -> str:
        ladders.climb(step.id)
        message = Message.objects.filter(kind="escalation", ref=step.id).first()
        if message is not None:
            deliver(message.id)
        return "done"

    def resolve() -> str:
        complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
        return "done"

    assert race(alpha, tell, resolve) == ["done", "done"]
    step.refresh_from_db()
    sent = [mail for mail in mailoutbox[before:] if "[CX-S2][" in mail.subject]
    message = Message.objects.filter(kind="escalation").first()
    if step.state == "told":
        assert (message.state, len(sent)) == ("sent", 1)
    else:
        assert (step.state, step.reason, len(sent)) == ("cancelled", "answered", 0)
        assert message is None or (message.state, message.reason) == ("skipped", "answered")


def test_two_people_decide_at_once(alpha, complaint, crew):
    ladder = Ladder.objects.get(complaint=complaint)
    people = {1: crew.owner, 2: crew.manager, 3: crew.executive}
    for position, who in people.items():
        ladder.steps.filter(position=position).update(state="told", told_at=now(), recipient=who)
    steps = list(ladder.steps.filter(position__lte=3))
    results = race(alpha, *(lambda step=step: decide(step_id=step.id, kind="take") for step in steps))
    won = [result for result in results if isinstance(result, LadderDecision)]
    lost = [result for result in results if isinstance(result, DecisionOver)]
    assert (len(won), len(lost)) == (1, 2)
    complaint.refresh_from_db()
    assert complaint.owner_id == won[0].decided_by_id
    assert LadderDecision.objects.count() == 1


def test_two_workers_climb_one_step(alpha, complaint):
    step = make_due(complaint)
    assert race(alpha, *[lambda: ladders.climb(step.id)] * 4) == [None] * 4
    assert Message.objects.filter(kind="escalation").count() == 1


def test_a_ladder_started_twice_at_once(alpha, complaint):
    Ladder.objects.all().delete()
    started = race(alpha, *[lambda: ladders.start_ladder(complaint_id=complaint.id)] * 3)
    assert len({ladder.id for ladder in started}) == 1
    assert EscalationStep.objects.count() == 4


def test_ending_a_context_while_a_sweep_holds_back(alpha, customer, owner_alpha, run_agenda):
    """Whoever has the context's lock first wins; afterwards nothing waits for what is over."""
    update_customer(customer_id=customer.id, province_code="48")
    storm = declare_context(
        name="Bão", kind="storm", starts_at=now() - timedelta(hours=1), ends_at=now() + timedelta(days=3),
        provinces=["48"], accountable_id=owner_alpha.pk,
    )  # fmt: skip
    dispatch = send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[customer.id])
    fan_out(dispatch.id)
    message = Message.objects.get(kind="invitation")
    swept, ended = race(alpha, lambda: deliver(message.pk), lambda: end_context(context_id=storm.pk))
    assert isinstance(ended, ContextEvent)
    assert not isinstance(swept, Exception)
    run_agenda()
    message.refresh_from_db()
    assert (message.state, message.reason) == ("sent", "")
