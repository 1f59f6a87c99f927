"""What customers ask about their data: taken down once, told to whoever answers, seen when it is late, never lost."""

from datetime import timedelta

import pytest

from customers import errors
from customers.logic.data_requests import next_due
from customers.models import DataRequest, Interaction
from customers.selectors.data_requests import open_data_requests_for
from customers.services.data_requests import accountable, answer_request, ask_about_data, settle_request
from customers.services.erasure import erase_customer
from customers.timeline import describe
from cxcrm.core.clock import now
from cxcrm.demo.ageing import age
from tenants.staff.models import Firm, User
from workflows.mails import compose
from workflows.models import Alert, Message
from workflows.selectors.calendars import default_calendar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def asked(customer):
    return ask_about_data(customer_id=customer.pk, kind="copy")


def test_it_has_the_clocks_of_the_law_and_somebody_to_answer(customer, asked, run_agenda):
    assert asked.answer_by == default_calendar().add_working_days(asked.asked_at, 2)
    assert asked.due_at - asked.asked_at == timedelta(days=10)
    gone = ask_about_data(customer_id=customer.pk, kind="delete")
    assert gone.due_at - gone.asked_at == timedelta(days=20)
    assert asked.owner == accountable()
    assert describe(Interaction.objects.get(what="data.asked", subject_id=asked.pk)).startswith("Về dữ liệu")
    run_agenda()
    mail = Message.objects.get(kind="data_request", ref=asked.pk)
    assert (mail.user, mail.state) == (asked.owner, "sent")
    assert list(open_data_requests_for(asked.owner)) == [asked, gone]
    assert list(open_data_requests_for(User(role="agent"))) == []


def test_asked_again_it_is_the_same_request(customer, asked):
    assert ask_about_data(customer_id=customer.pk, kind="copy", words="Gửi qua mail").pk == asked.pk
    again = ask_about_data(customer_id=customer.pk, kind="copy", words="Gửi qua mail")
    assert (again.words, again.due_at) == ("Gửi qua mail", asked.due_at)
    with pytest.raises(errors.DataWordsMissing):
        ask_about_data(customer_id=customer.pk, kind="correct")
    with pytest.raises(errors.CustomerNotFound):
        ask_about_data(customer_id=asked.pk, kind="copy")


def test_answered_then_settled(customer, asked, run_agenda):
    with pytest.raises(errors.DataReplyMissing):
        answer_request(request_id=asked.pk, reply=" ")
    assert answer_request(request_id=asked.pk, reply="Em gửi trong tuần này.").answered_at is not None
    assert next_due(asked.answer_by, asked.due_at, is_answered=True) == asked.due_at
    over = settle_request(request_id=asked.pk, outcome="done", reply="Đã gửi.")
    assert (over.outcome, over.reply) == ("done", "Đã gửi.")
    for call in (answer_request, lambda **told: settle_request(outcome="done", **told)):
        with pytest.raises(errors.DataRequestSettled):
            call(request_id=asked.pk, reply="Nữa")
        with pytest.raises(errors.DataRequestNotFound):
            call(request_id=customer.pk, reply="Nữa")
    run_agenda()
    assert not Message.objects.filter(kind="data_request").exists()
    assert ask_about_data(customer_id=customer.pk, kind="copy").pk != asked.pk


def test_a_clock_that_runs_out_is_seen_and_the_other_runs_on(in_alpha, asked, run_agenda):
    run_agenda()
    for wait, mails, alerts in (
        (asked.answer_by - now() - timedelta(hours=20), 2, 0),
        (timedelta(hours=21), 3, 1),
        (asked.due_at - asked.answer_by - timedelta(hours=20), 4, 1),
        (timedelta(hours=21), 5, 1),
    ):
        age(in_alpha, wait)
        run_agenda()
        found = Message.objects.filter(kind="data_request"), Alert.objects.filter(kind="data_request", settled_at=None)
        assert tuple(rows.count() for rows in found) == (mails, alerts)
    answer_request(request_id=asked.pk, reply="Đang làm.")
    settle_request(request_id=asked.pk, outcome="refused", reply="Không phải dữ liệu của anh/chị.")
    run_agenda()
    assert not Alert.objects.filter(kind="data_request", settled_at=None).exists()
    assert compose(Message.objects.filter(kind="data_request").first()).reason == "settled"


def test_without_anybody_the_firm_sees_it(customer, run_agenda):
    Firm.objects.update(chief=None)
    User.objects.filter(role="owner").update(role="manager")
    assert ask_about_data(customer_id=customer.pk, kind="copy").owner is None
    run_agenda()
    assert Alert.objects.filter(kind="nobody_found").count() == 1


def test_who_is_forgotten_asks_for_nothing_more(customer):
    asked = ask_about_data(customer_id=customer.pk, kind="delete", words="Xoá hết giúp chị Hà")
    erase_customer(customer_id=customer.pk)
    asked.refresh_from_db()
    assert (asked.outcome, asked.words, asked.settled_at is not None) == ("done", "", True)
    with pytest.raises(errors.CustomerIsErased):
        ask_about_data(customer_id=customer.pk, kind="copy")
    assert DataRequest.objects.filter(settled_at=None).count() == 0
