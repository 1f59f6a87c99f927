"""What became of a mail, in one of four words: sent (nothing is raised), refused, deferred or uncertain."""

import re
import smtplib
from enum import StrEnum

# RFC 3463: x.7.y is security or policy. The server refuses us, not the mailbox.
_POLICY = re.compile(rb"^\s*[45]\.7\.\d{1,3}\b")


class MailError(Exception):
    """Base of what can go wrong; ``reason`` is a short technical text for the log of the delivery.

    ``route_at_fault``: the server, not this one message or mailbox, is in trouble; several in a row and it is left
    alone for a while. ``hopeless``: it will not take anything until somebody mends a setting.
    """

    def __init__(self, reason: str, *, route_at_fault: bool = False, hopeless: bool = False) -> None:
        self.reason = reason[:500]
        self.route_at_fault = route_at_fault
        self.hopeless = hopeless
        super().__init__(self.reason)


class MailRefused(MailError):
    """The recipient was refused for good (5xx): trying again is useless."""


class MailDeferred(MailError):
    """Nothing was accepted and trying again may help: server down, 4xx, log-in or policy trouble."""


class MailUncertain(MailError):
    """The connection broke after the message was handed over: it may or may not have been accepted."""


class Stage(StrEnum):
    """How far a conversation got; what a failure means depends on it."""

    CONNECT = "connect"  # until the greeting, TLS included
    LOGIN = "log-in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"  # the command, before anything of the message
    CONTENT = "content"  # the message is on its way, its end is not: the server cannot have taken it
    ANSWER = "answer"  # everything is out, the server has not said what it made of it


class Answered(Exception):
    """The server said no."""

    def __init__(self, code: int, text: bytes) -> None:
        self.code, self.text = code, text
        super().__init__(code, text)

    def __str__(self) -> str:
        return f"{self.code} {self.text.decode(errors='replace')}"


def outcome(stage: Stage, error: Exception) -> MailError:
    """Sort a failure by where it happened and what was said; the table is in the operators' guide."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        error = Answered(error.smtp_code, said)
    if not isinstance(error, Answered):
        if stage is Stage.ANSWER:
            return MailUncertain(f"{stage}: {error}", route_at_fault=True)
        # A log-in the server does not offer at all is a setting of ours, not a bad moment of its.
        return MailDeferred(
            f"{stage}: {error}", route_at_fault=True, hopeless=isinstance(error, smtplib.SMTPNotSupportedError)
        )
    for_good = 500 <= error.code < 600
    if stage in {Stage.CONNECT, Stage.LOGIN}:
        return MailDeferred(f"{stage}: {error}", route_at_fault=True, hopeless=for_good)
    if stage in {Stage.RECIPIENT, Stage.ANSWER} and for_good and not _POLICY.match(error.text):
        return MailRefused(str(error))
    # Putting off one mailbox (greylisting) is no trouble of the server's; anything else it puts off is.
    greylisted = stage is Stage.RECIPIENT and not for_good and error.code != 421
    return MailDeferred(f"{stage}: {error}", route_at_fault=not greylisted)
