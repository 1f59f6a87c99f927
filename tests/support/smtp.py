"""A mail server on a socket that does what a test tells it: accept, refuse, put off, drop the line or hang."""

import asyncio
import email
import email.policy
import socket
from collections import Counter, deque
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPT = "accept"
# At the door; the connection ends.
GREETING_LATER = "421 come back later"
GREETING_NEVER = "554 not welcome here"
HANG_GREETING = "hang before the greeting"
LOGIN_NEVER = "535 5.7.8 log-in refused"
TLS_BROKEN = "tls broken"
# At the envelope.
SENDER_LATER = "452 4.3.1 no room now"
SENDER_NEVER = "553 sender refused"
RCPT_LATER = "450 rcpt later"
RCPT_NEVER = "550 no such mailbox"
RCPT_FULL = "552 5.2.2 mailbox full"
RCPT_POLICY = "554 5.7.1 relaying denied"
DROP_AT_RCPT = "drop at rcpt"
HANG_AT_RCPT = "hang at rcpt"
# At the message.
DATA_LATER = "451 data later"
DATA_NEVER = "554 data refused"
DATA_POLICY = "554 5.7.1 looks like spam"
DROP_UNREAD = "drop after data, message lost"
DROP_TAKEN = "drop after data, message kept"
HANG = "hang after data"
DRIP = "drip the answer byte by byte"
SLOW = "slow, but in time"

AT_THE_DOOR = frozenset({GREETING_LATER, GREETING_NEVER, HANG_GREETING, LOGIN_NEVER, TLS_BROKEN})


@dataclass
class Taken:
    """A message the server kept."""

    to: list[str]
    message: EmailMessage
    raw: bytes = b""

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class Script:
    """What happens to the next messages, one by one; after that ``usual``."""

    behaviours: deque[str] = field(default_factory=deque)
    taken: list[Taken] = field(default_factory=list)
    present: str = ACCEPT
    usual: str = ACCEPT
    # How long the server thinks before it takes a message, and again before it says so, in seconds.
    latency: float = 0.0
    # How many messages it is thinking about now.
    busy: int = 0
    # How often somebody connected, and how often somebody began to send something.
    connected: int = 0
    begun: int = 0

    def expect(self, *behaviours: str) -> None:
        self.behaviours.extend(behaviours)

    def count(self, message_id: str) -> int:
        """How often a message was taken."""
        return sum(taken.message_id == message_id for taken in self.taken)

    def counts(self) -> Counter[str]:
        """How often each message was taken."""
        return Counter(taken.message_id for taken in self.taken)

    def at_the_door(self) -> str:
        """What this connection meets before anything is said."""
        self.connected += 1
        if self.behaviours and self.behaviours[0] in AT_THE_DOOR:
            return self.behaviours.popleft()
        return self.usual if self.usual in AT_THE_DOOR else ACCEPT

    async def handle_EHLO(
        self, server: "_Server", session: Session, _e: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if server.plain:
            return [line for line in responses if line != "250-8BITMIME"]
        return [responses[0], "250-PIPELINING", *responses[1:]]  # lines are read one by one, so it works

    async def handle_MAIL(self, server: SMTP, _s: Session, envelope: Envelope, address: str, options: Any) -> str:
        self.begun += 1
        self.present = self.behaviours.popleft() if self.behaviours else self.usual
        if self.present in {SENDER_NEVER, SENDER_LATER}:
            return self.present
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, _s: Session, envelope: Envelope, address: str, _o: Any) -> str:
        if self.present in {RCPT_LATER, RCPT_NEVER, RCPT_FULL, RCPT_POLICY}:
            return self.present
        if self.present == DROP_AT_RCPT:
            server.transport.abort()
        if self.present == HANG_AT_RCPT:
            await asyncio.sleep(60)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _s: Session, envelope: Envelope) -> str:
        if self.present in {DATA_LATER, DATA_NEVER, DATA_POLICY}:
            return self.present
        if self.present == HANG:
            await asyncio.sleep(60)
        if self.present == SLOW:
            await asyncio.sleep(0.3)
        self.busy += 1
        try:
            return await self._consider(server, envelope)
        finally:  # also when the sender is gone: then this is cancelled
            self.busy -= 1

    async def _consider(self, server: SMTP, envelope: Envelope) -> str:
        await asyncio.sleep(self.latency)
        if self.present != DROP_UNREAD:
            raw = bytes(envelope.content or b"")
            message = email.message_from_bytes(raw, policy=email.policy.default)
            self.taken.append(Taken(list(envelope.rcpt_tos), message, raw))
        await asyncio.sleep(self.latency)
        if self.present in {DROP_UNREAD, DROP_TAKEN}:
            server.transport.abort()
        if self.present == DRIP:
            for letter in b"250-" + b"x" * 200:
                server.transport.write(bytes([letter]))
                await asyncio.sleep(0.2)
        return "250 OK"


class _Server(SMTP):
    """aiosmtpd with a door: what happens before the first command, and what it does not offer."""

    def __init__(self, script: Script, *, plain: bool, **kwargs: Any) -> None:
        self.script, self.plain = script, plain
        super().__init__(script, **kwargs)

    async def _handle_client(self) -> None:
        behaviour = self.script.at_the_door()
        if behaviour == HANG_GREETING:
            await asyncio.sleep(60)
        if behaviour in {GREETING_LATER, GREETING_NEVER}:
            await super().push(behaviour)
            self.transport.close()
            return
        if behaviour == LOGIN_NEVER:
            await super().push("220 hello")
            await self._reader.readline()
            await super().push("250-here\r\n250 AUTH PLAIN")
            while await self._reader.readline():
                await super().push(behaviour)
            return
        if behaviour == TLS_BROKEN:
            await super().push("220 hello")
            await self._reader.readline()
            await super().push("250-here\r\n250 STARTTLS")
            await self._reader.readline()
            await super().push("220 go ahead")
            self.transport.write(b"this is no TLS\r\n")
            self.transport.close()
            return
        await super()._handle_client()


class _Controller(Controller):
    def __init__(self, script: Script, *, plain: bool, port: int) -> None:
        self.plain = plain
        super().__init__(script, hostname="127.0.0.1", port=port)

    def factory(self) -> SMTP:
        return _Server(self.handler, plain=self.plain, **self.SMTP_kwargs)


class Sink:
    """Starts on a free port of 127.0.0.1; ``script`` says what it does and holds what it took."""

    def __init__(self, *, plain: bool = False) -> None:
        self.script = Script()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._controller = _Controller(self.script, plain=plain, port=self.port)

    def __enter__(self) -> "Sink":
        self._controller.start()
        self.script.connected = 0  # it tried itself
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop answering, as a server that is down."""
        if self._controller.loop.is_running():
            self._controller.stop()
