"""After a standstill of hours everything overdue is done once: the highest rung first, nobody told twice."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction

from cxcrm.demo.ageing import age
from tenants.models import AgendaItem
from workflows.models import EscalationStep, Message
from workflows.selectors.ladders import steps_of

pytestmark = pytest.mark.django_db


def test_all_overdue_rungs_are_told_the_highest_first(alpha, complaint, run_agenda, mailoutbox, crew):
    age(alpha, timedelta(days=3))
    before = len(mailoutbox)
    run_agenda()
    assert [step.state for step in steps_of(complaint.id)] == ["told"] * 4
    expected = [person.email for person in (crew.chief, crew.executive, crew.manager, crew.owner)]
    assert [sent.to[0] for sent in mailoutbox[before:] if sent.to[0] in expected][:4] == expected
    run_agenda()
    assert Message.objects.filter(kind="escalation").count() == 4


def test_whoever_stands_on_several_overdue_rungs_is_told_once_in_the_weightiest_capacity(
    alpha, complaint, run_agenda, crew
):
    from tenants.staff.models import User

    User.objects.filter(pk=crew.owner.pk).update(manager=crew.executive)
    age(alpha, timedelta(days=3))
    run_agenda()
    told = EscalationStep.objects.filter(state="told", recipient=crew.executive)
    assert [step.audience for step in told] == ["executive"]
    assert EscalationStep.objects.get(audience="manager").reason == "already_told"


def test_many_complaints_of_a_six_hour_outage_are_caught_up_once_each(alpha, opened, run_agenda, crew):
    with transaction.atomic():
        cases = [opened() for _ in range(12)]
    run_agenda(limit=2000)
    age(alpha, timedelta(hours=9))
    run_agenda(limit=2000)
    run_agenda(limit=2000)
    told = Counter(EscalationStep.objects.filter(state="told").values_list("ladder__complaint_id", flat=True))
    assert {case.id for case in cases} == set(told)
    assert Message.objects.filter(kind="escalation", state="sent").count() == sum(told.values())
    assert not AgendaItem.objects.filter(state__in=["dead", "leased"]).exists()
