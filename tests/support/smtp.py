"""A mail server on a socket that does what a test tells it: accept, refuse, put off, drop the line or hang."""

import asyncio
import email
import email.policy
import socket
from collections import deque
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPT = "accept"
RCPT_LATER = "450 rcpt later"
RCPT_NEVER = "550 no such mailbox"
SENDER_NEVER = "553 sender refused"
DATA_LATER = "451 data later"
DATA_NEVER = "554 data refused"
DROP_AT_RCPT = "drop at rcpt"
DROP_UNREAD = "drop after data, message lost"
DROP_TAKEN = "drop after data, message kept"
HANG = "hang after data"


@dataclass
class Taken:
    """A message the server kept."""

    to: list[str]
    message: EmailMessage

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class Script:
    """What happens to the next messages, one by one; after that everything is accepted."""

    behaviours: deque[str] = field(default_factory=deque)
    taken: list[Taken] = field(default_factory=list)
    present: str = ACCEPT
    # How long the server thinks before it takes a message, and again before it says so, in seconds.
    latency: float = 0.0
    # How many messages it is thinking about now.
    busy: int = 0

    def expect(self, *behaviours: str) -> None:
        self.behaviours.extend(behaviours)

    def count(self, message_id: str) -> int:
        """How often a message was taken."""
        return sum(taken.message_id == message_id for taken in self.taken)

    async def handle_MAIL(self, server: SMTP, _s: Session, envelope: Envelope, address: str, options: Any) -> str:
        self.present = self.behaviours.popleft() if self.behaviours else ACCEPT
        if self.present == SENDER_NEVER:
            return SENDER_NEVER
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, _s: Session, envelope: Envelope, address: str, _o: Any) -> str:
        if self.present in {RCPT_LATER, RCPT_NEVER}:
            return self.present
        if self.present == DROP_AT_RCPT:
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _s: Session, envelope: Envelope) -> str:
        if self.present in {DATA_LATER, DATA_NEVER}:
            return self.present
        if self.present == HANG:
            await asyncio.sleep(60)
        self.busy += 1
        try:
            return await self._consider(server, envelope)
        finally:  # also when the sender is gone: then this is cancelled
            self.busy -= 1

    async def _consider(self, server: SMTP, envelope: Envelope) -> str:
        await asyncio.sleep(self.latency)
        if self.present != DROP_UNREAD:
            message = email.message_from_bytes(envelope.content or b"", policy=email.policy.default)
            self.taken.append(Taken(list(envelope.rcpt_tos), message))
        await asyncio.sleep(self.latency)
        if self.present in {DROP_UNREAD, DROP_TAKEN}:
            server.transport.abort()
        return "250 OK"


class Sink:
    """Starts on a free port of 127.0.0.1; ``script`` says what it does and holds what it took."""

    def __init__(self) -> None:
        self.script = Script()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._controller = Controller(self.script, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "Sink":
        self._controller.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop answering, as a server that is down."""
        if self._controller.loop.is_running():
            self._controller.stop()
