"""Surveys leave in groups: the same mail, the same rules and the same fates as one by one."""

import email
import email.policy
from datetime import timedelta

import pytest
from django.db import transaction

from customers.models import ContactPoint, Interaction
from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core import mail
from cxcrm.core.clock import now
from feedback.models import Invitation, Survey
from feedback.services.dispatches import send_survey
from tenants.models import AgendaItem, HandOver, Route, SentRecord
from tenants.services.agenda import Later, NotYet
from tests.support import smtp
from workflows.models import Alert, Message
from workflows.selectors.messages import text_of
from workflows.services import bulk, delivery
from workflows.services.bulk import deliver_many
from workflows.services.notifications import fan_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings):
    with smtp.Sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    """The server is known to be quick: several mails share a fence."""
    monkeypatch.setattr(bulk, "_pace", bulk._Pace(0.001))


@pytest.fixture
def asked(in_alpha):
    """Mails to several customers, waiting, by name."""

    def make(*names: str, language: str = "vi", **values) -> list[Message]:
        people = []
        for number, name in enumerate(names):
            made = create_customer(
                full_name=name, emails=[f"k{number}@khach.example"], language=language, salutation="chi",
                salutation_source="staff", **values,
            )  # fmt: skip
            state_consent(customer_id=made.id, purpose="survey", granted=True, method="staff")
            people.append(made.id)
        dispatch = send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=people)
        fan_out(dispatch.id)
        return list(Message.objects.filter(kind="invitation").order_by("pk"))

    return make


def states(messages: list[Message]) -> list[str]:
    found = dict(Message.objects.values_list("pk", "state"))
    return [found[message.pk] for message in messages]


NAMES = ("Nguyễn Thị Hà", 'Trần <b>Lan</b> & "Em"', "Lê Thị Mỹ Duyên", ".Chấm", "Phạm O'Hara")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_filled_mail_is_the_rendered_mail(language, asked, sink, monkeypatch):
    """Header for header and part for part what a single delivery would have sent."""
    messages = asked(*NAMES, language=language)
    deliver_many([message.pk for message in messages])
    filled = {taken.to[0]: taken.message for taken in sink.script.taken}
    kept = {message.email: text_of(message) for message in Message.objects.all()}
    assert set(Message.objects.values_list("text", flat=True)) == {""}
    assert states(messages) == ["sent"] * len(NAMES)
    sink.script.taken.clear()
    SentRecord.objects.all().delete()
    Message.objects.update(state="queued", followed_up=False, attempts=0)
    Invitation.objects.update(state="queued", sent_at=None)
    for message in messages:
        delivery.deliver(message.pk)
    assert len(sink.script.taken) == len(NAMES)
    for taken in sink.script.taken:
        mine = filled[taken.to[0]]
        same = set(taken.message.keys()) - {"Date", "Content-Type"}
        assert set(mine.keys()) == set(taken.message.keys())
        assert {name: mine[name].strip() for name in same} == {name: taken.message[name].strip() for name in same}
        for ours, theirs in zip(mine.iter_parts(), taken.message.iter_parts(), strict=True):
            assert ours.get_content_type() == theirs.get_content_type()
            assert ours.get_content().splitlines() == theirs.get_content().splitlines()
    assert dict(Message.objects.values_list("email", "text")) == kept
    assert {message.email: text_of(message) for message in Message.objects.all()} == kept


def test_sent_is_written_everywhere(asked, sink):
    messages = asked("Hà", "Lan", "Duyên")
    assert deliver_many([message.pk for message in messages]) == dict.fromkeys([m.pk for m in messages])
    rows = Message.objects.filter(kind="invitation")
    assert {(row.state, row.followed_up, row.attempts, row.sent_at is not None) for row in rows} == {
        ("sent", True, 1, True)
    }
    assert not HandOver.objects.exists()
    assert SentRecord.objects.filter(message_id__in=[row.message_id for row in rows]).count() == 3
    assert {(row.state, row.sent_at is not None) for row in Invitation.objects.all()} == {("sent", True)}
    entries = Interaction.objects.filter(what="survey.invited")
    assert {entry.subject_id for entry in entries} == set(Invitation.objects.values_list("pk", flat=True))
    assert {(entry.subject_type, entry.direction, entry.actor_kind) for entry in entries} == {
        ("feedback.invitation", "out", "system")
    }
    deliver_many([message.pk for message in messages])
    assert len(sink.script.taken) == 3


def test_whoever_may_not_be_asked_any_more_is_skipped_with_the_reason(asked, sink):
    messages = asked("Hà", "Lan", "Duyên", "Mai")
    withdrawn, refused, late, _fine = Invitation.objects.order_by("pk")
    state_consent(customer_id=withdrawn.customer_id, purpose="survey", granted=False, method="page")
    ContactPoint.objects.filter(customer_id=refused.customer_id).update(undeliverable_at=now())
    Invitation.objects.filter(pk=late.pk).update(expires_at=now() - timedelta(days=1))
    deliver_many([message.pk for message in messages])
    assert sorted(Message.objects.values_list("state", "reason")) == [
        ("sent", ""), ("skipped", "expired"), ("skipped", "opted_out"), ("skipped", "undeliverable"),
    ]  # fmt: skip
    assert Invitation.objects.get(pk=withdrawn.pk).skip_reason == "opted_out"
    assert len(sink.script.taken) == 1


def test_one_refused_mailbox_does_not_stop_the_others(asked, sink):
    messages = asked("Hà", "Lan", "Duyên")
    sink.script.expect(smtp.ACCEPT, smtp.RCPT_NEVER)
    deliver_many([message.pk for message in messages])
    assert states(messages) == ["sent", "refused", "sent"]
    assert ContactPoint.objects.filter(undeliverable_at__isnull=False).count() == 1


@pytest.mark.parametrize(
    ("behaviour", "first", "connections"),
    [(smtp.DATA_NEVER, "refused", 1), (smtp.RCPT_NEVER, "refused", 1), (smtp.DROP_AT_RCPT, "sent", 2)],
)
def test_the_next_envelope_goes_out_with_a_message_and_survives_its_fate(behaviour, first, connections, asked, sink):
    messages = asked("Hà", "Lan", "Duyên", "Mai")
    sink.script.expect(smtp.ACCEPT, behaviour)
    deliver_many([message.pk for message in messages])
    assert states(messages) == ["sent", first, "sent", "sent"]
    assert sink.script.connected == connections
    assert len(sink.script.taken) == states(messages).count("sent")


def test_a_new_worker_begins_with_groups_of_one(asked, sink, monkeypatch):
    messages = asked("Hà", "Lan")
    monkeypatch.setattr(bulk, "_pace", bulk._Pace())
    really, fenced = mail.send_filled, []

    def look(filled, to, following):
        fenced.append(states(messages).count("sending"))
        really(filled, to, following)

    monkeypatch.setattr(mail, "send_filled", look)
    deliver_many([message.pk for message in messages])
    assert (fenced, states(messages)) == ([1, 1], ["sent", "sent"])


def test_a_server_in_trouble_gets_one_mail_of_a_batch_and_the_rest_is_handed_back(asked, sink, monkeypatch):
    messages = asked("Hà", "Lan", "Duyên", "Mai")
    monkeypatch.setattr(bulk, "LARGEST_GROUP", 50)
    sink.script.expect(smtp.ACCEPT, smtp.DATA_LATER)
    outcomes = deliver_many([message.pk for message in messages])
    assert states(messages) == ["sent", "queued", "queued", "queued"]
    assert outcomes[messages[0].pk] is None
    assert isinstance(outcomes[messages[1].pk], Later)
    assert set(outcomes) == {messages[0].pk, messages[1].pk}
    assert list(Message.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 1, 0, 0]
    assert Route.objects.get(name=mail.route_name()).failures == 1
    assert Alert.objects.count() == 0


def test_while_the_server_rests_nothing_reaches_it(asked, sink):
    messages = asked("Hà", "Lan")
    Route.objects.create(name=mail.route_name(), failures=9, open_until=now() + timedelta(minutes=2))
    outcomes = deliver_many([message.pk for message in messages])
    assert {type(outcome) for outcome in outcomes.values()} == {Later}
    assert all(now() + timedelta(seconds=100) < outcome.due_at for outcome in outcomes.values())
    assert (states(messages), sink.script.taken) == (["queued"] * 2, [])
    assert list(Message.objects.values_list("attempts", flat=True)) == [0, 0]


def test_a_line_broken_after_the_message_leaves_it_uncertain(asked, sink):
    messages = asked("Hà", "Lan")
    sink.script.expect(smtp.DROP_TAKEN)
    deliver_many([message.pk for message in messages])
    assert states(messages) == ["uncertain", "queued"]
    assert Alert.objects.get().kind == "uncertain"
    deliver_many([message.pk for message in messages])
    assert states(messages) == ["uncertain", "sent"]
    assert len(sink.script.taken) == 2


def test_the_fence_of_a_dead_worker_is_uncertain_and_not_sent_again(asked, sink):
    messages = asked("Hà", "Lan")
    Message.objects.filter(pk=messages[0].pk).update(state="sending")
    deliver_many([message.pk for message in messages])
    assert states(messages) == ["uncertain", "sent"]
    assert len(sink.script.taken) == 1


class Killed(BaseException):
    """The worker is gone."""


@pytest.mark.parametrize(
    ("is_known", "fates"),
    [(True, ["sent", "sent", "uncertain", "uncertain", "sent", "sent"]), (False, ["uncertain"] * 6)],
    ids=["position known", "position lost in a crash of the server"],
)
def test_a_dead_workers_group_ends_as_its_position_says(is_known, fates, asked, sink, monkeypatch):
    """It died with the third mail in the server's hands, and two at a time were under way."""
    messages = asked("Hà", "Lan", "Duyên", "Mai", "Thu", "Vân")
    monkeypatch.setattr(bulk, "MOST_AHEAD", 2)
    monkeypatch.setattr(bulk, "AHEAD_SECONDS", 1)
    really = mail.send_filled

    def die_at_the_third(filled, to, following):
        really(filled, to, following)
        if len(sink.script.taken) == 3:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(mail, "send_filled", die_at_the_third)
        with pytest.raises(Killed):
            deliver_many([message.pk for message in messages])
    assert states(messages) == ["sending"] * 6
    if not is_known:
        HandOver.objects.all().delete()
    deliver_many([message.pk for message in messages])
    assert states(messages) == fates
    assert Alert.objects.filter(kind="uncertain").count() == fates.count("uncertain")
    assert sorted(Invitation.objects.values_list("state", flat=True)) == sorted(fates)
    taken = [entry.to[0] for entry in sink.script.taken]
    assert sorted(taken) == sorted({*taken}), "nothing twice"
    assert len(taken) == (5 if is_known else 3)


def test_a_worker_held_for_dead_begins_no_mail_any_more(asked, sink, monkeypatch):
    messages = asked("Hà", "Lan", "Duyên", "Mai")
    monkeypatch.setattr(bulk, "MOST_AHEAD", 1)
    really = mail.send_filled

    def slowly(filled, to, following):
        really(filled, to, following)
        assert delivery.deliver(messages[3].pk) is None

    with monkeypatch.context() as patch:
        patch.setattr(mail, "send_filled", slowly)
        outcomes = deliver_many([message.pk for message in messages])
    assert outcomes == {messages[0].pk: None}
    assert states(messages) == ["sent", "sending", "sending", "sent"]
    deliver_many([message.pk for message in messages[1:3]])
    assert states(messages) == ["sent"] * 4
    assert sorted(taken.to[0] for taken in sink.script.taken) == sorted(message.email for message in messages)


def test_a_group_that_takes_too_long_is_handed_back(asked, sink, monkeypatch):
    messages = asked("Hà", "Lan", "Duyên")
    ticks = iter([0.0, *[0.0] * 4, *[100.0] * 20])
    monkeypatch.setattr(bulk, "monotonic", lambda: next(ticks))
    outcomes = deliver_many([message.pk for message in messages])
    left = len(outcomes)
    assert 0 < left < 3
    assert sorted(states(messages)) == ["queued"] * (3 - left) + ["sent"] * left
    assert not HandOver.objects.exists()


def test_the_ledger_prevents_sending_again_from_a_backup(asked, sink, in_alpha):
    messages = asked("Hà", "Lan")
    SentRecord.objects.create(tenant_id=in_alpha.id, dedupe_key=messages[0].dedupe_key, message_id="<x@y>")
    deliver_many([message.pk for message in messages])
    assert states(messages) == ["sent", "sent"]
    assert [taken.to for taken in sink.script.taken] == [[messages[1].email]]


def test_given_up_meanwhile_but_accepted_is_sent(asked, sink, monkeypatch):
    messages = asked("Hà")
    really = mail.send_filled

    def slowly(filled, to, following):
        really(filled, to, following)
        delivery.deliver(messages[0].pk)
        assert states(messages) == ["uncertain"]

    monkeypatch.setattr(mail, "send_filled", slowly)
    deliver_many([messages[0].pk])
    assert states(messages) == ["sent"]
    assert (Invitation.objects.get().state, Alert.objects.filter(settled_at=None).count()) == ("sent", 0)


def test_a_provider_without_smtp_is_served_one_by_one(asked, settings, mailoutbox):
    messages = asked("Hà", "Lan")
    deliver_many([message.pk for message in messages])
    assert (states(messages), len(mailoutbox)) == (["sent", "sent"], 2)


def test_time_up_hands_the_rest_back(asked, sink, monkeypatch):
    messages = asked("Hà", "Lan", "Duyên")
    monkeypatch.setattr(bulk, "BATCH_SECONDS", 0.0)
    assert deliver_many([message.pk for message in messages]) == {}
    assert states(messages) == ["queued"] * 3


def test_a_message_that_is_not_there_yet_is_tried_again(in_alpha, sink):
    outcomes = deliver_many([in_alpha.id])
    assert isinstance(outcomes[in_alpha.id], NotYet)


def test_through_the_agenda(asked, sink, run_agenda):
    messages = asked(*[f"Khách {number}" for number in range(12)])
    assert run_agenda() >= 1
    assert states(messages) == ["sent"] * 12
    assert set(AgendaItem.objects.filter(kind="workflows.send").values_list("state", "attempts")) == {("done", 1)}


def test_a_plain_server_gets_seven_bits(asked, settings):
    with smtp.Sink(plain=True) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        with transaction.atomic():
            (message,) = asked("Nguyễn Thị Hà")
        deliver_many([message.pk])
        (taken,) = server.script.taken
    assert taken.raw.isascii()
    text, html = email.message_from_bytes(taken.raw, policy=email.policy.default).iter_parts()
    assert "Hà" in text.get_content()
    assert text.get_content().replace("\r\n", "\n").count("\n") > 10
    assert html["Content-Transfer-Encoding"] == "base64"
    assert max(len(line) for line in taken.raw.split(b"\r\n")) <= 998
