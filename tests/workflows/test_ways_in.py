"""How mail comes in: by a provider's webhook, by a mail server's pipe, by a mailbox that is read."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cxcrm.core.context import TenantRef
from cxcrm.core.reply_address import make_reply_address
from feedback.models import Complaint
from tenants.context import enter, leave
from tenants.models import AgendaItem, Tenant
from tenants.services import mailbox
from tenants.services.agenda import Later
from tenants.services.inbound import LONGEST
from tests.support.imap import Kept, Mailbox, Server
from tests.workflows.conftest import cause, complaint, crew, customer, opened
from workflows.models import IncomingMail, Message

__all__ = ["cause", "complaint", "crew", "customer", "opened"]

SECRET = "hop:thu"
AUTH = f"Basic {base64.b64encode(SECRET.encode()).decode()}"


@pytest.fixture(autouse=True)
def _takes_answers(settings: Any) -> None:
    settings.INBOUND_DOMAIN = "tra-loi.example"
    settings.ANYMAIL_WEBHOOK_SECRET = SECRET


@pytest.fixture
def address(alpha: TenantRef, complaint: Complaint) -> str:
    return make_reply_address(alpha.id, Message.objects.get(kind="acknowledgement").id)


@pytest.fixture
def post(client: Any, settings: Any, alpha: TenantRef) -> Callable[..., Any]:
    """Post to the public host; afterwards the test is in alpha, to look what came of it."""

    def send(path: str, body: Any, kind: str = "application/json", auth: str = AUTH) -> Any:
        leave()
        heads = {"HTTP_HOST": settings.BASE_DOMAIN, "HTTP_AUTHORIZATION": auth}
        answer = client.post(path, body, content_type=kind, **heads)
        enter(alpha)
        return answer

    return send


def raw_to(address: str, words: str = "Alo", ident: str = "1") -> bytes:
    heads = f"From: ha@khach.example\r\nTo: {address}\r\nMessage-ID: <{ident}@khach.example>\r\n"
    return f"{heads}Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n".encode()


def postmark(address: str) -> str:
    return json.dumps(
        {
            "From": "ha@khach.example",
            "FromFull": {"Email": "ha@khach.example", "Name": "Hà", "MailboxHash": ""},
            "ToFull": [{"Email": "x@y.example", "Name": "", "MailboxHash": ""}],
            "OriginalRecipient": address,
            "Subject": "Re: KN",
            "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
            "Date": "Mon, 23 Nov 2026 09:15:00 +0700",
            "TextBody": "Vẫn chưa thấy tiền.",
            "HtmlBody": "",
            "Headers": [{"Name": "Message-ID", "Value": "<pm@khach.example>"}],
            "Attachments": [],
        }
    )


def test_a_providers_webhook_brings_a_mail(
    address: str, post: Callable[..., Any], run_agenda: Callable[..., int], complaint: Complaint, in_alpha: TenantRef
) -> None:
    assert post("/inbound/postmark/", postmark(address)).status_code == 200
    assert post("/inbound/postmark/", postmark(address)).status_code == 200
    run_agenda()
    assert IncomingMail.objects.get().message_id == "<pm@khach.example>"
    assert [note.body for note in complaint.notes.all()] == ["Vẫn chưa thấy tiền."]


@pytest.mark.parametrize("auth", ["", "Basic aGFja2VyOngK", "Bearer x", "Basic %%%"])
def test_strangers_find_nothing(address: str, post: Callable[..., Any], auth: str) -> None:
    assert post("/inbound/postmark/", postmark(address), auth=auth).status_code == 404
    assert post("/inbound/raw/", raw_to(address), kind="message/rfc822", auth=auth).status_code == 404
    assert not IncomingMail.objects.exists()


def test_without_a_secret_there_is_no_door(address: str, post: Callable[..., Any], settings: Any) -> None:
    settings.ANYMAIL_WEBHOOK_SECRET = ""
    for auth in ("", AUTH, "Basic Og=="):
        assert post("/inbound/postmark/", postmark(address), auth=auth).status_code == 404
        assert post("/inbound/raw/", raw_to(address), kind="message/rfc822", auth=auth).status_code == 404


@pytest.mark.parametrize("provider", ["brevo", "nobody", "mailgun", "sendgrid"])
def test_providers_we_do_not_take_from_are_not_there(post: Callable[..., Any], db: None, provider: str) -> None:
    assert post(f"/inbound/{provider}/", "{}").status_code == 404


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "{}", '{"Headers": 5}', '{"ToFull": [1]}'])
@pytest.mark.parametrize("provider", ["postmark", "mailjet", "sparkpost"])
def test_nonsense_from_a_provider_is_refused_or_dropped(
    post: Callable[..., Any], in_alpha: TenantRef, provider: str, body: str
) -> None:
    assert post(f"/inbound/{provider}/", body).status_code in {200, 400}
    assert not IncomingMail.objects.exists()


def test_a_pipe_brings_a_mail_as_it_is(address: str, post: Callable[..., Any], in_alpha: TenantRef) -> None:
    raw = raw_to("someone@else.example", "x" * (LONGEST + 5000))
    assert post(f"/inbound/raw/?to={address.replace('+', '%2B')}", raw, kind="message/rfc822").status_code == 204
    assert bytes(IncomingMail.objects.get().raw) == raw[:LONGEST]
    assert post("/inbound/raw/", b"for nobody", kind="message/rfc822").status_code == 204


@pytest.fixture
def box(settings: Any, complaint: Complaint) -> Iterator[Mailbox]:
    made = Mailbox()
    with Server(made) as server:
        settings.INBOUND_IMAP_URL = server.url
        yield made


def test_a_mailbox_is_read_once_and_marked_only_after_storing(
    box: Mailbox, address: str, complaint: Complaint, run_agenda: Callable[..., int], in_alpha: TenantRef
) -> None:
    box.mails = [Kept(raw_to(address, "Một", "1")), Kept(raw_to("nobody@x.example")), Kept(raw_to(address, "Hai", "2"))]
    later = mailbox.poll_mailbox(complaint.id)
    assert isinstance(later, Later)
    assert [mail.is_seen for mail in box.mails] == [True, True, True]
    run_agenda()
    assert sorted(note.body for note in complaint.notes.all()) == ["Hai", "Một"]
    assert box.asked[:2] == ["CAPABILITY", 'LOGIN hop@thu "mat khau"']
    mailbox.poll_mailbox(complaint.id)
    assert IncomingMail.objects.count() == 2


def test_a_line_that_breaks_before_the_mark_stores_nothing_twice(
    box: Mailbox, address: str, complaint: Complaint, run_agenda: Callable[..., int], in_alpha: TenantRef
) -> None:
    box.mails, box.drops_at = [Kept(raw_to(address, "Một"))], "UID STORE"
    assert isinstance(mailbox.poll_mailbox(complaint.id), Later)
    assert (IncomingMail.objects.count(), box.mails[0].is_seen) == (1, False)
    box.drops_at = ""
    mailbox.poll_mailbox(complaint.id)
    assert (IncomingMail.objects.count(), box.mails[0].is_seen) == (1, True)


@pytest.mark.parametrize("drops_at", ["LOGIN", "SELECT", "UID SEARCH", "UID FETCH"])
def test_a_mailbox_that_is_away_is_asked_again_and_never_given_up(
    box: Mailbox, address: str, complaint: Complaint, drops_at: str
) -> None:
    box.mails, box.drops_at = [Kept(raw_to(address))], drops_at
    assert isinstance(mailbox.poll_mailbox(complaint.id), Later)
    assert not box.mails[0].is_seen


def test_a_wrong_password_or_address_is_said_and_tried_again(
    box: Mailbox, complaint: Complaint, settings: Any, caplog: Any
) -> None:
    box.refuses = True
    assert isinstance(mailbox.poll_mailbox(complaint.id), Later)
    settings.INBOUND_IMAP_URL = "https://example"
    assert isinstance(mailbox.poll_mailbox(complaint.id), Later)
    assert "imaps://user:password@host:993/INBOX" in caplog.text
    assert "mat khau" not in caplog.text


def test_polling_is_ordered_where_a_mailbox_is_named(settings: Any, alpha: TenantRef) -> None:
    Tenant.objects.filter(pk=alpha.id).update(is_platform=True)
    mailbox.order_polling()
    assert not AgendaItem.objects.filter(kind=mailbox.KIND).exists()
    assert mailbox.poll_mailbox(alpha.id) is None
    settings.INBOUND_IMAP_URL = "imaps://a:b@c.example"
    mailbox.order_polling()
    mailbox.order_polling()
    assert AgendaItem.objects.get(kind=mailbox.KIND).tenant_id == alpha.id
