"""Render and hand over one e-mail; what happened is one of four words: sent, refused, deferred or uncertain."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.charset import QP, Charset
from email.utils import formataddr
from typing import Any
from uuid import UUID

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import sanitize_address
from django.template.loader import render_to_string

from cxcrm.core.language import speaking
from cxcrm.core.mail import line
from cxcrm.core.mail.outcomes import MailDeferred, MailError, MailRefused, MailUncertain
from cxcrm.core.mail.pattern import CONTROL, Filled, Pattern, fill_in, mark

__all__ = [
    "Filled",
    "MailDeferred",
    "MailError",
    "MailFile",
    "MailRefused",
    "MailUncertain",
    "OutgoingMail",
    "Pattern",
    "break_off",
    "by_smtp",
    "fill_in",
    "mark",
    "message_id",
    "render",
    "route_name",
    "send",
    "send_filled",
]


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
    files: Sequence["MailFile"] = ()


@dataclass(frozen=True)
class MailFile:
    """A file that goes with a mail."""

    name: str
    content: bytes
    media_type: str


def message_id(tenant_id: UUID, dedupe_key: str) -> str:
    """The Message-ID of a delivery: the same for every attempt, so that a repeat can be recognised."""
    digest = hashlib.sha256(f"{tenant_id}|{dedupe_key}".encode()).hexdigest()[:32]
    return f"<{digest}@{settings.MAIL_DOMAIN}>"


def render(template: str, language: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of ``templates/email/<template>.{subject.txt,txt,html}`` in ``language``."""
    with speaking(language):
        subject = CONTROL.sub(" ", render_to_string(f"email/{template}.subject.txt", context)).strip()
        text = render_to_string(f"email/{template}.txt", context).strip() + "\n"
        html = render_to_string(f"email/{template}.html", context)
    return " ".join(subject.split()), text, html


def by_smtp() -> bool:
    """Do mails leave by SMTP (else by a provider's HTTP service)?"""
    return bool(settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend")


def route_name() -> str:
    """The way out of the house, by which it is paused and its circuit breaker is kept."""
    if by_smtp():
        return f"smtp:{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return str(settings.EMAIL_BACKEND).removesuffix(".EmailBackend").rpartition(".")[2]


def send(mail: OutgoingMail) -> None:
    """Hand ``mail`` to the server or provider of EMAIL_URL.

    Returns when it was accepted. Raises MailRefused, MailDeferred or MailUncertain.
    """
    message = _built(mail)
    if not by_smtp():
        _send_by_backend(message)
        return

    def content(eight_bit: bool) -> bytes:
        if not eight_bit:
            message.encoding = _seven_bit()
        built: Any = message.message()  # Django's own class, which the stubs do not know
        return bytes(built.as_bytes(linesep="\r\n"))

    message.message()  # raises for a header that is none before anything is said to the server
    line.hand_over(settings.MAIL_FROM_ADDRESS, _mailbox(mail.to), content)


def send_filled(filled: Filled, to: str, following: str = "") -> None:
    """Hand one copy of a pattern to the SMTP server of EMAIL_URL; returns and raises as ``send``.

    ``following`` is whom the next copy goes to, when it is handed over at once after this one.
    """
    line.hand_over(settings.MAIL_FROM_ADDRESS, to, filled.content, following)


def break_off() -> None:
    """Whom the last ``send_filled`` named as following gets nothing now."""
    line.break_off()


def _built(mail: OutgoingMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=CONTROL.sub(" ", mail.subject),
        body=mail.text,
        from_email=formataddr((CONTROL.sub(" ", mail.from_name), settings.MAIL_FROM_ADDRESS)),
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Message-ID": mail.message_id, **mail.headers},
    )
    message.attach_alternative(mail.html, "text/html")
    for file in mail.files:
        message.attach(CONTROL.sub(" ", file.name), file.content, file.media_type)
    return message


def _mailbox(address: str) -> str:
    """The address for the envelope. Raises ValueError for what is none, such as two lines."""
    plain = str(sanitize_address(address, "utf-8"))
    if CONTROL.search(plain) or " " in plain:
        raise ValueError(f"not an address: {address!r}")
    return plain


def _seven_bit() -> Any:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    return charset


def _send_by_backend(message: EmailMultiAlternatives) -> None:
    connection = message.connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        raise MailDeferred(f"connect: {error}", route_at_fault=True) from error
    try:
        connection.send_messages([message])
    except AnymailError as error:
        raise _provider_outcome(error) from error
    except OSError as error:
        raise MailUncertain(f"network: {error}", route_at_fault=True) from error
    finally:
        with suppress(OSError):  # the fate is known; a failed goodbye changes nothing
            connection.close()


def _provider_outcome(error: AnymailError) -> MailError:
    match error:
        case AnymailRecipientsRefused():
            return MailRefused(str(error))
        case AnymailAPIError() if getattr(error, "status_code", None) is None:
            return MailUncertain(str(error), route_at_fault=True)  # no answer came back: it may have been taken
        case AnymailAPIError():
            return MailDeferred(str(error), route_at_fault=True, hopeless=error.status_code in (401, 403))
        case _:
            return MailDeferred(str(error))
