"""Noting that a firm is alive, counting its API calls, and measuring its size at night."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any, TypeVar
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

# More calls than this left of the day are plenty.
PLENTY = 100

T = TypeVar("T")
_lines = threading.local()
_plenty: set[UUID] = set()
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
# in thousandths, calls of the day, milliseconds until the next token; as one text, which is read in one go.
_TAKE = """
local bucket, day = KEYS[1], KEYS[2]
local rate, burst, limit, always = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1'
local time = redis.call('TIME')
local at = time[1] * 1000 + math.floor(time[2] / 1000)
local used = tonumber(redis.call('GET', day) or '0')
local tokens = burst
local function answer(passed, wait)
  return string.format('%d %d %d %d', passed, math.floor(tokens * 1000), used, wait)
end
if rate > 0 then
  local kept = redis.call('HMGET', bucket, 'tokens', 'at')
  if kept[1] then tokens = math.min(burst, tonumber(kept[1]) + (at - tonumber(kept[2])) * rate / 1000) end
  if tokens < 1 and not always then return answer(0, math.ceil((1 - tokens) * 1000 / rate)) end
end
if limit >= 0 and used >= limit and not always then return answer(-1, 0) end
used = redis.call('INCR', day)
if used == 1 then redis.call('EXPIRE', day, 172800) end
if rate > 0 then
  tokens = math.max(0, tokens - 1)
  redis.call('HSET', bucket, 'tokens', tostring(tokens), 'at', at)
  redis.call('PEXPIRE', bucket, math.ceil(burst * 1000 / rate) + 1000)
end
return answer(1, 0)
"""


def take_call(key_id: UUID, *, always: bool = False) -> Quota:
    """Count one API call of the current firm's key, before anything is done for it.

    With ``always`` (it brings what a customer said) it is counted and never refused. With the cache away nobody is
    refused and nothing counted: a partner's work must not depend on it. Raises TooOften when the key calls faster than
    the installation allows, ApiCallsUsedUp when the plan's calls of the day are used up.
    """
    return Counting(key_id, always=always).quota()


class Counting:
    """A call on its way through the cache; what it said is asked for with ``quota``, once, by the same thread.

    Until then something else may be done, if it changes nothing: the answer may be that the call is refused. Whoever
    calls with ``had_plenty`` will hardly be; of who has not, nothing should be done in vain.
    """

    def __init__(self, key_id: UUID, *, always: bool = False) -> None:
        self.key_id = key_id
        tenant = current_tenant()
        self.of = of = remembered_allowance(tenant.id)
        self.limit = None if of.is_platform else of.limits[Usage.Metric.API_CALLS]
        self.rate, self.burst = settings.API_RATE, settings.API_BURST
        self._command = _command(tenant.id, tenant.epoch, key_id, _day(of), self.rate, self.burst, self.limit, always)
        self._on_its_way = _trying(lambda: _line().say(self._command)) is not None

    @property
    def had_plenty(self) -> bool:
        """Was at least half of its burst, and many calls of the day, left to the key when this process last heard?"""
        return self.key_id in _plenty

    def quota(self) -> Quota:
        """How the key stands now. Raises as ``take_call`` does."""
        answer = _trying(self._hear) if self._on_its_way else None
        if answer is None:
            return Quota()
        passed, thousandths, used, wait = map(int, answer.split())
        tokens = thousandths // 1000
        left = None if self.limit is None else max(0, self.limit - used)
        self._remember(passed == 1 and 2 * tokens >= self.burst and (left is None or left > PLENTY))
        if passed == 0:
            raise TooOften(retry_after=max(1, -(-wait // 1000)))
        if passed == -1:
            raise ApiCallsUsedUp(
                metric=str(Usage.Metric.API_CALLS),
                limit=self.limit,
                used=used,
                retry_after=self.of.seconds_left_today(),
            )
        if used == 1 or used % NOTED_EVERY == 0 or used == self.limit:
            used = _note(self.of, used)
            left = None if self.limit is None else max(0, self.limit - used)
        refill = -(-(self.burst - tokens) // self.rate) if self.rate else 0
        return Quota(left, self.burst if self.rate else 0, tokens, refill)

    def _hear(self) -> bytes:
        try:
            return _line().hear()
        except redis.exceptions.NoScriptError:
            _cache(settings.REDIS_URL).script_load(_TAKE)
            _line().say(self._command)
            return _line().hear()

    def _remember(self, plenty: bool) -> None:
        if len(_plenty) >= 10_000:
            _plenty.clear()
        if plenty:
            _plenty.add(self.key_id)
        else:
            _plenty.discard(self.key_id)


def _trying(ask: Callable[[], T]) -> T | None:
    """What the cache says; None while it is away."""
    global _away_until
    if time.monotonic() < _away_until:
        return None
    try:
        return ask()
    except (redis.RedisError, OSError) as error:
        _away_until = time.monotonic() + AWAY_SECONDS
        logger.warning("API calls are not counted: %s", type(error).__name__)
        return None


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


class _Line:
    """This thread's own connection to the cache: what the client does around a command costs more than it does."""

    def __init__(self, url: str) -> None:
        self._connection = _cache(url).connection_pool.make_connection()
        self._unanswered: bytes | None = None

    def say(self, command: bytes) -> bool:
        if self._unanswered is not None:  # of a call that broke off before it heard
            with suppress(redis.RedisError):
                self.hear()
        self._unanswered = command
        self._send(command)
        return True

    def hear(self) -> Any:
        """The answer to what was said."""
        said, self._unanswered = self._unanswered, None
        try:
            return self._connection.read_response()
        except redis.ConnectionError:
            # The cache was started anew since the last call.
            self._send(said)
            return self._connection.read_response()

    def _send(self, command: bytes | None) -> None:
        try:
            self._connection.send_packed_command([command])
        except redis.ConnectionError:
            self._connection.send_packed_command([command])


@lru_cache(maxsize=2_000)
def _command(
    _tenant_id: UUID, _epoch: int, key_id: UUID, day: str, rate: int, burst: int, limit: int | None, always: bool
) -> bytes:
    """What is said to the cache for the current firm, as it travels: the same at every call of a key on a day."""
    names = _name(f"api.key.{key_id}"), _name(day)
    told = ("EVALSHA", _SHA, 2, *names, rate, burst, -1 if limit is None else limit, int(always))
    words = [str(word).encode() for word in told]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


def _line() -> _Line:
    line: _Line | None = _lines.__dict__.get(settings.REDIS_URL)
    if line is None:
        line = _lines.__dict__[settings.REDIS_URL] = _Line(settings.REDIS_URL)
    return line


@cache
def _cache(url: str) -> Any:
    return redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5)
