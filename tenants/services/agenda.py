"""The agenda's doors: ``enqueue`` writes what is due later, ``claim`` hands out what is due now.

The rows are the ledger: a poke or a tick only makes somebody look.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from cxcrm.core.context import current_tenant
from cxcrm.core.db.arrays import uuid_array
from cxcrm.core.ids import new_id
from tenants.models import AgendaItem, Lane
from tenants.services.claims import (
    LEASE,
    MAX_ATTEMPTS,
    Claim,
    begin,
    claim,
    claim_one,
    fail,
    fill_up,
    finish,
    give_up,
    hand_back,
    postpone,
)
from tenants.services.kinds import Later, NotYet, Outcome, agenda_batch, agenda_kind, kind, kinds

__all__ = [
    "LEASE",
    "MAX_ATTEMPTS",
    "Claim",
    "Later",
    "NotYet",
    "Outcome",
    "agenda_batch",
    "agenda_kind",
    "begin",
    "cancel",
    "claim",
    "claim_one",
    "enqueue",
    "enqueue_many",
    "fail",
    "fill_up",
    "finish",
    "give_up",
    "hand_back",
    "kind",
    "kinds",
    "poke",
    "postpone",
    "replay",
    "use_poke",
]

_LEAVE = "DO NOTHING"
_RESCHEDULE = """DO UPDATE SET due_at = EXCLUDED.due_at, state = 'pending', attempts = 0, lease_until = NULL,
                 lease_token = NULL, finished_at = NULL, last_error = '' WHERE a.state <> 'leased'"""
Poke = Callable[[str], None]
_poke: list[Poke] = []


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
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO public.tenants_agendaitem AS a
                (id, created_at, tenant_id, lane, kind, ref, dedupe_key, due_at, priority, state, attempts, last_error)
                VALUES (%s, statement_timestamp(), %s, %s, %s, %s, %s,
                        coalesce(%s, statement_timestamp()), %s, 'pending', 0, '')
                ON CONFLICT (tenant_id, dedupe_key) {_RESCHEDULE if reschedule else _LEAVE}""",  # noqa: S608 - constants
            [new_id(), tenant, known.lane, name, ref, dedupe_key or f"{name}:{ref}", due_at, known.priority],
        )
    _poke_after_commit(known.lane)


def enqueue_many(name: str, refs: Sequence[UUID], *, reschedule: bool = False) -> set[UUID]:
    """Write "do ``name`` now" for each of ``refs`` in one statement, the database making the keys; as ``enqueue``.

    Returns those written; with ``reschedule`` the others are at work just now.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"enqueue_many({name}) outside a transaction")
    known, tenant = kind(name), current_tenant().id
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO public.tenants_agendaitem AS a
               (id, created_at, tenant_id, lane, kind, ref, dedupe_key, due_at, priority, state, attempts, last_error)
               SELECT uuidv7(), statement_timestamp(), %s, %s, %s, r.ref, %s || r.ref,
                      statement_timestamp(), %s, 'pending', 0, ''
               FROM unnest(%s::uuid[]) r(ref)
               ON CONFLICT (tenant_id, dedupe_key) {_RESCHEDULE if reschedule else _LEAVE} RETURNING a.ref""",  # noqa: S608 - constants
            [tenant, known.lane, name, f"{name}:", known.priority, uuid_array(refs)],
        )
        written = {row[0] for row in cursor.fetchall()}
    _poke_after_commit(known.lane)
    return written


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


@transaction.atomic
def replay(item_id: UUID) -> bool:
    """Give a dead item a fresh start; True when there was one."""
    updated = AgendaItem.objects.filter(pk=item_id, state=AgendaItem.State.DEAD).update(
        state=AgendaItem.State.PENDING, attempts=0, last_error="", finished_at=None
    )
    return bool(updated)
