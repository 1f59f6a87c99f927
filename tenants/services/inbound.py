"""Mail that comes in finds its firm here, by its address, and is handed to whoever keeps it there."""

import email
import email.policy
import logging
from collections.abc import Callable, Sequence
from email.message import Message
from typing import Final
from uuid import UUID

from cxcrm.core.reply_address import ReplyAddress, find_reply_addresses
from tenants.context import in_tenant, ref_of
from tenants.models import Tenant

logger = logging.getLogger(__name__)

# What is taken in of a mail: what mailboxes let through. Words come before attachments.
LONGEST: Final = 10_000_000
# Where mail servers say whom a mail was for; the last two are what its sender wrote.
_RECIPIENTS: Final = ("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To", "To", "Cc")
_MOST_HEADS: Final = 64_000
_TAKES_MAIL: Final = (Tenant.State.ACTIVE, Tenant.State.SUSPENDED, Tenant.State.CLOSING)

# Keeps ``raw``, an answer to the firm's mail ``ident``; runs inside the firm.
Taker = Callable[[bytes, UUID], object]
_taker: list[Taker] = []


def use_taker(taker: Taker) -> None:
    """Supply what keeps a mail inside its firm; called at start-up by the app that does."""
    _taker[:] = [taker]


def hand_in(raw: bytes, *, recipients: Sequence[str] = ()) -> bool:
    """Give ``raw`` to the firm whose reply address it was sent to; False when it belongs to none and is dropped.

    ``recipients`` is what the mail server said; without it, or when it names none of ours, the mail's own heads are
    read, and for a report of a failed delivery the mail of ours it returns. When this returns True the mail is stored.
    """
    raw = raw[:LONGEST]
    for address in _addresses(raw, recipients):
        for tenant in Tenant.objects.filter(id__endswith=address.tail, state__in=_TAKES_MAIL):
            if address.is_of(tenant.id):
                with in_tenant(ref_of(tenant)):
                    for take in _taker:
                        take(raw, address.ident)
                return True
    logger.warning("mail for nobody dropped", extra={"data": {"bytes": len(raw)}})
    return False


def heads_of(raw: bytes) -> Message:
    """The heads of a mail only: nothing nested is parsed, so nothing in it can be too deep."""
    heads = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0][:_MOST_HEADS]
    return email.message_from_bytes(heads + b"\n\n", policy=email.policy.compat32)


def _addresses(raw: bytes, recipients: Sequence[str]) -> list[ReplyAddress]:
    found = find_reply_addresses(" ".join(recipients))
    if found:
        return found
    heads = heads_of(raw)
    for name in _RECIPIENTS:
        found = find_reply_addresses(" ".join(str(value) for value in heads.get_all(name, [])))
        if found:
            return found
    if heads.get_content_type() == "multipart/report":
        return find_reply_addresses(raw.decode("ascii", "replace"))
    return []
