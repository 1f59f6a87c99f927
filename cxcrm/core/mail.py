"""Render and hand over one e-mail; what happened is one of four words: sent, refused, deferred or uncertain."""

import hashlib
import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formataddr
from typing import Any
from uuid import UUID

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from cxcrm.core.language import speaking

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class MailError(Exception):
    """Base of what can go wrong; ``reason`` is a short technical text for the log of the delivery."""

    def __init__(self, reason: str) -> None:
        self.reason = reason[:500]
        super().__init__(self.reason)


class MailRefused(MailError):
    """The recipient was refused for good (5xx): trying again is useless."""


class MailDeferred(MailError):
    """Nothing was accepted and trying again may help: server down, 4xx, log-in or policy trouble."""


class MailUncertain(MailError):
    """The connection broke after the message was handed over: it may or may not have been accepted."""


@dataclass(frozen=True)
class OutgoingMail:
    """One message to one mailbox. Header values are cleaned of control characters when it is built."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    from_name: str = ""
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def message_id(tenant_id: UUID, dedupe_key: str) -> str:
    """The Message-ID of a delivery: the same for every attempt, so that a repeat can be recognised."""
    digest = hashlib.sha256(f"{tenant_id}|{dedupe_key}".encode()).hexdigest()[:32]
    return f"<{digest}@{settings.MAIL_DOMAIN}>"


def render(template: str, language: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of ``templates/email/<template>.{subject.txt,txt,html}`` in ``language``."""
    with speaking(language):
        subject = _CONTROL.sub(" ", render_to_string(f"email/{template}.subject.txt", context)).strip()
        text = render_to_string(f"email/{template}.txt", context).strip() + "\n"
        html = render_to_string(f"email/{template}.html", context)
    return " ".join(subject.split()), text, html


def send(mail: OutgoingMail) -> None:
    """Hand ``mail`` to the server or provider of EMAIL_URL.

    Returns when it was accepted. Raises MailRefused, MailDeferred or MailUncertain.
    """
    sender = formataddr((_CONTROL.sub(" ", mail.from_name), settings.MAIL_FROM_ADDRESS))
    connection = get_connection()
    message = EmailMultiAlternatives(
        subject=_CONTROL.sub(" ", mail.subject),
        body=mail.text,
        from_email=sender,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Message-ID": mail.message_id, **mail.headers},
        connection=connection,
    )
    message.attach_alternative(mail.html, "text/html")
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise MailDeferred(f"connect: {error}") from error
    try:
        connection.send_messages([message])
    except smtplib.SMTPException as error:
        raise _smtp_outcome(error) from error
    except AnymailError as error:
        raise _provider_outcome(error) from error
    except OSError as error:
        raise MailUncertain(f"network: {error}") from error
    finally:
        with suppress(OSError, smtplib.SMTPException):  # the fate is known; a failed QUIT changes nothing
            connection.close()


def _smtp_outcome(error: smtplib.SMTPException) -> MailError:
    match error:
        case smtplib.SMTPRecipientsRefused():
            return _by_code(*next(iter(error.recipients.values())))
        case smtplib.SMTPDataError():
            return _by_code(error.smtp_code, error.smtp_error)
        case smtplib.SMTPServerDisconnected():
            return MailUncertain(f"disconnected: {error}")
        case _:
            return MailDeferred(str(error))  # sender refused, log-in, policy: ours to mend, so try again


def _provider_outcome(error: AnymailError) -> MailError:
    match error:
        case AnymailRecipientsRefused():
            return MailRefused(str(error))
        case AnymailAPIError() if getattr(error, "status_code", None) is None:
            return MailUncertain(str(error))  # no answer came back: it may have been taken
        case _:
            return MailDeferred(str(error))


def _by_code(code: int, text: bytes | str) -> MailError:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    error = MailRefused if 500 <= code < 600 else MailDeferred
    return error(f"{code} {words}")
