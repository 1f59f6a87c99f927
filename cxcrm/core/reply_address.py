"""The address an answer to a mail of ours goes to: it names firm and mail, and nobody can guess one."""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings

_TAIL, _IDENT, _MAC = 8, 16, 11
# 35 bytes are 56 letters without padding; with "reply+" that is 62 of the 64 a mailbox name may have (RFC 5321).
_LETTERS: Final = 56
_ADDRESS: Final = re.compile(rf"reply\+([a-z2-7]{{{_LETTERS}}})@([a-z0-9.-]{{1,253}})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class ReplyAddress:
    """What an address claims: the last half of a firm's id, and the id of a mail of that firm."""

    firm_tail: bytes
    ident: UUID
    mac: bytes

    def is_of(self, tenant_id: UUID) -> bool:
        """Did we make it for this firm? The tail alone proves nothing."""
        if tenant_id.bytes[-_TAIL:] != self.firm_tail:
            return False
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return any(hmac.compare_digest(_mac(secret, tenant_id, self.ident), self.mac) for secret in secrets)

    @property
    def tail(self) -> str:
        """How the text of the firm's id ends."""
        digits = self.firm_tail.hex()
        return f"{digits[:4]}-{digits[4:]}"


def make_reply_address(tenant_id: UUID, ident: UUID) -> str:
    """The address for answers to our mail ``ident``; empty while the installation takes none in.

    Lower case only, for mail servers may change it. A raised epoch does not kill it, unlike links: all one can do with
    it is to write to the firm, and what a customer answers to an old mail must not be lost.
    """
    if not settings.INBOUND_DOMAIN:
        return ""
    raw = tenant_id.bytes[-_TAIL:] + ident.bytes + _mac(settings.SECRET_KEY, tenant_id, ident)
    return f"reply+{base64.b32encode(raw).decode().lower()}@{settings.INBOUND_DOMAIN}"


def find_reply_addresses(text: str) -> list[ReplyAddress]:
    """Every address of this installation's shape in ``text``, each once, in the order they appear."""
    found = []
    for letters, domain in dict.fromkeys(_ADDRESS.findall(text)):
        if domain.lower().rstrip(".") != settings.INBOUND_DOMAIN:
            continue
        try:
            raw = base64.b32decode(letters.upper())
        except binascii.Error:
            continue
        found.append(ReplyAddress(raw[:_TAIL], UUID(bytes=raw[_TAIL : _TAIL + _IDENT]), raw[_TAIL + _IDENT :]))
    return found


def _mac(secret: str, tenant_id: UUID, ident: UUID) -> bytes:
    scope = f"cxcrm.reply|{tenant_id}|".encode()
    return hmac.new(secret.encode(), scope + ident.bytes, hashlib.sha256).digest()[:_MAC]
