"""The firm's own fields in the admin: set up, asked for on the form, shown, filtered by."""

import pytest

from customers.models import Customer, CustomField
from customers.services.custom_fields import save_custom_field
from tenants.context import in_tenant

ADD = "/admin/customers/customfield/add/"
SETUP = {
    "label_vi": "Hạng thẻ", "label_en": "Level", "kind": "choice", "applies_to": "person", "help_text": "", "key": "",
    "position": "1", "is_active": "on", "options": "Vàng | Gold\nBạc | Silver",
}  # fmt: skip


@pytest.fixture
def level(alpha, staff_client_alpha):
    assert staff_client_alpha.post(ADD, SETUP).status_code == 302
    with in_tenant(alpha):
        return CustomField.objects.get()


def form_of(customer, **changes):
    return {
        "kind": customer.kind, "full_name": customer.full_name, "language": customer.language, "phones": "0912345678",
        "emails": "lan@khach.example", "version": customer.version, **changes,
    }  # fmt: skip


def test_a_field_is_set_up_filled_in_shown_and_filtered_by(staff_client_alpha, desk, level, alpha):
    assert (level.key, [one["value"] for one in level.choices]) == ("level", ["vang", "bac"])
    with in_tenant(alpha):
        save_custom_field(field=CustomField(label_vi="Chi tiêu", kind="money"))
    edit = f"/admin/customers/customer/{desk.customer.pk}/edit/"
    assert "custom_level" in staff_client_alpha.get(edit).content.decode()
    bad = staff_client_alpha.post(edit, form_of(desk.customer, custom_level="vang", custom_chi_tieu="nhiều"))
    assert bad.status_code == 200
    assert "350k" in bad.context["form"].errors["custom_chi_tieu"][0]
    saved = staff_client_alpha.post(edit, form_of(desk.customer, custom_level="vang", custom_chi_tieu="1,25 triệu"))
    assert saved.status_code == 302
    with in_tenant(alpha):
        assert Customer.objects.get().custom == {"level": "vang", "chi_tieu": 1_250_000}
    page = staff_client_alpha.get(f"/admin/customers/customer/{desk.customer.pk}/change/").content.decode()
    assert "1.250.000" in page or "1,250,000" in page
    # What is shown on the form is read back as the same: nothing changes.
    form = staff_client_alpha.get(edit).context["form"]
    again = form_of(
        desk.customer, version=2, **{name: form[name].value() for name in ("custom_level", "custom_chi_tieu")}
    )
    assert staff_client_alpha.post(edit, again).status_code == 302
    with in_tenant(alpha):
        assert Customer.objects.get().version == 2
    for value, found in (("vang", 1), ("bac", 0)):
        listed = staff_client_alpha.get(f"/admin/customers/customer/?own_level={value}")
        assert len(listed.context["cl"].result_list) == found


def test_a_choice_gone_from_the_lines_is_kept_with_who_has_it(staff_client_alpha, desk, level, alpha):
    edit = f"/admin/customers/customer/{desk.customer.pk}/edit/"
    staff_client_alpha.post(edit, form_of(desk.customer, custom_level="vang"))
    change = f"/admin/customers/customfield/{level.pk}/change/"
    assert "vang: Vàng | Gold" in staff_client_alpha.get(change).content.decode()
    assert staff_client_alpha.post(change, {**SETUP, "options": "bac: Bạc 925 | Sterling"}).status_code == 302
    with in_tenant(alpha):
        choices = CustomField.objects.get().choices
        assert [(one["value"], one["vi"], one["retired"]) for one in choices] == [
            ("bac", "Bạc 925", False), ("vang", "Vàng", True),
        ]  # fmt: skip
    assert staff_client_alpha.get(edit).context["form"]["custom_level"].value() == "vang"


def test_a_required_field_is_asked_of_its_kind_only(staff_client_alpha, level, alpha):
    with in_tenant(alpha):
        level.is_required = True
        save_custom_field(field=level)
    add = "/admin/customers/customer/add/"
    told = {"full_name": "Trà Việt", "language": "vi", "kind": "person"}
    assert staff_client_alpha.post(add, told).status_code == 200
    with in_tenant(alpha):
        assert not Customer.objects.filter(full_name="Trà Việt").exists()
    assert staff_client_alpha.post(add, {**told, "kind": "organization"}).status_code == 302
    assert staff_client_alpha.post(add, {**told, "custom_level": "bac"}).status_code == 302


def test_set_up_takes_who_manages(client_as, level):
    assert client_as("agent").post(ADD, {**SETUP, "label_vi": "Khác"}).status_code == 403
    assert client_as("read_only").get(f"/admin/customers/customfield/{level.pk}/change/").status_code == 200
