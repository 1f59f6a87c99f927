"""How the whole installation is doing, from the registry and the agenda alone: few queries, however many firms.

Every process answers the same, because the numbers are the database's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import django
import redis
from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, Sum

from cxcrm.core.clock import db_now
from tenants.models import AgendaItem, Lane, Pause, Route, SchemaTemplate, SentRecord, SpareSchema, Tenant, Usage

LATENCY_OVER = timedelta(minutes=5)
_State = Tenant.State


@dataclass
class LaneNumbers:
    """One lane: ``due`` waits now and its oldest is ``oldest`` seconds late; ``p50`` and ``p95`` are seconds from due
    to done of what was done in the last minutes (of the last attempt, where there were several)."""

    lane: str
    due: int = 0
    oldest: float = 0.0
    held: int = 0
    orphaned: int = 0
    dead: int = 0
    done: int = 0
    p50: float | None = None
    p95: float | None = None

    @property
    def label(self) -> str:
        return str(Lane(self.lane).label)


_DUE = """
SELECT a.lane, count(*), extract(epoch FROM statement_timestamp() - min(a.due_at))
FROM public.tenants_agendaitem a JOIN public.tenants_tenant t ON t.id = a.tenant_id
WHERE a.state IN ('pending', 'leased') AND a.lane = ANY(%(lanes)s) AND a.due_at <= statement_timestamp()
  AND (a.state = 'pending' OR a.lease_until < statement_timestamp())
  AND NOT t.paused AND t.state IN ('active', 'requested', 'provisioning')
GROUP BY a.lane
"""
_HELD = """
SELECT lane, count(*), count(*) FILTER (WHERE lease_until < statement_timestamp())
FROM public.tenants_agendaitem WHERE state = 'leased' GROUP BY lane
"""
_DONE = """
SELECT lane, count(*), percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP
       (ORDER BY greatest(extract(epoch FROM finished_at - due_at), 0))
FROM public.tenants_agendaitem
WHERE state = 'done' AND finished_at >= statement_timestamp() - %(over)s GROUP BY lane
"""


def lanes() -> list[LaneNumbers]:
    """Both lanes, escalations first; what is held back with its firm does not count as late."""
    found = {lane: LaneNumbers(lane) for lane in Lane.values}
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"lanes": list(found)})
        for lane, due, oldest in cursor.fetchall():
            found[lane].due, found[lane].oldest = due, float(oldest)
        cursor.execute(_HELD)
        for lane, held, orphaned in cursor.fetchall():
            found[lane].held, found[lane].orphaned = held, orphaned
        over: dict[str, Any] = {"over": LATENCY_OVER}
        cursor.execute(_DONE, over)
        for lane, done, (p50, p95) in cursor.fetchall():
            found[lane].done, found[lane].p50, found[lane].p95 = done, float(p50), float(p95)
    dead = AgendaItem.objects.filter(state=AgendaItem.State.DEAD).values_list("lane").annotate(Count("pk"))
    for lane, count in dead:
        found[lane].dead = count
    return list(found.values())


@dataclass(frozen=True)
class MailNumbers:
    """``sent``, ``dead`` and ``done`` (work of any kind) are of the last hour, the others of all time."""

    sent: int
    sent_lately: int
    uncertain: int
    refused: int
    retrying: int
    dead: int


def mails() -> MailNumbers:
    """What left the house, and what did not."""
    at = db_now()
    hour, lately = _id_at(at - timedelta(hours=1)), _id_at(at - LATENCY_OVER)
    sent = SentRecord.objects.filter(pk__gte=hour).aggregate(hour=Count("pk"), lately=Count("pk", Q(pk__gte=lately)))
    metrics = (Usage.Metric.UNCERTAIN_MAILS, Usage.Metric.REFUSED_MAILS)
    counted = dict(
        Usage.objects.filter(metric__in=metrics).values_list("metric").annotate(total=Sum("amount")).order_by()
    )
    live = AgendaItem.objects.filter(state=AgendaItem.State.PENDING, lane__in=Lane.values)
    return MailNumbers(
        sent=sent["hour"],
        sent_lately=sent["lately"],
        uncertain=counted.get(Usage.Metric.UNCERTAIN_MAILS, 0),
        refused=counted.get(Usage.Metric.REFUSED_MAILS, 0),
        retrying=live.filter(due_at__lte=at + timedelta(minutes=30), attempts__gt=0).count(),
        dead=AgendaItem.objects.filter(state=AgendaItem.State.DEAD, finished_at__gte=at - timedelta(hours=1)).count(),
    )


def _id_at(moment: datetime) -> UUID:
    """The smallest UUIDv7 of a moment: ledgers are read from there by their key, whatever their length."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


@dataclass(frozen=True)
class FirmNumbers:
    """How many firms stand where; ``behind`` have not the tables of this release, ``failed`` would not take them."""

    by_state: dict[str, int]
    paused: int
    behind: int
    failed: int

    @property
    def active(self) -> int:
        return self.by_state.get(_State.ACTIVE, 0)

    @property
    def coming(self) -> int:
        return self.by_state.get(_State.REQUESTED, 0) + self.by_state.get(_State.PROVISIONING, 0)

    @property
    def resting(self) -> int:
        return self.by_state.get(_State.SUSPENDED, 0) + self.by_state.get(_State.CLOSING, 0)

    @property
    def broken(self) -> int:
        return self.by_state.get(_State.FAILED, 0)


def firms(fingerprint: str) -> FirmNumbers:
    """Firms by state, and how the tables of those that are not closed stand to this release's ``fingerprint``."""
    rows = Tenant.objects.filter(is_platform=False)
    standing = ~Q(state__in=[_State.CLOSED, _State.REQUESTED, _State.PROVISIONING, _State.FAILED])
    numbers = Tenant.objects.aggregate(
        paused=Count("pk", Q(paused=True)),
        behind=Count("pk", standing & ~Q(fingerprint=fingerprint)),
        failed=Count("pk", standing & ~Q(migration_error="")),
    )
    return FirmNumbers(dict(rows.order_by().values_list("state").annotate(Count("pk"))), **numbers)


@dataclass(frozen=True)
class PoolNumbers:
    """Schemas made ahead: ``ready`` are of this release, ``stale`` of others; without ``template`` none can be made."""

    ready: int
    stale: int
    template: bool


def pool(fingerprint: str) -> PoolNumbers:
    ready = SpareSchema.objects.filter(fingerprint=fingerprint)
    counted = SpareSchema.objects.aggregate(ready=Count("pk", Q(pk__in=ready)), every=Count("pk"))
    template = SchemaTemplate.objects.filter(fingerprint=fingerprint).exclude(sql="").exists()
    return PoolNumbers(counted["ready"], counted["every"] - counted["ready"], template)


def held_back() -> list[Pause]:
    """What operators hold back for all firms, everything first."""
    return sorted(Pause.objects.all(), key=lambda pause: (pause.scope != Pause.Scope.ALL, pause.scope, pause.name))


def resting_routes() -> list[Route]:
    """Ways out that are left alone just now."""
    return list(Route.objects.filter(open_until__gt=db_now()).order_by("name"))


@dataclass
class FirmWork:
    """What is due for one firm now, since when the oldest waits, and what was given up."""

    due: int = 0
    oldest: datetime | None = None
    dead: int = 0


def work_of(tenant_ids: Iterable[UUID]) -> dict[UUID, FirmWork]:
    """The same for many firms, in two queries."""
    found = {tenant_id: FirmWork() for tenant_id in tenant_ids}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT tenant_id, count(*), min(due_at) FROM public.tenants_agendaitem
               WHERE tenant_id = ANY(%s) AND lane = ANY(%s) AND state IN ('pending', 'leased')
                 AND due_at <= statement_timestamp() GROUP BY tenant_id""",
            [list(found), list(Lane.values)],
        )
        for tenant_id, due, oldest in cursor.fetchall():
            found[tenant_id].due, found[tenant_id].oldest = due, oldest
    dead = AgendaItem.objects.filter(state=AgendaItem.State.DEAD, tenant_id__in=list(found))
    for tenant_id, count in dead.order_by().values_list("tenant_id").annotate(Count("pk")):
        found[tenant_id].dead = count
    return found


@dataclass(frozen=True)
class Operations:
    """Everything the operators' home and the metrics say, read at one moment."""

    lanes: list[LaneNumbers]
    mails: MailNumbers
    firms: FirmNumbers
    pool: PoolNumbers
    pauses: list[Pause] = field(default_factory=list)
    resting: list[Route] = field(default_factory=list)

    @property
    def dead(self) -> int:
        return sum(lane.dead for lane in self.lanes)

    @property
    def due(self) -> int:
        return sum(lane.due for lane in self.lanes)


def operations(fingerprint: str) -> Operations:
    return Operations(lanes(), mails(), firms(fingerprint), pool(fingerprint), held_back(), resting_routes())


def versions() -> dict[str, Any]:
    """What runs here, by name; the database's and the broker's own words."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        database = cursor.fetchone()[0]
    return {
        "cxcrm": settings.VERSION,
        "Django": django.get_version(),
        "PostgreSQL": database.split()[0],
        "Valkey": _broker_version(),
    }


def _broker_version() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            said: dict[str, str] = client.info("server")
    except (redis.RedisError, OSError):
        return "–"
    return str(said.get("valkey_version") or said.get("redis_version"))
