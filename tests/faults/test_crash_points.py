"""A worker shot at each named line between the change and its last mark: what becomes of the mail is the table's."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from cxcrm.core import mail
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from feedback.models import Invitation
from tenants import tasks
from tenants.context import enter, leave
from tenants.models import AgendaItem
from tenants.services import agenda
from tests.support.smtp import Sink
from workflows.models import Alert, Message
from workflows.services import bulk, delivery
from workflows.services.notifications import fan_out

pytestmark = pytest.mark.django_db(transaction=True)

SENT, ONCE_MORE = ("sent", 1), ("sent", 2)
# the line -> (what is called there, fate of an escalation), (what is called there, fate of a survey); a fate is the
# state in the end and how often the server took the mail
POINTS: dict[str, tuple[tuple[Any, str, tuple[str, int]], tuple[Any, str, tuple[str, int]]]] = {
    "claimed, before its turn": ((agenda, "begin", SENT), (agenda, "begin", SENT)),
    "begun, before the fence": ((delivery, "compose", SENT), (bulk, "_fence", SENT)),
    "behind the fence, before the server": ((mail, "send", SENT), (bulk._Run, "send", SENT)),
    "in the server's hands": ((mail, "send", ONCE_MORE), (mail, "send_filled", ("uncertain", 1))),
    "taken, before the mark": ((delivery, "_accepted", ONCE_MORE), (bulk, "_mark", SENT)),
    "marked, before the others hear of it": ((delivery, "_follow_up", SENT), (bulk.routes, "report_success", SENT)),
    "all done, before the item is settled": ((tasks, "_settle", SENT), (tasks, "_settle", SENT)),
}
# Here the line is carried out first: the server has the mail, and its sender dies before hearing more.
AFTERWARDS = {"in the server's hands"}
TIMES = [1, pytest.param(25, marks=pytest.mark.faults)]


@pytest.fixture
def server(sink: Sink, settings: Any) -> Sink:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    return sink


def shot(*_args: Any, **_kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def shot_after(work: Callable[..., object]) -> Callable[..., None]:
    def work_and_die(*args: Any, **kwargs: Any) -> None:
        work(*args, **kwargs)
        shot()

    return work_and_die


def in_a_process(work: Callable[[], object]) -> int:
    """Run ``work`` in a process of its own; returns how it ended, as ``os.wait`` says it."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


def look(lane: str) -> None:
    """What a worker does with a poke."""
    leave()
    tasks.run_agenda(lane)


def only_this_is_due(message: Message) -> None:
    AgendaItem.objects.filter(state="pending").update(due_at=now() + timedelta(days=1))
    AgendaItem.objects.filter(ref=message.id).update(due_at=now() - timedelta(seconds=1))


def die_and_go_on(message: Message, lane: str, point: str, patch: pytest.MonkeyPatch) -> None:
    """One worker dies at the line; the next one finds the lease run out and looks."""
    place, name, _fate = POINTS[point][lane == "normal"]
    only_this_is_due(message)
    with patch.context() as line:
        line.setattr(place, name, shot_after(getattr(place, name)) if point in AFTERWARDS else shot)
        assert in_a_process(lambda: look(lane)) == signal.SIGKILL
    assert AgendaItem.objects.get(ref=message.id).state == "leased"
    AgendaItem.objects.filter(ref=message.id).update(lease_until=now() - timedelta(seconds=1))
    assert in_a_process(lambda: look(lane)) == 0


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("point", POINTS)
def test_an_escalation(
    point: str, times: int, escalations: Any, server: Sink, alpha: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    fate = POINTS[point][0][2]
    for message in escalations(times, cases=1):
        die_and_go_on(message, "escalation", point, monkeypatch)
        enter(alpha)
        message.refresh_from_db()
        assert (message.state, server.script.count(message.message_id)) == fate
        assert AgendaItem.objects.get(ref=message.id).state == "done"


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("point", POINTS)
def test_a_survey(
    point: str, times: int, invitations: Any, server: Sink, alpha: TenantRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    fate = POINTS[point][1][2]
    asked = invitations(times)
    fan_out(asked[0].dispatch_id)
    messages = list(Message.objects.filter(kind="invitation"))
    assert len(messages) == len(asked)
    for message in messages:
        die_and_go_on(message, "normal", point, monkeypatch)
        enter(alpha)
        message.refresh_from_db()
        assert (message.state, server.script.count(mail.message_id(alpha.id, message.dedupe_key))) == fate
        assert Alert.objects.filter(kind="uncertain", ref=message.id).count() == (message.state == "uncertain")
    assert {one.state for one in Invitation.objects.all()} == {fate[0]}


@pytest.mark.parametrize("times", [2, pytest.param(25, marks=pytest.mark.faults)])
@pytest.mark.parametrize("commits", [False, True])
def test_the_process_that_makes_the_change(
    commits: bool, times: int, escalations: Any, server: Sink, alpha: TenantRef
) -> None:
    """Shot before the commit there is nothing; shot right after it, before anybody was poked, all is there."""

    def change() -> None:
        enter(alpha)
        with transaction.atomic():
            escalations(1, cases=1)
            if not commits:
                connection.cursor().execute("SELECT 1")
                shot()
        shot()

    escalations(0, cases=1)  # what the change needs is there before
    for _time in range(times):
        agenda.use_poke(lambda lane: shot())
        try:
            assert in_a_process(change) == signal.SIGKILL
        finally:
            agenda.use_poke(tasks.poke)
    assert in_a_process(lambda: look("escalation")) == 0
    enter(alpha)
    messages = list(Message.objects.filter(kind="escalation"))
    assert len(messages) == (times if commits else 0)
    assert [(one.state, server.script.count(one.message_id)) for one in messages] == [SENT] * len(messages)
