"""Which tenant answers at a host, remembered in this process so that a warm request asks nothing."""

import time

from django.conf import settings
from django.db.models import Q

from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from tenants.context import ref_of
from tenants.models import Domain

TTL_SECONDS = 10.0
MAX_ENTRIES = 10_000
_cache: dict[str, tuple[float, TenantRef | None]] = {}


def tenant_at(host: str) -> TenantRef | None:
    """The tenant whose domain is exactly ``host`` (lower case, no port), or was until lately; None when there is none.

    Answers, negative ones too, are kept for ``TTL_SECONDS``: a suspended firm stops within that time.
    """
    entry = _cache.get(host)
    if entry and entry[0] > time.monotonic():
        return entry[1]
    answering = Q(redirects_until=None) | Q(redirects_until__gt=now())
    domain = Domain.objects.select_related("tenant").filter(answering, domain=host).first()
    tenant = ref_of(domain.tenant, host=_primary_host(domain)) if domain else None
    if len(_cache) >= MAX_ENTRIES:
        _cache.clear()
    _cache[host] = (time.monotonic() + TTL_SECONDS, tenant)
    return tenant


def _primary_host(domain: Domain) -> str | None:
    return domain.domain if domain.is_primary else None


def is_public_host(host: str) -> bool:
    return host == settings.BASE_DOMAIN


def forget_hosts() -> None:
    """Drop what is remembered, after an address or a firm's state was changed in this process."""
    _cache.clear()
