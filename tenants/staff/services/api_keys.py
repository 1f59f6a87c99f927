"""Making, checking and revoking partners' keys."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import current_tenant
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.memory import Memory
from tenants.staff.models import ApiKey, User
from tenants.staff.roles import SCOPES

USE_STAMP_EVERY = timedelta(minutes=5)
# By tenant, epoch and hash of the text. A key revoked in another process lives on here for these seconds.
_known: Memory[ApiKey] = Memory(seconds=5.0, entries=1_000)


@transaction.atomic
def create_api_key(
    *, name: str, scopes: list[str], created_by: User | None = None, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A new key and its secret text ``cx_<prefix>_<secret>``, which is never shown again.

    Raises InvalidInput for an unknown scope or no scope at all.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise InvalidInput(code="api_key.unknown_scope", unknown=unknown, known=list(SCOPES))
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        secret_hash=_hash(secret),
        epoch=current_tenant().epoch,
        scopes=sorted(set(scopes)),
        created_by=created_by,
        expires_at=expires_at,
    )
    return key, f"cx_{prefix}_{secret}"


def find_api_key(text: str) -> ApiKey | None:
    """The live key whose text this is, in the current tenant only; None otherwise."""
    tenant = current_tenant()
    try:
        key = _known.get((tenant.id, tenant.epoch, _hash(text)), lambda: _look_up(text))
    except NotFound:
        return None
    at = now()
    if key.revoked_at or key.epoch != tenant.epoch or (key.expires_at and key.expires_at <= at):
        return None
    if key.last_used_at is None or at - key.last_used_at > USE_STAMP_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
        key.last_used_at = at
    return key


def _look_up(text: str) -> ApiKey:
    """The key with this text, dead or alive. Raises NotFound, so that what is wrong is never remembered."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != "cx" or not parts[1].isascii() or "\x00" in text:
        raise NotFound
    key = ApiKey.objects.filter(prefix=parts[1][:24]).first()
    stored = key.secret_hash if key else _hash("")
    if not hmac.compare_digest(stored, _hash(parts[2])) or key is None:
        raise NotFound
    return key


@transaction.atomic
def revoke_api_key(*, key_id: UUID) -> None:
    """Stop a key at once. Raises NotFound."""
    if not ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=now()):
        raise NotFound
    _known.forget()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", errors="surrogatepass")).hexdigest()
