"""The delivery machine against a real mail server that misbehaves, and workers that die at every point."""

from datetime import timedelta
from typing import Any

import pytest

from customers.models import ContactPoint, Interaction
from cxcrm.core import mail
from cxcrm.core.clock import now
from feedback.models import Invitation, Survey
from feedback.services import complaints
from feedback.services.dispatches import send_survey
from tenants.models import AgendaItem, Route, SentRecord
from tenants.services import routes
from tenants.services.agenda import Later, NotYet
from tenants.services.claims import PATIENCE
from tests.support import smtp
from workflows.models import Alert, EscalationStep, Message
from workflows.services import delivery
from workflows.services.delivery import deliver
from workflows.services.outbox import queue_message

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The worker is gone: nothing after this line runs."""


@pytest.fixture
def sink(settings):
    with smtp.Sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def invitation(customer) -> Message:
    """An invitation's mail, waiting."""
    from workflows.services.notifications import fan_out

    dispatch = send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[customer.id])
    fan_out(dispatch.id)
    return Message.objects.get(kind="invitation")


@pytest.fixture
def escalation(complaint, alpha) -> Message:
    """The owner's escalation, waiting."""
    from cxcrm.demo.ageing import age
    from workflows.services import ladders

    age(alpha, timedelta(hours=9))
    ladders.climb(EscalationStep.objects.get(position=1).id)
    return Message.objects.get(kind="escalation")


@pytest.fixture
def receipt(opened) -> Message:
    """The acknowledgement to the customer, waiting."""
    from workflows.services.notifications import acknowledge_receipt

    return acknowledge_receipt(complaint_id=opened().id)


def fate(message: Message) -> tuple[str, int]:
    message.refresh_from_db()
    return message.state, SentRecord.objects.filter(dedupe_key=message.dedupe_key).count()


def test_accepted_is_sent_once_and_in_the_ledger(invitation, sink):
    assert deliver(invitation.id) is None
    assert fate(invitation) == ("sent", 1)
    assert deliver(invitation.id) is None
    (taken,) = sink.script.taken
    assert taken.to == ["ha@khach.example"]
    assert taken.message_id == invitation.message_id == SentRecord.objects.get().message_id
    row = Invitation.objects.get()
    assert (row.state, row.sent_at is not None) == ("sent", True)


AGAIN, NEVER = ("queued", 0), ("refused", 0)
# behaviour of the server -> fate of a survey, of an escalation
TABLE = {
    smtp.RCPT_LATER: (AGAIN, AGAIN),
    smtp.DATA_LATER: (AGAIN, AGAIN),
    smtp.SENDER_NEVER: (AGAIN, AGAIN),
    smtp.RCPT_NEVER: (NEVER, NEVER),
    smtp.DATA_NEVER: (NEVER, NEVER),
    smtp.DROP_UNREAD: (("uncertain", 0), AGAIN),
    smtp.DROP_TAKEN: (("uncertain", 0), AGAIN),
    smtp.HANG: (("uncertain", 0), AGAIN),
}


@pytest.fixture
def waiting(settings):
    """A server that hangs is waited for a second; one that answers as long as a busy machine takes."""

    def wait(behaviour):
        if behaviour == smtp.HANG:
            settings.EMAIL_TIMEOUT = 1

    return wait


@pytest.mark.matrix(3)
@pytest.mark.parametrize("behaviour", TABLE)
def test_what_the_server_does_to_a_survey(behaviour, invitation, sink, waiting):
    waiting(behaviour)
    sink.script.expect(behaviour)
    again = deliver(invitation.id)
    expected = TABLE[behaviour][0]
    assert fate(invitation) == expected
    assert isinstance(again, Later) == (expected == AGAIN)
    shown = {"queued": "queued", "refused": "bounced", "uncertain": "uncertain"}[expected[0]]
    assert Invitation.objects.get().state == shown
    assert [alert.kind for alert in Alert.objects.all()] == (["uncertain"] if shown == "uncertain" else [])
    assert (ContactPoint.objects.get(kind="email").undeliverable_at is not None) == (shown == "bounced")
    deliver(invitation.id)
    assert fate(invitation)[0] == ("sent" if expected == AGAIN else expected[0])


@pytest.mark.matrix(3)
@pytest.mark.parametrize("behaviour", TABLE)
def test_what_the_server_does_to_an_escalation(behaviour, escalation, sink, crew, waiting):
    waiting(behaviour)
    sink.script.expect(behaviour)
    again = deliver(escalation.id)
    expected = TABLE[behaviour][1]
    assert fate(escalation) == expected
    assert isinstance(again, Later) == (expected == AGAIN)
    if expected == AGAIN:
        assert now() < again.due_at < now() + timedelta(seconds=12)
        assert deliver(escalation.id) is None
        assert fate(escalation) == ("sent", 1)
        assert {taken.message_id for taken in sink.script.taken} == {escalation.message_id}
        assert Alert.objects.count() == 0
    else:
        alert = Alert.objects.get()
        assert (alert.kind, alert.ref) == ("undelivered", escalation.ref)
        assert EscalationStep.objects.get(position=2).due_at <= now()


def waited(message: Message, delta: timedelta) -> None:
    Message.objects.filter(pk=message.pk).update(created_at=now() - delta)


def rest_is_over() -> None:
    Route.objects.update(open_until=now() - timedelta(seconds=1))


def test_a_server_that_is_down_is_left_alone_but_nobody_waits_in_silence(escalation, sink):
    sink.stop()
    for attempt in range(1, routes.FAILURES + 1):
        assert isinstance(deliver(escalation.id), Later)
        assert (fate(escalation), escalation.attempts) == (("queued", 0), attempt)
    route = Route.objects.get(name=mail.route_name())
    assert (route.name, route.failures) == (f"smtp:127.0.0.1:{sink.port}", routes.FAILURES)
    assert now() + timedelta(seconds=3) < route.open_until < now() + routes.REST_BASE
    assert "connect" in escalation.reason
    again = deliver(escalation.id)
    assert route.open_until <= again.due_at < route.open_until + timedelta(seconds=11)
    assert (fate(escalation), escalation.attempts, Alert.objects.count()) == (("queued", 0), routes.FAILURES, 0)
    waited(escalation, PATIENCE)
    for _again in range(2):
        assert isinstance(deliver(escalation.id), Later)
        assert (Alert.objects.get().ref, Alert.objects.get().kind) == (escalation.ref, "undelivered")
        assert EscalationStep.objects.get(position=2).due_at <= now() < EscalationStep.objects.get(position=3).due_at


def test_many_tries_are_too_many_as_well(escalation, sink):
    Message.objects.update(attempts=delivery.PATIENCE_WITH_ESCALATIONS - 1)
    sink.script.expect(smtp.RCPT_LATER)
    deliver(escalation.id)
    assert Alert.objects.get().kind == "undelivered"


def test_one_mail_tries_a_server_after_its_rest_and_mends_it(escalation, receipt, sink):
    sink.script.expect(*[smtp.DATA_LATER] * routes.FAILURES)
    for _ in range(routes.FAILURES):
        deliver(escalation.id)
    waited(escalation, PATIENCE)
    deliver(escalation.id)
    assert (sink.script.begun, Alert.objects.get().settled_at) == (routes.FAILURES, None)
    rest_is_over()
    assert routes.admit(mail.route_name()) is None
    assert isinstance(deliver(receipt.id), Later)  # somebody is trying it
    rest_is_over()
    deliver(escalation.id)
    assert (fate(escalation), Alert.objects.get().settled_at is None) == (("sent", 1), False)
    route = Route.objects.get(name=mail.route_name())
    assert (route.failures, route.open_until, route.last_error) == (0, None, "")
    deliver(receipt.id)
    assert fate(receipt) == ("sent", 1)


def test_the_rest_grows_up_to_its_limit(db):
    for failures in range(1, 15):
        routes.report_failure("smtp:x:25", "connect: refused")
        route = Route.objects.get()
        rest = (route.open_until - now()) if route.open_until else timedelta(0)
        expected = min(routes.REST_CAP, routes.REST_BASE * 2 ** (failures - routes.FAILURES))
        if failures < routes.FAILURES:
            assert rest == timedelta(0)
        else:
            assert expected / 2 - timedelta(seconds=2) <= rest <= expected


def test_a_log_in_that_is_refused_rests_at_once_and_an_operator_ends_it(db):
    routes.report_failure("smtp:x:25", "log-in: 535", hopeless=True)
    assert routes.admit("smtp:x:25") is not None
    assert routes.close_breaker("smtp:x:25") is True
    assert routes.close_breaker("smtp:x:25") is False
    assert routes.admit("smtp:x:25") is None


def test_a_slow_worker_that_was_given_up_has_the_last_word(invitation, sink, monkeypatch):
    """Its lease ran out while the server took its time; another worker wrote "uncertain", but it was accepted."""
    really_send = mail.send

    def slowly(outgoing):
        really_send(outgoing)
        monkeypatch.setattr(mail, "send", really_send)
        deliver(invitation.id)
        assert fate(invitation) == ("uncertain", 0)

    monkeypatch.setattr(mail, "send", slowly)
    deliver(invitation.id)
    assert fate(invitation) == ("sent", 1)
    assert (Invitation.objects.get().state, Alert.objects.filter(settled_at=None).count()) == ("sent", 0)
    assert len(sink.script.taken) == 1


def test_other_mails_are_given_up_after_three_days(receipt, sink):
    sink.stop()
    Message.objects.filter(pk=receipt.pk).update(created_at=now() - timedelta(days=3, minutes=1))
    assert deliver(receipt.id) is None
    assert fate(receipt) == ("skipped", 0)
    assert Alert.objects.get().kind == "undelivered"


def test_a_survey_nobody_took_for_three_days_is_skipped(invitation, sink):
    sink.stop()
    Message.objects.filter(pk=invitation.pk).update(created_at=now() - timedelta(days=3, minutes=1))
    deliver(invitation.id)
    assert (Invitation.objects.get().state, Invitation.objects.get().skip_reason) == ("skipped", "undeliverable")


def test_a_refused_receipt_marks_the_address_and_alerts(receipt, sink):
    sink.script.expect(smtp.RCPT_NEVER)
    deliver(receipt.id)
    assert fate(receipt) == ("refused", 0)
    assert ContactPoint.objects.get(kind="email").undeliverable_at is not None
    assert Alert.objects.get().kind == "undelivered"


def die(*_args: Any, **_kwargs: Any) -> None:
    raise Killed


# where the worker dies -> what the next one makes of a survey and of an escalation: (state, messages on the server)
CRASHES = {
    "before the fence": ("compose", ("sent", 1), ("sent", 1)),
    "after the fence": ("send", ("uncertain", 0), ("sent", 1)),
    "after the server took it": ("_accepted", ("uncertain", 1), ("sent", 2)),
    "after the mark": ("_follow_up", ("sent", 1), ("sent", 1)),
}


@pytest.mark.parametrize("point", CRASHES)
@pytest.mark.parametrize("kind", ["survey", "escalation"])
def test_a_worker_dies(point, kind, in_alpha, sink, monkeypatch, request):
    message = request.getfixturevalue("invitation" if kind == "survey" else "escalation")
    name, of_survey, of_escalation = CRASHES[point]
    with monkeypatch.context() as patch:
        patch.setattr(mail if name == "send" else delivery, name, die)
        with pytest.raises(Killed):
            deliver(message.id)
    deliver(message.id)
    state, count = of_survey if kind == "survey" else of_escalation
    assert fate(message)[0] == state
    # A repeat bears the same Message-ID, by which it is counted here.
    message_id = mail.message_id(in_alpha.id, message.dedupe_key)
    assert sink.script.count(message_id) == count
    if kind == "survey":
        assert Invitation.objects.get().state == state
        assert Alert.objects.filter(kind="uncertain").count() == (1 if state == "uncertain" else 0)
    deliver(message.id)
    assert sink.script.count(message_id) == count


def test_an_escalation_reads_the_firm_and_its_calendar_once(escalation, sink, django_assert_max_num_queries):
    with django_assert_max_num_queries(46) as asked:
        assert deliver(escalation.id) is None
    assert fate(escalation) == ("sent", 1)
    said = [query["sql"] for query in asked.captured_queries]
    assert sum('FROM "staff_firm"' in sql for sql in said) == 1
    assert sum('FROM "workflows_calendar"' in sql for sql in said) == 1


def test_the_ledger_prevents_sending_again_from_a_backup(invitation, sink):
    deliver(invitation.id)
    Message.objects.filter(pk=invitation.pk).update(state="queued", sent_at=None, followed_up=False)
    Invitation.objects.update(state="queued", sent_at=None)
    deliver(invitation.id)
    assert len(sink.script.taken) == 1
    assert fate(invitation) == ("sent", 1)
    assert Invitation.objects.get().state == "sent"


def test_a_message_that_is_not_there_yet_is_tried_again(in_alpha):
    with pytest.raises(NotYet):
        deliver(in_alpha.id)


def test_invitations_are_queued_once_and_in_chunks(in_alpha, invitation, customer):
    from workflows.services.outbox import queue_invitations

    dispatch = Invitation.objects.get().dispatch_id
    assert queue_invitations(dispatch_id=dispatch, limit=5) == 0
    Message.objects.all().delete()
    assert queue_invitations(dispatch_id=dispatch, limit=0) == 0
    assert queue_invitations(dispatch_id=dispatch, limit=5) == 1
    queued, item = Message.objects.get(), AgendaItem.objects.get(kind="workflows.send", ref=Message.objects.get().pk)
    assert (queued.ref, queued.email, queued.customer_id) == (
        Invitation.objects.get().pk,
        "ha@khach.example",
        customer.pk,
    )
    assert (item.dedupe_key, item.priority, item.lane) == (f"workflows.send:{queued.pk}", 7, "normal")
    assert (queued.pk.version, item.pk.version, Invitation.objects.get().pk.version) == (7, 7, 7)


def test_queued_once_per_key_and_not_without_an_address(crew, customer):
    values = {"kind": "closing", "ref": crew.owner.id, "dedupe_key": "x", "user": crew.owner}
    first = queue_message(**values)
    assert queue_message(**values) == first
    ContactPoint.objects.all().delete()
    assert queue_message(kind="reply", ref=crew.owner.id, dedupe_key="y", customer=customer) is None
    assert Message.objects.count() == 1


def test_an_escalation_resolved_before_the_fence_is_not_sent(escalation, complaint, cause, sink):
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    assert deliver(escalation.id) is None
    assert (fate(escalation), escalation.reason, sink.script.taken) == (("skipped", 0), "answered", [])
    step = EscalationStep.objects.get(pk=escalation.ref)
    assert (step.state, step.reason) == ("cancelled", "answered")


def test_an_escalation_overtaken_by_a_decision_is_not_sent(escalation, sink):
    from workflows.services.ladders import hold_until

    hold_until(ladder_id=EscalationStep.objects.get(pk=escalation.ref).ladder_id, until=now() + timedelta(hours=1))
    deliver(escalation.id)
    assert (fate(escalation), escalation.reason) == (("skipped", 0), "held")
    assert EscalationStep.objects.get(pk=escalation.ref).reason == "held"


def test_a_closed_account_gets_nothing(escalation, sink, crew):
    crew.owner.is_active = False
    crew.owner.save()
    deliver(escalation.id)
    assert (fate(escalation), escalation.reason, sink.script.taken) == (("skipped", 0), "left", [])


def test_a_survey_withdrawn_before_it_left_is_skipped_with_its_reason(invitation, customer, sink):
    from customers.services.consents import state_consent

    state_consent(customer_id=customer.id, purpose="survey", granted=False, method="page")
    deliver(invitation.id)
    assert fate(invitation) == ("skipped", 0)
    assert (Invitation.objects.get().state, Invitation.objects.get().skip_reason) == ("skipped", "opted_out")


def test_an_expired_invitation_is_not_sent(invitation, sink):
    Invitation.objects.update(expires_at=now())
    deliver(invitation.id)
    assert (fate(invitation), invitation.reason) == (("skipped", 0), "expired")


def test_a_sent_receipt_acknowledges_the_complaint_and_is_on_the_timeline(receipt, sink):
    deliver(receipt.id)
    from feedback.models import Complaint

    complaint = Complaint.objects.get()
    assert complaint.state == "acknowledged"
    entry = Interaction.objects.get(what="mail.sent")
    assert (entry.direction, entry.data["mail"], entry.subject_id) == ("out", "acknowledgement", complaint.id)


def test_what_is_kept_of_a_mail_holds_no_working_link(escalation, receipt, sink):
    for message in (escalation, receipt):
        deliver(message.id)
        message.refresh_from_db()
        body = next(t for t in sink.script.taken if t.message_id == message.message_id).message.get_body(("plain",))
        for path in ("/d/", "/t/"):
            if path in body.get_content():
                assert f"{path}…" in message.text
    for text in Message.objects.values_list("text", flat=True):
        assert not any(len(word) >= 43 for word in text.replace("/", " ").replace("?", " ").split())


def test_a_changed_address_of_staff_is_used(escalation, sink, crew):
    crew.owner.email = "moi@alpha.example"
    crew.owner.save()
    deliver(escalation.id)
    assert sink.script.taken[0].to == ["moi@alpha.example"]
