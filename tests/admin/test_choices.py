"""What customers choose, as staff see and note it: ways, who brought whom, how to be reached, requests about data."""

import pytest

from customers.models import Customer, DataRequest, Fact, Interaction
from customers.services.customers import create_customer, update_customer
from customers.services.data_requests import ask_about_data
from customers.services.facts import note_fact
from customers.services.purchases import record_purchase
from cxcrm.core.clock import now
from tenants.context import in_tenant
from tenants.staff.models import User
from tests.admin.conftest import Desk


@pytest.fixture
def page(desk: Desk) -> str:
    return f"/admin/customers/customer/{desk.customer.pk}/change/"


def test_a_request_is_noted_answered_and_settled_on_the_customers_page(desk, page, staff_client_alpha, alpha):
    assert staff_client_alpha.post(page, {"do": "ask", "ask-kind": "correct"}).status_code == 200
    asked = {"do": "ask", "ask-kind": "correct", "ask-words": "Tên là Lành, gọi 0912345678"}
    assert staff_client_alpha.post(page, asked).status_code == 302
    with in_tenant(alpha):
        row = DataRequest.objects.get()
    assert "Tên là Lành" in staff_client_alpha.get(page).content.decode()
    home = staff_client_alpha.get("/admin/").content.decode()
    assert f"{page}#data" in home
    empty = staff_client_alpha.post(page, {"do": "reply", "reply-request_id": row.pk, "reply-reply": ""})
    assert empty.status_code == 200
    reply = {"do": "reply", "reply-request_id": row.pk, "reply-reply": "Em sửa liền."}
    assert staff_client_alpha.post(page, reply).status_code == 302
    assert staff_client_alpha.post(page, {**reply, "reply-outcome": "done"}).status_code == 302
    with in_tenant(alpha):
        row.refresh_from_db()
    assert (row.outcome, row.reply) == ("done", "Em sửa liền.")
    assert f"{page}#data" not in staff_client_alpha.get("/admin/").content.decode()


def test_a_request_of_somebody_else_is_not_answered_here(desk, page, staff_client_alpha, alpha):
    with in_tenant(alpha):
        other = ask_about_data(customer_id=create_customer(full_name="Khác").pk, kind="copy")
    reply = {"do": "reply", "reply-request_id": other.pk, "reply-reply": "Nhầm"}
    assert staff_client_alpha.post(page, reply).status_code == 200
    with in_tenant(alpha):
        other.refresh_from_db()
    assert other.reply == ""


def test_how_they_are_reached_and_who_brought_them(desk, page, staff_client_alpha, alpha):
    with in_tenant(alpha):
        friend = create_customer(full_name="Trần Năm")
        update_customer(customer_id=desk.customer.pk, contact_channel="zalo", contact_hours="evening")
        Customer.objects.filter(pk=desk.customer.pk).update(surveys_seldom=True, referred_by=friend)
    for path in (page, f"/admin/feedback/complaint/{desk.complaint.pk}/change/"):
        assert "Thích Zalo · buổi tối" in staff_client_alpha.get(path).content.decode().replace("\n", "")
    assert "Trần Năm" in staff_client_alpha.get(page).content.decode()
    form = staff_client_alpha.get(f"/admin/customers/customer/{friend.pk}/edit/").context["form"]
    values = {name: value for name, value in form.initial.items() if value is not None}
    circle = staff_client_alpha.post(
        f"/admin/customers/customer/{friend.pk}/edit/", {**values, "referred_by": str(desk.customer.pk)}
    )
    assert circle.status_code == 200
    assert "referred_by" in circle.context["form"].errors


def test_a_way_is_one_tap_and_counted_on_the_page(desk, page, staff_client_alpha, alpha):
    told = {"do": "fact", "fact-kind": "first_source", "fact-way": "friends", "fact-source": "declared"}
    assert staff_client_alpha.post(page, {**told, "fact-way": ""}).status_code == 200
    assert staff_client_alpha.post(page, told).status_code == 302
    with in_tenant(alpha):
        assert Fact.objects.get().way == "friends"
        update_customer(customer_id=create_customer(full_name="Bạn Lan").pk, referred_by=desk.customer.pk)
    empty = staff_client_alpha.get("/admin/customers/fact/found/")
    assert "Chưa có khách mới" in empty.content.decode()
    with in_tenant(alpha):
        record_purchase(customer_id=desk.customer.pk, amount=50_000, occurred_at=now(), silent=True)
    text = staff_client_alpha.get("/admin/customers/fact/found/").content.decode()
    for words in ("Bạn bè hoặc người nhà", "1 người đến, 0 người đã mua", "quá ít"):
        assert words in text, words


def test_a_copy_is_a_text_in_their_language_and_leaves_a_trace(desk, client_as, staff_client_alpha, alpha):
    with in_tenant(alpha):
        note_fact(customer_id=desk.customer.pk, kind="preference", text="Ít đá")
        note_fact(customer_id=desk.customer.pk, kind="need", text="Chắc thích trà", source="guess")
        record_purchase(customer_id=desk.customer.pk, amount=59_000, items="Bạc xỉu", silent=True)
    path = f"/admin/customers/customer/{desk.customer.pk}/copy/"
    assert client_as("agent").post(path).status_code == 403
    executive = client_as("executive")
    assert executive.post(path).status_code == 403
    with in_tenant(alpha):
        asked = ask_about_data(customer_id=desk.customer.pk, kind="copy")
        DataRequest.objects.filter(pk=asked.pk).update(owner=User.objects.get(role="executive"))
    assert executive.get(path).status_code == 200
    text = staff_client_alpha.post(path).content.decode()
    for words in ("Nguyễn Thị Lan", "lan@khach.example", "Ít đá", "Bạc xỉu · 59.000 ₫", "Ly bạc xỉu ít ngọt"):
        assert words in text.replace("\xa0", " "), words
    assert "Chắc thích trà" not in text
    with in_tenant(alpha):
        assert Interaction.objects.filter(what="data.copied").count() == 1
        erase = Customer.objects.filter(pk=desk.customer.pk).update(erased_at=now())
    assert (erase, staff_client_alpha.post(path).status_code) == (1, 302)
