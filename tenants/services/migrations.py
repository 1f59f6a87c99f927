"""Deploys: every firm brought to this release's tables, each on its own; runs may be killed, repeated and many."""

import heapq
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.models import QuerySet

from tenants.models import Tenant
from tenants.selectors.catalogs import Facts, structure_of
from tenants.selectors.migrations import Standing, applied_in, standing_sql
from tenants.services import fingerprints, spares, templates
from tenants.services.migration_rehearsal import rehearse
from tenants.services.migration_steps import WITH_TABLES, FirmGone, Stretch, make_durable

# The first number of a pair; the second tells the firms apart, and 0 stands for the shared schema.
_MIGRATING = 0x63786D
# Seconds between the tries at a firm that somebody holds; they end after half a minute.
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
# A lock held by others, a deadlock, a cancelled statement, a server that went away: it passes.
_PASSING_STATES, _PASSING_CLASSES = {"55P03", "40P01", "40001"}, {"08", "53", "57"}


class Busy(RuntimeError):
    """Somebody else is at this firm just now."""


class RehearsalFailed(RuntimeError):
    """The migrations fail on an empty schema already; no firm that stands there has been touched."""


@dataclass
class Progress:
    """How a run stands; ``failed`` names firms by address, with the reason."""

    total: int = 0
    done: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    # Of all seconds those spent on rehearsals, before and not in the firms.
    rehearsing: float = 0.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float:
        """If the rest takes as long as what is behind us."""
        return self.seconds_each * (self.total - self.settled)

    @property
    def seconds_each(self) -> float:
        return (self.seconds - self.rehearsing) / self.settled if self.settled else 0.0

    @property
    def settled(self) -> int:
        return self.done + len(self.failed)


Watch = Callable[[Progress], None]


def behind() -> QuerySet[Tenant]:
    """Firms whose tables are not those of this release, the operators' own first; one query, however many firms."""
    tenants = Tenant.objects.filter(state__in=WITH_TABLES).exclude(fingerprint=fingerprints.current())
    return tenants.order_by("-is_platform", "created_at")


def shared_is_current() -> bool:
    """Whether the shared schema has recorded every migration of the shared apps: the others make nothing there."""
    shared = {config.label for config in apps.get_app_configs() if config.name in settings.SHARED_APPS}
    return {key for key in fingerprints.known() if key[0] in shared} <= applied_in("public")


def migrate_shared() -> bool:
    """Bring the shared schema up to date; returns whether anything was to do. A second run waits for the first."""
    if shared_is_current():
        return False
    keeper = connection.copy()  # migrating closes the connection in use, and with it would go the lock
    try:
        with keeper.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, 0)", [_MIGRATING])
        if not shared_is_current():
            call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
    finally:
        keeper.close()
    return True


def migrate_tenants(
    *, slugs: Collection[str] = (), lock_timeout: float = 2.0, watch: Watch = lambda progress: None
) -> Progress:
    """Bring every firm that is behind, or those of ``slugs``, to this release's tables.

    One firm's failure is recorded with it (``migration_error``) and stops nobody else. What is behind is the work list,
    so a repeated run goes on where the last one ended. With nobody behind any more the pool of spares is renewed.
    """
    run, seen = _Run(lock_timeout, watch), set[UUID]()
    # Firms that signed up meanwhile through a process of the earlier release are met in the next round.
    while tenants := [tenant for tenant in _chosen(slugs) if tenant.id not in seen]:
        seen |= {tenant.id for tenant in tenants}
        run.migrate(tenants)
    progress = run.progress
    if not slugs and not progress.failed:
        templates.ensure_template()
        spares.drop_stale()
        if progress.done:
            spares.order_refill()
    return progress


def planned(*, slugs: Collection[str] = ()) -> list[tuple[list[str], list[Stretch]]]:
    """What ``migrate_tenants`` would do: firms that stand at the same place, and their way. No firm is touched."""
    groups: dict[Standing, list[Tenant]] = {}
    for tenant in _chosen(slugs):
        groups.setdefault(applied_in(tenant.schema_name), []).append(tenant)
    return [
        ([tenant.slug for tenant in tenants], list(rehearse(standing, tenants[0].fingerprint, keep=False).values()))
        for standing, tenants in groups.items()
    ]


def verify(*, slugs: Collection[str] = ()) -> Iterator[tuple[Tenant, list[str]]]:
    """Every firm with what is not as in this release's template: fingerprint, recorded migrations, and the catalog.

    The order of columns may differ: a column added later stands last.
    """
    template = templates.ensure_template()
    migrations, structure = applied_in(template.schema_name), structure_of(template.schema_name)
    tenants = Tenant.objects.filter(state__in=WITH_TABLES).order_by("-is_platform", "created_at")
    for tenant in tenants.filter(slug__in=slugs) if slugs else tenants:
        yield (
            tenant,
            [
                *(["fingerprint: of another release"] if tenant.fingerprint != template.fingerprint else []),
                *_compared(_recorded(applied_in(tenant.schema_name)), _recorded(migrations)),
                *_compared(_named(structure_of(tenant.schema_name)), _named(structure)),
            ],
        )


def _chosen(slugs: Collection[str]) -> QuerySet[Tenant]:
    return behind().filter(slug__in=slugs) if slugs else behind()


@dataclass
class _Run:
    """One run over many firms, and the ways it has rehearsed so far."""

    lock_timeout: float
    watch: Watch
    progress: Progress = field(default_factory=Progress)
    ways: dict[Standing, Stretch | RehearsalFailed] = field(default_factory=dict)
    # Where the last firm stood that arrived in one stretch, and that stretch: most stand where it stood.
    beaten: tuple[Standing, Stretch] | None = None

    def migrate(self, tenants: list[Tenant]) -> None:
        try:
            self._migrate_all(tenants)
        finally:
            make_durable()

    def _migrate_all(self, tenants: list[Tenant]) -> None:
        progress = self.progress
        progress.total += len(tenants)
        # (not before, firm, tries so far): whoever is busy waits while the others go on.
        queue = [(0.0, order, 0) for order in range(len(tenants))]
        while queue:
            moment, order, tries = heapq.heappop(queue)
            if moment > time.monotonic():
                time.sleep(max(0.0, moment - time.monotonic()))
            try:
                self._migrate_one(tenants[order])
            except FirmGone:
                progress.total -= 1
            except Exception as error:  # noqa: BLE001 - a boundary: whatever a migration raises is that firm's alone
                if _is_passing(error) and tries < len(PAUSES):
                    heapq.heappush(queue, (time.monotonic() + PAUSES[tries], order, tries + 1))
                    continue
                progress.failed[tenants[order].slug] = _note_failure(tenants[order].id, error)
            else:
                progress.done += 1
            connection.recycle()  # what PostgreSQL keeps of every firm's tables makes DDL ever slower
            self.watch(progress)

    def _migrate_one(self, tenant: Tenant) -> None:
        """Take one firm from wherever it stands to this release. Raises Busy, FirmGone and what a migration raises."""
        if self.beaten:
            standing, stretch = self.beaten
            if stretch.run_at_once(tenant, standing=standing, lock=_lock(tenant), lock_timeout=self.lock_timeout):
                return
        arrived, steps = False, 0
        while not arrived:
            with _alone_with(tenant) as standing:
                stretch, steps = self._next_stretch(standing, tenant.fingerprint), steps + 1
                if stretch.run(tenant, lock_timeout=self.lock_timeout):
                    arrived = bool(stretch.fingerprint)
                    self.beaten = (standing, stretch) if arrived and steps == 1 else None
                else:  # not as it was in the list: brought along by another run, moved by a restore, or gone
                    tenant = _read_again(tenant)
                    arrived = fingerprints.is_current(tenant)

    def _next_stretch(self, standing: Standing, fingerprint: str) -> Stretch:
        if standing not in self.ways:
            self._rehearse(standing, fingerprint)
        found = self.ways[standing]
        if isinstance(found, RehearsalFailed):
            raise found
        return found

    def _rehearse(self, standing: Standing, fingerprint: str) -> None:
        started = time.monotonic()
        try:
            self.ways |= rehearse(standing, fingerprint)
        except Exception as error:  # kept for every firm that stands here: it would fail again
            if _is_passing(error):
                raise
            self.ways[standing] = RehearsalFailed(_told(error))
        finally:
            self.progress.rehearsing += time.monotonic() - started


def _lock(tenant: Tenant) -> tuple[int, int]:
    return _MIGRATING, tenant.id.int % 0x7FFFFFFF + 1


@contextmanager
def _alone_with(tenant: Tenant) -> Iterator[Standing]:
    """No other run works on this firm meanwhile; the lock ends with its process. Raises Busy; yields where it stands.

    Both in one message: on the way through a thousand firms it is the messages that take the time. A firm whose schema
    is gone ends here: its tables would be made in the shared schema, which comes next in the search path.
    """
    key = _lock(tenant)
    is_ours = True  # as long as nobody has said otherwise
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT pg_try_advisory_lock(%s, %s); {standing_sql(tenant.schema_name)}", key)
            is_ours = cursor.fetchone()[0]
            if not is_ours:
                raise Busy("another run is at this firm")
            cursor.nextset()
            yield frozenset(cursor.fetchall())
        finally:
            if is_ours and not cursor.connection.closed:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _read_again(tenant: Tenant) -> Tenant:
    found = Tenant.objects.filter(pk=tenant.pk, state__in=WITH_TABLES).first()
    if found is None:
        raise FirmGone(f"{tenant.slug} is not there any more")
    return found


def _is_passing(error: Exception) -> bool:
    """Whether trying again later may help; a lost connection is given up, so that the next try makes a new one."""
    if isinstance(error, OperationalError):
        state = getattr(error.__cause__, "sqlstate", None) or "08"
        if state in _PASSING_STATES:
            return True
        if state[:2] in _PASSING_CLASSES:
            connection.close()
            return True
    return isinstance(error, Busy)


def _note_failure(tenant_id: UUID, error: Exception) -> str:
    text = f"rehearsal failed: {error}" if isinstance(error, RehearsalFailed) else _told(error)
    Tenant.objects.filter(pk=tenant_id).update(migration_error=text[:500])
    return text


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".strip()


# How many parts of a fact name the thing; the others describe it.
_NAME_PARTS = {"column": 3, "constraint": 3, "trigger": 3, "policy": 3, "comment": 3}


def _recorded(standing: Standing) -> dict[tuple[str, ...], str]:
    return {("migration", *key): "" for key in standing}


def _named(facts: Facts) -> dict[tuple[str, ...], str]:
    found = {}
    for fact in facts:
        parts = _NAME_PARTS.get(fact[0], 2)
        if fact[0] != "order":
            found[fact[:parts]] = " ".join(filter(None, fact[parts:]))
    return found


def _compared(here: dict[tuple[str, ...], str], there: dict[tuple[str, ...], str]) -> list[str]:
    found = []
    for key in sorted(here.keys() | there.keys()):
        what = f"{key[0]} {'.'.join(part.strip('.') for part in key[1:])}"
        if key not in here:
            found.append(f"{what}: missing")
        elif key not in there:
            found.append(f"{what}: not in the template")
        elif here[key] != there[key]:
            found.append(f"{what}: is “{here[key]}”, in the template “{there[key]}”")
    return found
