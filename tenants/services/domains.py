"""Addresses of firms."""

import re
import unicodedata

from django.conf import settings

from tenants.errors import AddressInvalid
from tenants.models import Domain

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
_LONGEST = 40
_SLUG = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])\Z")


def check_slug(slug: str) -> str:
    """The slug in lower case. Raises AddressInvalid when it cannot be an address of a firm."""
    slug = slug.strip().lower()
    if not _is_usable(slug):
        raise AddressInvalid(slug=slug[:60])
    return slug


def _is_usable(slug: str) -> bool:
    # Two hyphens in a row: what browsers show of "xn--" is not what stands there.
    return bool(_SLUG.match(slug)) and "--" not in slug and slug not in RESERVED and slug != PLATFORM_SLUG


def slug_from(name: str) -> str:
    """The address a name suggests, at most 40 small letters, digits and hyphens: "Cà phê" becomes ca-phe.

    Empty when nothing of the name can stand in an address.
    """
    plain = unicodedata.normalize("NFKD", name.lower().replace("đ", "d").replace("ß", "ss"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    slug = re.sub(r"[^a-z0-9]+", "-", letters.replace("'", "").replace("’", "")).strip("-")
    return slug.lstrip("0123456789-")[:_LONGEST].strip("-")


def is_free(slug: str) -> bool:
    """Whether nobody answers at the address now; only reserving it decides."""
    return not Domain.objects.filter(domain=host_for(slug)).exists()


def free_slug_like(wish: str) -> str:
    """The address a wish or a name suggests, or with a number the next one that is free; empty when there is none."""
    stem = slug_from(wish)
    numbered = [f"{stem[: _LONGEST - 3].rstrip('-')}-{number}" for number in range(2, 100)]
    usable = [slug for slug in (stem, *numbered) if _is_usable(slug)]
    taken = set(Domain.objects.filter(domain__in=map(host_for, usable)).values_list("domain", flat=True))
    return next((slug for slug in usable if host_for(slug) not in taken), "")


def host_for(slug: str) -> str:
    """Host name of a firm: ``<slug>.<base domain>``."""
    return f"{slug}.{settings.BASE_DOMAIN}"


def url_for(host: str, path: str = "/") -> str:
    """Absolute address on ``host`` as the world sees it; mails use it with the tenant's primary domain only."""
    scheme, default = ("https", 443) if settings.HTTPS else ("http", 80)
    port = "" if default == settings.PUBLIC_PORT else f":{settings.PUBLIC_PORT}"
    return f"{scheme}://{host}{port}{path}"
