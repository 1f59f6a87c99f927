"""Answers typed in the inbox, and mail addressed to the product handed over to it, as a mail server would."""

import http.client
import os
from base64 import b64encode
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlencode, urlsplit

from cxcrm.up.inbox.message import Mail
from cxcrm.up.inbox.store import Entry, Store

PREFIX = "reply+"


class NotHandedOver(Exception):
    """The product did not take a mail; the words say why."""


@dataclass(frozen=True)
class HandOver:
    """Where the product takes mail: ``http://user:password@host:port/path`` and the name it answers to."""

    url: str
    host: str

    @classmethod
    def configured(cls) -> "HandOver | None":
        """Told by the launcher in the environment; None for an inbox that stands alone."""
        url = os.environ.get("CXCRM_HAND_OVER_URL", "")
        return cls(url, os.environ.get("CXCRM_BASE_DOMAIN", "localhost")) if url else None

    def give(self, content: bytes, recipient: str) -> None:
        """Raises NotHandedOver."""
        parts = urlsplit(self.url)
        secret = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        heads = {
            "Host": self.host,
            "Authorization": f"Basic {b64encode(secret.encode()).decode()}",
            "Content-Type": "message/rfc822",
        }
        connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=15)
        try:
            connection.request("POST", f"{parts.path}?{urlencode({'to': recipient})}", content, heads)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise NotHandedOver(str(error)) from error
        finally:
            connection.close()
        if status != 204:
            raise NotHandedOver(f"the answer was {status}")


def answer_address(mail: Mail) -> str:
    """Where an answer to ``mail`` lands by itself, or ""."""
    heads = {name.lower(): value for name, value in reversed(mail.headers)}
    _name, address = parseaddr(heads.get("reply-to", ""))
    return address if address.startswith(PREFIX) else ""


def answer(store: Store, entry: Entry, text: str, hand_over: HandOver) -> None:
    """Write ``text`` back as whoever got the mail would, quoting it as their program does. Raises NotHandedOver."""
    mail = store.mail(entry.id)
    heads = {name.lower(): value for name, value in reversed(mail.headers)}
    to, sender = answer_address(mail), entry.recipients[0]
    written = EmailMessage()
    written["From"], written["To"] = sender, to
    written["Subject"] = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}"
    written["Date"], written["Message-ID"] = formatdate(localtime=True), make_msgid(domain="inbox.localhost")
    if heads.get("message-id"):
        written["In-Reply-To"] = written["References"] = heads["message-id"]
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    when = entry.received_at.astimezone()
    written.set_content(f"{text}\n\nOn {when:%d/%m/%Y %H:%M}, {parseaddr(mail.sender)[1]} wrote:\n\n{quoted}\n")
    content = written.as_bytes()
    hand_over.give(content, to)
    store.add(content, sender, [to])
