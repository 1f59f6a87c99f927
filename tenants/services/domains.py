"""Addresses of firms."""

import re

from django.conf import settings

from tenants.errors import AddressInvalid

# Names that would look like the service itself, or that mail and browsers give a meaning to.
RESERVED = frozenset(
    [
        "admin",
        "api",
        "app",
        "assets",
        "autoconfig",
        "autodiscover",
        "blog",
        "cdn",
        "cxcrm",
        "dashboard",
        "demo",
        "dev",
        "docs",
        "ftp",
        "help",
        "imap",
        "inbox",
        "login",
        "mail",
        "media",
        "metrics",
        "mx",
        "ns",
        "ns1",
        "ns2",
        "pop",
        "public",
        "root",
        "smtp",
        "static",
        "status",
        "support",
        "test",
        "webmail",
        "www",
    ]
)
PLATFORM_SLUG = "platform"
_SLUG = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])\Z")


def check_slug(slug: str) -> str:
    """The slug in lower case. Raises AddressInvalid when it cannot be an address of a firm."""
    slug = slug.strip().lower()
    if not _SLUG.match(slug) or "--" in slug or slug in RESERVED or slug == PLATFORM_SLUG:
        raise AddressInvalid(slug=slug[:60])
    return slug


def host_for(slug: str) -> str:
    """Host name of a firm: ``<slug>.<base domain>``."""
    return f"{slug}.{settings.BASE_DOMAIN}"


def url_for(host: str, path: str = "/") -> str:
    """Absolute address on ``host`` as the world sees it; mails use it with the tenant's primary domain only."""
    scheme, default = ("https", 443) if settings.HTTPS else ("http", 80)
    port = "" if default == settings.PUBLIC_PORT else f":{settings.PUBLIC_PORT}"
    return f"{scheme}://{host}{port}{path}"
