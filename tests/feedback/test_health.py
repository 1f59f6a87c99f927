"""What answers, cases and promised times tell of who may leave, as of a day and without hindsight."""

from datetime import timedelta

import pytest

from customers.models import CustomerHealth
from customers.services.customers import create_customer
from customers.services.health import tend, train_forecast
from customers.services.health_sources import said_of
from cxcrm.core.clock import now
from feedback.models import Complaint, Invitation, Response, RootCause, Survey
from feedback.services.complaints import open_complaint
from feedback.services.health import rescore_complaining
from tenants.staff.models import User
from workflows.models import SlaClock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def lan(in_alpha):
    return create_customer(full_name="Nguyễn Thị Lan", emails=["lan@example.com"])


def said(customer, days_ago=0):
    return set(said_of([customer.pk], now() - timedelta(days=days_ago)).get(customer.pk, {}))


def answered(customer, metric, score, days_ago, **more):
    survey = Survey.objects.filter(metric=metric).first() or Survey.objects.create(name=metric, metric=metric)
    from feedback.models import Dispatch

    at = now() - timedelta(days=days_ago)
    invitation = Invitation.objects.create(
        dispatch=Dispatch.objects.create(survey=survey), survey=survey, customer=customer, email="x@example.com",
        expires_at=at,
    )  # fmt: skip
    return Response.objects.create(
        invitation=invitation, survey=survey, customer=customer, metric=metric, score=score, answered_at=at,
        **{"created_at": at, **more},
    )  # fmt: skip


def case(customer, days_ago, **more):
    at = now() - timedelta(days=days_ago)
    found = Complaint(
        number=f"KN-{Complaint.objects.count()}", customer=customer, channel="staff", subject="x", description="x",
        owner=User.objects.order_by("created_at").first(), received_at=at,
        **{"created_at": at, "severity": "S3", **more},
    )  # fmt: skip
    found.save()
    return found


def test_the_last_answer_of_each_kind_counts_for_a_year(lan):
    answered(lan, "nps", 3, 400)
    assert said(lan) == set()
    answered(lan, "nps", 9, 100)
    answered(lan, "ces", 3, 90)
    answered(lan, "csat", 3, 80)
    assert said(lan) == {"promoter", "hard"}
    answered(lan, "nps", 6, 50)
    answered(lan, "csat", 2, 40)
    assert said(lan) == {"detractor", "hard", "unhappy"}
    assert said(lan, days_ago=60) == {"promoter", "hard"}


def test_what_came_or_changed_later_was_not_known_then(lan):
    answered(lan, "nps", 2, 100, created_at=now())
    assert said(lan, days_ago=50) == set()
    answered(lan, "csat", 1, 100, created_at=now(), is_imported=True)
    assert said(lan, days_ago=50) == {"unhappy"}
    answered(lan, "ces", 1, 100, changed_at=now())
    assert said(lan, days_ago=50) == {"unhappy"}


def test_cases_open_repeated_and_settled(lan):
    cause = {"root_cause": RootCause.objects.create(name="x"), "action_taken": "x"}
    first = case(lan, 80, severity="S1")
    assert said(lan) == {"critical_case"}
    Complaint.objects.filter(pk=first.pk).update(
        state="closed_confirmed", resolved_at=now() - timedelta(days=60), closed_at=now() - timedelta(days=50), **cause
    )
    assert said(lan) == {"resolved"}
    assert said(lan, days_ago=55) == set()
    assert said(lan, days_ago=70) == {"critical_case"}
    case(lan, 20)
    assert said(lan) == {"repeated_cases"}
    assert said(lan, days_ago=30) == {"resolved"}


def test_a_promise_missed_and_still_owed(lan):
    found = case(lan, 10)
    clock = SlaClock.objects.create(
        complaint=found, kind="resolve", started_at=now() - timedelta(days=10), due_at=now() - timedelta(days=3),
        created_at=now() - timedelta(days=10),
    )  # fmt: skip
    assert said(lan) == {"overdue_case"}
    assert said(lan, days_ago=5) == set()
    SlaClock.objects.filter(pk=clock.pk).update(stopped_at=now() - timedelta(days=1))
    assert said(lan) == set()
    assert said(lan, days_ago=2) == {"overdue_case"}


def test_a_flag_does_not_wait_for_the_night(lan):
    tend(model_id=train_forecast().pk)
    found = open_complaint(
        customer_id=lan.pk, description="Trong ly có mảnh nhựa, con tôi suýt nuốt", channel="staff", severity="S1"
    )
    rescore_complaining(complaint_id=found.pk)
    row = CustomerHealth.objects.get(customer=lan)
    assert (row.band, row.flag, row.health, row.reasons) == ("at_risk", "critical_case", None, [])
    rescore_complaining(complaint_id=lan.pk)  # no such case
    assert CustomerHealth.objects.count() == 1
