"""Claiming what is due, fairly, and what becomes of a claimed item. Only the database's clock decides.

Three times count: a claim is short (``TURN``), for items waiting behind others of the same worker; as an item's turn
comes its attempt is counted and the lease extended (``LEASE``); whoever finds a lease run out knows a worker died.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection

from cxcrm.core.db.arrays import uuid_array
from cxcrm.core.mail import route_name
from cxcrm.core.observability.scrub import scrub
from tenants.models import Lane
from tenants.services.kinds import kinds_by_mail, kinds_in

LEASE = timedelta(seconds=150)  # longer than a task's hard time limit, so a live worker never loses its item
TURN = timedelta(seconds=30)  # how long an item waits for its turn before another worker may take it
MAX_ATTEMPTS: Final = 12
BACKOFF_BASE: Final = timedelta(seconds=5)
BACKOFF_CAP: Final = timedelta(minutes=30)
# An escalation whose way out rests is looked at all the same after this long: somebody must be told otherwise.
PATIENCE: Final = timedelta(minutes=5)
# As many oldest items of a kind tell which tenants have something due; beyond it tenants are also tried at random.
_PEEK, _SAMPLE = 100, 200


@dataclass(frozen=True)
class Claim:
    """An item leased to this worker."""

    id: UUID
    tenant_id: UUID
    kind: str
    ref: UUID
    token: UUID
    attempts: int


# What may be looked at now: kinds nobody paused, and by mail only while the server is not left alone or fully busy.
_OPEN = """
WITH busy AS MATERIALIZED (
    SELECT count(DISTINCT a.lease_token) AS workers FROM public.tenants_agendaitem a
    WHERE a.state = 'leased' AND a.kind = ANY(%(by_mail)s) AND a.lease_until >= statement_timestamp()
), resting AS MATERIALIZED (
    SELECT count(*) > 0 AS now FROM public.tenants_route r
    WHERE r.name = %(route)s AND r.open_until > statement_timestamp()
), open AS MATERIALIZED (
    SELECT k.kind, CASE WHEN k.kind = ANY(%(by_mail)s) AND resting.now
                        THEN statement_timestamp() - %(patience)s::interval
                        ELSE statement_timestamp() END AS due_before
    FROM unnest(%(kinds)s::text[]) k(kind), busy, resting
    WHERE NOT (k.kind = ANY(%(by_mail)s) AND busy.workers >= %(connections)s)
      AND NOT EXISTS (SELECT 1 FROM public.tenants_pause p
                      WHERE p.scope = 'all' OR (p.scope = 'kind' AND p.name = k.kind)
                         OR (p.scope = 'route' AND p.name = %(route)s AND k.kind = ANY(%(by_mail)s)))
)"""
_FREE = """a.lane = %(lane)s AND a.kind = o.kind AND a.state IN ('pending', 'leased')
          AND a.due_at <= o.due_before AND (a.state = 'pending' OR a.lease_until < statement_timestamp())"""
_LEASED = """
UPDATE public.tenants_agendaitem a
SET state = 'leased', attempts = a.attempts + %(begun)s,
    lease_until = statement_timestamp() + %(turn)s, lease_token = %(token)s
FROM picked WHERE a.id = picked.id
RETURNING a.id, a.tenant_id, a.kind, a.ref, a.attempts, a.priority, a.due_at
"""
# The oldest items name the tenants; only when there are very many of them are others tried as well, so a sweep costs
# as much with a thousand tenants as with ten, and a giant's backlog hides nobody for long.
_CLAIM = f"""{_OPEN}, peek AS MATERIALIZED (
    SELECT i.tenant_id FROM open o CROSS JOIN LATERAL (
        SELECT a.tenant_id FROM public.tenants_agendaitem a WHERE {_FREE} ORDER BY a.due_at LIMIT {_PEEK}
    ) i
), candidates AS MATERIALIZED (
    SELECT tenant_id AS id FROM peek
    UNION SELECT s.id FROM (SELECT t.id FROM public.tenants_tenant t ORDER BY random() LIMIT {_SAMPLE}) s
          WHERE (SELECT count(*) FROM peek) >= {_PEEK}
), due_tenants AS MATERIALIZED (
    SELECT t.id FROM candidates c JOIN public.tenants_tenant t ON t.id = c.id
    WHERE NOT t.paused AND t.state IN ('active', 'requested', 'provisioning')
      AND (SELECT count(DISTINCT a.lease_token) FROM public.tenants_agendaitem a
           WHERE a.tenant_id = t.id AND a.state = 'leased' AND a.lane = %(lane)s
             AND a.lease_until >= statement_timestamp()) < %(workers)s
    ORDER BY random()
), picked AS MATERIALIZED (
    SELECT i.id FROM due_tenants t CROSS JOIN LATERAL (
        SELECT f.id FROM open o CROSS JOIN LATERAL (
            SELECT a.id, a.priority, a.due_at FROM public.tenants_agendaitem a
            WHERE a.tenant_id = t.id AND {_FREE} ORDER BY a.due_at LIMIT %(share)s
            FOR UPDATE SKIP LOCKED
        ) f ORDER BY f.priority, f.due_at LIMIT %(share)s
    ) i LIMIT %(limit)s
){_LEASED}"""  # noqa: S608 - constants of this module
_FILL_UP = f"""{_OPEN}, picked AS MATERIALIZED (
    SELECT i.id FROM open o CROSS JOIN LATERAL (
        SELECT a.id FROM public.tenants_agendaitem a
        WHERE a.tenant_id = %(tenant)s AND a.attempts = 0 AND {_FREE} ORDER BY a.due_at LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    ) i
){_LEASED}"""  # noqa: S608 - constants of this module


def claim(lane: str, limit: int = 10, share: int = 5) -> list[Claim]:
    """Lease up to ``limit`` due items of ``lane``, at most ``share`` of one tenant, so that nobody waits for a giant.

    Nothing that is paused, of a tenant enough workers are busy with, or going by a way out that is left alone.
    Items never begun come first: the one that kills its worker must not take others along.
    """
    values = {**_limits(lane), "token": uuid4(), "limit": limit, "share": share, "kinds": kinds_in(lane)}
    values |= {"turn": TURN, "begun": 0}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        rows = sorted(cursor.fetchall(), key=lambda row: (row[4] > 0, row[5], row[6]))
    return [Claim(row[0], row[1], row[2], row[3], values["token"], row[4]) for row in rows]


def fill_up(items: Sequence[Claim], size: int) -> list[Claim]:
    """``items`` of one tenant and kind whose turn has come, and up to ``size`` in all of the same, begun with them."""
    first = items[0]
    lane = next(lane for lane in Lane.values if first.kind in kinds_in(lane))
    # This very worker is one of those busy with mail.
    limits = {**_limits(lane), "connections": settings.MAIL_CONNECTIONS + 1}
    values = {**limits, "kinds": [first.kind], "tenant": first.tenant_id, "limit": size - len(items)}
    values |= {"token": first.token, "turn": LEASE, "begun": 1}
    with connection.cursor() as cursor:
        cursor.execute(_FILL_UP, values)
        rows = sorted(cursor.fetchall(), key=lambda row: (row[5], row[6]))
    return [*items, *(Claim(row[0], row[1], row[2], row[3], first.token, row[4]) for row in rows)]


def _limits(lane: str) -> dict[str, Any]:
    escalating = lane == Lane.ESCALATION
    return {
        "lane": lane,
        "by_mail": kinds_by_mail(),
        "route": route_name(),
        "patience": PATIENCE if escalating else timedelta(days=36500),
        # One connection is kept free for escalations.
        "connections": settings.MAIL_CONNECTIONS if escalating else max(1, settings.MAIL_CONNECTIONS - 1),
        "workers": settings.AGENDA_WORKERS_PER_FIRM,
    }


_CLAIM_ONE = """
UPDATE public.tenants_agendaitem
SET state = 'leased', attempts = attempts + 1, lease_until = statement_timestamp() + %(lease)s, lease_token = %(token)s
WHERE tenant_id = %(tenant)s AND dedupe_key = %(key)s
  AND (state = 'pending' OR (state = 'leased' AND lease_until < statement_timestamp()))
RETURNING id, tenant_id, kind, ref, attempts
"""


def claim_one(tenant_id: UUID, dedupe_key: str) -> Claim | None:
    """Lease and begin one named item now, due or not; None when somebody else has it or it is settled."""
    token = uuid4()
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"lease": LEASE, "token": token, "tenant": tenant_id, "key": dedupe_key}
        cursor.execute(_CLAIM_ONE, values)
        row = cursor.fetchone()
    return Claim(row[0], row[1], row[2], row[3], token, row[4]) if row else None


def begin(items: Sequence[Claim]) -> list[Claim]:
    """The turn of ``items`` has come: count the attempt, before the work, and extend the lease.

    Those lost to another worker meanwhile are left out.
    """
    with connection.cursor() as cursor:
        values: list[Any] = [LEASE, uuid_array(item.id for item in items), items[0].token]
        cursor.execute(
            """UPDATE public.tenants_agendaitem
               SET attempts = attempts + 1, lease_until = statement_timestamp() + %s
               WHERE id = ANY(%s::uuid[]) AND lease_token = %s RETURNING id, attempts""",
            values,
        )
        attempts = dict(cursor.fetchall())
    return [replace(item, attempts=attempts[item.id]) for item in items if item.id in attempts]


def hand_back(items: Iterable[Claim], *, begun: bool = False) -> None:
    """Free items at once that were not done after all; an attempt counted for them is taken back."""
    attempts = "greatest(attempts - 1, 0)" if begun else "attempts"
    _settle(list(items), f"state = 'pending', attempts = {attempts}")


def finish(*items: Claim) -> None:
    """Mark claimed items done; nothing happens to those whose lease was lost."""
    _settle(items, "state = 'done', finished_at = statement_timestamp(), last_error = ''")


def postpone(items: Sequence[Claim], due_at: Any) -> None:
    """Put claimed items back for ``due_at``; not a failure, so their attempts start anew."""
    _settle(items, "state = 'pending', attempts = 0, due_at = %s", [due_at])


def fail(item: Claim, error: str) -> None:
    """Put a claimed item back with exponential back-off and full jitter."""
    ceiling = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** min(max(item.attempts - 1, 0), 12))
    delay = timedelta(seconds=1) + ceiling * random.random()  # noqa: S311 - jitter, not a secret
    _settle(
        [item], "state = 'pending', due_at = statement_timestamp() + %s, last_error = %s", [delay, scrub(error)[:500]]
    )


def give_up(item: Claim, error: str) -> None:
    """Mark a claimed item dead: repeating cannot help, or was tried often enough."""
    _settle([item], "state = 'dead', finished_at = statement_timestamp(), last_error = %s", [scrub(error)[:500]])


def _settle(items: Sequence[Claim], changes: str, values: list[Any] | None = None) -> None:
    if not items:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE public.tenants_agendaitem SET {changes}, lease_until = NULL, lease_token = NULL
                WHERE id = ANY(%s::uuid[]) AND lease_token = %s""",  # noqa: S608 - constants of this module
            [*(values or []), uuid_array(item.id for item in items), items[0].token],
        )
