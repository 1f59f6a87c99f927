"""How an event reaches its handlers: each once, the others even when one fails, and again until all have done."""

import pytest

from cxcrm.core import events
from cxcrm.core.context import current_actor, current_cause
from feedback.events import ComplaintStarted
from feedback.services import complaints
from tenants.models import AgendaItem
from tenants.services.agenda import NotYet
from workflows.models import Event, Receipt
from workflows.services.events import deliver_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def handlers(monkeypatch):
    """Replace who listens to ComplaintStarted."""

    def use(*functions):
        named = {f"tests.{function.__name__}": function for function in functions}
        monkeypatch.setitem(events._handlers, ComplaintStarted.name, named)

    return use


def started(complaint) -> Event:
    complaints.start_work(complaint_id=complaint.id)
    return Event.objects.filter(name=ComplaintStarted.name).latest("occurred_at")


def test_a_failing_handler_neither_starves_the_others_nor_is_forgotten(complaint, handlers):
    calls: list[str] = []
    broken = [True]

    def first(_event):
        calls.append("first")
        if broken[0]:
            raise RuntimeError("not today")

    def second(event):
        calls.append("second")
        assert event.complaint_id == complaint.id
        assert current_cause()[1] == 1
        assert current_actor().kind == "system"

    handlers(first, second)
    event = started(complaint)
    with pytest.raises(RuntimeError, match="not today"):
        deliver_event(event.id)
    assert calls == ["first", "second"]
    assert list(Receipt.objects.filter(event=event).values_list("handler", flat=True)) == ["tests.second"]
    broken[0] = False
    deliver_event(event.id)
    deliver_event(event.id)
    assert calls == ["first", "second", "first"]


def test_an_event_nobody_listens_to_is_kept_and_not_queued(complaint, handlers, alpha):
    handlers()
    event = started(complaint)
    assert not AgendaItem.objects.filter(ref=event.id).exists()
    deliver_event(event.id)


def test_an_event_that_is_not_there_yet_is_tried_again(in_alpha):
    with pytest.raises(NotYet):
        deliver_event(in_alpha.id)
