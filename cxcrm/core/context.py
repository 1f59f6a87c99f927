"""Who acts, why, and for which tenant: the ambient facts of one request, task or command."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from cxcrm.core.db.here import connection_here
from cxcrm.core.errors import NoTenant


@dataclass(frozen=True)
class TenantRef:
    """What a request or task needs to know of its tenant; read once, cached by host, never a model instance."""

    id: UUID
    schema_name: str
    slug: str
    name: str
    host: str
    epoch: int
    state: str = "active"
    is_platform: bool = False
    time_zone: str = "UTC"

    @property
    def active(self) -> bool:
        """Everything may be done for the firm: log in, call the API, carry out what is due."""
        return self.state == "active"

    @property
    def at_rest(self) -> bool:
        """Suspended or closing: only its customers are served, so that nothing they send is lost."""
        return self.state in {"suspended", "closing"}


@dataclass(frozen=True)
class Actor:
    """Who did it. ``kind`` is user, api_key, customer or system; ``id`` is empty for the system."""

    kind: str = "system"
    id: UUID | None = None
    label: str = ""

    @property
    def user_id(self) -> UUID | None:
        """The person of the staff who did it; None for everybody else."""
        return self.id if self.kind == "user" else None


SYSTEM = Actor()

_actor: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)
_cause: ContextVar[tuple[UUID | None, int]] = ContextVar("cause", default=(None, 0))


def current_actor() -> Actor:
    return _actor.get()


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Everything published inside is signed by ``actor``."""
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)


def current_cause() -> tuple[UUID | None, int]:
    """The event being handled and its depth; ``(None, 0)`` when a person or the clock started it."""
    return _cause.get()


@contextmanager
def caused_by(event_id: UUID, depth: int) -> Iterator[None]:
    """Events published inside carry ``event_id`` as their cause and ``depth + 1``."""
    token = _cause.set((event_id, depth + 1))
    try:
        yield
    finally:
        _cause.reset(token)


def current_tenant() -> TenantRef:
    """The tenant of this connection. Raises NoTenant: nothing ever falls back to the public schema."""
    tenant = connection_here().tenant
    if not isinstance(tenant, TenantRef):
        raise NoTenant("no tenant: enter one by a request, a TenantTask, a management command or a test fixture")
    return tenant
