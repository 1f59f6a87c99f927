"""Secrets kept at rest: encrypted with a key of their own per tenant and purpose."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from cxcrm.core.context import current_tenant


class Unreadable(ValueError):
    """Sealed for another tenant, another purpose or under a key that is gone, tampered with, or too old."""


def _key(secret: str, purpose: str) -> Fernet:
    info = f"cxcrm.sealed|{current_tenant().id}|{purpose}".encode()
    return Fernet(base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=info).derive(secret.encode())))


def _keys(purpose: str) -> MultiFernet:
    return MultiFernet([_key(secret, purpose) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def seal(purpose: str, text: str) -> str:
    """``text`` as URL-safe characters that only the current tenant can read, for this ``purpose`` only."""
    return _keys(purpose).encrypt(text.encode()).decode()


def unseal(purpose: str, sealed: str, max_age: int | None = None) -> str:
    """What was sealed; ``max_age`` in seconds. Raises Unreadable."""
    try:
        return _keys(purpose).decrypt(sealed, ttl=max_age).decode()
    except (InvalidToken, ValueError) as error:
        raise Unreadable(purpose) from error
