"""Guardrails: watched while an initiative runs, crossed once, told by an alert."""

from decimal import Decimal
from itertools import count

import pytest

from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.language import speaking
from feedback.models import Survey
from feedback.services.complaints import open_complaint
from feedback.services.dispatches import send_survey
from feedback.services.responses import record_response
from journeys.models import Initiative, Touchpoint
from journeys.services import initiatives as services
from tenants.staff.models import User
from workflows.models import Alert
from workflows.services.guardrails import watch_guardrails

_numbers = count(1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def place(in_alpha):
    return Touchpoint.objects.get(code="counter")


@pytest.fixture
def running(place):
    """An initiative that runs since today, whatever led to it."""
    owner = User.objects.get(role="owner")
    made = services.draft_initiative(name="Làn lấy nhanh", what="x", owner_id=owner.pk, touchpoint_id=place.pk)
    Initiative.objects.filter(pk=made.pk).update(state="approved")
    with acting_as(Actor("user", owner.pk, owner.full_name)):
        return services.launch_initiative(initiative_id=made.pk)


def complain(place, count):
    for number in range(count):
        person = create_customer(full_name=f"Khách {number}")
        open_complaint(customer_id=person.id, description="Chờ lâu", channel="staff", touchpoint_id=place.pk)


def answer(scores, run_agenda):
    people = [
        create_customer(full_name=f"Người {number}", emails=[f"k{number}@khach.example"])
        for number in (next(_numbers) for _score in scores)
    ]
    for person in people:
        state_consent(customer_id=person.pk, purpose="survey", granted=True, method="staff")
    survey = Survey.objects.get(metric="csat")
    dispatch = send_survey(survey_id=survey.pk, customer_ids=[person.pk for person in people])
    run_agenda()
    for invitation, score in zip(dispatch.invitations.order_by("created_at"), scores, strict=True):
        record_response(invitation_id=invitation.pk, score=score)


def test_complaints_a_week_at_one_place(running, place):
    rail = services.add_guardrail(initiative_id=running.pk, metric="complaints", stop_at="2", touchpoint_id=place.pk)
    complain(place, 2)
    complain(Touchpoint.objects.get(code="payment"), 3)
    assert watch_guardrails() == 0
    complain(place, 1)
    with speaking("en"):
        assert watch_guardrails() == 1
    rail.refresh_from_db()
    assert rail.seen == Decimal(3)
    alert = Alert.objects.get(kind="guardrail")
    assert (alert.ref, alert.settled_at) == (running.pk, None)
    # In the firm's language, whatever the process that worked at night speaks.
    assert alert.detail == "Làn lấy nhanh: Khiếu nại mỗi tuần > 2, 3"
    complain(place, 1)
    assert watch_guardrails() == 0
    assert Alert.objects.filter(kind="guardrail").count() == 1


def test_a_score_counts_from_five_answers_on(running, run_agenda):
    services.add_guardrail(initiative_id=running.pk, metric="csat", stop_at="80")
    answer([1, 1, 1, 5], run_agenda)
    assert watch_guardrails() == 0
    answer([1], run_agenda)
    assert watch_guardrails() == 1
    assert running.guardrails.get().seen == Decimal("20.0")


def test_what_does_not_run_is_not_watched(running, place):
    services.add_guardrail(initiative_id=running.pk, metric="complaints", stop_at="0", touchpoint_id=place.pk)
    complain(place, 1)
    services.end_initiative(initiative_id=running.pk, verdict="stop", learning="Chưa ổn")
    assert watch_guardrails() == 0
    assert not Alert.objects.exists()
