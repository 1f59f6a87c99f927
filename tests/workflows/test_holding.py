"""While a context is on invitations wait, in groups or one by one; afterwards, or when it is ended, they leave."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.clock import now
from cxcrm.core.language import speaking
from cxcrm.demo.ageing import age
from feedback.models import HeldInvitation, Invitation, Survey
from feedback.selectors.contexts import held_by
from feedback.services.complaints import open_complaint
from feedback.services.contexts import change_context, declare_context, end_context
from feedback.services.dispatches import send_survey
from tenants.models import AgendaItem
from tenants.services.agenda import Later
from tests.support import smtp
from workflows.models import Calendar, Message
from workflows.selectors.messages import reason_text, text_of
from workflows.services import bulk, holding
from workflows.services.bulk import deliver_many
from workflows.services.notifications import fan_out

pytestmark = pytest.mark.django_db
HERE, THERE = "48", "79"


@pytest.fixture
def sink(settings):
    with smtp.Sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(bulk, "_pace", bulk._Pace(0.001))


@pytest.fixture
def asked(in_alpha, scene):
    """Mails to one customer in each of these provinces, waiting; the firm is open day and night."""

    def make(*provinces: str, survey: str = "nps") -> list[Message]:
        Calendar.objects.filter(is_default=True).update(windows={str(day): [["00:00", "24:00"]] for day in range(7)})
        Calendar.objects.get(is_default=True).days.all().delete()
        people = []
        for number, province in enumerate(provinces):
            made = create_customer(
                full_name=f"Lê Thị Hà {number}", emails=[f"k{number}@khach.example"], salutation="chi",
                salutation_source="staff", province_code=province,
            )  # fmt: skip
            state_consent(customer_id=made.id, purpose="survey", granted=True, method="staff")
            people.append(made.id)
        dispatch = send_survey(survey_id=Survey.objects.get(metric=survey).id, customer_ids=people)
        fan_out(dispatch.id)
        return list(Message.objects.filter(kind="invitation").order_by("email"))

    return lambda *provinces, **told: scene(f"asked {provinces} {told}", lambda: make(*provinces, **told))


@pytest.fixture
def declared(in_alpha, owner_alpha):
    def make(**told):
        values = {
            "name": "Bão số 5", "kind": "storm", "starts_at": now() - timedelta(hours=1),
            "ends_at": now() + timedelta(days=3), "provinces": [HERE], "accountable_id": owner_alpha.pk,
        }  # fmt: skip
        return declare_context(**values | told)

    return make


def deliver(messages):
    return deliver_many([message.pk for message in messages])


def states() -> list[tuple[str, str]]:
    return list(Message.objects.filter(kind="invitation").order_by("email").values_list("state", "reason"))


@pytest.mark.parametrize("grouped", [False, True], ids=["one by one", "in groups"])
class TestHolding:
    @pytest.fixture(autouse=True)
    def way(self, grouped, request):
        if grouped:
            request.getfixturevalue("sink")

    def test_those_there_wait_until_it_is_over_and_leave_then(self, alpha, asked, declared):
        messages = asked(HERE, THERE, "")
        storm = declared()
        found = deliver(messages)
        assert found == {messages[0].pk: Later(storm.ends_at), messages[1].pk: None, messages[2].pk: None}
        assert states() == [("queued", "context"), ("sent", ""), ("sent", "")]
        with speaking("en"):
            held = Message.objects.get(pk=messages[0].pk)
            assert reason_text(held) == "Surveys are paused where the customer lives; it waits until that is over."
        assert (held_by(storm).waiting, held_by(storm).left_after) == (1, 0)
        age(alpha, timedelta(days=3, minutes=1))
        assert deliver(messages[:1]) == {messages[0].pk: None}
        assert states()[0] == ("sent", "")
        assert (held_by(storm).waiting, held_by(storm).left_after) == (0, 1)

    def test_what_is_out_of_date_by_then_is_counted_with_the_reason(self, alpha, asked, declared):
        messages = asked(HERE)
        Invitation.objects.update(expires_at=now() + timedelta(days=2))
        storm = declared()
        assert deliver(messages) == {messages[0].pk: Later(Invitation.objects.get().expires_at)}
        age(alpha, timedelta(days=2, minutes=1))
        assert deliver(messages) == {messages[0].pk: None}
        assert states() == [("skipped", "context_too_long")]
        assert Invitation.objects.get().skip_reason == "context_too_long"
        assert (held_by(storm).too_late, held_by(storm).total) == (1, 1)

    def test_it_begins_with_words_of_care_where_it_only_changes_our_words(self, asked, declared):
        messages = asked(HERE, THERE)
        declared(pauses="nothing", care_vi="{Xh} có bình an không ạ? {brand} luôn nghĩ đến {xh}.")
        deliver(messages)
        here, there = (text_of(message) for message in Message.objects.filter(kind="invitation").order_by("email"))
        assert "Chị có bình an không ạ? Cà phê Alpha luôn nghĩ đến chị. Cho phép chúng tôi hỏi chị một câu" in here
        assert "Cảm ơn chị đã chọn" not in here
        assert "bình an" not in there


def test_two_at_once_hold_until_the_later_one_and_ending_it_lets_the_other_hold_on(
    alpha, asked, declared, sink, run_agenda
):
    messages = asked(HERE)
    flood = declared(name="Lũ", ends_at=now() + timedelta(days=9), provinces=[])
    storm = declared()
    assert deliver(messages) == {messages[0].pk: Later(flood.ends_at)}
    end_context(context_id=flood.pk)
    run_agenda()
    message = Message.objects.get(kind="invitation")
    assert (message.state, message.reason, message.due_at) == ("queued", "context", storm.ends_at)
    assert AgendaItem.objects.get(ref=message.pk).due_at == storm.ends_at
    end_context(context_id=storm.pk)
    run_agenda()
    assert states() == [("sent", "")]
    assert [held_by(one).left_after for one in (flood, storm)] == [1, 1]
    assert len(sink.script.taken) == 1


def test_changing_where_it_is_lets_the_others_go_at_once_and_repeating_it_changes_nothing(
    asked, declared, sink, run_agenda
):
    messages = asked(HERE, THERE)
    storm = declared(provinces=[HERE, THERE])
    deliver(messages)
    assert states() == [("queued", "context")] * 2
    change_context(context_id=storm.pk, provinces=[HERE])
    run_agenda()
    assert states() == [("queued", "context"), ("sent", "")]
    assert holding.look_again_at_held(storm.pk) is None
    assert states() == [("queued", "context"), ("sent", "")]


def test_a_context_ended_while_a_sweep_holds_back_is_seen(asked, declared, sink, monkeypatch):
    """Between looking and holding back it is ended: nothing waits, the mail is looked at again at once."""
    messages = asked(HERE)
    storm = declared()

    hold_back = holding.hold_back

    def ended_meanwhile(*, messages):
        end_context(context_id=storm.pk)
        return hold_back(messages=messages)

    monkeypatch.setattr(holding, "hold_back", ended_meanwhile)
    found = deliver(messages)[messages[0].pk]
    assert found.due_at <= now()
    assert states() == [("queued", "")]
    assert not HeldInvitation.objects.exists()


def test_what_somebody_is_at_work_on_is_looked_at_again_soon(asked, declared, sink):
    messages = asked(HERE)
    storm = declared()
    deliver(messages)
    AgendaItem.objects.filter(ref=messages[0].pk).update(state="leased")
    end_context(context_id=storm.pk)
    again = holding.look_again_at_held(storm.pk)
    assert isinstance(again, Later)
    assert states() == [("queued", "context")]
    AgendaItem.objects.filter(ref=messages[0].pk).update(state="pending")
    assert holding.look_again_at_held(storm.pk) is None
    assert states() == [("queued", "")]
    assert AgendaItem.objects.get(ref=messages[0].pk).due_at <= now() + timedelta(seconds=1)


def test_a_dozen_cost_as_much_as_two(asked, declared, sink):
    def queries(messages) -> int:
        with CaptureQueriesContext(connection) as caught:
            deliver(messages)
        return len(caught)

    declared()
    few = queries(asked(HERE, HERE))
    Message.objects.all().delete()
    twelve = asked(*[HERE] * 12, survey="csat")
    assert queries(twelve) == few
    assert states() == [("queued", "context")] * 12


def test_complaints_are_answered_as_ever_with_words_of_care(asked, declared, run_agenda, mailoutbox):
    asked(HERE)
    declared()
    customer = Invitation.objects.get().customer_id
    open_complaint(customer_id=customer, description="Giao trễ hơn một tiếng.", channel="page")
    run_agenda()
    (receipt,) = [sent for sent in mailoutbox if sent.to == ["k0@khach.example"]]
    assert "Cà phê Alpha mong chị và gia đình được bình an trong những ngày mưa bão này." in receipt.body
    assert "Điều chị vừa kể với Cà phê Alpha đã đến nơi" in receipt.body
