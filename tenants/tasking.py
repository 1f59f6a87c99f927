"""The Celery door: tasks that enter exactly one tenant, and tasks that refuse to have one."""

import mmap
from typing import Any
from uuid import UUID

from celery import Task

from cxcrm.core.context import SYSTEM, acting_as
from cxcrm.core.errors import NoTenant
from tenants.context import enter, leave, ref_by_id

# Shared between a worker and the processes it forks, which are told nothing else: whether it is ending, and how often
# they looked at the agenda (modulo 256).
_shared = mmap.mmap(-1, 2)


def drain() -> None:
    """The worker was told to end: its processes finish what they have begun and hand the rest back."""
    _shared[0] = 1


def is_draining() -> bool:
    return _shared[0] == 1


def note_look() -> None:
    """A process of this worker looked at the agenda."""
    _shared[1] = (_shared[1] + 1) % 256


def looks() -> int:
    """A number that changes when a process of this worker looks at the agenda."""
    return _shared[1]


class TenantSuspended(RuntimeError):
    """The tenant exists but nothing may be done for it now."""


class TenantTask(Task):
    """A task whose first argument is a tenant id; it runs inside that tenant and leaves in ``finally``.

    Fail closed: without a valid id, or for a tenant that is not active, the body never runs.
    """

    abstract = True

    def __call__(self, tenant_id: str | UUID, *args: Any, **kwargs: Any) -> Any:
        try:
            ident = UUID(str(tenant_id))
        except ValueError as error:
            raise NoTenant(f"{self.name}: {tenant_id!r} is not a tenant id") from error
        leave()
        tenant = ref_by_id(ident)
        if not tenant.active:
            raise TenantSuspended(f"{self.name}: tenant {ident} is not active")
        enter(tenant)
        try:
            with acting_as(SYSTEM):
                return super().__call__(*args, **kwargs)
        finally:
            leave()


class PublicTask(Task):
    """A task of the installation itself; it starts and ends outside any tenant."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        leave()
        try:
            with acting_as(SYSTEM):
                return super().__call__(*args, **kwargs)
        finally:
            leave()
