"""The agenda's two doors, ``enqueue`` and ``claim``, and what becomes of a claimed item.

The rows are the ledger: a poke or a tick only makes somebody look. Only the database's clock decides what is due.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from cxcrm.core.context import current_tenant
from cxcrm.core.ids import new_id
from tenants.models import AgendaItem, Lane

LEASE = timedelta(seconds=150)  # longer than a task's hard time limit, so a live worker never loses its item
MAX_ATTEMPTS = 12
# An object written by another node may become visible after its agenda row; give it time before giving up.
NOT_YET_PATIENCE = timedelta(minutes=10)
BACKOFF_BASE = timedelta(seconds=5)
BACKOFF_CAP = timedelta(minutes=30)

AgendaHandler = Callable[[UUID], "Later | None"]
Poke = Callable[[str], None]


@dataclass(frozen=True)
class Later:
    """What a handler returns to be called again at ``due_at`` without counting as a failure."""

    due_at: datetime


class NotYet(Exception):
    """The object of an item is not there (yet): try again, do not call it done."""


@dataclass(frozen=True)
class Claim:
    """An item leased to this worker."""

    id: UUID
    tenant_id: UUID
    kind: str
    ref: UUID
    token: UUID
    attempts: int


@dataclass(frozen=True)
class Kind:
    """A registered kind of work: who does it, in which lane, before what."""

    name: str
    handler: AgendaHandler
    lane: str
    priority: int
    outside: bool


_kinds: dict[str, Kind] = {}
_poke: list[Poke] = []


def agenda_kind(
    name: str, *, lane: str = Lane.NORMAL, priority: int = 5, outside: bool = False
) -> Callable[[AgendaHandler], AgendaHandler]:
    """Register the function that carries out items of kind ``name``, at least once.

    It runs inside the tenant; with ``outside`` it runs in the public schema (work on the registry itself).
    """

    def register(handler: AgendaHandler) -> AgendaHandler:
        if name in _kinds and _kinds[name].handler is not handler:
            raise ValueError(f"agenda kind {name} is registered twice")
        _kinds[name] = Kind(name, handler, str(lane), priority, outside)
        return handler

    return register


def kind(name: str) -> Kind:
    """Raises KeyError for a kind nobody registered."""
    return _kinds[name]


def kinds() -> list[str]:
    return sorted(_kinds)


def use_poke(poke: Poke) -> None:
    """Supply the hint that makes due work start at once; called by the tasks at import."""
    _poke[:] = [poke]


def enqueue(
    name: str,
    ref: UUID,
    *,
    due_at: datetime | None = None,
    dedupe_key: str | None = None,
    tenant_id: UUID | None = None,
    reschedule: bool = False,
) -> None:
    """Write "do ``name`` for ``ref`` at ``due_at``" in the caller's transaction.

    ``dedupe_key`` (default ``name:ref``) makes it happen once per tenant; with ``reschedule`` an item of that key that
    is still waiting, done or cancelled is set to the new time instead. Raises RuntimeError outside a transaction,
    KeyError for an unknown kind, NoTenant without tenant.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"enqueue({name}) outside a transaction")
    known = kind(name)
    tenant = tenant_id or current_tenant().id
    conflict = (
        """DO UPDATE SET due_at = EXCLUDED.due_at, state = 'pending', attempts = 0, lease_until = NULL,
           lease_token = NULL, finished_at = NULL, last_error = '' WHERE a.state <> 'leased'"""
        if reschedule
        else "DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO public.tenants_agendaitem AS a
                (id, created_at, tenant_id, lane, kind, ref, dedupe_key, due_at, priority, state, attempts, last_error)
                VALUES (%s, statement_timestamp(), %s, %s, %s, %s, %s,
                        coalesce(%s, statement_timestamp()), %s, 'pending', 0, '')
                ON CONFLICT (tenant_id, dedupe_key) {conflict}""",  # noqa: S608 - a constant of two
            [new_id(), tenant, known.lane, name, ref, dedupe_key or f"{name}:{ref}", due_at, known.priority],
        )
    _poke_after_commit(known.lane)


def poke(lane: str) -> None:
    """Hint that something may be due; losing it costs a second."""
    for hint in _poke:
        hint(lane)


_pokers = {str(lane): partial(poke, str(lane)) for lane in Lane}


def _poke_after_commit(lane: str) -> None:
    """One hint per lane and transaction, however many items it wrote."""
    poker = _pokers[lane]
    if all(entry[1] is not poker for entry in connection.run_on_commit):
        transaction.on_commit(poker)


def cancel(dedupe_key: str) -> bool:
    """Withdraw a waiting item of the current tenant; True when there was one."""
    return bool(
        AgendaItem.objects.filter(
            tenant_id=current_tenant().id, dedupe_key=dedupe_key, state=AgendaItem.State.PENDING
        ).update(state=AgendaItem.State.CANCELLED)
    )


_CLAIM = """
WITH due_tenants AS (
    SELECT t.id FROM public.tenants_tenant t
    WHERE NOT t.paused AND t.state IN ('active', 'requested', 'provisioning')
      AND EXISTS (SELECT 1 FROM public.tenants_agendaitem a
                  WHERE a.lane = %(lane)s AND a.tenant_id = t.id AND a.state IN ('pending', 'leased')
                    AND a.due_at <= statement_timestamp()
                    AND (a.state = 'pending' OR a.lease_until < statement_timestamp()))
    ORDER BY random()
    LIMIT %(limit)s
), picked AS (
    SELECT i.id FROM due_tenants t CROSS JOIN LATERAL (
        SELECT a.id FROM public.tenants_agendaitem a
        WHERE a.lane = %(lane)s AND a.tenant_id = t.id AND a.state IN ('pending', 'leased')
          AND a.due_at <= statement_timestamp()
                    AND (a.state = 'pending' OR a.lease_until < statement_timestamp())
        ORDER BY a.priority, a.due_at
        LIMIT %(share)s
        FOR UPDATE SKIP LOCKED
    ) i LIMIT %(limit)s
)
UPDATE public.tenants_agendaitem a
SET state = 'leased', attempts = a.attempts + 1,
    lease_until = statement_timestamp() + %(lease)s, lease_token = %(token)s
FROM picked WHERE a.id = picked.id
RETURNING a.id, a.tenant_id, a.kind, a.ref, a.attempts, a.priority, a.due_at
"""


def claim(lane: str, limit: int = 10, share: int = 5) -> list[Claim]:
    """Lease up to ``limit`` due items of ``lane``, at most ``share`` of one tenant, so that nobody waits for a giant.

    Attempts are counted at the claim: an item that kills its worker still comes to an end.
    """
    token = uuid4()
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"lane": lane, "limit": limit, "share": share, "lease": LEASE, "token": token}
        cursor.execute(_CLAIM, values)
        rows = sorted(cursor.fetchall(), key=lambda row: (row[5], row[6]))
    return [Claim(row[0], row[1], row[2], row[3], token, row[4]) for row in rows]


_CLAIM_ONE = """
UPDATE public.tenants_agendaitem
SET state = 'leased', attempts = attempts + 1, lease_until = statement_timestamp() + %(lease)s, lease_token = %(token)s
WHERE tenant_id = %(tenant)s AND dedupe_key = %(key)s
  AND (state = 'pending' OR (state = 'leased' AND lease_until < statement_timestamp()))
RETURNING id, tenant_id, kind, ref, attempts
"""


def claim_one(tenant_id: UUID, dedupe_key: str) -> Claim | None:
    """Lease one named item now, due or not; None when somebody else has it or it is settled."""
    token = uuid4()
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"lease": LEASE, "token": token, "tenant": tenant_id, "key": dedupe_key}
        cursor.execute(_CLAIM_ONE, values)
        row = cursor.fetchone()
    return Claim(row[0], row[1], row[2], row[3], token, row[4]) if row else None


def renew(item: Claim) -> bool:
    """Extend the lease as an item's turn comes; False when it was lost to another worker meanwhile."""
    with connection.cursor() as cursor:
        values: list[Any] = [LEASE, item.id, item.token]
        cursor.execute(
            """UPDATE public.tenants_agendaitem SET lease_until = statement_timestamp() + %s
               WHERE id = %s AND lease_token = %s""",
            values,
        )
        return bool(cursor.rowcount == 1)


def finish(item: Claim) -> None:
    """Mark a claimed item done; nothing happens when the lease was lost."""
    _settle(item, "state = 'done', finished_at = statement_timestamp(), last_error = ''")


def postpone(item: Claim, due_at: datetime) -> None:
    """Put a claimed item back for ``due_at``; not a failure, so its attempts start anew."""
    _settle(item, "state = 'pending', attempts = 0, due_at = %s", [due_at])


def fail(item: Claim, error: str, *, patient: bool = False) -> None:
    """Put a claimed item back with exponential back-off and full jitter, or give it up after ``MAX_ATTEMPTS``."""
    if item.attempts >= MAX_ATTEMPTS and not patient:
        _settle(item, "state = 'dead', finished_at = statement_timestamp(), last_error = %s", [error[:500]])
        return
    ceiling = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** min(item.attempts - 1, 12))
    delay = timedelta(seconds=1) + ceiling * random.random()  # noqa: S311 - jitter, not a secret
    _settle(item, "state = 'pending', due_at = statement_timestamp() + %s, last_error = %s", [delay, error[:500]])


def give_up(item: Claim, error: str) -> None:
    """Mark a claimed item dead at once: repeating cannot help."""
    _settle(item, "state = 'dead', finished_at = statement_timestamp(), last_error = %s", [error[:500]])


def _settle(item: Claim, changes: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE public.tenants_agendaitem SET {changes}, lease_until = NULL, lease_token = NULL
                WHERE id = %s AND lease_token = %s""",  # noqa: S608 - constants of this module
            [*(values or []), item.id, item.token],
        )


@transaction.atomic
def replay(item_id: UUID) -> bool:
    """Give a dead item a fresh start; True when there was one."""
    updated = AgendaItem.objects.filter(pk=item_id, state=AgendaItem.State.DEAD).update(
        state=AgendaItem.State.PENDING, attempts=0, last_error="", finished_at=None
    )
    return bool(updated)
