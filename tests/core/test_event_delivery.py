"""From the ledger to the handlers: each once, one failure does not starve the others."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from cxcrm.core import events
from cxcrm.core.context import Actor, acting_as, current_actor, current_cause
from cxcrm.core.events import DomainEvent, event, on, publish
from tenants.models import AgendaItem
from tenants.services.agenda import NotYet
from tenants.staff.models import Department
from workflows.models import Event, Receipt
from workflows.services.events import KIND, deliver_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def happened(monkeypatch: pytest.MonkeyPatch) -> type[DomainEvent]:
    monkeypatch.setattr(events, "_types", dict(events._types))
    monkeypatch.setattr(events, "_handlers", type(events._handlers)(dict, events._handlers))

    @event("test.happened")
    @dataclass(frozen=True, kw_only=True)
    class Happened(DomainEvent):
        thing_id: UUID

    return Happened


def departments() -> set[str]:
    return set(Department.objects.values_list("name", flat=True)) & {"first", "second", "third"}


def test_the_event_is_written_with_the_change_or_not_at_all(happened, in_alpha, agenda_items):
    on(happened)(lambda told: None)
    with transaction.atomic():
        publish(happened(thing_id=uuid4()))
        assert len(agenda_items(in_alpha, KIND)) == 1
        transaction.set_rollback(True)
    assert not Event.objects.filter(name="test.happened").exists()
    assert agenda_items(in_alpha, KIND) == []


def test_an_event_nobody_listens_to_is_kept_and_costs_no_agenda_item(happened, in_alpha, agenda_items):
    thing = uuid4()
    with acting_as(Actor("user", uuid4(), "Lan")):
        ident = publish(happened(thing_id=thing))
    kept = Event.objects.get(pk=ident)
    assert (kept.name, kept.version, kept.payload) == ("test.happened", 1, {"thing_id": str(thing)})
    assert (kept.actor_kind, kept.actor_label, kept.depth) == ("user", "Lan", 0)
    assert agenda_items(in_alpha, KIND) == []


def test_each_handler_runs_once_as_the_one_who_did_it(happened, in_alpha, run_agenda, agenda_items):
    seen = []

    @on(happened)
    def listen(told: DomainEvent) -> None:
        seen.append((told, current_actor().label, current_cause()))

    told = happened(thing_id=uuid4())
    with acting_as(Actor("user", uuid4(), "Lan")):
        ident = publish(told)
    assert seen == []
    run_agenda()
    deliver_event(ident)
    assert seen == [(told, "Lan", (ident, 1))]
    assert [item.state for item in agenda_items(in_alpha, KIND)] == [AgendaItem.State.DONE]


def test_one_failing_handler_starves_nobody_and_only_it_runs_again(happened, in_alpha, run_agenda, agenda_items):
    broken = [True]

    @on(happened)
    def first(told: DomainEvent) -> None:
        Department.objects.create(name="first")

    @on(happened)
    def second(told: DomainEvent) -> None:
        Department.objects.create(name="second")
        if broken:
            raise ValueError("not today")

    @on(happened)
    def third(told: DomainEvent) -> None:
        Department.objects.create(name="third")

    ident = publish(happened(thing_id=uuid4()))
    run_agenda()
    assert departments() == {"first", "third"}  # what the failed one wrote went with it
    assert Receipt.objects.filter(event_id=ident).count() == 2
    (item,) = agenda_items(in_alpha, KIND)
    assert (item.state, item.attempts, item.last_error) == (AgendaItem.State.PENDING, 1, "ValueError: not today")

    broken.clear()
    deliver_event(ident)  # a second run of first or third would break on the name
    assert departments() == {"first", "second", "third"}
    assert Receipt.objects.filter(event_id=ident).count() == 3


def test_a_handler_somebody_else_dealt_with_meanwhile_is_left_alone(happened, in_alpha):
    @on(happened)
    def first(told: DomainEvent) -> None:
        for name in events.handlers_of("test.happened"):
            Receipt.objects.get_or_create(event_id=ident, handler=name)

    @on(happened)
    def second(told: DomainEvent) -> None:
        raise AssertionError("dealt with already")

    ident = publish(happened(thing_id=uuid4()))
    deliver_event(ident)
    assert Receipt.objects.filter(event_id=ident).count() == 2


def test_an_event_that_is_not_there_yet_is_tried_again(in_alpha):
    with pytest.raises(NotYet):
        deliver_event(uuid4())


def test_what_a_handler_does_is_one_deeper_and_ends(happened, in_alpha, run_agenda, agenda_items):
    """A handler that triggers itself comes to rest: the chain is cut after five."""

    @on(happened)
    def again(told: DomainEvent) -> None:
        publish(happened(thing_id=told.thing_id))

    publish(happened(thing_id=uuid4()))
    run_agenda()
    depths = Event.objects.filter(name="test.happened").order_by("depth").values_list("depth", flat=True)
    assert list(depths) == [0, 1, 2, 3, 4, 5]
    stuck = [item.last_error for item in agenda_items(in_alpha, KIND) if item.state == AgendaItem.State.PENDING]
    assert stuck == ["TooDeep: test.happened"]
