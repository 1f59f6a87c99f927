"""What answers and cases tell of how well a customer is understood, and when nobody is asked anything."""

from datetime import timedelta

import pytest

from customers.models import UnderstandingItem
from customers.selectors.asking import reason_not_to_ask
from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.clock import now
from feedback.models import Dispatch, Invitation, RootCause, Survey
from feedback.services import complaints
from feedback.services.perspectives import take_perspective
from feedback.services.responses import record_response
from journeys.models import Touchpoint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def ha(in_alpha):
    return create_customer(full_name="Nguyễn Thu Hà", emails=["ha@khach.example"])


def known(customer):
    return set(UnderstandingItem.objects.filter(customer=customer).values_list("item", flat=True)) - {"contact", "seen"}


def invite(customer, sent_at):
    survey = Survey.objects.get(metric="nps")
    return Invitation.objects.create(
        dispatch=Dispatch.objects.create(survey=survey), survey=survey, customer=customer, email="ha@khach.example",
        state="sent", sent_at=sent_at, expires_at=now() + timedelta(days=20),
    )  # fmt: skip


def test_a_score_with_a_reason_says_why(ha, run_agenda):
    record_response(invitation_id=invite(ha, now()).id, score=9)
    run_agenda()
    assert known(ha) == set()
    record_response(invitation_id=Invitation.objects.get().id, score=9, words="Vị đậm, phục vụ nhanh")
    run_agenda()
    assert known(ha) == {"why"}


def test_a_case_unsettles_until_the_customer_says_it_is_solved(ha, run_agenda):
    case = complaints.open_complaint(
        customer_id=ha.id, description="Trừ tiền hai lần", channel="staff", touchpoint_id=Touchpoint.objects.first().id
    )
    take_perspective(complaint_id=case.id, trying="mua nhanh", happened="bị trừ hai lần", feeling="annoyed")
    run_agenda()
    assert known(ha) == set()
    take_perspective(
        complaint_id=case.id, trying="mua nhanh", happened="bị trừ hai lần", feeling="annoyed", good_end="hoàn tiền"
    )
    assert known(ha) == {"conversation"}
    complaints.resolve_complaint(
        complaint_id=case.id, root_cause_id=RootCause.objects.filter(children=None).first().id, action_taken="Đã hoàn"
    )
    run_agenda()
    assert known(ha) == {"conversation"}
    complaints.confirm(complaint_id=case.id)
    run_agenda()
    assert known(ha) == {"conversation", "settled"}
    complaints.reopen(complaint_id=case.id, words="Lại bị")
    run_agenda()
    assert known(ha) == {"conversation"}


def test_nobody_is_asked_while_surveys_rest(ha):
    assert reason_not_to_ask(ha.id) == ""
    for number in range(4):
        invite(ha, now() - timedelta(days=40 + number))
        assert (reason_not_to_ask(ha.id) == "") is (number < 3)
    assert reason_not_to_ask(ha.id) == "Khách đã được hỏi bốn lần trong một năm."
    invite(ha, now() - timedelta(days=3))
    assert reason_not_to_ask(ha.id) == "Khách vừa được hỏi khảo sát chưa đầy 30 ngày."
    complaints.open_complaint(
        customer_id=ha.id, description="Nguội", channel="staff", touchpoint_id=Touchpoint.objects.first().id
    )
    assert reason_not_to_ask(ha.id).startswith("Khách đang có vụ việc")
    state_consent(customer_id=ha.id, purpose="survey", granted=False, method="page")
    assert reason_not_to_ask(ha.id) == "Khách không muốn nhận khảo sát."
