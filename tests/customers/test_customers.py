"""Creating, changing and recognising customers."""

from uuid import uuid4

import pytest

from customers import errors
from customers.models import ContactPoint, Customer
from customers.services.customers import (
    create_customer,
    find_or_create_by_contact,
    mark_undeliverable,
    update_customer,
)
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.ids import new_id
from tenants.context import in_tenant
from tenants.errors import PlanLimitReached
from tenants.models import Plan, Tenant
from tenants.staff.models import Branch, Firm
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def points(customer: Customer, kind: str) -> list[tuple[str, bool]]:
    return list(customer.contact_points.filter(kind=kind).values_list("value", "is_primary"))


def events() -> list[tuple[str, dict]]:
    return list(Event.objects.filter(name__startswith="customers.").order_by("id").values_list("name", "payload"))


class TestCreate:
    def test_everything_given_is_kept_once_checked(self, owner_alpha):
        shop = create_customer(full_name="Quán Góc Nhỏ", kind="organization")
        branch = Branch.objects.create(name="Tân Định")
        with acting_as(Actor("user", owner_alpha.id, "Chủ")):
            customer = create_customer(
                full_name="  Nguyễn  Thị Thu Hà ",
                phones=["0912 345 678", "0168 888 8888 / 028 3822 1234", "0912.345.678"],
                emails=["Hà <HA@khach.example>", "", "ha@khach.example"],
                salutation="chi",
                organization=shop,
                owner=owner_alpha.id,
                branch=branch,
                tags=["VIP", "vip", " dân  văn phòng ", ""],
                external_ids={"till": " KH001 ", "web": ""},
                address="12 Trần Quang Khải",
                note="thích ngồi ngoài\r\nkhông đường ",
                formal_title="Kế toán trưởng",
            )
        customer.refresh_from_db()
        assert (customer.full_name, customer.given_name) == ("Nguyễn Thị Thu Hà", "Hà")
        assert customer.raw_name == "Nguyễn Thị Thu Hà"
        assert (customer.salutation, customer.salutation_source) == ("chi", "staff")
        assert (customer.organization, customer.owner, customer.branch) == (shop, owner_alpha, branch)
        assert (customer.language, customer.name_order, customer.version) == ("vi", "family_first", 1)
        assert customer.tags == ["VIP", "dân văn phòng"]
        assert customer.note == "thích ngồi ngoài\nkhông đường"
        assert (customer.address, customer.formal_title) == ("12 Trần Quang Khải", "Kế toán trưởng")
        assert points(customer, "phone") == [("+84912345678", True), ("+842838221234", False), ("+84388888888", False)]
        assert points(customer, "email") == [("ha@khach.example", True)]
        assert list(customer.external_ids.values_list("source", "value")) == [("till", "KH001")]
        assert customer.search_text == (
            "nguyen thi thu ha\nha@khach.example\n+84912345678\n0912345678\n+84388888888\n0388888888\n"
            "+842838221234\n02838221234\nkh001\nvip\ndan van phong\n"
        )
        entry = customer.interactions.get()
        assert (entry.what, entry.actor_kind, entry.actor_label) == ("customer.created", "user", "Chủ")
        assert events()[-1] == ("customers.customer_created", {"customer_id": str(customer.id)})

    @pytest.mark.parametrize(
        ("written", "name", "salutation", "note"),
        [
            ("C. Lan", "Lan", "chi", ""),
            ("Anh Tuấn Q7", "Tuấn", "anh", "Q7"),
            ("NGUYỄN VĂN A", "Nguyễn Văn A", "", ""),
            ("Anh Thư", "Anh Thư", "", ""),
            ("K'Brếu Ha Nhàn", "K'Brếu Ha Nhàn", "", ""),
        ],
    )
    def test_a_name_is_read_as_staff_type_it(self, written, name, salutation, note):
        customer = create_customer(full_name=written)
        assert (customer.full_name, customer.salutation, customer.note) == (name, salutation, note)
        assert customer.raw_name == written
        assert customer.salutation_source == ("import" if salutation else "")

    def test_a_remark_in_the_name_stands_before_the_note(self):
        assert create_customer(full_name="chị hương shop hoa", note="hay mua hạt").note == "shop hoa\nhay mua hạt"

    @pytest.mark.parametrize(("kind", "source"), [("customer", "declared"), ("user", "staff"), ("api_key", "import")])
    def test_who_wrote_a_title_decides_how_sure_it_is(self, kind, source):
        with acting_as(Actor(kind, uuid4(), "x")):
            assert create_customer(full_name="Chị Lan").salutation_source == source

    def test_a_given_salutation_beats_the_one_in_the_name(self):
        customer = create_customer(full_name="Chị Lan", salutation="co", salutation_source="declared")
        assert (customer.salutation, customer.salutation_source) == ("co", "declared")

    def test_a_source_without_a_salutation_is_dropped(self):
        assert create_customer(full_name="Lan", salutation_source="staff").salutation_source == ""

    def test_a_name_may_be_taken_literally(self):
        customer = create_customer(full_name="C. Lan", parse_name=False, given_name="Lan Lan")
        assert (customer.full_name, customer.given_name, customer.salutation) == ("C. Lan", "Lan Lan", "")

    def test_given_names_may_come_first(self):
        customer = create_customer(full_name="Marcus Teo", name_order="given_first", language="en")
        assert (customer.given_name, customer.language) == ("Marcus", "en")

    def test_an_organisation_has_no_given_name_and_sorts_by_name(self):
        customer = create_customer(full_name="Công ty Bình Minh", kind="organization")
        assert (customer.full_name, customer.given_name) == ("Công ty Bình Minh", "")
        assert customer.sort_key.startswith("c0o1n0g0")

    def test_people_sort_by_given_name_as_vietnamese_lists_do(self):
        for name in ("Trần Ân", "Lê Bình", "Phạm An", "Vũ Ánh", "Đỗ Đức", "Bùi Dũng"):
            create_customer(full_name=name)
        names = list(Customer.objects.order_by("sort_key").values_list("given_name", flat=True))
        assert names == ["An", "Ánh", "Ân", "Bình", "Dũng", "Đức"]

    def test_silent_publishes_nothing_but_is_remembered(self):
        before = len(events())
        customer = create_customer(full_name="Lan", silent=True, is_sample=True)
        assert len(events()) == before
        assert customer.is_sample
        assert customer.interactions.count() == 1

    @pytest.mark.parametrize(
        ("values", "error", "data"),
        [
            ({"full_name": " "}, errors.NameMissing, {"field": "full_name"}),
            ({"full_name": "Chị"}, None, {}),
            ({"full_name": "L" * 161}, errors.TextInvalid, {"field": "full_name", "limit": 160}),
            ({"full_name": "L" * 201}, errors.TextInvalid, {"field": "full_name", "limit": 200}),
            ({"full_name": "Lan\x00"}, errors.TextInvalid, {"field": "full_name"}),
            ({"full_name": "Lan\ud800"}, errors.TextInvalid, {"field": "full_name"}),
            ({"note": "a\x07"}, errors.TextInvalid, {"field": "note"}),
            ({"note": "a" * 5001}, errors.TextInvalid, {"field": "note", "limit": 5000}),
            ({"address": "a" * 301}, errors.TextInvalid, {"field": "address", "limit": 300}),
            ({"tags": ["a" * 41]}, errors.TextInvalid, {"field": "tags", "limit": 40}),
            ({"tags": [str(n) for n in range(31)]}, errors.TooMany, {"field": "tags", "limit": 30}),
            ({"kind": "robot"}, errors.ChoiceInvalid, {"field": "kind", "value": "robot"}),
            ({"language": "fr"}, errors.ChoiceInvalid, {"field": "language", "value": "fr"}),
            ({"salutation": "sir"}, errors.ChoiceInvalid, {"field": "salutation", "value": "sir"}),
            ({"phones": ["12"]}, errors.PhoneInvalid, {"field": "phones", "value": "12"}),
            ({"phones": ["gọi sau"]}, errors.PhoneInvalid, {"field": "phones", "value": "gọi sau"}),
            (
                {"phones": [f"09123456{n:02d}" for n in range(11)]},
                errors.TooMany,
                {"field": "phones", "limit": 10},
            ),
            ({"emails": ["lan@@x.vn"]}, errors.EmailInvalid, {"field": "emails", "value": "lan@@x.vn"}),
            (
                {"emails": [f"a{n}@x.vn" for n in range(11)]},
                errors.TooMany,
                {"field": "emails", "limit": 10},
            ),
            ({"external_ids": {"": "1"}}, errors.TextInvalid, {"field": "external_ids"}),
            (
                {"external_ids": {str(n): "1" for n in range(11)}},
                errors.TooMany,
                {"field": "external_ids", "limit": 10},
            ),
            ({"owner": new_id()}, errors.ReferenceUnknown, {"field": "owner"}),
            ({"branch": new_id()}, errors.ReferenceUnknown, {"field": "branch"}),
        ],
    )
    def test_what_cannot_be_stored_is_refused_whole(self, values, error, data):
        if error is None:
            assert create_customer(**values).full_name == "Chị"
            return
        before = Event.objects.count()
        with pytest.raises(error) as caught:
            create_customer(**{"full_name": "Lan", **values})
        assert caught.value.data == data
        assert not Customer.objects.exists()
        assert Event.objects.count() == before

    def test_a_person_is_no_organisation_to_belong_to(self):
        person = create_customer(full_name="Lan")
        with pytest.raises(errors.ReferenceUnknown):
            create_customer(full_name="Minh", organization=person)

    def test_a_staff_member_of_another_firm_owns_nobody_here(self, owner_beta):
        with pytest.raises(errors.ReferenceUnknown):
            create_customer(full_name="Lan", owner=owner_beta)

    def test_a_name_cannot_break_out_of_a_mail_header(self):
        customer = create_customer(full_name="Lan\r\nBcc: x@y.vn\u2028\u202eevil", parse_name=False)
        assert customer.full_name == "Lan Bcc: x@y.vn evil"

    def test_a_number_elsewhere_belongs_to_one_customer(self):
        create_customer(full_name="Lan", external_ids={"till": "1"})
        with pytest.raises(errors.ExternalIdTaken) as caught:
            create_customer(full_name="Minh", external_ids={"till": "1"})
        assert caught.value.data == {"field": "external_ids", "source": "till", "value": "1"}
        assert list(Customer.objects.values_list("full_name", flat=True)) == ["Lan"]

    def test_families_share_numbers(self):
        for name in ("Lan", "Minh"):
            create_customer(full_name=name, phones=["0912345678"])
        assert ContactPoint.objects.filter(value="+84912345678").count() == 2

    def test_the_plan_has_a_last_customer(self, alpha):
        Tenant.objects.filter(pk=alpha.id).update(plan=Plan.objects.create(code="two", name="Two", max_customers=2))
        create_customer(full_name="Một")
        create_customer(full_name="Hai")
        with pytest.raises(PlanLimitReached) as caught:
            create_customer(full_name="Ba")
        assert caught.value.data == {"metric": "customers", "limit": 2, "used": 2, "left": 0, "wanted": 1}
        assert Customer.objects.count() == 2

    def test_who_complains_is_never_lost_to_a_plan(self, alpha):
        Tenant.objects.filter(pk=alpha.id).update(plan=Plan.objects.create(code="none", name="None", max_customers=0))
        _customer, created = find_or_create_by_contact(full_name="Người lạ", phone="0912345678")
        assert created
        assert Customer.objects.count() == 1

    def test_the_same_person_may_be_a_customer_of_two_firms(self, beta):
        create_customer(full_name="Lan", phones=["0912345678"], emails=["lan@x.vn"], external_ids={"till": "1"})
        with in_tenant(beta):
            twin = create_customer(full_name="Lan", phones=["+84912345678"], external_ids={"till": "1"})
            assert twin.language == "en"
            assert Customer.objects.count() == 1
            assert not ContactPoint.objects.filter(kind="email").exists()


class TestUpdate:
    @pytest.fixture
    def lan(self, in_alpha):
        return create_customer(
            full_name="Nguyễn Thị Lan",
            phones=["0912345678", "0987654321"],
            emails=["lan@x.vn"],
            external_ids={"till": "1", "web": "w"},
            tags=["vip"],
        )

    def test_only_what_is_named_changes(self, lan):
        updated = update_customer(customer_id=lan.id, version=1, full_name="Nguyễn Thị  Mai", note="mới")
        updated.refresh_from_db()
        assert (updated.full_name, updated.given_name, updated.note) == ("Nguyễn Thị Mai", "Mai", "mới")
        assert updated.raw_name == "Nguyễn Thị Mai"
        assert (updated.version, updated.tags) == (2, ["vip"])
        assert updated.search_text.startswith("nguyen thi mai\nlan@x.vn\n")
        entry = updated.interactions.first()
        assert entry.data == {"fields": ["full_name", "given_name", "note"]}
        assert events()[-1] == ("customers.customer_changed", {"customer_id": str(lan.id)})

    def test_contacts_are_whole_new_lists_and_the_first_is_preferred(self, lan):
        kept = lan.contact_points.get(value="+84987654321")
        update_customer(customer_id=lan.id, phones=["0987654321", "0909000111"], emails=[])
        assert points(lan, "phone") == [("+84987654321", True), ("+84909000111", False)]
        assert lan.contact_points.get(value="+84987654321").pk == kept.pk
        assert points(lan, "email") == []
        lan.refresh_from_db()
        assert "lan@x.vn" not in lan.search_text
        assert "0909000111" in lan.search_text
        assert lan.interactions.first().data == {"fields": ["emails", "phones"]}

    def test_only_the_order_of_contacts_may_change(self, lan):
        update_customer(customer_id=lan.id, phones=["0987654321", "0912345678"])
        assert points(lan, "phone") == [("+84987654321", True), ("+84912345678", False)]

    def test_a_refused_address_stays_refused_when_listed_again(self, lan):
        assert mark_undeliverable(email="LAN@x.vn") == 1
        update_customer(customer_id=lan.id, emails=["lan@x.vn", "lan2@x.vn"])
        assert lan.contact_points.get(value="lan@x.vn").undeliverable_at is not None

    def test_numbers_elsewhere_are_a_whole_new_list(self, lan):
        update_customer(customer_id=lan.id, external_ids={"till": "2", "web": "w"})
        assert dict(lan.external_ids.values_list("source", "value")) == {"till": "2", "web": "w"}
        lan.refresh_from_db()
        assert lan.search_text.endswith("2\nw\nvip\n")

    def test_a_number_of_somebody_else_changes_nothing(self, lan):
        create_customer(full_name="Minh", external_ids={"till": "9"})
        with pytest.raises(errors.ExternalIdTaken):
            update_customer(customer_id=lan.id, note="mới", external_ids={"till": "9"})
        lan.refresh_from_db()
        assert (lan.note, lan.version) == ("", 1)
        assert lan.external_ids.get(source="till").value == "1"

    def test_nothing_new_leaves_no_trace(self, lan):
        before = len(events())
        same = update_customer(
            customer_id=lan.id,
            full_name="Nguyễn Thị Lan",
            phones=["0912 345 678", "0987 654 321"],
            emails=["lan@x.vn"],
            external_ids={"web": "w", "till": "1"},
        )
        assert (same.version, same.interactions.count(), len(events())) == (1, 1, before)

    def test_the_second_editor_is_told(self, lan):
        update_customer(customer_id=lan.id, version=1, note="a")
        with pytest.raises(errors.VersionConflict) as caught:
            update_customer(customer_id=lan.id, version=1, note="b")
        assert caught.value.data == {"version": 2}
        lan.refresh_from_db()
        assert lan.note == "a"

    def test_a_confirmed_salutation_is_staffs_word(self, lan, owner_alpha):
        with acting_as(Actor("user", owner_alpha.id, "Chủ")):
            updated = update_customer(customer_id=lan.id, salutation="chi")
        assert (updated.salutation, updated.salutation_source) == ("chi", "staff")
        assert updated.interactions.first().data == {"fields": ["salutation"]}
        updated = update_customer(customer_id=lan.id, salutation_source="declared")
        assert updated.salutation_source == "declared"
        assert updated.interactions.first().data == {"fields": ["salutation"]}
        updated = update_customer(customer_id=lan.id, salutation="")
        assert (updated.salutation, updated.salutation_source) == ("", "")

    def test_a_given_name_set_by_hand_stays(self, lan):
        updated = update_customer(customer_id=lan.id, full_name="Nguyễn Thị Mai Lan", given_name="Mai Lan")
        assert updated.given_name == "Mai Lan"

    def test_the_given_name_follows_order_and_kind(self, lan):
        assert update_customer(customer_id=lan.id, name_order="given_first").given_name == "Nguyễn"
        assert update_customer(customer_id=lan.id, kind="organization").given_name == ""

    def test_nobody_belongs_to_themselves(self, lan):
        update_customer(customer_id=lan.id, kind="organization")
        with pytest.raises(errors.ReferenceUnknown):
            update_customer(customer_id=lan.id, organization=lan.id)
        assert update_customer(customer_id=lan.id, organization=None).version == 2

    def test_the_name_cannot_be_emptied(self, lan):
        with pytest.raises(errors.NameMissing):
            update_customer(customer_id=lan.id, full_name=" ")

    def test_unknown_fields_and_customers_are_refused(self, lan):
        with pytest.raises(TypeError, match="is_sample"):
            update_customer(customer_id=lan.id, is_sample=True)
        with pytest.raises(errors.CustomerNotFound):
            update_customer(customer_id=new_id(), note="x")


class TestFindOrCreate:
    def test_a_known_number_finds_whoever_has_it_and_adds_nothing(self):
        lan = create_customer(full_name="Lan", phones=["0912345678"])
        found, created = find_or_create_by_contact(full_name="Người lạ", phone="84 912 345 678", email="stranger@x.vn")
        assert (found, created) == (lan, False)
        assert points(lan, "email") == []

    def test_who_has_both_comes_first_then_the_number_then_the_address(self):
        by_mail = create_customer(full_name="A", emails=["a@x.vn"])
        by_phone = create_customer(full_name="B", phones=["0912345678"])
        assert find_or_create_by_contact(full_name="?", phone="0912345678", email="a@x.vn")[0] == by_phone
        both = create_customer(full_name="C", phones=["0912345678"], emails=["a@x.vn"])
        assert find_or_create_by_contact(full_name="?", phone="0912345678", email="a@x.vn")[0] == both
        assert find_or_create_by_contact(full_name="?", email="A@x.vn")[0] == by_mail

    def test_of_a_family_the_one_called_so_is_meant(self):
        create_customer(full_name="Lan", phones=["0912345678"])
        minh = create_customer(full_name="Trần Minh", phones=["0912345678"])
        assert find_or_create_by_contact(full_name="tran minh", phone="0912345678")[0] == minh

    def test_a_stranger_becomes_a_customer(self, owner_alpha):
        with acting_as(Actor("customer", None, "")):
            customer, created = find_or_create_by_contact(
                full_name="Chị Lan", phone="0912345678", email="lan@x.vn", language="en"
            )
        assert created
        assert (customer.full_name, customer.salutation, customer.salutation_source) == ("Lan", "chi", "declared")
        assert customer.language == "en"
        assert points(customer, "phone") == [("+84912345678", True)]
        assert points(customer, "email") == [("lan@x.vn", True)]

    def test_an_english_firm_reads_the_given_name_first(self):
        Firm.objects.update(language="en")
        assert find_or_create_by_contact(full_name="Emma Clarke", email="e@x.sg")[0].given_name == "Emma"

    @pytest.mark.parametrize(
        ("phone", "email", "error"),
        [("12", "a@x.vn", errors.PhoneInvalid), ("0912345678", "nope", errors.EmailInvalid)],
    )
    def test_a_mistyped_contact_is_told_and_finds_nobody(self, phone, email, error):
        create_customer(full_name="Lan", phones=["0912345678"], emails=["a@x.vn"])
        with pytest.raises(error):
            find_or_create_by_contact(full_name="Lan", phone=phone, email=email)
        assert Customer.objects.count() == 1


def test_a_refused_address_is_marked_for_everybody_who_has_it_and_once():
    for name in ("Lan", "Minh"):
        create_customer(full_name=name, emails=["nha@x.vn"])
    assert mark_undeliverable(email="Nha@X.vn ") == 2
    first = ContactPoint.objects.filter(value="nha@x.vn").values_list("undeliverable_at", flat=True)[0]
    assert mark_undeliverable(email="nha@x.vn") == 0
    assert set(ContactPoint.objects.values_list("undeliverable_at", flat=True)) == {first}
    assert mark_undeliverable(email="không phải") == 0
