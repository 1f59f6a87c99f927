"""Organisations and their people, editing at the same time, and contacts for those who may not see them."""

import pytest

from customers.models import Customer
from customers.services.customers import create_customer, update_customer
from customers.services.interactions import record_interaction
from feedback.services.complaints import open_complaint
from tenants.context import in_tenant
from tests.admin.test_custom_fields import form_of


@pytest.fixture
def company(alpha, desk):
    with in_tenant(alpha):
        return create_customer(full_name="Công ty Sen Vàng", kind="organization")


def page_of(customer, act="change"):
    return f"/admin/customers/customer/{customer.pk}/{act}/"


def test_somebody_is_added_on_the_companys_page_in_one_step(staff_client_alpha, company, alpha):
    added = staff_client_alpha.post(
        page_of(company),
        {
            "do": "person", "person-full_name": "C. Lan", "person-formal_title": "Giám đốc",
            "person-contact_role": "buyer", "person-phone": "0987 654 321", "person-email": "",
        },
    )  # fmt: skip
    assert added.status_code == 302
    with in_tenant(alpha):
        lan = Customer.objects.get(organization=company)
        assert (lan.full_name, lan.salutation, lan.contact_role, lan.formal_title) == (
            "Lan",
            "chi",
            "buyer",
            "Giám đốc",
        )
        record_interaction(customer_id=lan.pk, kind="call", what="call.logged", body="Hỏi giá")
        open_complaint(customer_id=lan.pk, description="Giao thiếu hai thùng", channel="staff")
    shown = staff_client_alpha.get(page_of(company))
    assert [row["person"] for row in shown.context["people"]] == [lan]
    assert shown.context["people"][0]["person"].last_contact is not None
    text = shown.content.decode()
    assert "0987 654 321" in text
    assert "Giao thiếu hai thùng" in text  # a complaint of its people is the company's too
    refused = staff_client_alpha.post(page_of(company), {"do": "person", "person-full_name": "B", "person-phone": "1"})
    assert refused.status_code == 200
    assert staff_client_alpha.post(page_of(lan), {"do": "person", "person-full_name": "Ba"}).status_code == 200
    with in_tenant(alpha):
        assert Customer.objects.filter(organization=company).count() == 1


def test_the_second_editor_loses_nothing_and_takes_what_they_did_not_touch(staff_client_alpha, desk, alpha):
    edit = page_of(desk.customer, "edit")
    seen = staff_client_alpha.get(edit).context["form"]["seen"].value()
    with in_tenant(alpha):
        update_customer(customer_id=desk.customer.pk, note="Thích ngồi cửa sổ", full_name="Nguyễn Lan", tags=["vip"])
    mine = form_of(desk.customer, full_name="Nguyễn Thị Lan Anh", formal_title="Kế toán", seen=seen,
                   name_order="family_first")  # fmt: skip
    conflict = staff_client_alpha.post(edit, mine)
    assert conflict.status_code == 200
    found = {one.label: one for one in conflict.context["theirs"]}
    kept = [one for one in found.values() if one.is_kept]
    assert [(one.mine, one.theirs) for one in kept] == [("Nguyễn Thị Lan Anh", "Nguyễn Lan")]
    form = conflict.context["form"]
    assert form["note"].value() == "Thích ngồi cửa sổ"
    assert form["tags"].value() == "vip"
    assert form["formal_title"].value() == "Kế toán"
    with in_tenant(alpha):
        assert Customer.objects.get(pk=desk.customer.pk).full_name == "Nguyễn Lan"
    again = {name: form[name].value() for name in form.fields if form[name].value() not in (None, [])}
    assert staff_client_alpha.post(edit, again).status_code == 302
    with in_tenant(alpha):
        saved = Customer.objects.get(pk=desk.customer.pk)
        assert (saved.full_name, saved.note, saved.tags) == ("Nguyễn Thị Lan Anh", "Thích ngồi cửa sổ", ["vip"])
        assert saved.formal_title == "Kế toán"
    for nonsense in ("", "[1]", "{", '{"note": 5}'):
        old = form_of(desk.customer, seen=nonsense, version=1, name_order="family_first")
        assert staff_client_alpha.post(edit, old).status_code == 200


def test_who_may_not_see_contacts_finds_by_the_whole_number_only(client_as, staff_client_alpha, desk, run_agenda):
    run_agenda()
    reader = client_as("read_only")
    complaint = f"/admin/feedback/complaint/{desk.complaint.pk}/change/"
    for url in (page_of(desk.customer), "/admin/customers/customer/", complaint):
        text = reader.get(url).content.decode()
        assert "0912 345 678" not in text, url
        assert "+84912345678" not in text, url
        assert "lan@khach.example" not in text, url
        assert "091*****78" in text, url
        assert "0912 345 678" in staff_client_alpha.get(url).content.decode(), url
    found = {
        term: len(reader.get("/admin/customers/customer/", {"q": term}).context["cl"].result_list)
        for term in (
            "0912", "345 678", "khach.example", "lan@khach", "0912345678", "+84 912 345 678", "lan@khach.example",
            "nguyen thi", "lan",
        )
    }  # fmt: skip
    assert found == {
        "0912": 0, "345 678": 0, "khach.example": 0, "lan@khach": 0, "0912345678": 1, "+84 912 345 678": 1,
        "lan@khach.example": 1, "nguyen thi": 1, "lan": 1,
    }  # fmt: skip


def test_an_old_number_is_told_to_be_a_new_one(staff_client_alpha, desk):
    told = form_of(desk.customer, phones="0168 888 8888", name_order="family_first")
    saved = staff_client_alpha.post(page_of(desk.customer, "edit"), told, follow=True)
    assert "0388 888 888" in saved.content.decode()
    assert any("2018" in str(message) for message in saved.context["messages"])


def test_where_a_salutation_is_known_from_is_shown_and_changed(staff_client_alpha, desk, alpha):
    edit = page_of(desk.customer, "edit")
    form = {"name_order": "family_first", "salutation": "chi"}
    assert staff_client_alpha.post(edit, form_of(desk.customer, **form)).status_code == 302
    with in_tenant(alpha):
        assert Customer.objects.get(pk=desk.customer.pk).salutation_source == "staff"
    told = form_of(desk.customer, **form, salutation_source="declared", version=2)
    assert staff_client_alpha.post(edit, told).status_code == 302
    with in_tenant(alpha):
        assert Customer.objects.get(pk=desk.customer.pk).salutation_source == "declared"
    guess = form_of(desk.customer, **form, salutation_source="inferred", version=3)
    assert staff_client_alpha.post(edit, guess).status_code == 200


def test_names_with_the_accents_as_typed_come_first(staff_client_alpha, desk, alpha):
    with in_tenant(alpha):
        for name in ("Đặng Hòa", "Đặng Hoa", "Trần Hỏa"):
            create_customer(full_name=name)
    hits = staff_client_alpha.get("/admin/customers/customer/", {"q": "hoa"}).context["cl"].result_list
    assert {one.full_name for one in hits} == {"Đặng Hòa", "Đặng Hoa", "Trần Hỏa"}
    ranked = staff_client_alpha.get("/admin/customers/customer/", {"q": "hỏa"}).context["cl"].result_list
    assert ranked[0].full_name == "Trần Hỏa"
    assert len(ranked) == 3
