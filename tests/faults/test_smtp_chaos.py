"""Everything a mail server can do to a mail, to escalations and surveys alike: the fate is the one of the table."""

from collections.abc import Iterator

import pytest

from cxcrm.core import mail
from tenants.models import Route
from tests.support import smtp
from workflows.models import Alert, EscalationStep, Message
from workflows.services import bulk
from workflows.services.delivery import deliver

pytestmark = pytest.mark.django_db

AGAIN, NEVER, SENT, PERHAPS = "queued", "refused", "sent", "uncertain"
# what the server does -> fate of a survey, of an escalation, is the server at fault?
TABLE = {
    "refuses the connection": (AGAIN, AGAIN, True),
    smtp.GREETING_LATER: (AGAIN, AGAIN, True),
    smtp.GREETING_NEVER: (AGAIN, AGAIN, True),
    smtp.HANG_GREETING: (AGAIN, AGAIN, True),
    smtp.LOGIN_NEVER: (AGAIN, AGAIN, True),
    smtp.TLS_BROKEN: (AGAIN, AGAIN, True),
    smtp.SENDER_LATER: (AGAIN, AGAIN, True),
    smtp.SENDER_NEVER: (AGAIN, AGAIN, True),
    smtp.RCPT_LATER: (AGAIN, AGAIN, False),
    smtp.RCPT_NEVER: (NEVER, NEVER, False),
    smtp.RCPT_FULL: (NEVER, NEVER, False),
    smtp.RCPT_POLICY: (AGAIN, AGAIN, True),
    smtp.DROP_AT_RCPT: (AGAIN, AGAIN, True),
    smtp.HANG_AT_RCPT: (AGAIN, AGAIN, True),
    smtp.DATA_LATER: (AGAIN, AGAIN, True),
    smtp.DATA_NEVER: (NEVER, NEVER, False),
    smtp.DATA_POLICY: (AGAIN, AGAIN, True),
    smtp.DROP_UNREAD: (PERHAPS, AGAIN, True),
    smtp.DROP_TAKEN: (PERHAPS, AGAIN, True),
    smtp.HANG: (PERHAPS, AGAIN, True),
    smtp.DRIP: (PERHAPS, AGAIN, True),
    smtp.SLOW: (SENT, SENT, False),
    smtp.ACCEPT: (SENT, SENT, False),
}


@pytest.fixture(params=[False, True], ids=["pipelining", "plain server"])
def server(request, settings) -> Iterator[smtp.Sink]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT, settings.MAIL_DEADLINE = 0.6, 1.2
    with smtp.Sink(plain=request.param) as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        yield sink


def meet(behaviour: str, server: smtp.Sink, settings) -> None:
    server.script.usual = behaviour
    if behaviour == smtp.LOGIN_NEVER:
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "user", "secret"
    if behaviour == smtp.TLS_BROKEN:
        settings.EMAIL_USE_TLS = True
    if behaviour == "refuses the connection":
        server.stop()


@pytest.mark.matrix
@pytest.mark.parametrize("behaviour", TABLE)
def test_the_fate_is_the_one_of_the_table(behaviour, server, settings, escalations, invitations, run_agenda):
    told = escalations(2, cases=1)
    invitations(2)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    bulk_ids = _queued(run_agenda)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    meet(behaviour, server, settings)
    of_survey, of_escalation, at_fault = TABLE[behaviour]

    deliver(told[0].id)
    assert Message.objects.get(pk=told[0].pk).state == of_escalation
    Route.objects.update(failures=0, open_until=None)
    bulk.deliver_many(bulk_ids[:1])
    survey = Message.objects.get(pk=bulk_ids[0])
    assert survey.state == of_survey
    assert (Route.objects.get(name=mail.route_name()).failures > 0) is at_fault
    if behaviour in smtp.AT_THE_DOOR or of_survey != SENT:
        assert survey.sent_at is None

    # Never silently dropped: sent in the end, or shown and the next contact tried.
    server.script.usual = smtp.ACCEPT
    settings.EMAIL_HOST_USER, settings.EMAIL_USE_TLS = "", False
    if behaviour != "refuses the connection":
        Route.objects.update(failures=0, open_until=None)
        deliver(told[0].id)
        bulk.deliver_many(bulk_ids[:1])
        final = Message.objects.get(pk=told[0].pk)
        assert final.state == (NEVER if of_escalation == NEVER else SENT)
        shown = Alert.objects.filter(kind="undelivered", ref=EscalationStep.objects.get(pk=final.ref).pk).exists()
        assert shown is (final.state == NEVER)
        assert Message.objects.get(pk=bulk_ids[0]).state == (SENT if of_survey == AGAIN else of_survey)
    counts = server.script.counts()
    ours = Message.objects.filter(kind="invitation").values_list("message_id", flat=True)
    assert all(counts[message_id] <= 1 for message_id in ours)


def _queued(run_agenda) -> list:
    from feedback.models import Dispatch
    from workflows.services.notifications import fan_out

    fan_out(Dispatch.objects.get().id)
    return list(Message.objects.filter(kind="invitation").order_by("pk").values_list("pk", flat=True))


def test_one_line_serves_many_mails_and_a_lost_one_is_replaced(server, invitations, run_agenda):
    invitations(4)
    ids = _queued(run_agenda)
    bulk.deliver_many(ids[:2])
    bulk.deliver_many(ids[2:3])
    assert (server.script.connected, len(server.script.taken)) == (1, 3)
    server.script.expect(smtp.DROP_AT_RCPT)  # as a server that had enough of this line
    bulk.deliver_many(ids[3:])
    assert (server.script.connected, len(server.script.taken)) == (2, 4)


def test_a_server_that_is_down_hears_of_few_of_many(server, invitations, run_agenda):
    """Twelve mails wait; five try, the others are spared the attempt and the server the calls."""
    invitations(12)
    ids = _queued(run_agenda)
    server.script.usual = smtp.GREETING_LATER
    for _round in range(10):
        bulk.deliver_many(ids)
    assert server.script.connected == 5
    assert sum(Message.objects.filter(pk__in=ids).values_list("attempts", flat=True)) == 5
