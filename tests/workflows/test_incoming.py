"""Answers by mail: they land on the right complaint, once, and do what they ask for."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest

from customers.models import ContactPoint, Customer, Interaction
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from cxcrm.core.reply_address import find_reply_addresses, make_reply_address
from feedback.models import Complaint, RootCause, Survey
from feedback.services import complaints
from feedback.services.dispatches import send_survey
from tenants.models import Tenant
from tenants.services.inbound import hand_in
from tests.workflows.conftest import Crew, cause, complaint, crew, customer, opened, wait
from workflows.models import Alert, IncomingMail, Message
from workflows.services.incoming import forget_raw, read_mail, take_in

__all__ = ["cause", "complaint", "crew", "customer", "opened", "wait"]

DOMAIN = "tra-loi.example"


@pytest.fixture(autouse=True)
def _takes_answers(settings: Any) -> None:
    settings.INBOUND_DOMAIN = DOMAIN


def mail_to(address: str, text: str = "Vẫn chưa thấy tiền.", sender: str = "ha@khach.example", **heads: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"Nguyễn Thị Hà <{sender}>"
    message["To"] = address
    message["Subject"] = heads.pop("Subject", "Re: KN-2026-00001")
    message["Message-ID"] = heads.pop("message_id", f"<{uuid4()}@khach.example>")
    for name, value in heads.items():
        message[name.replace("_", "-")] = value
    message.set_content(f"{text}\n\nVào Th 2, 23 thg 11, 2026 vào lúc 09:15 Quán đã viết:\n\n> Kính gửi chị Hà\n")
    return message.as_bytes()


@pytest.fixture
def answer(alpha: TenantRef, run_agenda: Callable[..., int]) -> Callable[..., IncomingMail]:
    """Bring a mail in by the front door and let the workers work."""

    def bring(kind: str, text: str = "Vẫn chưa thấy tiền.", sender: str = "ha@khach.example", **heads: str) -> Any:
        message = Message.objects.filter(kind=kind).latest("created_at")
        assert hand_in(mail_to(make_reply_address(alpha.id, message.id), text, sender, **heads))
        run_agenda()
        return IncomingMail.objects.latest("created_at")

    return bring


def notes(complaint: Complaint) -> list[tuple[str, str, bool]]:
    rows = complaint.notes.order_by("created_at")
    return [(note.author_label, note.body, note.from_customer) for note in rows]


# The address


def test_an_address_fits_a_mailbox_name_and_is_read_in_any_case(alpha: TenantRef) -> None:
    ident = uuid4()
    address = make_reply_address(alpha.id, ident)
    assert len(address.partition("@")[0]) == 62 <= 64
    [found] = find_reply_addresses(f"Quán <{address.upper()}>, x@y.example")
    assert (found.ident, found.is_of(alpha.id)) == (ident, True)
    assert str(alpha.id).endswith(found.tail)


def test_no_changed_letter_and_no_other_firm_is_accepted(alpha: TenantRef, beta: TenantRef) -> None:
    address = make_reply_address(alpha.id, uuid4())
    local = address.partition("@")[0]
    for at in range(6, len(local)):
        other = "b" if local[at] == "a" else "a"
        for found in find_reply_addresses(f"{local[:at]}{other}{local[at + 1 :]}@{DOMAIN}"):
            assert not found.is_of(alpha.id)
    assert not find_reply_addresses(address)[0].is_of(beta.id)
    assert find_reply_addresses(address.replace(DOMAIN, "elsewhere.example")) == []


def test_without_a_domain_answers_go_to_the_firm(
    complaint: Complaint, settings: Any, run_agenda: Callable[..., int], mailoutbox: Any
) -> None:
    settings.INBOUND_DOMAIN = ""
    complaints.add_note(complaint_id=complaint.id, body="Chào chị", is_internal=False)
    run_agenda()
    assert not any("reply+" in address for address in mailoutbox[-1].reply_to)


def test_every_mail_about_a_complaint_and_every_invitation_can_be_answered(
    complaint: Complaint, customer: Customer, cause: RootCause, run_agenda: Callable[..., int], mailoutbox: Any
) -> None:
    mailoutbox.clear()
    complaints.add_note(complaint_id=complaint.id, body="Chào chị", is_internal=False)
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    run_agenda()
    assert len(mailoutbox) >= 2
    for mail in mailoutbox:
        [found] = find_reply_addresses(mail.reply_to[0])
        assert Message.objects.get(pk=found.ident).email == mail.to[0]


# What becomes of it


def test_a_customers_answer_becomes_a_note_and_the_owner_is_told(
    complaint: Complaint, crew: Crew, answer: Callable[..., IncomingMail], mailoutbox: Any
) -> None:
    before = len(mailoutbox)
    incoming = answer("acknowledgement")
    assert notes(complaint) == [("Nguyễn Thị Hà", "Vẫn chưa thấy tiền.", True)]
    assert (incoming.outcome, incoming.note, incoming.complaint) == ("noted", complaint.notes.get(), complaint)
    [told] = [mail for mail in mailoutbox[before:] if mail.to == [crew.owner.email]]
    assert complaint.number in told.subject
    assert "Vẫn chưa thấy tiền." in told.body
    assert Interaction.objects.filter(what="complaint.note", direction="in").count() == 1


def test_the_same_mail_brought_again_is_taken_once(complaint: Complaint, answer: Callable[..., IncomingMail]) -> None:
    first = answer("acknowledgement", message_id="<1@khach.example>")
    again = answer("acknowledgement", message_id="<1@khach.example>")
    read_mail(first.id)
    assert again == first
    assert len(notes(complaint)) == 1


def test_an_answer_while_we_wait_for_a_yes_or_no_is_a_note(
    complaint: Complaint, cause: RootCause, answer: Callable[..., IncomingMail], run_agenda: Callable[..., int]
) -> None:
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    run_agenda()
    assert answer("resolution").outcome == "noted"
    complaint.refresh_from_db()
    assert complaint.state == "communicated"


@pytest.fixture
def closed(complaint: Complaint, cause: RootCause, run_agenda: Callable[..., int]) -> Complaint:
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    run_agenda()
    complaints.confirm(complaint_id=complaint.id)
    run_agenda()
    complaint.refresh_from_db()
    return complaint


def test_an_answer_to_a_closed_complaint_opens_it_again(closed: Complaint, answer: Callable[..., IncomingMail]) -> None:
    incoming = answer("resolution")
    closed.refresh_from_db()
    assert (incoming.outcome, closed.state, closed.reopened_count) == ("reopened", "reopened", 1)
    assert incoming.note == closed.notes.get()
    assert notes(closed) == [("Nguyễn Thị Hà", "Vẫn chưa thấy tiền.", True)]


@pytest.mark.parametrize(
    ("text", "sender", "days"),
    [
        ("Vẫn chưa thấy tiền.", "ha@khach.example", 31),
        ("Cảm ơn em nhiều nhé!", "ha@khach.example", 1),
        ("Vẫn chưa thấy tiền.", "ai-do@la.example", 1),
    ],
    ids=["too late", "only thanks", "a stranger"],
)
def test_what_must_not_open_a_complaint_is_a_note(
    closed: Complaint, answer: Callable[..., IncomingMail], text: str, sender: str, days: int
) -> None:
    Complaint.objects.filter(pk=closed.pk).update(closed_at=now() - timedelta(days=days))
    incoming = answer("resolution", text, sender)
    closed.refresh_from_db()
    assert (incoming.outcome, closed.state) == ("noted", "closed_confirmed")
    [(_label, body, from_customer)] = notes(closed)
    assert from_customer
    assert body.startswith(text)
    assert incoming.from_other_address is (sender != "ha@khach.example")
    assert (sender in body) is incoming.from_other_address


def test_another_address_the_customer_gave_is_theirs(
    closed: Complaint, customer: Customer, answer: Callable[..., IncomingMail]
) -> None:
    ContactPoint.objects.create(customer=customer, kind="email", value="ha.nguyen@congty.example")
    assert answer("resolution", sender="ha.nguyen@congty.example").outcome == "reopened"


def test_an_executives_answer_is_an_internal_note_of_theirs(
    complaint: Complaint, crew: Crew, answer: Callable[..., IncomingMail], mailoutbox: Any
) -> None:
    before = len(mailoutbox)
    incoming = answer("assigned", "Hoàn tiền ngay nhé.", crew.owner.email)
    note = complaint.notes.get()
    assert (note.author, note.is_internal, note.from_customer) == (crew.owner, True, False)
    assert (note.body, incoming.user) == ("Hoàn tiền ngay nhé.", crew.owner)
    assert mailoutbox[before:] == []
    answer("assigned", "Tôi là sếp", "gia-danh@la.example")
    forged = complaint.notes.latest("created_at")
    assert (forged.author, forged.author_label, forged.is_internal) == (None, "gia-danh@la.example", True)


@pytest.mark.parametrize(
    "heads",
    [
        {"Auto_Submitted": "auto-replied"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"Subject": "Trả lời tự động: KN-2026-00001"},
        {"Subject": "Out of office: Re: your case"},
    ],
)
def test_automatic_replies_do_nothing(
    closed: Complaint, answer: Callable[..., IncomingMail], mailoutbox: Any, heads: dict[str, str]
) -> None:
    before = len(mailoutbox)
    assert answer("resolution", **heads).outcome == "automatic"
    closed.refresh_from_db()
    assert (closed.state, notes(closed), mailoutbox[before:]) == ("closed_confirmed", [], [])


def report(returned: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\nTo: no-reply@example\nSubject: Undelivered Mail Returned to Sender\n"
        "Message-ID: <dsn@mx.example>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; "
        'boundary="b"\n\n--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n'
        f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ha@khach.example\nAction: {action}\n"
        f"Status: {status}\nDiagnostic-Code: smtp; 550 no such mailbox\n\n--b\nContent-Type: text/rfc822-headers\n\n"
        f"From: shop\nReply-To: {returned}\nSubject: x\n\n--b--\n"
    ).encode()


def test_a_bounce_marks_the_address_and_tells_the_firm(
    complaint: Complaint, alpha: TenantRef, run_agenda: Callable[..., int]
) -> None:
    message = Message.objects.get(kind="acknowledgement")
    assert hand_in(report(make_reply_address(alpha.id, message.id)))
    run_agenda()
    message.refresh_from_db()
    assert (message.state, message.reason) == ("refused", "smtp; 550 no such mailbox")
    assert ContactPoint.objects.get(value="ha@khach.example").undeliverable_at is not None
    assert Alert.objects.filter(kind="undelivered", ref=message.id).count() == 1
    assert notes(complaint) == []


def test_a_report_of_a_delay_changes_nothing(
    complaint: Complaint, alpha: TenantRef, run_agenda: Callable[..., int]
) -> None:
    message = Message.objects.get(kind="acknowledgement")
    hand_in(report(make_reply_address(alpha.id, message.id), status="4.4.1", action="delayed"))
    run_agenda()
    message.refresh_from_db()
    assert (message.state, IncomingMail.objects.get().outcome) == ("sent", "automatic")


def test_an_answer_to_a_survey_stands_on_the_timeline_and_somebody_is_to_read_it(
    in_alpha: TenantRef, customer: Customer, answer: Callable[..., IncomingMail], run_agenda: Callable[..., int]
) -> None:
    send_survey(survey_id=Survey.objects.get(metric="nps").id, customer_ids=[customer.id])
    run_agenda()
    incoming = answer("invitation", "Quán nên mở sớm hơn.")
    entry = Interaction.objects.get(what="mail.received")
    assert (entry.customer, entry.body, entry.direction) == (customer, "Quán nên mở sớm hơn.", "in")
    assert incoming.outcome == "timeline"
    assert Alert.objects.get().ref == incoming.id


def test_attachments_are_named_and_a_long_mail_is_cut(
    complaint: Complaint, alpha: TenantRef, run_agenda: Callable[..., int]
) -> None:
    message = EmailMessage()
    message["From"], message["To"] = (
        "ha@khach.example",
        make_reply_address(alpha.id, Message.objects.get(kind="acknowledgement").id),
    )
    message.set_content("Em xem hình. " + "dài " * 2000)
    message.add_attachment(b"\x00x" * 1_000_000, maintype="image", subtype="jpeg", filename="../hoá đơn.jpg")
    assert hand_in(message.as_bytes())
    run_agenda()
    incoming = IncomingMail.objects.get()
    assert len(incoming.raw) == 1_000_000
    [refused] = incoming.attachments
    assert refused.startswith("hoá đơn.jpg: ")  # neither a picture nor text by its bytes
    [(_label, body, _from_customer)] = notes(complaint)
    assert len(body) <= 4000
    assert "hoá đơn.jpg" in body
    assert len(incoming.text) > 8000


# What is nobody's, broken or hostile


def test_mail_for_nobody_is_dropped(alpha: TenantRef, complaint: Complaint) -> None:
    ident = Message.objects.get(kind="acknowledgement").id
    good = make_reply_address(alpha.id, ident)
    assert not hand_in(mail_to("reply@tra-loi.example"))
    assert not hand_in(mail_to(make_reply_address(uuid4(), ident)))
    assert not hand_in(mail_to("x@y.example", text=good))  # in the words of a mail it counts for nothing
    Tenant.objects.filter(slug="alpha").update(state=Tenant.State.CLOSED)
    assert not hand_in(mail_to(good))
    assert not IncomingMail.objects.exists()


def test_the_envelope_counts_more_than_the_heads(alpha: TenantRef, complaint: Complaint) -> None:
    good = make_reply_address(alpha.id, Message.objects.get(kind="acknowledgement").id)
    assert hand_in(mail_to("undisclosed@x.example"), recipients=[good])
    assert IncomingMail.objects.count() == 1


def test_an_answer_to_a_mail_nobody_knows_is_shown(in_alpha: TenantRef, run_agenda: Callable[..., int]) -> None:
    assert hand_in(mail_to(make_reply_address(in_alpha.id, uuid4()), "Alo?"))
    run_agenda()
    incoming = IncomingMail.objects.get()
    assert (incoming.outcome, incoming.text) == ("unmatched", "Alo?")
    assert Alert.objects.get().kind == "unread_mail"


DEEP = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(5000))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 5000,
        b"From: \xff\xfe\nSubject: \xe1\xbb\n\n\xff\x00\x01",
        b"Content-Type: text/plain; charset=martian\n\nxin ch\xc3\xa0o",
        b"Content-Type: text/plain; charset=utf-7\n\n+ADw-script+AD4-",
        b'Content-Type: text/plain; charset="\xff"\nContent-Transfer-Encoding: base64\n\n%%%%',
        b"Content-Type: text/html\n\n<script>alert(1)</script><p>Xin ch\xc3\xa0o</p>",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n",
        b"Message-ID: " + b"<" + b"x" * 5000 + b">\n\nhi",
        b"From: a@b.example, c@d.example\nFrom: e@f.example\n\nhi",
        b"Subject: " + b"=?utf-8?b?" * 5000 + b"\n\nhi",
        b"X: y\n" * 100_000 + b"\nhi",
        DEEP,
    ],
    ids=range(14),
)
def test_a_hostile_mail_harms_nobody(
    complaint: Complaint, raw: bytes, run_agenda: Callable[..., int], client_alpha: Any, owner_alpha: Any
) -> None:
    incoming = take_in(raw, Message.objects.get(kind="acknowledgement").id)
    read_mail(incoming.id)
    incoming.refresh_from_db()
    assert incoming.outcome in {"noted", "failed"}
    client_alpha.force_login(owner_alpha)
    page = client_alpha.get(f"/admin/workflows/incomingmail/{incoming.id}/change/")
    assert page.status_code == 200
    assert b"<script>alert" not in page.content
    shown = client_alpha.get(f"/admin/feedback/complaint/{complaint.id}/change/")
    assert shown.status_code == 200


def test_what_came_is_forgotten_after_a_month_but_not_what_failed(complaint: Complaint) -> None:
    message_id = Message.objects.get(kind="acknowledgement").id
    fine, broken = take_in(b"Message-ID: <a@b>\n\nhi", message_id), take_in(DEEP, message_id)
    read_mail(fine.id)
    read_mail(broken.id)
    assert forget_raw() == 0
    IncomingMail.objects.update(created_at=now() - timedelta(days=31))
    assert forget_raw() == 1
    fine.refresh_from_db()
    broken.refresh_from_db()
    assert (bytes(fine.raw), fine.text, broken.outcome) == (b"", "hi", "failed")
    assert bytes(broken.raw) == DEEP
