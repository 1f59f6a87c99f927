"""Celery tasks of the registry: look at the agenda, carry out what is due."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import kombu.exceptions
import redis
from celery import shared_task
from django.db import DatabaseError, connection, transaction

from cxcrm.core.clock import db_now
from cxcrm.core.errors import CrossTenantError, NoTenant
from cxcrm.core.observability.logs import about
from tenants import tasking
from tenants.context import in_tenant, ref_by_id
from tenants.models import Lane
from tenants.services import agenda
from tenants.tasking import PublicTask, TenantSuspended, TenantTask

logger = logging.getLogger(__name__)

BATCH = 10
# What is claimed waits for its turn here, however many others are idle: an escalation waits behind one at most, so that
# a worker held up by the mail server or by its machine keeps nothing from the worker that is kept free for them.
ESCALATION_BATCH = 2
# A task begins nothing new after this long, so that a worker told to end is done soon. Well below the soft limit.
TASK_SECONDS = 20.0
WHILE_SUSPENDED = timedelta(minutes=5)


@shared_task(name="tenants.run_agenda", base=PublicTask)
def run_agenda(lane: str) -> int:
    """Carry out what is due in ``lane`` until nothing is, time is up or the worker ends; returns how many it was."""
    tasking.note_look()
    count, until = 0, monotonic() + TASK_SECONDS
    while not tasking.is_draining():
        if monotonic() > until:
            poke(lane)
            break
        claimed = agenda.claim(lane, limit=ESCALATION_BATCH if lane == Lane.ESCALATION else BATCH)
        if not claimed:
            break
        groups = list(_groups(claimed))
        while groups and not tasking.is_draining() and monotonic() < until:
            count += carry_out(*groups.pop(0))
        agenda.hand_back([item for group in groups for item in group])
    return count


def _groups(items: Sequence[agenda.Claim]) -> Iterator[list[agenda.Claim]]:
    """What is carried out together: one by one, but for never-begun items of one tenant and a batch kind."""
    batches: dict[tuple[UUID, str], list[agenda.Claim]] = defaultdict(list)
    alone = []
    for item in items:
        if item.attempts == 0 and agenda.kind(item.kind).batch:
            batches[item.tenant_id, item.kind].append(item)
        else:
            alone.append(item)
    yield from ([item] for item in alone if item.attempts == 0)
    yield from batches.values()
    yield from ([item] for item in alone if item.attempts > 0)


def carry_out(*items: agenda.Claim) -> int:
    """Begin one claimed item, or several of one tenant and batch kind; settle them whatever happens inside."""
    kind = _known(items[0])
    if kind is None:
        return 0
    begun = agenda.begin(items)
    if not begun:
        return 0
    if kind.batch and begun[0].attempts == 1:
        begun = agenda.fill_up(begun, kind.batch)
    if len(begun) == 1 and begun[0].attempts > agenda.MAX_ATTEMPTS:
        _bury(begun[0], f"its worker died {agenda.MAX_ATTEMPTS} times")
        return 1
    started = monotonic()
    with about(tenant=str(begun[0].tenant_id), kind=kind.name, item=str(begun[0].id)):
        outcomes = _outcomes(kind, begun)
        _settle(begun, outcomes)
        failed = sum(isinstance(outcome, Exception) for outcome in outcomes.values())
        data = {"items": len(begun), "failed": failed, "ms": round((monotonic() - started) * 1000, 1)}
        logger.info("carried out", extra={"data": data})
    return len(begun)


def _known(item: agenda.Claim) -> Any:
    try:
        return agenda.kind(item.kind)
    except KeyError as error:
        agenda.fail(item, f"unknown kind {error}")
        return None


def _outcomes(kind: Any, items: Sequence[agenda.Claim]) -> Mapping[UUID, agenda.Outcome]:
    """What became of each item; those missing were not begun."""
    refs = [item.ref for item in items]
    try:
        if kind.outside:
            return {refs[0]: kind.handler(refs[0])}
        return dict(perform(items[0].tenant_id, kind.name, [str(ref) for ref in refs]))
    # The boundary: any failure of any kind is recorded, backed off and shown; sys.exit() in a handler is one of them.
    except (Exception, SystemExit) as error:
        if not isinstance(error, agenda.NotYet | TenantSuspended):
            logger.exception("%s agenda items (%s) failed, the first is %s", len(items), kind.name, items[0].id)
        if isinstance(error, DatabaseError):
            connection.close()
        failure = error if isinstance(error, Exception) else RuntimeError(f"exit {error.code}")
        return dict.fromkeys(refs, failure)


def _settle(items: Sequence[agenda.Claim], outcomes: Mapping[UUID, agenda.Outcome]) -> None:
    later: dict[Any, list[agenda.Claim]] = defaultdict(list)
    done: list[agenda.Claim] = []
    for item in items:
        match outcomes.get(item.ref):
            case agenda.Later() as wish:
                later[wish.due_at].append(item)
            case Exception() as error:
                _failed(item, error)
            case _ if item.ref in outcomes:
                done.append(item)
    agenda.finish(*done)
    for due_at, postponed in later.items():
        agenda.postpone(postponed, due_at)
    agenda.hand_back([item for item in items if item.ref not in outcomes], begun=True)


def _failed(item: agenda.Claim, error: Exception) -> None:
    match error:
        case TenantSuspended():
            agenda.postpone([item], db_now() + WHILE_SUSPENDED)  # as often as it takes: the firm may come back
        case NoTenant() | CrossTenantError():
            _bury(item, f"{type(error).__name__}: {error}")
        case _:
            words = f"{type(error).__name__}: {error}"
            if item.attempts < agenda.MAX_ATTEMPTS:
                agenda.fail(item, f"not there yet: {error}" if isinstance(error, agenda.NotYet) else words)
            else:
                _bury(item, words)


def _bury(item: agenda.Claim, error: str) -> None:
    """Give an item up and say so to whoever must know, both or neither; if even that fails it is at least given up."""
    on_dead = agenda.kind(item.kind).on_dead
    try:
        with transaction.atomic():
            if on_dead is not None:
                with in_tenant(ref_by_id(item.tenant_id)):
                    on_dead(item.ref, error)
            agenda.give_up(item, error)
    except Exception:  # the boundary: telling failed too, and an item must come to its end
        logger.exception("nobody could be told that agenda item %s (%s) was given up", item.id, item.kind)
        agenda.give_up(item, error)


@shared_task(name="tenants.perform", base=TenantTask)
def perform(name: str, refs: Sequence[str]) -> Mapping[UUID, agenda.Outcome]:
    """Carry out one kind of work for objects of the tenant it was called for: several for a batch kind, else one."""
    kind, idents = agenda.kind(name), [UUID(ref) for ref in refs]
    if kind.batch:
        return dict(kind.handler(idents))
    (ident,) = idents
    return {ident: kind.handler(ident)}


def poke(lane: str) -> None:
    """Ask a worker to look now. With the broker away the tick comes anyway, so the failure is only noted."""
    try:
        run_agenda.apply_async(args=[lane], queue=lane, expires=30, retry=False)
    except (kombu.exceptions.OperationalError, redis.RedisError, OSError) as error:
        logger.warning("no poke for lane %s: %s", lane, error)


agenda.use_poke(poke)
