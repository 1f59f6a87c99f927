"""Links for people without a log-in: one object, one purpose, one tenant, unguessable."""

import base64
import binascii
import hmac
from collections.abc import Callable
from uuid import UUID

from django.conf import settings

from cxcrm.core.context import current_tenant

_MAC_BYTES = 16


def _mac(secret: str, scope: str, ident: UUID) -> bytes:
    return hmac.digest(secret.encode(), scope.encode() + ident.bytes, "sha256")[:_MAC_BYTES]


def _in_tenant(purpose: str) -> str:
    tenant = current_tenant()
    return f"cxcrm.link|{tenant.id}|{tenant.epoch}|{purpose}|"


def _on_public_host(purpose: str) -> str:
    return f"cxcrm.link|public|{purpose}|"


def make_token(purpose: str, ident: UUID) -> str:
    """43 URL-safe characters naming ``ident`` for ``purpose`` in the current tenant.

    A 128-bit HMAC-SHA256 over tenant, tenant epoch, purpose and id: nothing needs storing, a reminder carries the same
    link, another tenant or purpose refuses it, and raising the epoch kills every link. Expiry and "used" are state of
    the object, decided by the server when the link is opened.
    """
    return _token(_in_tenant(purpose), ident)


def token_maker(purpose: str) -> Callable[[UUID], str]:
    """``make_token`` for many objects of the current tenant."""
    scope = hmac.new(settings.SECRET_KEY.encode(), _in_tenant(purpose).encode(), "sha256")

    def make(ident: UUID) -> str:
        mac = scope.copy()
        mac.update(ident.bytes)
        return _shown(ident, mac.digest())

    return make


def read_token(purpose: str, token: str) -> UUID | None:
    """The id in ``token``, or None when it is malformed, tampered with, foreign or for another purpose."""
    return _ident(_in_tenant(purpose), token)


def make_public_token(purpose: str, ident: UUID) -> str:
    """The same for a row of the registry, whose links lead to the public host and belong to no tenant yet."""
    return _token(_on_public_host(purpose), ident)


def read_public_token(purpose: str, token: str) -> UUID | None:
    """The id in a token of ``make_public_token``, or None."""
    return _ident(_on_public_host(purpose), token)


def _token(scope: str, ident: UUID) -> str:
    return _shown(ident, _mac(settings.SECRET_KEY, scope, ident))


def _shown(ident: UUID, mac: bytes) -> str:
    return base64.urlsafe_b64encode(ident.bytes + mac[:_MAC_BYTES]).decode().rstrip("=")


def _ident(scope: str, token: str) -> UUID | None:
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    if len(raw) != 16 + _MAC_BYTES or base64.urlsafe_b64encode(raw).decode().rstrip("=") != token:
        return None
    ident, mac = UUID(bytes=raw[:16]), raw[16:]
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if any(hmac.compare_digest(_mac(secret, scope, ident), mac) for secret in secrets):
        return ident
    return None
