"""The customer answers a mail, as they do it: in their mail program, over SMTP, to the address the mail came with."""

import smtplib
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from cxcrm.core.context import TenantRef
from cxcrm.demo.inbox import Inbox
from feedback.models import Complaint
from tests.flows.conftest import inbox, live_site, worker
from tests.support.live import LiveSite
from tests.workflows.conftest import Crew, crew, customer, opened
from workflows.models import IncomingMail

__all__ = ["crew", "customer", "inbox", "live_site", "opened", "worker"]


@pytest.fixture
def takes_answers(live_site: LiveSite, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the launcher sets it up; asked for before the inbox, which reads its environment."""
    settings.INBOUND_DOMAIN = settings.BASE_DOMAIN
    settings.ANYMAIL_WEBHOOK_SECRET = "inbox:geheim"
    monkeypatch.setenv("CXCRM_BASE_DOMAIN", settings.BASE_DOMAIN)
    monkeypatch.setenv("CXCRM_HAND_OVER_URL", f"http://inbox:geheim@127.0.0.1:{live_site.port}/inbound/raw/")


def until(found: Callable[[], Any], seconds: float = 20.0) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.1)
    raise TimeoutError


def test_an_answer_by_mail_is_a_note_and_the_owners_answer_to_that_is_an_internal_one(
    takes_answers: None, inbox: Inbox, in_alpha: TenantRef, crew: Crew, opened: Callable[..., Complaint], worker: None,
    settings: Any,
) -> None:  # fmt: skip
    complaint = opened()
    receipt = inbox.wait("ha@khach.example")
    reply_to = receipt.headers["reply-to"]
    assert reply_to.startswith("reply+")
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = "Hà <ha@khach.example>", reply_to, f"Re: {receipt.subject}"
    written["Message-ID"] = "<tra-loi-1@khach.example>"
    quoted = "\n".join(f"> {line}" for line in receipt.text.splitlines())
    written.set_content(f"Tiền vẫn chưa về em ơi.\n\nVào 09:15, 23 thg 11, 2026, Quán đã viết:\n\n{quoted}\n")
    with smtplib.SMTP("127.0.0.1", settings.EMAIL_PORT) as line:
        line.send_message(written)
        line.send_message(written)  # a mail server that lost our answer brings it again
    note = until(lambda: complaint.notes.first())
    assert (note.body, note.from_customer) == ("Tiền vẫn chưa về em ơi.", True)

    told = until(lambda: [mail for mail in inbox.mails(crew.owner.email) if mail.kind == "answered"])[0]
    assert "Tiền vẫn chưa về em ơi." in told.text
    answered = urllib.request.Request(
        f"{inbox.url}/messages/{told.id}/answer", urllib.parse.urlencode({"text": "Mai em chuyển."}).encode()
    )
    with urllib.request.urlopen(answered, timeout=10) as page:
        assert page.status == 200
    internal = until(lambda: complaint.notes.filter(from_customer=False).first())
    assert (internal.body, internal.author, internal.is_internal) == ("Mai em chuyển.", crew.owner, True)
    assert IncomingMail.objects.count() == 2
    with urllib.request.urlopen(f"{inbox.url}/messages/{told.id}", timeout=10) as page:
        assert b'class="answer"' in page.read()
