"""The line to the mail server: one per process, kept open between mails, with a deadline for each of them."""

import os
import select
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from asgiref.local import Local
from django.conf import settings
from django.core.mail.utils import DNS_NAME

from cxcrm.core.mail.outcomes import Answered, MailError, Stage, outcome

IDLE_SECONDS = 30.0  # servers hang up on who is silent; a new line is cheap
_LONGEST_REPLY = 8192

# The message for a server that takes 8-bit text (True) or for one that does not.
Content = Callable[[bool], bytes]


@dataclass(frozen=True)
class Server:
    """Where mails go, as EMAIL_URL says; ``pid`` because a line must not be shared over a fork."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    ssl: bool
    pid: int

    @classmethod
    def configured(cls) -> "Server":
        return cls(
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            user=settings.EMAIL_HOST_USER,
            password=settings.EMAIL_HOST_PASSWORD,
            starttls=settings.EMAIL_USE_TLS,
            ssl=settings.EMAIL_USE_SSL,
            pid=os.getpid(),
        )


class Line(smtplib.SMTP):
    """A conversation with one server. Nothing it waits for is waited for longer than the mail's own deadline."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.stage = Stage.CONNECT
        self.deadline = monotonic() + settings.MAIL_DEADLINE
        self.used_at = monotonic()
        self.is_open = False
        # Whose envelope went out with the message before and is not answered yet.
        self.announced = ""
        self._unread = b""
        super().__init__(local_hostname=DNS_NAME.get_fqdn(), timeout=settings.EMAIL_TIMEOUT)
        self._host = server.host  # whose certificate is asked for

    def open(self) -> None:
        """Connect, encrypt and log in as configured. Raises OSError, SMTPException or Answered."""
        code, text = self.connect(self.server.host, self.server.port)
        if code != 220:
            raise Answered(code, text)
        self.ehlo_or_helo_if_needed()
        if self.server.starttls:
            self.starttls(context=ssl.create_default_context())
            if self._unread:  # said before the encryption began: not said by the server we verified
                raise smtplib.SMTPException("the server spoke out of turn before TLS")
            self.ehlo_or_helo_if_needed()
        if self.server.user:
            self.stage = Stage.LOGIN
            self.login(self.server.user, self.server.password)
        self.is_open = True

    def hand_over(self, sender: str, recipient: str, content: Content, following: str = "") -> None:
        """Pass one message on; returns when the server took it. Raises OSError, SMTPException or Answered.

        Where the server allows it (RFC 2920) the envelope goes out in one write and costs one round trip; none when it
        went out with the message before, for which ``following`` names the recipient of the next one.
        """
        eight_bit, pipelining = self.has_extn("8bitmime"), self.has_extn("pipelining")
        commands = self._envelope(sender, recipient, eight_bit)
        stages = [Stage.SENDER, Stage.RECIPIENT, Stage.DATA]
        if pipelining:
            self.stage = Stage.SENDER
            if not self.announced:
                self.send("".join(commands))
            self.announced, commands = "", []
        refusal: tuple[Stage, Answered] | None = None
        for number, stage in enumerate(stages):
            self.stage = refusal[0] if refusal else stage
            if commands:
                self.send(commands[number])
            code, text = self.getreply()
            if refusal is None and code != 354 and (stage is Stage.DATA or code not in {250, 251}):
                refusal = stage, Answered(code, text)
                if commands:
                    break
        if refusal:
            if not commands and code == 354:
                self.send(b".\r\n")  # it wants a message although it took nobody: an empty one, for nobody
                self.getreply()
            self.stage = refusal[0]
            raise refusal[1]
        self.stage = Stage.CONTENT
        next_envelope = "".join(self._envelope(sender, following, eight_bit)) if following and pipelining else ""
        self._send_content(content(eight_bit), next_envelope.encode("ascii"))
        self.announced = following if pipelining else ""
        self.stage = Stage.ANSWER
        code, text = self.getreply()
        if code != 250:
            raise Answered(code, text)

    def _envelope(self, sender: str, recipient: str, eight_bit: bool) -> list[str]:
        body = " BODY=8BITMIME" if eight_bit else ""
        return [f"MAIL FROM:<{sender}>{body}\r\n", f"RCPT TO:<{recipient}>\r\n", "DATA\r\n"]

    def _send_content(self, content: bytes, next_envelope: bytes) -> None:
        stuffed = content.replace(b"\n.", b"\n..")
        dot = b"." if stuffed.startswith(b".") else b""
        view = memoryview(b"".join((dot, stuffed, b".\r\n", next_envelope)))
        while view:
            self._arm()
            if not self.sock:
                raise smtplib.SMTPServerDisconnected("the line is closed")
            view = view[self.sock.send(view) :]

    def send(self, s: str | bytes) -> None:  # type: ignore[override] # narrower, and the name is smtplib's
        if not self.sock:
            raise smtplib.SMTPServerDisconnected("please run connect() first")
        self._arm()
        self.sock.sendall(s.encode("ascii") if isinstance(s, str) else s)

    def getreply(self) -> tuple[int, bytes]:
        """One answer. smtplib waits anew for every piece; here a server that drips is cut off at the deadline."""
        words: list[bytes] = []
        while True:
            line = self._read_line()
            words.append(line[4:].strip())
            if not line[:3].isdigit():
                raise smtplib.SMTPServerDisconnected(f"not an answer: {line[:80]!r}")
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(words)

    def _read_line(self) -> bytes:
        while (end := self._unread.find(b"\n")) < 0:
            if len(self._unread) > _LONGEST_REPLY:
                raise smtplib.SMTPServerDisconnected("answer too long")
            self._arm()
            piece = self.sock.recv(4096) if self.sock else b""
            if not piece:
                raise smtplib.SMTPServerDisconnected("the server hung up")
            self._unread += piece
        line, self._unread = self._unread[:end], self._unread[end + 1 :]
        return line

    def _arm(self) -> None:
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError("no time left for this mail")
        if self.sock:
            self.sock.settimeout(min(settings.EMAIL_TIMEOUT, left))

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        left = max(0.001, min(timeout, self.deadline - monotonic()))
        plain = socket.create_connection((host, port), left)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.server.ssl:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)

    def is_usable(self, recipient: str) -> bool:
        """Was it used just now, and has the server neither hung up nor said anything out of turn?"""
        if self.server != Server.configured() or not self.is_open or not self.sock:
            return False
        if monotonic() - self.used_at > IDLE_SECONDS:
            return False
        if self.announced:
            return self.announced == recipient
        return not self._unread and not select.select([self.sock], [], [], 0)[0]

    def hang_up(self) -> None:
        """Say goodbye without waiting for the answer."""
        with suppress(OSError, smtplib.SMTPException):
            if self.is_open and not self.announced and self.server.pid == os.getpid():
                self.deadline = monotonic() + 1
                self.send(b"QUIT\r\n")
        self.is_open = False
        self.close()


_held = Local()  # the line of this process, kept between mails


def hand_over(sender: str, recipient: str, content: Content, following: str = "") -> None:
    """Pass one message to the server of EMAIL_URL over the line that is open, or a new one.

    ``following`` is the recipient of the next one, when it comes at once. Returns when it was accepted. Raises
    MailRefused, MailDeferred or MailUncertain.
    """
    line: Line | None = getattr(_held, "line", None)
    reused = line is not None and line.is_usable(recipient)
    if not reused or line is None:
        line = _new_line()
    line.deadline = monotonic() + settings.MAIL_DEADLINE
    try:
        line.hand_over(sender, recipient, content, following)
    except (OSError, smtplib.SMTPException, Answered) as error:
        # An old line may have been given up by the server (closed, or 421 after so many mails): nothing is known of
        # this message yet, so a new line is tried at once.
        gone = not isinstance(error, Answered) or error.code == 421
        if reused and gone and line.stage in {Stage.SENDER, Stage.RECIPIENT, Stage.DATA}:
            _drop_line()
            hand_over(sender, recipient, content, following)
            return
        _after_failure(line, error)
        raise outcome(line.stage, error) from error
    line.used_at = monotonic()


def break_off() -> None:
    """The mail announced with the last one will not follow: its envelope is with the server already, so hang up."""
    line: Line | None = getattr(_held, "line", None)
    if line is not None and line.announced:
        _drop_line()


def _after_failure(line: Line, error: Exception) -> None:
    """Keep the line after a mailbox was refused, which is everyday; after anything else begin anew."""
    if isinstance(error, Answered) and error.code != 421 and line.stage in {Stage.RECIPIENT, Stage.ANSWER}:
        if line.announced:
            return  # the next message has begun already
        with suppress(OSError, smtplib.SMTPException):
            if line.rset()[0] == 250:
                line.used_at = monotonic()
                return
    _drop_line()


def _new_line() -> Line:
    _drop_line()
    line = _held.line = Line(Server.configured())
    try:
        line.open()
    except (OSError, smtplib.SMTPException, Answered) as error:
        failure: MailError = outcome(line.stage, error)
        _drop_line()
        raise failure from error
    return line


def _drop_line() -> None:
    line: Line | None = getattr(_held, "line", None)
    _held.line = None
    if line is not None:
        line.hang_up()
