"""Noting that a firm is alive, counting its API calls, and measuring its size at night."""

import hashlib
import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from cxcrm.core.clock import now
from cxcrm.core.context import current_tenant
from cxcrm.core.errors import TooOften
from tenants.context import cache_key
from tenants.errors import ApiCallsUsedUp
from tenants.models import Tenant, Usage
from tenants.selectors.usage import Allowance, counted, remembered_allowance
from tenants.services import plans
from tenants.services.agenda import agenda_kind, enqueue

logger = logging.getLogger(__name__)

KIND = "tenants.measure"
ACTIVE_EVERY = timedelta(hours=1)
# The counter lives in the cache and is written down every so many calls; losing the cache loses fewer than these.
NOTED_EVERY = 20
# How long the cache is left alone after it did not answer, so that no call waits for it twice.
AWAY_SECONDS = 5.0

_lines = threading.local()
_noted: dict[UUID, float] = {}
_away_until = 0.0


def note_activity() -> None:
    """A member of staff or a partner is here: touches the firm at most hourly, and asks this process only once.

    A firm nobody works in does not change its size, so it is measured in the night after somebody did.
    """
    tenant = current_tenant()
    at = time.monotonic()
    if at < _noted.get(tenant.id, 0.0):
        return
    _noted[tenant.id] = at + ACTIVE_EVERY.total_seconds()
    moment = now()
    stale = Q(last_active_at=None) | Q(last_active_at__lt=moment - ACTIVE_EVERY)
    with transaction.atomic():
        if Tenant.objects.filter(stale, pk=tenant.id).update(last_active_at=moment):
            enqueue(KIND, tenant.id, due_at=_tonight(tenant.id, remembered_allowance(tenant.id)), reschedule=True)


def remember_activity(tenant_id: UUID) -> None:
    """Take the firm as touched by this process already."""
    _noted[tenant_id] = time.monotonic() + ACTIVE_EVERY.total_seconds()


def forget_activity() -> None:
    _noted.clear()


def _tonight(tenant_id: UUID, of: Allowance) -> datetime:
    """Between two and five in the firm's next night, each firm at its own minute."""
    local = now().astimezone(ZoneInfo(of.zone))
    night = local.replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(minutes=tenant_id.int % 180)
    return night if night > local else night + timedelta(days=1)


@agenda_kind(KIND, priority=9)
def measure(tenant_id: UUID) -> None:
    """Measure the firm the item belongs to."""
    plans.measure_firm()


@dataclass(frozen=True)
class Quota:
    """How a key stands after one call; ``left_today`` None is unlimited or unknown."""

    left_today: int | None = None
    burst: int = 0
    left_now: int = 0
    refill_seconds: int = 0

    @property
    def headers(self) -> dict[str, str]:
        told = {}
        if self.burst:
            told["RateLimit-Limit"] = str(self.burst)
            told["RateLimit-Remaining"] = str(self.left_now)
            told["RateLimit-Reset"] = str(self.refill_seconds)
        if self.left_today is not None:
            told["X-Plan-Api-Calls-Remaining"] = str(self.left_today)
        return told


# One round trip: a bucket of ``burst`` tokens filled at ``rate`` per second by the cache's own clock, and the firm's
# counter of the day, raised only by calls that pass. Returns allowed (1, 0 too fast, -1 none left today), tokens left
# in thousandths, calls of the day, milliseconds until the next token.
_TAKE = """
local bucket, day = KEYS[1], KEYS[2]
local rate, burst, limit, always = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1'
local time = redis.call('TIME')
local at = time[1] * 1000 + math.floor(time[2] / 1000)
local tokens = burst
if rate > 0 then
  local kept = redis.call('HMGET', bucket, 'tokens', 'at')
  if kept[1] then tokens = math.min(burst, tonumber(kept[1]) + (at - tonumber(kept[2])) * rate / 1000) end
  if tokens < 1 and not always then
    return {0, math.floor(tokens * 1000), tonumber(redis.call('GET', day) or '0'),
            math.ceil((1 - tokens) * 1000 / rate)}
  end
end
local used = tonumber(redis.call('GET', day) or '0')
if limit >= 0 and used >= limit and not always then return {-1, math.floor(tokens * 1000), used, 0} end
used = redis.call('INCR', day)
redis.call('EXPIRE', day, 172800)
if rate > 0 then
  tokens = math.max(0, tokens - 1)
  redis.call('HSET', bucket, 'tokens', tostring(tokens), 'at', at)
  redis.call('PEXPIRE', bucket, math.ceil(burst * 1000 / rate) + 1000)
end
return {1, math.floor(tokens * 1000), used, 0}
"""


def take_call(key_id: UUID, *, always: bool = False) -> Quota:
    """Count one API call of the current firm's key, before anything is done for it.

    With ``always`` (it brings what a customer said) it is counted and never refused. With the cache away nobody is
    refused and nothing counted: a partner's work must not depend on it. Raises TooOften when the key calls faster than
    the installation allows, ApiCallsUsedUp when the plan's calls of the day are used up.
    """
    of = remembered_allowance(current_tenant().id)
    limit = None if of.is_platform else of.limits[Usage.Metric.API_CALLS]
    rate, burst = settings.API_RATE, settings.API_BURST
    answer = _ask_cache(of, key_id, rate, burst, limit, always)
    if answer is None:
        return Quota()
    passed, thousandths, used, wait = answer
    if passed == 0:
        raise TooOften(retry_after=max(1, -(-wait // 1000)))
    if passed == -1:
        raise ApiCallsUsedUp(
            metric=str(Usage.Metric.API_CALLS), limit=limit, used=used, retry_after=of.seconds_left_today()
        )
    if used == 1 or used % NOTED_EVERY == 0 or used == limit:
        used = _note(of, used)
    tokens = thousandths // 1000
    refill = -(-(burst - tokens) // rate) if rate else 0
    left = None if limit is None else max(0, limit - used)
    return Quota(left, burst if rate else 0, tokens, refill)


def _ask_cache(
    of: Allowance, key_id: UUID, rate: int, burst: int, limit: int | None, always: bool
) -> tuple[int, int, int, int] | None:
    global _away_until
    if time.monotonic() < _away_until:
        return None
    keys = [_name(f"api.key.{key_id}"), _name(_day(of))]
    try:
        passed, thousandths, used, wait = _say(
            "EVALSHA", _SHA, 2, *keys, rate, burst, -1 if limit is None else limit, int(always)
        )
    except redis.exceptions.NoScriptError:
        _cache(settings.REDIS_URL).script_load(_TAKE)
        return _ask_cache(of, key_id, rate, burst, limit, always)
    except (redis.RedisError, OSError) as error:
        _away_until = time.monotonic() + AWAY_SECONDS
        logger.warning("API calls are not counted: %s", type(error).__name__)
        return None
    return int(passed), int(thousandths), int(used), int(wait)


def _note(of: Allowance, used: int) -> int:
    """Write the day's count down; a counter that begins anew while the day does not goes on where it was noted."""
    if used == 1:
        noted = counted(of).get(Usage.Metric.API_CALLS, 0)
        if noted:
            used = int(_cache(settings.REDIS_URL).incrby(_name(_day(of)), noted))
    plans.note_calls(of, used)
    return used


def _day(of: Allowance) -> str:
    return f"api.day.{of.period(Usage.Metric.API_CALLS)}"


def _name(text: str) -> str:
    return cache_key(text, "", 1)


_SHA = hashlib.sha1(_TAKE.encode(), usedforsecurity=False).hexdigest()


def _say(*command: Any) -> Any:
    """One command on this thread's own connection: what the client does around a command costs more than it does."""
    line = _lines.__dict__.get(settings.REDIS_URL)
    if line is None:
        line = _lines.__dict__[settings.REDIS_URL] = _cache(settings.REDIS_URL).connection_pool.make_connection()
    try:
        line.send_command(*command)
        return line.read_response()
    except redis.ConnectionError:
        # The cache was started anew since the last call.
        line.send_command(*command)
        return line.read_response()


@cache
def _cache(url: str) -> Any:
    return redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5)
