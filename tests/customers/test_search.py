"""Finding, seeing and reaching customers."""

import pytest

from customers.models import Customer
from customers.selectors.customers import (
    best_first,
    emails_of,
    match_by_contact,
    primary_email,
    primary_phone,
    search,
    visible_to,
)
from customers.selectors.salutations import address_for
from customers.services.customers import create_customer, mark_undeliverable
from tenants.context import in_tenant
from tenants.staff.models import AnonymousStaff, Firm, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def people(in_alpha):
    create_customer(
        full_name="Nguyễn Thị Thu Hà",
        phones=["0912 345 678"],
        emails=["thuha@khach.example"],
        external_ids={"till": "KH000123"},
        tags=["Dân văn phòng"],
    )
    create_customer(full_name="Đặng Hòa", phones=["0168 888 8888", "028 3822 1234"])
    create_customer(full_name="Đặng Hoà Bình", emails=["hoabinh@khach.example"])
    create_customer(full_name="Hạ Long", phones=["+65 6123 4567"])
    create_customer(full_name="Công ty Bình Minh", kind="organization")


@pytest.mark.usefixtures("people")
class TestSearch:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            # names: accents, case, order and the place of the tone mark do not matter
            ("nguyen thi", ["Nguyễn Thị Thu Hà"]),
            ("NGUYỄN THỊ", ["Nguyễn Thị Thu Hà"]),
            ("Nguye\u0302\u0303n", ["Nguyễn Thị Thu Hà"]),
            ("hà nguyễn", ["Nguyễn Thị Thu Hà"]),
            ("dang hoa", ["Đặng Hòa", "Đặng Hoà Bình"]),
            ("Hoà", ["Đặng Hoà Bình", "Đặng Hòa"]),
            ("bình minh", ["Công ty Bình Minh"]),
            # short: beginnings of words of a name
            ("hà", ["Nguyễn Thị Thu Hà", "Hạ Long"]),
            ("h", ["Nguyễn Thị Thu Hà", "Đặng Hòa", "Đặng Hoà Bình", "Hạ Long"]),
            ("oa", []),
            ("09", []),
            # phones: any part, written in any way
            ("0912", ["Nguyễn Thị Thu Hà"]),
            ("345 678", ["Nguyễn Thị Thu Hà"]),
            ("0912.345.678", ["Nguyễn Thị Thu Hà"]),
            ("+84 912", ["Nguyễn Thị Thu Hà"]),
            ("+84 (0)912 345", ["Nguyễn Thị Thu Hà"]),
            ("0084912345678", ["Nguyễn Thị Thu Hà"]),
            ("00840912345678", ["Nguyễn Thị Thu Hà"]),
            ("0388888888", ["Đặng Hòa"]),
            ("028-3822", ["Đặng Hòa"]),
            ("6123 4567", ["Hạ Long"]),
            ("0065 6123", ["Hạ Long"]),
            # the rest
            ("thuha@", ["Nguyễn Thị Thu Hà"]),
            ("kh000123", ["Nguyễn Thị Thu Hà"]),
            ("000 123", ["Nguyễn Thị Thu Hà"]),
            ("dan van phong", ["Nguyễn Thị Thu Hà"]),
            ("nguyen 0912", ["Nguyễn Thị Thu Hà"]),
            ("nguyen 0999", []),
            ("%%%", []),
            ("a_b", []),
            ("\x00\ud800", None),
            ("thu\x00", ["Nguyễn Thị Thu Hà"]),
        ],
    )
    def test_finds(self, text, names):
        found = list(search(Customer.objects.all(), text).values_list("full_name", flat=True))
        everybody = list(Customer.objects.values_list("full_name", flat=True))
        assert sorted(found) == sorted(everybody if names is None else names)

    def test_blank_narrows_nothing(self):
        assert search(Customer.objects.all(), "  ").count() == 5

    def test_a_narrowed_set_stays_narrow(self):
        organisations = Customer.objects.filter(kind="organization")
        assert [c.full_name for c in search(organisations, "bình")] == ["Công ty Bình Minh"]

    def test_accents_as_typed_come_first(self):
        found = best_first(search(Customer.objects.all(), "hoà"), "hoà")
        assert [customer.full_name for customer in found] == ["Đặng Hoà Bình", "Đặng Hòa"]
        found = best_first(search(Customer.objects.all(), "hòa"), "Hòa")
        assert [customer.full_name for customer in found] == ["Đặng Hòa", "Đặng Hoà Bình"]
        found = best_first(search(Customer.objects.all(), "hoa"), "hoa")
        assert [customer.full_name for customer in found] == ["Đặng Hoà Bình", "Đặng Hòa"]

    def test_another_firm_finds_nobody(self, beta):
        with in_tenant(beta):
            assert search(Customer.objects.all(), "nguyen").count() == 0


def test_who_may_read_customers_sees_all_and_others_none(owner_alpha):
    create_customer(full_name="Lan")
    assert visible_to(owner_alpha).count() == 1
    assert visible_to(User(role="read_only")).count() == 1
    assert visible_to(User(role="owner", is_active=False)).count() == 0
    assert visible_to(AnonymousStaff()).count() == 0


class TestReach:
    def test_the_preferred_address_is_written_to_until_it_is_refused(self, exactly):
        lan = create_customer(full_name="Lan", emails=["b@x.vn", "a@x.vn"], phones=["0912345678", "0909000111"])
        minh = create_customer(full_name="Minh")
        assert (primary_email(lan), primary_phone(lan)) == ("b@x.vn", "+84912345678")
        assert (primary_email(minh), primary_phone(minh)) == ("", "")
        mark_undeliverable(email="b@x.vn")
        with exactly(1):
            assert emails_of([lan.id, minh.id]) == {lan.id: "a@x.vn"}
        mark_undeliverable(email="a@x.vn")
        assert emails_of(Customer.objects.all()) == {}

    def test_nobody_is_matched_by_nothing_or_junk(self):
        create_customer(full_name="Lan", phones=["0912345678"], emails=["a@x.vn"])
        assert match_by_contact("", "") is None
        assert match_by_contact("12", "nope") is None
        assert match_by_contact("0999999999", "b@x.vn") is None

    def test_the_longest_known_of_equals_is_matched(self):
        first = create_customer(full_name="Lan", phones=["0912345678"])
        create_customer(full_name="Minh", phones=["0912345678"])
        assert match_by_contact("0912345678", "") == first
        assert match_by_contact("0912345678", "", "MINH").full_name == "Minh"


class TestAddress:
    @pytest.mark.parametrize(
        ("values", "formal", "options", "greeting"),
        [
            ({"full_name": "Chị Nguyễn Thị Hương"}, True, {}, "Kính gửi chị Nguyễn Thị Hương,"),
            ({"full_name": "Chị Nguyễn Thị Hương"}, False, {}, "Chào chị Hương,"),
            ({"full_name": "Nguyễn Thị Hương"}, True, {}, "Kính gửi Quý khách,"),
            ({"full_name": "Nguyễn Thị Hương"}, False, {}, "Chào anh/chị Hương,"),
            (
                {"full_name": "Hương", "salutation": "chi", "salutation_source": "inferred"},
                True,
                {},
                "Kính gửi Quý khách,",
            ),
            (
                {"full_name": "Hương", "salutation": "ban", "salutation_source": "staff"},
                False,
                {"complaint": True},
                "Chào anh/chị Hương,",
            ),
            ({"full_name": "Chị Hương"}, False, {"language": "en"}, "Dear Ms Hương,"),
            (
                {"full_name": "Emma Clarke", "language": "en", "name_order": "given_first"},
                False,
                {},
                "Dear Emma,",
            ),
            ({"full_name": "Công ty Bình Minh", "kind": "organization"}, True, {}, "Kính gửi Quý khách,"),
        ],
    )
    def test_the_greeting_is_never_a_guess(self, values, formal, options, greeting):
        Firm.objects.update(formal=formal)
        assert address_for(create_customer(**values), **options).greeting == greeting
