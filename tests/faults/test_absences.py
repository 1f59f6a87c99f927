"""Nobody looks for hours, the broker forgets everything: nothing is lost and nothing comes twice."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.demo.ageing import age
from tenants.models import AgendaItem
from tenants.services import agenda
from workflows.models import EscalationStep, Message
from workflows.selectors.ladders import steps_of

pytestmark = pytest.mark.django_db


def test_answered_while_nobody_looked_tells_nobody(alpha, complaint, resolve, run_agenda, mailoutbox):
    resolve(complaint.id)
    age(alpha, timedelta(hours=40))
    before = len(mailoutbox)
    run_agenda()
    assert [step.state for step in steps_of(complaint.id)] == ["cancelled"] * 4
    assert [mail.to for mail in mailoutbox[before:]] == [["ha@khach.example"]]


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_worker_whose_clock_is_wrong_tells_when_it_is_time(alpha, complaint, run_agenda, mailoutbox, crew, hours):
    """Only the database's clock decides, whatever the machine of a worker believes."""
    step = EscalationStep.objects.get(position=1)
    left = step.due_at - now()
    before = len(mailoutbox)
    with time_machine.travel(now() + timedelta(hours=hours), tick=True):
        run_agenda()
        assert len(mailoutbox) == before
        age(alpha, left + timedelta(minutes=1))
        run_agenda()
    assert [mail.to for mail in mailoutbox[before:]] == [[crew.owner.email]]
    assert [step.state for step in steps_of(complaint.id)] == ["told", "waiting", "waiting", "waiting"]


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_rows_are_enough(alpha, opened, run_agenda, monkeypatch, mailoutbox, crew):
    """Every poke fails, as with a broker that is down or was wiped; the next look finds the work all the same."""
    from tenants import tasks

    def gone(*_args, **_kwargs):
        raise OSError("connection refused")

    monkeypatch.setattr(tasks.run_agenda, "apply_async", gone)
    with transaction.atomic():
        critical = opened(severity="S1")
    run_agenda()
    assert {step.state for step in steps_of(critical.id)} == {"told", "waiting"}
    assert crew.executive.email in [mail.to[0] for mail in mailoutbox]


def test_a_lease_whose_worker_died_is_free_again(alpha, complaint, run_agenda, mailoutbox, crew):
    age(alpha, timedelta(hours=9))
    held = agenda.claim("escalation")
    assert "workflows.climb" in {item.kind for item in held}
    run_agenda()
    assert not Message.objects.filter(kind="escalation").exists()
    AgendaItem.objects.filter(pk__in=[item.id for item in held]).update(lease_until=now() - timedelta(seconds=1))
    run_agenda()
    assert mailoutbox[-1].to == [crew.owner.email]
    assert EscalationStep.objects.filter(state="told").count() == 1
