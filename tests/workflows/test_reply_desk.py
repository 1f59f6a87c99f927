"""The desk: the reply coach beside the reply, and what came by e-mail among the notes."""

from typing import Any

import pytest

from cxcrm.core.reply_address import find_reply_addresses
from feedback.models import Complaint, Survey
from feedback.services.dispatches import send_survey
from tests.feedback.logic.test_reply_coach import BAD, GOOD
from tests.workflows.conftest import cause, complaint, crew, customer, opened
from workflows.models import IncomingMail, Message
from workflows.services.incoming import read_mail, take_in

__all__ = ["cause", "complaint", "crew", "customer", "opened"]


@pytest.fixture
def desk(complaint: Complaint, client_alpha: Any, owner_alpha: Any) -> Any:
    client_alpha.force_login(owner_alpha)
    client_alpha.case = f"/admin/feedback/complaint/{complaint.id}/change/"
    return client_alpha


def replies(complaint: Complaint) -> list[str]:
    return [note.body for note in complaint.notes.filter(is_internal=False)]


def test_checking_a_reply_sends_nothing_and_keeps_the_words(desk: Any, complaint: Complaint, in_alpha: Any) -> None:
    page = desk.post(desk.case, {"do": "reply", "reply-body": BAD, "check": "1"})
    shown = next(act for act in page.context["acts"] if act["act"].code == "reply")
    assert page.status_code == 200
    assert shown["is_open"]
    assert shown["form"].advice.sympathy_only
    html = page.content.decode()
    assert BAD in html
    assert 'class="cx-caution" role="status"' in html
    assert not replies(complaint)


def test_a_good_reply_has_its_ticks(desk: Any, complaint: Complaint, in_alpha: Any) -> None:
    page = desk.post(desk.case, {"do": "reply", "reply-body": GOOD, "check": "1"})
    assert page.content.decode().count('<span aria-hidden="true">✓</span>') == 4


@pytest.mark.parametrize(("body", "is_warned"), [(BAD, True), (GOOD, False)])
def test_the_coach_never_blocks(desk: Any, complaint: Complaint, in_alpha: Any, body: str, is_warned: bool) -> None:
    sent = desk.post(desk.case, {"do": "reply", "reply-body": body}, follow=True)
    assert [message.level_tag for message in sent.context["messages"]] == ["success", *(["warning"] * is_warned)]


def test_an_empty_reply_is_not_advised_on(desk: Any) -> None:
    page = desk.post(desk.case, {"do": "reply", "reply-body": " ", "check": "1"})
    assert page.status_code == 200
    assert b'class="cx-caution" role="status"' not in page.content


def test_other_acts_have_no_coach(desk: Any, complaint: Complaint) -> None:
    assert desk.post(desk.case, {"do": "note", "note-body": BAD, "check": "1"}).status_code == 302
    assert desk.get(desk.case).content.decode().count('name="check"') == 1


def test_a_note_that_came_by_mail_says_so(desk: Any, complaint: Complaint, settings: Any) -> None:
    settings.INBOUND_DOMAIN = "tra-loi.example"
    raw = b"From: la@xa.example\nContent-Type: text/plain; charset=utf-8\n\nAlo"
    incoming = take_in(raw, Message.objects.get(kind="acknowledgement").id)
    read_mail(incoming.id)
    html = desk.get(desk.case).content.decode()
    assert f"/admin/workflows/incomingmail/{incoming.id}/change/" in html
    assert IncomingMail.objects.get().from_other_address
    listed = desk.get("/admin/workflows/incomingmail/")
    assert listed.status_code == 200
    assert complaint.number in listed.content.decode()


def test_an_alert_leads_to_the_mail(desk: Any, in_alpha: Any) -> None:
    incoming = take_in(b"From: la@xa.example\nSubject: Alo\n\nAlo", in_alpha.id)
    read_mail(incoming.id)
    page = desk.get("/admin/workflows/alert/")
    assert "la@xa.example: Alo" in page.content.decode()


def test_each_invitation_has_an_address_of_its_own(
    in_alpha: Any, customer: Any, run_agenda: Any, settings: Any, smtp_sink: Any
) -> None:
    settings.INBOUND_DOMAIN = "tra-loi.example"
    send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[customer.id])
    run_agenda()
    [taken] = smtp_sink.taken
    [found] = find_reply_addresses(taken.message["Reply-To"])
    assert (Message.objects.get(pk=found.ident).kind, len(taken.message.get_all("Reply-To"))) == ("invitation", 1)


@pytest.fixture
def smtp_sink(settings: Any) -> Any:
    from tests.support.smtp import Sink

    with Sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield sink.script
