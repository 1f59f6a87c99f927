"""Publishing: only inside a tenant and a transaction, signed, and never deeper than five."""

from dataclasses import FrozenInstanceError, dataclass, fields
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from cxcrm.core import events
from cxcrm.core.context import SYSTEM, Actor, acting_as, caused_by, current_cause
from cxcrm.core.errors import NoTenant
from cxcrm.core.events import MAX_DEPTH, DomainEvent, Envelope, TooDeep, event, on, publish, restore
from tenants.context import leave

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> list[Envelope]:
    """A copy of the registry, and a ledger that only remembers; the real ones come back afterwards."""
    kept: list[Envelope] = []
    monkeypatch.setattr(events, "_types", dict(events._types))
    monkeypatch.setattr(events, "_handlers", type(events._handlers)(dict, events._handlers))
    monkeypatch.setattr(events, "_store", [kept.append])
    return kept


@pytest.fixture
def happened(registry: list[Envelope]) -> type[DomainEvent]:
    @event("test.happened", version=3)
    @dataclass(frozen=True, kw_only=True)
    class Happened(DomainEvent):
        thing_id: UUID
        other_id: UUID | None = None
        times: int = 1

    return Happened


def test_publish_hands_over_who_when_and_why(happened, registry, in_alpha):
    cause, actor = uuid4(), Actor("user", uuid4(), "Lan")
    told = happened(thing_id=uuid4())
    with acting_as(actor), caused_by(cause, 1):
        ident = publish(told)
    (envelope,) = registry
    assert (envelope.id, envelope.event, envelope.actor) == (ident, told, actor)
    assert (envelope.causation_id, envelope.depth) == (cause, 2)
    assert envelope.occurred_at.utcoffset().total_seconds() == 0
    assert current_cause() == (None, 0)


def test_nobody_in_particular_is_the_system(happened, registry, in_alpha):
    publish(happened(thing_id=uuid4()))
    assert (registry[0].actor, registry[0].causation_id, registry[0].depth) == (SYSTEM, None, 0)


@pytest.mark.django_db(transaction=True)
def test_publish_refuses_outside_a_transaction(happened, registry, in_alpha):
    with pytest.raises(RuntimeError, match=r"publish\(test.happened\) outside a transaction"):
        publish(happened(thing_id=uuid4()))
    with transaction.atomic():
        publish(happened(thing_id=uuid4()))
    assert len(registry) == 1


def test_publish_refuses_outside_a_tenant(happened, registry, alpha):
    leave()
    with pytest.raises(NoTenant):
        publish(happened(thing_id=uuid4()))
    assert registry == []


def test_publish_refuses_without_a_ledger(happened, monkeypatch, in_alpha):
    monkeypatch.setattr(events, "_store", [])
    with pytest.raises(RuntimeError, match="no event store was supplied"):
        publish(happened(thing_id=uuid4()))


def test_the_ledger_supplied_last_is_the_ledger(happened, registry, in_alpha):
    second: list[Envelope] = []
    events.use_store(second.append)
    publish(happened(thing_id=uuid4()))
    assert (len(registry), len(second)) == (0, 1)


@pytest.mark.parametrize(("depth", "refused"), [(0, False), (MAX_DEPTH - 1, False), (MAX_DEPTH, True), (99, True)])
def test_a_chain_of_causes_ends(depth, refused, happened, registry, in_alpha):
    with caused_by(uuid4(), depth):
        if refused:
            with pytest.raises(TooDeep, match=r"test.happened"):
                publish(happened(thing_id=uuid4()))
        else:
            publish(happened(thing_id=uuid4()))
    assert [envelope.depth for envelope in registry] == ([] if refused else [depth + 1])


def test_a_name_is_registered_once(happened):
    assert (happened.name, happened.version) == ("test.happened", 3)
    assert "test.happened" in events.event_names()
    assert events.event_names() == sorted(events.event_names())
    with pytest.raises(ValueError, match=r"event test.happened is registered twice"):
        event("test.happened")(happened)


def test_payload_and_back(happened):
    told = happened(thing_id=UUID(int=7), other_id=None, times=2)
    assert told.payload() == {"thing_id": str(UUID(int=7)), "other_id": None, "times": 2}
    assert restore("test.happened", told.payload()) == told
    other = happened(thing_id=UUID(int=7), other_id=UUID(int=8))
    assert restore("test.happened", other.payload()) == other


def test_a_payload_of_another_version_is_understood(happened):
    payload: dict[str, Any] = {"thing_id": str(UUID(int=7)), "added_in_version_4": [1]}
    assert restore("test.happened", payload) == happened(thing_id=UUID(int=7))
    with pytest.raises(TypeError, match="thing_id"):
        restore("test.happened", {})
    with pytest.raises(KeyError):
        restore("test.never_heard_of", payload)


def test_events_cannot_be_changed(happened):
    told = happened(thing_id=uuid4())
    with pytest.raises(FrozenInstanceError):
        told.times = 3


def test_handlers_are_known_by_their_path_and_a_copy_is_given(happened):
    @on(happened)
    def take_note(told: DomainEvent) -> None: ...

    found = events.handlers_of("test.happened")
    (path,) = found
    assert path.endswith("test_events.test_handlers_are_known_by_their_path_and_a_copy_is_given.<locals>.take_note")
    found.clear()
    assert events.handlers_of("test.happened") == {path: take_note}
    assert events.handlers_of("test.never_heard_of") == {}


def test_every_real_event_survives_its_payload():
    """Names are ``app.past_tense``; each field is an id or a plain value that comes back as it was."""
    for name in events.event_names():
        cls = events._types[name]
        values = {field.name: UUID(int=5) if "UUID" in str(field.type) else "x" for field in fields(cls)}
        told = cls(**values)
        assert restore(name, told.payload()) == told, name
        assert name.count(".") == 1
