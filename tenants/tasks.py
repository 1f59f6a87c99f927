"""Celery tasks of the registry: look at the agenda, carry out what is due."""

import logging
from uuid import UUID

import kombu.exceptions
import redis
from celery import shared_task
from django.db import DatabaseError, connection

from cxcrm.core.errors import CrossTenantError, NoTenant
from tenants.services import agenda
from tenants.tasking import PublicTask, TenantSuspended, TenantTask

logger = logging.getLogger(__name__)

BATCH = 10


@shared_task(name="tenants.run_agenda", base=PublicTask)
def run_agenda(lane: str) -> int:
    """Carry out what is due in ``lane``; returns how many were claimed. A full batch pokes for the next."""
    items = agenda.claim(lane, limit=BATCH)
    for item in items:
        if agenda.renew(item):
            carry_out(item)
    if len(items) == BATCH:
        poke(lane)
    return len(items)


def carry_out(item: agenda.Claim) -> None:
    """Run one claimed item in its tenant and settle it, whatever happens inside."""
    try:
        kind = agenda.kind(item.kind)
    except KeyError as error:
        agenda.fail(item, f"unknown kind {error}", patient=True)
        return
    try:
        outcome = kind.handler(item.ref) if kind.outside else perform(item.tenant_id, item.kind, str(item.ref))
    except TenantSuspended as error:
        agenda.fail(item, str(error), patient=True)
    except (NoTenant, CrossTenantError) as error:
        logger.exception("agenda item %s refused", item.id)
        agenda.give_up(item, f"{type(error).__name__}: {error}")
    except agenda.NotYet as error:
        agenda.fail(item, f"not there yet: {error}")
    except Exception as error:  # the boundary: any failure of any kind is recorded, backed off and shown
        logger.exception("agenda item %s (%s) failed", item.id, item.kind)
        if isinstance(error, DatabaseError):
            connection.close()
        agenda.fail(item, f"{type(error).__name__}: {error}")
    else:
        if isinstance(outcome, agenda.Later):
            agenda.postpone(item, outcome.due_at)
        else:
            agenda.finish(item)


@shared_task(name="tenants.perform", base=TenantTask)
def perform(kind: str, ref: str) -> agenda.Later | None:
    """Carry out one kind of work for one object of the tenant it was called for."""
    return agenda.kind(kind).handler(UUID(ref))


def poke(lane: str) -> None:
    """Ask a worker to look now. With the broker away the tick comes anyway, so the failure is only noted."""
    try:
        run_agenda.apply_async(args=[lane], queue=lane, expires=30, retry=False)
    except (kombu.exceptions.OperationalError, redis.RedisError, OSError) as error:
        logger.warning("no poke for lane %s: %s", lane, error)


agenda.use_poke(poke)
