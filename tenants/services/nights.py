"""The quiet hours: once a night each firm is tidied, and so is what all firms share."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from cxcrm.core.clock import db_now
from tenants.models import Tenant
from tenants.services.agenda import Later, agenda_kind, enqueue

NIGHT, SWEEP = "tenants.night", "tenants.sweep"
BEGINS: Final = time(2)
# A thousand firms of one time zone do not all begin at two.
SPREAD_MINUTES: Final = 180
BATCH: Final = 5_000
KEEP_SETTLED: Final = timedelta(days=30)
KEEP_USAGE: Final = timedelta(days=760)

Tidier = Callable[[], object]
_tidiers: list[Tidier] = []


def nightly(tidier: Tidier) -> Tidier:
    """Register what an app does every night inside each firm; harmless when repeated."""
    if tidier not in _tidiers:
        _tidiers.append(tidier)
    return tidier


def next_night(tenant_id: UUID, zone: ZoneInfo, after: datetime) -> datetime:
    """The firm's own minute between two and five in the morning, its local time, later than ``after`` (aware)."""
    minute = timedelta(minutes=tenant_id.int % SPREAD_MINUTES)
    today = after.astimezone(zone).date()
    nights = (datetime.combine(today + timedelta(days=ahead), BEGINS, zone) + minute for ahead in range(3))
    return next(night for night in nights if night > after)


@transaction.atomic
def start_nights(*, tenant_id: UUID) -> None:
    """Put a firm's nights on the agenda; for the operators' tenant also the sweep. Repeating it changes nothing."""
    tenant = Tenant.objects.get(pk=tenant_id)
    for kind in (NIGHT, SWEEP) if tenant.is_platform else (NIGHT,):
        enqueue(kind, tenant.id, due_at=_next(tenant), tenant_id=tenant.id)


@agenda_kind(NIGHT, priority=9)
def tend(tenant_id: UUID) -> Later:
    """Everything registered, one after the other; nights missed by a standstill are not made up for."""
    for tidier in _tidiers:
        tidier()
    return Later(_next(Tenant.objects.get(pk=tenant_id)))


@agenda_kind(SWEEP, priority=9, outside=True)
def sweep(platform_id: UUID) -> Later:
    """Remove shared rows nobody needs any more, a batch at a time so that nobody waits for a lock."""
    removed = [_remove(sql, keep) for sql, keep in _OLD]
    if BATCH in removed:
        return Later(db_now())
    return Later(_next(Tenant.objects.get(pk=platform_id)))


# What is over, and for how long it is still worth looking at. The ledger of what was sent stays for ever.
_OLD: Final = (
    (
        """DELETE FROM public.tenants_agendaitem WHERE id IN (
               SELECT id FROM public.tenants_agendaitem
               WHERE state IN ('done', 'cancelled') AND coalesce(finished_at, due_at) < statement_timestamp() - %s
               LIMIT %s)""",
        KEEP_SETTLED,
    ),
    (
        """DELETE FROM public.tenants_usage WHERE id IN (
               SELECT id FROM public.tenants_usage WHERE period < (statement_timestamp() - %s)::date LIMIT %s)""",
        KEEP_USAGE,
    ),
    (
        """DELETE FROM public.tenants_handover WHERE id IN (
               SELECT id FROM public.tenants_handover WHERE created_at < statement_timestamp() - %s LIMIT %s)""",
        KEEP_SETTLED,
    ),
)


def _remove(sql: str, keep: timedelta) -> int:
    values: list[Any] = [keep, BATCH]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _next(tenant: Tenant) -> datetime:
    return next_night(tenant.id, ZoneInfo(tenant.time_zone), db_now())
