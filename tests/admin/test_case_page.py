"""A case's page: ready words, promises, pauses, money, conflicts; each from its button."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from customers.models import Attachment
from cxcrm.core.admin.fields import AmountField
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.tokens import make_token
from feedback.models import ComplaintNote, NoteMention, ReplyTemplate, RootCause
from feedback.services import complaints
from tenants.staff.models import User
from tenants.staff.roles import Role
from workflows.models import ClockPause, Compensation, CompensationAsk, PauseReason, Promise
from workflows.services.compensations import compensate


@pytest.fixture
def url(desk):
    return f"/admin/feedback/complaint/{desk.complaint.pk}/change/"


def act(client, url, do, **fields):
    return client.post(url, {"do": do, **{f"{do}-{name}": value for name, value in fields.items()}})


def test_ready_words_a_reply_with_a_picture_and_its_promise(staff_client_alpha, desk, url, run_agenda, mailoutbox):
    template = ReplyTemplate.objects.get(name="Đang kiểm tra, hẹn gọi lại")
    page = staff_client_alpha.get(f"{url}?template={template.pk}").content.decode()
    assert f"Dạ chúng tôi đã đọc kỹ phản ánh {desk.complaint.number}" in page
    assert "Đây là" not in page
    picture = SimpleUploadedFile("anh.txt", "Hóa đơn 42".encode())
    answer = act(staff_client_alpha, url, "reply", body="Em sẽ gọi lại trong 2 giờ.", files=picture)
    assert answer.status_code == 302
    note = ComplaintNote.objects.get(is_internal=False)
    assert Attachment.objects.get(subject_id=note.pk).file_name == "anh.txt"
    run_agenda()
    [mail] = [one for one in mailoutbox if "Em sẽ gọi lại trong 2 giờ." in one.body]
    assert [name for name, _content, _kind in mail.attachments] == ["anh.txt"]
    page = staff_client_alpha.get(url).content.decode()
    assert 'value="note-promise"' in page
    staff_client_alpha.post(url, {"do": "note-promise", "row": note.pk, "words": "Em sẽ gọi lại trong 2 giờ."})
    promise = Promise.objects.get()
    assert (promise.note_id, promise.owner.email) == (note.pk, "chu@alpha.example")
    assert 'value="note-promise"' not in staff_client_alpha.get(url).content.decode()
    staff_client_alpha.post(url, {"do": "keep-promise", "row": promise.pk, "words": "Đã gọi"})
    assert Promise.objects.get().state == "kept"


def test_what_a_row_says_is_checked(staff_client_alpha, desk, url):
    for do, row in (("keep-promise", "x"), ("approve", desk.complaint.pk), ("note-promise", desk.complaint.pk)):
        assert staff_client_alpha.post(url, {"do": do, "row": row, "words": "a"}).status_code == 302
    assert Promise.objects.count() == 0


def test_pausing_and_going_on(staff_client_alpha, desk, url, run_agenda):
    run_agenda()
    reason = PauseReason.objects.first()
    until = (now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert act(staff_client_alpha, url, "pause", reason=reason.pk, until=until, note="ảnh").status_code == 302
    assert "Tự chạy tiếp lúc" in staff_client_alpha.get(url).content.decode()
    assert act(staff_client_alpha, url, "unpause").status_code == 302
    assert ClockPause.objects.get().end == "staff"


def test_promises_beside_any_case_on_the_customers_page(client_as, desk, url):
    agent, reader = client_as(Role.AGENT), client_as(Role.READ_ONLY)
    page = f"/admin/customers/customer/{desk.customer.pk}/change/"
    make = "/admin/workflows/promise/make/"
    data = {"text": "Gửi lại quà", "due_at": "2031-01-02T10:00", "owner": User.objects.get(role=Role.AGENT).pk}
    for client, address, status in (
        (reader, f"{make}?customer={desk.customer.pk}", 403),
        (agent, make, 302),
        (agent, f"{make}?customer={uuid4()}", 302),
        (agent, f"{make}?customer={desk.customer.pk}", 200),  # more than a year ahead
    ):
        assert client.post(address, data).status_code == status, address
    assert not Promise.objects.exists()
    assert agent.get(f"{make}?customer={desk.customer.pk}").status_code == 200
    data["due_at"] = (now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert agent.post(f"{make}?customer={desk.customer.pk}", data)["Location"] == page
    row = Promise.objects.get()
    assert (row.customer, row.complaint, row.text) == (desk.customer, None, "Gửi lại quà")
    settle = f"/admin/workflows/promise/{row.pk}/settle/"
    for client in (agent, reader):
        text = client.get(page).content.decode()
        assert ("Gửi lại quà" in text, settle in text, make in text) == (True, client is agent, client is agent)
    assert reader.get(f"/admin/workflows/promise/{row.pk}/change/").status_code == 200, "a colleague's"
    assert reader.post(settle, {"do": "keep"}).status_code == 403
    assert agent.post(f"/admin/workflows/promise/{uuid4()}/settle/", {"do": "keep"}).status_code == 404
    for words in ({"do": "withdraw", "words": " "}, {"do": "erase"}):  # no reason; no such act
        assert agent.post(settle, words)["Location"] == page
    assert Promise.objects.get().state == "open"
    assert agent.post(settle, {"do": "keep", "words": "Đã gửi"})["Location"] == page
    row.refresh_from_db()
    assert (row.state, row.evidence) == ("kept", "Đã gửi")
    assert "Đã gửi" in agent.get(page).content.decode()


def test_money_within_and_above_the_limit(client_as, staff_client_alpha, desk, url):
    agent = client_as(Role.AGENT)
    answer = act(agent, url, "compensate", amount="150k", reason="Bù hai ly")
    assert answer.status_code == 302
    row = Compensation.objects.get()
    assert (row.amount, row.state) == (Decimal(150_000), "waiting")
    staff_client_alpha.post(url, {"do": "approve", "row": row.pk, "words": "Được"})
    row.refresh_from_db()
    assert (row.state, row.decided_by.email) == ("granted", "chu@alpha.example")
    page = staff_client_alpha.get("/admin/workflows/compensation/?days=90").content.decode()
    assert "150.000" in page


def test_the_answer_from_the_mail(client_alpha, in_alpha, desk, person):
    asker = person(Role.AGENT)
    with acting_as(Actor("user", asker.pk, asker.full_name)):
        row = compensate(complaint_id=desk.complaint.pk, amount=Decimal(90_000), reason="Bù")
    address = f"/g/{make_token('grant', CompensationAsk.objects.get().pk)}/"
    assert client_alpha.get(f"{address}?do=approve").status_code == 200
    row.refresh_from_db()
    assert row.state == "waiting"  # looking changes nothing
    assert client_alpha.post(address, {"answer": "decline", "note": ""}).status_code == 400
    assert client_alpha.post(address, {"answer": "approve", "note": ""}).status_code == 303
    assert client_alpha.get(f"{address}?done=1").status_code == 200
    assert client_alpha.post(address, {"answer": "decline", "note": "Không"}).status_code == 410
    row.refresh_from_db()
    assert row.state == "granted"


def test_two_at_once_the_second_hears_and_loses_nothing(staff_client_alpha, desk, url, person):
    page = staff_client_alpha.get(url).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    other = person(Role.AGENT)
    with acting_as(Actor("user", other.pk, other.full_name)):
        complaints.add_note(complaint_id=desk.complaint.pk, body="Em trả lời rồi", is_internal=False)
    data = {"do": "reply", "reply-body": "Chữ tôi vừa gõ", "seen": seen}
    answer = staff_client_alpha.post(url, data)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Chữ tôi vừa gõ" in page
    assert other.full_name in page
    assert ComplaintNote.objects.filter(body="Chữ tôi vừa gõ").count() == 0
    data["seen"] = re.search(r'name="seen" value="([^"]+)"', page)[1]
    assert staff_client_alpha.post(url, data).status_code == 302
    assert ComplaintNote.objects.filter(body="Chữ tôi vừa gõ").count() == 1


def test_a_mention_is_seen_by_looking(staff_client_alpha, desk, url, person, owner_alpha):
    other = person(Role.AGENT)
    with acting_as(Actor("user", other.pk, other.full_name)):
        complaints.add_note(complaint_id=desk.complaint.pk, body=f"@{owner_alpha.full_name} xem giúp")
    assert "xem giúp" in staff_client_alpha.get("/admin/").content.decode()
    staff_client_alpha.get(url)
    assert NoteMention.objects.get().seen_at is not None
    assert User.objects.get(pk=owner_alpha.pk).is_active


def test_causes_become_one(staff_client_alpha, desk):
    first, second = RootCause.objects.filter(parent=None).order_by("name")[:2]
    address = f"/admin/feedback/rootcause/{first.pk}/merge/"
    assert staff_client_alpha.get(address).status_code == 200
    assert staff_client_alpha.post(address, {"into": second.pk}).status_code == 302
    first.refresh_from_db()
    assert (first.is_active, first.children.count()) == (False, 0)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("150000", "VND", "150000"), ("150.000", "VND", "150000"), ("150k", "VND", "150000"),
        ("1tr5", "VND", "1500000"),
        ("1.250.000 ₫", "VND", "1250000"), ("59 000đ", "VND", "59000"), ("150000.00", "VND", "150000"),
        ("S$12.50", "SGD", "12.50"), ("1,250.75", "SGD", "1250.75"), ("12.50", "VND", None), ("-5", "VND", None),
        ("abc", "VND", None),
    ],
)  # fmt: skip
def test_amounts_as_people_type_them(text, currency, amount):
    field = AmountField(max_digits=14, decimal_places=2, currency=lambda: currency)
    if amount is None:
        with translation.override("en"), pytest.raises(ValidationError, match="Write an amount like"):
            field.clean(text)
    else:
        assert field.clean(text) == Decimal(amount)
        assert field.clean(str(field.prepare_value(Decimal(amount)))) == Decimal(amount)
