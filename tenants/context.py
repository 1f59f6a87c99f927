"""Entering and leaving a tenant; the only module that may touch the tool underneath."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection as django_connection
from django.utils import timezone as django_timezone

from cxcrm.core.context import TenantRef, current_tenant
from cxcrm.core.db.here import connection_here
from cxcrm.core.errors import NoTenant
from tenants.models import Domain, Tenant

__all__ = ["cache_key", "current_tenant", "enter", "in_tenant", "leave", "outside", "ref_by_id", "ref_of"]


connection: Any = django_connection  # our backend's; its base has no types


def ref_of(tenant: Tenant, host: str | None = None) -> TenantRef:
    """The value object of a registry row; ``host`` defaults to the primary domain."""
    if host is None:
        host = Domain.objects.filter(tenant=tenant, is_primary=True).values_list("domain", flat=True).first() or ""
    return TenantRef(
        id=tenant.id,
        schema_name=tenant.schema_name,
        slug=tenant.slug,
        name=tenant.name,
        host=host,
        epoch=tenant.epoch,
        state=tenant.state,
        is_platform=tenant.is_platform,
        time_zone=tenant.time_zone,
    )


def ref_by_id(tenant_id: UUID) -> TenantRef:
    """Look a tenant up by id. Raises NoTenant when it is unknown."""
    row = Tenant.objects.filter(pk=tenant_id).first()
    if row is None:
        raise NoTenant(f"tenant {tenant_id} is unknown")
    return ref_of(row)


def enter(tenant: TenantRef) -> None:
    """Make ``tenant`` the one this connection works in. Doors only; pair it with ``leave`` in ``finally``."""
    connection_here().set_tenant(tenant)


def leave() -> None:
    """Back to no tenant at all."""
    here = connection_here()
    here.set_schema_to_public()
    here.recycle()
    django_timezone.deactivate()


@contextmanager
def in_tenant(tenant: TenantRef) -> Iterator[TenantRef]:
    """Work in ``tenant``, then return to whatever was before."""
    before = connection.tenant
    connection.set_tenant(tenant)
    try:
        yield tenant
    finally:
        connection.set_tenant(before)


@contextmanager
def outside() -> Iterator[None]:
    """Work in no tenant, then return to whatever was before: for loading code whose querysets belong to nobody."""
    before = connection.tenant
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.set_tenant(before)


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Cache keys carry tenant and epoch; outside a tenant they say so."""
    tenant = connection.tenant
    scope = f"{tenant.id}.{tenant.epoch}" if isinstance(tenant, TenantRef) else "public"
    return f"cxcrm:{settings.BASE_DOMAIN}:{scope}:{key_prefix}:{version}:{key}"
