"""An address as one line and as its parts: whichever is given, both stand, and nothing written is lost."""

import pytest

from customers.errors import ChoiceInvalid, TextInvalid
from customers.services.customers import create_customer, update_customer
from tenants.staff.models import Firm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
OLD = "12 Lê Lợi, P. Bến Nghé, Q.1, TP.HCM"
NEW = "12 Lê Lợi, Phường Bến Thành, TP. Hồ Chí Minh"


def address(customer):
    customer.refresh_from_db()
    return (
        customer.address, customer.street_line, customer.ward, customer.province_code, customer.legacy_address,
    )  # fmt: skip


def change(customer, **changes):
    update_customer(customer_id=customer.id, **changes)
    return address(customer)


def test_an_old_line_is_kept_and_its_province_known():
    lan = create_customer(full_name="Lan", address=OLD)
    assert address(lan) == (OLD, "", "", "79", OLD)
    told = lan.interactions.count()
    assert change(lan, street_line="12 Lê Lợi", ward="bến thành") == (NEW, "12 Lê Lợi", "Phường Bến Thành", "79", OLD)
    assert lan.interactions.first().data == {"fields": ["address"]}
    assert lan.interactions.count() == told + 1
    version = lan.version
    assert change(lan, address=NEW, ward="P. Bến Thành")[0] == NEW
    assert lan.version == version  # the same said otherwise


def test_parts_make_the_line_and_a_plain_new_line_makes_the_parts():
    lan = create_customer(full_name="Lan", street_line="5 Trần Phú", ward="Hải Châu", province_code="Quảng Nam")
    assert address(lan) == ("5 Trần Phú, Phường Hải Châu, TP. Đà Nẵng", "5 Trần Phú", "Phường Hải Châu", "48", "")
    assert change(lan, address=NEW) == (NEW, "12 Lê Lợi", "Phường Bến Thành", "79", "")
    assert change(lan, address="Hẻm 3, chợ cũ") == ("Hẻm 3, chợ cũ", "", "", "", "Hẻm 3, chợ cũ")
    assert change(lan, legacy_address="Hẻm 3, chợ cũ, Bến Tre") == (
        "Hẻm 3, chợ cũ, Bến Tre", "", "", "86", "Hẻm 3, chợ cũ, Bến Tre",
    )  # fmt: skip
    assert change(lan, province_code="91")[0:4] == ("Hẻm 3, chợ cũ, Bến Tre", "", "", "91")
    assert change(lan, address="") == ("", "", "", "", "")


def test_only_a_province_is_an_address_too():
    lan = create_customer(full_name="Lan", province_code="46")
    assert address(lan) == ("TP. Huế", "", "", "46", "")


def test_elsewhere_an_address_is_one_plain_line():
    Firm.objects.update(country="SG")
    lan = create_customer(full_name="Tan", address="10 Anson Road, Da Nang")
    assert address(lan) == ("10 Anson Road, Da Nang", "", "", "", "10 Anson Road, Da Nang")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"province_code": "Atlantis"}, ChoiceInvalid), ({"province_code": "99"}, ChoiceInvalid),
     ({"street_line": "x" * 181}, TextInvalid), ({"ward": "a\x00"}, TextInvalid)],
)  # fmt: skip
def test_what_is_no_address_changes_nothing(changes, refusal):
    lan = create_customer(full_name="Lan", address=OLD)
    before = address(lan)
    with pytest.raises(refusal):
        update_customer(customer_id=lan.id, note="mới", **changes)
    assert address(lan) == before
    assert (lan.note, lan.version) == ("", 1)
