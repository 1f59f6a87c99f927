"""One mail on a socket: what the server does decides the word, and nothing in it can be turned into a header."""

import socket
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from anymail.exceptions import (
    AnymailAPIError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
    AnymailUnsupportedFeature,
)
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from cxcrm.core import mail
from cxcrm.core.mail import MailDeferred, MailRefused, MailUncertain, OutgoingMail, message_id, send
from tests.support import smtp


@pytest.fixture
def server(settings: Any) -> Iterator[smtp.Script]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with smtp.Sink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        yield sink.script


def letter(**changes: Any) -> OutgoingMail:
    values = {
        "to": "lan@khach.example",
        "subject": "Chị Lan ơi",
        "text": "Dạ, quán cảm ơn chị.\n",
        "html": "<p>Dạ, quán cảm ơn chị.</p>",
        "message_id": "<1@cxcrm.example>",
        "from_name": "Quán Sương Mai",
        "reply_to": "quan@suongmai.example",
        "headers": {"List-Unsubscribe": "<https://x.example/u/1/>"},
    }
    return OutgoingMail(**{**values, **changes})


def test_what_arrives(server, settings):
    send(letter())
    (taken,) = server.taken
    message = taken.message
    assert taken.to == ["lan@khach.example"]
    assert message["From"] == f"Quán Sương Mai <{settings.MAIL_FROM_ADDRESS}>"
    assert (message["To"], message["Reply-To"]) == ("lan@khach.example", "quan@suongmai.example")
    assert (message["Subject"], message["Message-ID"]) == ("Chị Lan ơi", "<1@cxcrm.example>")
    assert message["List-Unsubscribe"] == "<https://x.example/u/1/>"
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), text.get_content().strip()) == ("text/plain", "Dạ, quán cảm ơn chị.")
    assert (html.get_content_type(), html.get_content().strip()) == ("text/html", "<p>Dạ, quán cảm ơn chị.</p>")


def test_no_reply_address_means_no_header(server):
    send(letter(reply_to=""))
    assert server.taken[0].message["Reply-To"] is None


@pytest.mark.parametrize(
    ("behaviour", "outcome", "reason", "kept"),
    [
        (smtp.ACCEPT, None, "", 1),
        (smtp.RCPT_NEVER, MailRefused, "550 no such mailbox", 0),
        (smtp.DATA_NEVER, MailRefused, "554 data refused", 0),
        (smtp.RCPT_LATER, MailDeferred, "450 rcpt later", 0),
        (smtp.DATA_LATER, MailDeferred, "451 data later", 0),
        (smtp.SENDER_NEVER, MailDeferred, "sender refused", 0),
        (smtp.DROP_UNREAD, MailUncertain, "", 0),
        (smtp.DROP_TAKEN, MailUncertain, "", 1),
        (smtp.HANG, MailUncertain, "", 0),
    ],
)
def test_what_the_server_does_decides_the_word(behaviour, outcome, reason, kept, server, settings):
    if behaviour == smtp.HANG:
        settings.EMAIL_TIMEOUT = 1
    server.expect(behaviour)
    if outcome is None:
        send(letter())
    else:
        with pytest.raises(outcome) as caught:
            send(letter())
        assert reason in caught.value.reason
        assert type(caught.value) is outcome
    assert len(server.taken) == kept


def test_a_line_broken_before_the_message_was_handed_over_may_be_tried_again(server):
    server.expect(smtp.DROP_AT_RCPT)
    with pytest.raises((MailUncertain, MailDeferred)):
        send(letter())
    assert server.taken == []


def test_a_server_that_is_down_took_nothing(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", probe.getsockname()[1]
    with pytest.raises(MailDeferred, match="connect:"):
        send(letter())


EVIL = [
    "x\r\nBcc: all@evil.example", "x\nX-Evil: 1", "x\r\rX-Evil: 1", "x\x00X", "x\x0b\x0cX-Evil: 1", "x\x1b[31m",
    "x\x7f", "\r\n\r\nbody", "Nguyễn\r\nTo: all@evil.example",
]  # fmt: skip


@pytest.mark.parametrize("evil", EVIL)
def test_no_text_becomes_a_header(evil, server):
    expected = {
        "Content-Type", "Mime-Version", "Subject", "From", "To", "Reply-To", "Date", "Message-Id", "List-Unsubscribe",
    }  # fmt: skip
    send(letter(subject=evil, from_name=evil))
    (taken,) = server.taken
    assert taken.to == ["lan@khach.example"]
    found = {name.title() for name in taken.message.keys()}  # noqa: SIM118 - a message, not a dictionary
    assert {name for name in found if not name.startswith("X-Peer")} <= expected | {"X-Mailfrom", "X-Rcptto"}
    assert "X-Evil" not in found
    assert not set("\r\n\x00\x0b\x0c\x1b\x7f") & set(taken.message["Subject"] + taken.message["From"])


@pytest.mark.parametrize("field", ["to", "reply_to", "message_id"])
def test_an_address_with_a_line_break_is_never_sent(field, server):
    with pytest.raises((ValueError, mail.MailError)):
        send(letter(**{field: "lan@khach.example\r\nBcc: all@evil.example"}))
    assert server.taken == []


def test_the_message_id_is_the_same_for_every_attempt_and_for_nothing_else(settings):
    settings.MAIL_DOMAIN = "cxcrm.example"
    tenant = UUID(int=1)
    first = message_id(tenant, "invitation:1")
    assert first == message_id(tenant, "invitation:1")
    assert first.endswith("@cxcrm.example>")
    assert len({first, message_id(tenant, "invitation:2"), message_id(uuid4(), "invitation:1")}) == 3


def test_a_rendered_mail_speaks_the_readers_language_in_one_line(monkeypatch):
    seen = []

    def rendered(template: str, context: dict[str, Any]) -> str:
        from django.utils import translation

        seen.append((template, translation.get_language()))
        return " Xin \r\n  chào \x00 chị \n"

    monkeypatch.setattr(mail, "render_to_string", rendered)
    subject, text, html = mail.render("room/letter", "en", {})
    assert subject == "Xin chào chị"
    assert text == "Xin \r\n  chào \x00 chị\n"
    assert html == " Xin \r\n  chào \x00 chị \n"
    assert seen == [(f"email/room/letter.{end}", "en") for end in ("subject.txt", "txt", "html")]
    assert render_to_string is not mail.render_to_string


class Provider(BaseEmailBackend):
    """A mail service that fails as it is told."""

    failure: Exception | None = None

    def send_messages(self, messages: Any) -> int:
        if self.failure:
            raise self.failure
        return len(messages)


class _Answer:
    status_code, reason, text, url = 500, "oops", "", ""


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (None, None),
        (AnymailRecipientsRefused("blocked"), MailRefused),
        (AnymailAPIError("no answer"), MailUncertain),
        (AnymailRequestsAPIError("500", response=_Answer()), MailDeferred),
        (AnymailUnsupportedFeature("a setting of ours"), MailDeferred),
        (ConnectionResetError("reset"), MailUncertain),
    ],
)
def test_a_provider_ends_in_the_same_words(failure, outcome, settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Provider"
    monkeypatch.setattr(Provider, "failure", failure)
    if outcome is None:
        send(letter())
    else:
        with pytest.raises(outcome) as caught:
            send(letter())
        assert type(caught.value) is outcome


def test_a_reason_is_kept_short():
    assert len(MailDeferred("x" * 9000).reason) == 500
