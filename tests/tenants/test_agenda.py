"""The agenda: written with the change, claimed fairly and once, settled whatever happens."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction

from cxcrm.core.clock import now
from cxcrm.core.context import current_tenant
from cxcrm.core.errors import NoTenant
from tenants import tasks
from tenants.context import enter, in_tenant, leave
from tenants.models import AgendaItem, Tenant
from tenants.services import agenda

State = AgendaItem.State
calls: list[tuple[str, UUID]] = []
held: list[int] = []
behaviour: dict[str, object] = {}


@agenda.agenda_kind("test.note", lane="normal")
def note(ref: UUID) -> agenda.Later | None:
    calls.append((current_tenant().slug, ref))
    what = behaviour.get("next")
    if isinstance(what, Exception):
        raise what
    return what


@agenda.agenda_kind("test.alarm", lane="escalation")
def alarm(_ref: UUID) -> None:
    held.append(AgendaItem.objects.filter(kind="test.alarm", state=State.LEASED).count())


@pytest.fixture(autouse=True)
def _fresh():
    held.clear()
    calls.clear()
    behaviour.clear()


def put(tenant, ref=None, **kwargs) -> UUID:
    ref = ref or uuid4()
    with in_tenant(tenant), transaction.atomic():
        agenda.enqueue("test.note", ref, **kwargs)
    return ref


def only(ref: UUID) -> AgendaItem:
    return AgendaItem.objects.get(ref=ref)


pytestmark = pytest.mark.django_db


def test_an_item_runs_in_its_tenant_and_is_done(alpha, run_agenda):
    ref = put(alpha)
    assert run_agenda() == 1
    assert calls == [("alpha", ref)]
    item = only(ref)
    assert (item.state, item.attempts, item.lease_token) == (State.DONE, 1, None)
    assert connection.schema_name == "public"


def test_the_same_key_is_written_once_and_reschedule_moves_it(alpha):
    later = now() + timedelta(hours=2)
    ref = put(alpha, dedupe_key="k")
    put(alpha, ref=uuid4(), dedupe_key="k")
    assert AgendaItem.objects.filter(dedupe_key="k").count() == 1
    put(alpha, ref=ref, dedupe_key="k", due_at=later, reschedule=True)
    assert only(ref).due_at == later


def test_reschedule_wakes_a_finished_item_but_not_a_leased_one(alpha, run_agenda):
    ref = put(alpha, dedupe_key="k")
    run_agenda()
    put(alpha, ref=ref, dedupe_key="k", reschedule=True)
    assert only(ref).state == State.PENDING
    [claim] = agenda.claim("normal")
    put(alpha, ref=ref, dedupe_key="k", reschedule=True)
    assert only(ref).lease_token == claim.token


def test_what_is_not_due_or_cancelled_is_left_alone(alpha, run_agenda):
    put(alpha, due_at=now() + timedelta(minutes=1))
    gone = put(alpha, dedupe_key="gone")
    with in_tenant(alpha):
        assert agenda.cancel("gone") is True
        assert agenda.cancel("gone") is False
    assert run_agenda() == 0
    assert only(gone).state == State.CANCELLED


def test_enqueue_refuses_without_tenant_or_for_an_unknown_kind(alpha):
    with pytest.raises(NoTenant), transaction.atomic():
        agenda.enqueue("test.note", uuid4())
    with in_tenant(alpha), pytest.raises(KeyError):
        agenda.enqueue("test.unknown", uuid4())


@pytest.mark.django_db(transaction=True)
def test_enqueue_refuses_outside_a_transaction(alpha):
    with in_tenant(alpha), pytest.raises(RuntimeError, match="outside a transaction"):
        agenda.enqueue("test.note", uuid4())


def test_a_kind_is_registered_once():
    assert agenda.agenda_kind("test.note")(note) is note
    with pytest.raises(ValueError, match="registered twice"):
        agenda.agenda_kind("test.note")(lambda ref: None)
    assert "test.note" in agenda.kinds()


@pytest.mark.parametrize("error", [ValueError("kaputt"), KeyError("kaputt"), ZeroDivisionError("kaputt")])
def test_a_failure_backs_off_and_ends_dead_after_the_last_attempt(error, alpha, run_agenda, advance):
    ref = put(alpha)
    behaviour["next"] = error
    run_agenda()
    item = only(ref)
    assert (item.state, item.attempts, item.last_error) == (State.PENDING, 1, f"{type(error).__name__}: {error}")
    assert item.due_at > now()
    for _attempt in range(agenda.MAX_ATTEMPTS - 1):
        advance(timedelta(hours=1))
        run_agenda()
    item = only(ref)
    assert (item.state, item.attempts, len(calls)) == (State.DEAD, agenda.MAX_ATTEMPTS, agenda.MAX_ATTEMPTS)
    behaviour.clear()
    assert agenda.replay(item.id) is True
    assert agenda.replay(item.id) is False
    run_agenda()
    assert only(ref).state == State.DONE


def test_not_there_yet_is_tried_again(alpha, run_agenda):
    ref = put(alpha)
    behaviour["next"] = agenda.NotYet("row")
    run_agenda()
    assert (only(ref).state, only(ref).last_error) == (State.PENDING, "not there yet: row")


def test_later_postpones_without_counting_attempts(alpha, run_agenda):
    ref, at = put(alpha), now() + timedelta(days=1)
    behaviour["next"] = agenda.Later(at)
    run_agenda()
    assert (only(ref).state, only(ref).due_at, only(ref).attempts) == (State.PENDING, at, 0)


def test_a_programming_error_about_tenants_is_given_up_at_once(alpha, run_agenda):
    ref = put(alpha)
    behaviour["next"] = NoTenant("x")
    run_agenda()
    assert only(ref).state == State.DEAD


def test_an_unknown_kind_waits_for_the_release_that_knows_it(alpha, run_agenda):
    ref = put(alpha, dedupe_key="k")
    AgendaItem.objects.filter(ref=ref).update(kind="test.from_the_future")
    assert run_agenda() == 0
    assert (only(ref).state, only(ref).attempts) == (State.PENDING, 0)
    assert tasks.carry_out(agenda.claim_one(alpha.id, "k")) == 0
    assert (only(ref).state, only(ref).last_error) == (State.PENDING, "unknown kind 'test.from_the_future'")


def test_a_suspended_firm_waits(alpha, run_agenda):
    ref = put(alpha)
    Tenant.objects.filter(pk=alpha.id).update(state=Tenant.State.SUSPENDED)
    assert run_agenda() == 0
    [_item] = [only(ref)]
    tasks.carry_out(agenda.claim_one(alpha.id, f"test.note:{ref}"))
    assert only(ref).state == State.PENDING
    assert calls == []


def test_a_paused_firm_is_not_claimed(alpha, beta, run_agenda):
    put(alpha)
    other = put(beta)
    Tenant.objects.filter(pk=alpha.id).update(paused=True)
    run_agenda()
    assert calls == [("beta", other)]


def test_an_expired_lease_is_claimed_again_and_the_first_holder_cannot_settle(alpha):
    ref = put(alpha)
    [first] = agenda.claim("normal")
    assert agenda.claim("normal") == []
    AgendaItem.objects.filter(ref=ref).update(lease_until=now() - timedelta(seconds=1))
    [second] = agenda.claim("normal")
    assert second.token != first.token
    assert agenda.begin([first]) == []
    assert [item.attempts for item in agenda.begin([second])] == [1]
    agenda.finish(first)
    assert only(ref).state == State.LEASED
    agenda.give_up(second, "no")
    assert only(ref).state == State.DEAD


def test_a_giant_does_not_delay_a_small_firm(alpha, beta):
    for _number in range(30):
        put(alpha, due_at=now() - timedelta(hours=1))
    small = put(beta)
    claimed = agenda.claim("normal", limit=10, share=5)
    assert small in [item.ref for item in claimed]
    assert sum(item.tenant_id == alpha.id for item in claimed) == 5


def test_priority_then_due_time_within_a_firm(alpha):
    late = put(alpha, due_at=now() - timedelta(minutes=1))
    early = put(alpha, due_at=now() - timedelta(minutes=9))
    urgent = put(alpha)
    AgendaItem.objects.filter(ref=urgent).update(priority=1)
    assert [item.ref for item in agenda.claim("normal")] == [urgent, early, late]


@pytest.mark.django_db(transaction=True)
def test_parallel_claims_never_share_an_item(alpha, settings):
    settings.AGENDA_WORKERS_PER_FIRM = 99
    refs = {put(alpha) for _number in range(60)}
    taken: list[UUID] = []
    barrier = threading.Barrier(4)

    def claim_all() -> None:
        leave()
        barrier.wait()
        while items := agenda.claim("normal", limit=7, share=7):
            taken.extend(item.ref for item in items)
        connections.close_all()

    threads = [threading.Thread(target=claim_all) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 60
    assert set(taken) == refs


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_nothing_to_do_and_commit_pokes_once_per_lane(alpha, monkeypatch):
    pokes: list[str] = []
    monkeypatch.setattr(agenda, "_poke", [pokes.append])
    with in_tenant(alpha), transaction.atomic():
        agenda.enqueue("test.note", uuid4())
        transaction.set_rollback(True)
    assert (AgendaItem.objects.filter(kind="test.note").count(), pokes) == (0, [])
    with in_tenant(alpha), transaction.atomic():
        agenda.enqueue("test.note", uuid4())
        agenda.enqueue("test.note", uuid4())
        assert pokes == []
    assert pokes == ["normal"]


def test_the_task_goes_on_until_nothing_is_due(alpha):
    for _number in range(tasks.BATCH * 2 + 3):
        put(alpha)
    assert tasks.run_agenda("normal") == len(calls) == tasks.BATCH * 2 + 3


def test_an_escalation_waits_behind_one_other_at_most_while_the_rest_is_free_for_idle_workers(alpha):
    with in_tenant(alpha), transaction.atomic():
        for _number in range(7):
            agenda.enqueue("test.alarm", uuid4())
    assert tasks.run_agenda("escalation") == 7
    assert max(held) == 2


def test_the_task_asks_for_another_when_its_time_is_up_and_hands_the_rest_back(alpha, monkeypatch):
    pokes: list[str] = []
    monkeypatch.setattr(tasks, "poke", pokes.append)
    moments = iter([0.0, 1.0, 2.0, *[99.0] * 9])
    monkeypatch.setattr(tasks, "monotonic", lambda: next(moments))
    for _number in range(3):
        put(alpha)
    assert tasks.run_agenda("normal") == len(calls) == 1
    assert pokes == ["normal"]
    rest = AgendaItem.objects.filter(kind="test.note", state=State.PENDING)
    assert list(rest.values_list("attempts", "lease_until")) == [(0, None)] * 2


def test_a_worker_that_is_ending_begins_nothing(alpha, monkeypatch):
    ref = put(alpha)
    monkeypatch.setattr(tasks.tasking, "is_draining", lambda: True)
    assert (tasks.run_agenda("normal"), calls) == (0, [])
    assert only(ref).state == State.PENDING


def test_a_worker_told_to_end_finishes_what_it_began_and_hands_the_rest_back(alpha, monkeypatch):
    refs = [put(alpha) for _number in range(3)]
    monkeypatch.setattr(tasks.tasking, "is_draining", lambda: bool(calls))
    assert tasks.run_agenda("normal") == 1
    assert sorted(only(ref).state for ref in refs) == ["done", "pending", "pending"]


def test_a_lost_lease_is_not_carried_out(alpha):
    put(alpha)
    items = agenda.claim("normal")
    AgendaItem.objects.update(lease_until=now() - timedelta(seconds=1))
    agenda.claim("normal")
    assert [tasks.carry_out(item) for item in items] == [0]
    assert calls == []


def test_a_dead_broker_is_only_noted(monkeypatch, caplog):
    import kombu.exceptions

    def away(**_kwargs):
        raise kombu.exceptions.OperationalError("connection refused")

    monkeypatch.setattr(tasks.run_agenda, "apply_async", away)
    tasks.poke("normal")
    assert "no poke for lane normal" in caplog.text


def test_enter_is_left_behind_after_a_task(alpha):
    ref = put(alpha)
    tasks.perform(str(alpha.id), "test.note", [str(ref)])
    assert connection.schema_name == "public"
    enter(alpha)
