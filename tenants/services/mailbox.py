"""The mailbox that collects answers, read by IMAP every minute while ``INBOUND_IMAP_URL`` names one."""

import imaplib
import logging
import ssl
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from cxcrm.core.clock import db_now
from tenants.models import Tenant
from tenants.services.agenda import Later, agenda_kind, enqueue
from tenants.services.inbound import LONGEST, hand_in

logger = logging.getLogger(__name__)
KIND: Final = "tenants.poll_mailbox"
EVERY: Final = timedelta(minutes=1)
WHILE_AWAY: Final = timedelta(minutes=5)
# Not more at once, so that a full mailbox does not outlast the lease; the rest follows at once.
BATCH: Final = 50
TIMEOUT: Final = 15.0


class MailboxUnreadable(Exception):
    """The server refused what every IMAP server does; its own words."""


@dataclass(frozen=True)
class Mailbox:
    """``imaps://user:password@host:993/INBOX``; ``imap+tls`` begins in plain and turns to TLS, ``imap`` stays plain."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    @classmethod
    def of_url(cls, url: str) -> "Mailbox":
        """Raises MailboxUnreadable with the sentence to show."""
        parts = urlsplit(url)
        if parts.scheme not in {"imaps", "imap", "imap+tls"} or not parts.hostname or not parts.username:
            raise MailboxUnreadable("INBOUND_IMAP_URL is imaps://user:password@host:993/INBOX")
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=parts.port or (993 if parts.scheme == "imaps" else 143),
            user=unquote(parts.username),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )

    def open(self) -> imaplib.IMAP4:
        secure = ssl.create_default_context()
        if self.scheme == "imaps":
            return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=secure, timeout=TIMEOUT)
        line = imaplib.IMAP4(self.host, self.port, timeout=TIMEOUT)
        if self.scheme == "imap+tls":
            line.starttls(secure)
        return line


@transaction.atomic
def order_polling() -> None:
    """Have the mailbox read by a worker, now and from then on; without one, or without operators, nothing happens."""
    platform = Tenant.objects.filter(is_platform=True).values_list("id", flat=True).first()
    if settings.INBOUND_IMAP_URL and platform is not None:
        enqueue(KIND, platform, tenant_id=platform, reschedule=True)


@agenda_kind(KIND, priority=6, outside=True)
def poll_mailbox(_platform_id: UUID) -> Later | None:
    """Take in what is new. A server that is away, however long, is asked again: this must never be given up."""
    if not settings.INBOUND_IMAP_URL:
        return None
    try:
        count = take_in_new(Mailbox.of_url(settings.INBOUND_IMAP_URL))
    except (OSError, imaplib.IMAP4.error, MailboxUnreadable) as error:
        logger.error("the mailbox for answers cannot be read: %s", error)
        return Later(db_now() + WHILE_AWAY)
    return Later(db_now() if count == BATCH else db_now() + EVERY)


def take_in_new(mailbox: Mailbox) -> int:
    """Hand in up to ``BATCH`` unseen mails, oldest first, and mark each as seen once it is stored or belongs to nobody.

    A worker that dies in between reads a mail again, which is stored once. Returns how many. Raises OSError,
    imaplib.IMAP4.error, MailboxUnreadable.
    """
    line = mailbox.open()
    try:
        line.login(mailbox.user, mailbox.password)
        _expect(line.select(f'"{mailbox.folder}"'))
        numbers = _expect(line.uid("SEARCH", "UNSEEN"))[0].split()[:BATCH]
        for number in numbers:
            answer = _expect(line.uid("FETCH", number.decode("ascii"), f"(BODY.PEEK[]<0.{LONGEST}>)"))
            raw: bytes = next((piece[1] for piece in answer if isinstance(piece, tuple)), b"")
            if raw:
                hand_in(raw)
            _expect(line.uid("STORE", number.decode("ascii"), "+FLAGS", r"(\Seen)"))
        return len(numbers)
    finally:
        line.shutdown()


def _expect(answer: tuple[str, Any]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise MailboxUnreadable(repr(data[:1])[:200])
    return [piece for piece in data if piece is not None]
