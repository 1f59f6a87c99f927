"""Two records become one customer with everything either had, and two again; nobody is lost in between."""

import threading

import pytest
from django.db import connection, transaction

from customers.errors import (
    AlreadyMerged,
    CustomerIsErased,
    CustomerNotFound,
    MergeInvalid,
    MergeNotFound,
    MergeNotUndoable,
    MergeOfErased,
)
from customers.models import Consent, ContactPoint, Customer, CustomField, Interaction, MergeRecord, NotDuplicate
from customers.selectors.consents import standing
from customers.selectors.customers import search, visible_to
from customers.selectors.duplicates import alike, duplicate_pairs
from customers.selectors.merging import KEPT, arrows, chosen_fields, survivor_of
from customers.services import import_run, imports
from customers.services.attachments import attach_file
from customers.services.consents import state_consent
from customers.services.custom_fields import save_custom_field
from customers.services.customers import create_customer, customers_in_use, update_customer
from customers.services.erasure import erase_customer, forget_again
from customers.services.interactions import record_interaction
from customers.services.merging import gather_late, keep_apart, merge_customers, undo_merge
from cxcrm.core.tokens import make_token
from cxcrm.demo.spreadsheet import SHOP_FILE_NAME, shop_file
from feedback.models import Complaint, Invitation, Response, Survey
from feedback.services.complaints import open_complaint
from feedback.services.dispatches import send_survey
from feedback.services.responses import record_response
from tenants.context import in_tenant
from tenants.models import AgendaItem
from tenants.staff.models import User
from tenants.staff.services.accounts import create_user
from tests.conftest import FirmClient
from tests.customers.test_import_run import take
from tests.customers.test_import_undo import undo
from tests.support.race import race
from workflows.models import Event

# Every arrow to a customer, each looked at by a person: a new model with one fails here until somebody has thought of
# what a merge does with it. "moves" is what the code does with all of them; the words say what that means.
LOOKED_AT = {
    "customers.attachment.customer": "files move",
    "customers.consent.customer": "a ledger: statements move, the latest of both holds",
    "customers.contactpoint.customer": "numbers and addresses move, twins go to the record, one stays preferred",
    "customers.customer.merged_into": "whoever was merged into the merged one leads on to the survivor",
    "customers.customer.organization": "the people of an organisation move",
    "customers.customerpersona.customer": "the survivor keeps its own; without one it takes the other's",
    "customers.segmentmember.customer": "membership moves, but where both belong",
    "customers.externalid.customer": "numbers elsewhere move",
    "customers.purchase.customer": "purchases move; their figures are counted anew whenever they are shown",
    "customers.fact.customer": "what is known moves; how well the customer is understood is counted anew",
    "customers.importrow.customer": "rows of files lead to the survivor",
    "customers.customer.referred_by": "whom they brought came by the survivor; no circle is tied",
    "customers.datarequest.customer": "requests move, but where both ask the same: one open one of a kind is a key",
    "customers.interaction.customer": "the timeline moves",
    "customers.quote.customer": "quotes move with the timeline they were said in",
    "feedback.answermark.customer": "marks move, but where both marked the same answer",
    "feedback.communityanswer.customer": "answers in the community move, but where both answered the same question",
    "feedback.communityquestion.customer": "questions move, but where both wait for an answer to the same",
    "feedback.complaint.customer": "complaints move",
    "feedback.reputationpoint.customer": "points move with the answers they were earned by",
    "journeys.stagevisit.customer": "visits move, told ones for good, read ones with the timeline they were read in",
    "journeys.reportedemotion.customer": "what was felt moves with who felt it",
    "feedback.invitation.customer": "move, but where both were asked in one sending: one a sending is a key",
    "feedback.response.customer": "answers move",
    "workflows.incomingmail.customer": "mails that came in move",
    "workflows.message.customer": "mails move",
    "workflows.promise.customer": "promises move with the complaints they were made in",
}

EVERYBODY = User(role="owner")


@pytest.fixture
def pair(in_alpha):
    lan = create_customer(
        full_name="Nguyễn Thị Lan", phones=["0912345678", "0987654321"], emails=["lan@khach.example"], tags=["quen"]
    )
    chi_lan = create_customer(
        full_name="C. Lan",
        phones=["0912345678", "0933444555"],
        emails=["lan2@khach.example"],
        tags=["Quen", "mới"],
        address="12 Lê Lợi, Đà Nẵng",
        external_ids={"till": "KH-2"},
        note="Thích trà",
    )
    return lan, chi_lan


def state_of(customer):
    customer = Customer.everyone.get(pk=customer.pk)
    fields = {
        field.attname: field.value_from_object(customer)
        for field in Customer._meta.concrete_fields
        if field.name not in {"version", "updated_at"}
    }
    points = sorted(customer.contact_points.values_list("kind", "value", "is_primary"))
    rows = {
        label: sorted(
            map(str, field.model._base_manager.filter(**{field.name: customer.pk}).values_list("pk", flat=True))
        )
        for label, field in arrows().items()
        if label != "customers.interaction.customer"
    }
    return fields, points, rows, sorted(customer.external_ids.values_list("source", "value"))


def test_every_arrow_to_a_customer_was_looked_at():
    assert set(arrows()) == set(LOOKED_AT)
    assert not KEPT & set(arrows())


@pytest.mark.django_db
class TestMerge:
    def test_everything_is_united_and_undone(self, pair, owner_alpha, run_agenda):
        lan, other = pair
        state_consent(customer_id=lan.pk, purpose="survey", granted=True, method="staff")
        state_consent(customer_id=other.pk, purpose="survey", granted=False, method="page")
        record_interaction(customer_id=other.pk, kind="call", what="call.logged", body="Hỏi giờ mở cửa")
        attach_file(customer_id=other.pk, file_name="a.txt", content=b"a")
        complaint = open_complaint(customer_id=other.pk, description="Chờ lâu", channel="staff")
        run_agenda()
        before = state_of(lan), state_of(other)
        used = customers_in_use()
        record = merge_customers(survivor_id=lan.pk, merged_id=other.pk, choices={"full_name": "survivor"})
        lan = Customer.objects.get(pk=lan.pk)
        assert (lan.full_name, lan.address, lan.note) == ("Nguyễn Thị Lan", "12 Lê Lợi, Đà Nẵng", "Thích trà")
        assert lan.tags == ["quen", "mới"]
        assert lan.salutation == "chi"
        points = list(lan.contact_points.filter(kind="phone").values_list("value", "is_primary"))
        assert points == [("+84912345678", True), ("+84933444555", False), ("+84987654321", False)]
        assert lan.contact_points.filter(kind="email", is_primary=True).get().value == "lan@khach.example"
        assert standing([lan.pk], Consent.Purpose.SURVEY) == {lan.pk: False}
        assert Complaint.objects.get(pk=complaint.pk).customer_id == lan.pk
        assert lan.external_ids.get().value == "KH-2"
        assert lan.attachments.count() == 1
        assert lan.interactions.filter(what="call.logged").count() == 1
        assert list(search(visible_to(EVERYBODY), "0933 444")) == [lan]
        assert not Customer.objects.filter(pk=other.pk).exists()
        assert (survivor_of(other.pk), survivor_of(lan.pk)) == (lan.pk, lan.pk)
        assert customers_in_use() == used - 1
        assert Event.objects.filter(name="customers.customers_merged").count() == 1

        undo_merge(merge_id=record.pk)
        assert (state_of(lan), state_of(other)) == before
        assert customers_in_use() == used
        record.refresh_from_db()
        assert record.left == {}
        with pytest.raises(MergeNotUndoable):
            undo_merge(merge_id=record.pk)
        again = merge_customers(survivor_id=lan.pk, merged_id=other.pk)
        assert again.pk != record.pk

    def test_what_changed_since_stays_and_is_listed(self, pair):
        lan, other = pair
        complaint = open_complaint(customer_id=other.pk, description="Chờ lâu", channel="staff")
        record = merge_customers(survivor_id=lan.pk, merged_id=other.pk)
        update_customer(customer_id=lan.pk, address="34 Trần Phú", tags=["quen", "mới", "vip"], phones=["0912345678"])
        undone = undo_merge(merge_id=record.pk)
        lan.refresh_from_db()
        assert lan.address == "34 Trần Phú"
        assert lan.tags == ["quen", "vip"]
        assert undone.left["fields"] == ["address"]
        assert len(undone.left["customers.contactpoint.customer"]) == 1
        assert Complaint.objects.get(pk=complaint.pk).customer_id == other.pk
        assert sorted(Customer.objects.get(pk=other.pk).contact_points.values_list("value", flat=True)) == [
            "+84912345678", "lan2@khach.example",
        ]  # fmt: skip

    def test_each_field_can_come_from_either_side(self, pair):
        lan, other = pair
        names = [field.name for field in chosen_fields()]
        assert {"full_name", "salutation", "address", "owner", "branch", "language", "organization"} <= set(names)
        merge_customers(survivor_id=lan.pk, merged_id=other.pk, choices=dict.fromkeys(names, "merged"))
        lan.refresh_from_db()
        assert (lan.full_name, lan.raw_name, lan.given_name) == ("Lan", "C. Lan", "Lan")
        assert (lan.salutation, lan.salutation_source) == (other.salutation, other.salutation_source)

    def test_a_sending_both_were_asked_in_keeps_both_invitations(self, pair, run_agenda):
        lan, other = pair
        for one in pair:
            state_consent(customer_id=one.pk, purpose="survey", granted=True, method="staff")
        sending = send_survey(survey_id=Survey.objects.get(metric="csat").pk, customer_ids=[lan.pk, other.pk])
        run_agenda()
        theirs = Invitation.objects.get(dispatch=sending, customer=other)
        record = merge_customers(survivor_id=lan.pk, merged_id=other.pk)
        assert record.stayed == {"feedback.invitation.customer": [str(theirs.pk)]}
        response = record_response(invitation_id=theirs.pk, score=2, words="Chờ lâu")
        assert Response.objects.get(pk=response.pk).customer_id == lan.pk
        undo_merge(merge_id=record.pk)
        assert Invitation.objects.get(pk=theirs.pk).customer_id == other.pk

    def test_chains_lead_to_the_last_and_are_undone_backwards(self, pair):
        lan, other = pair
        third = create_customer(full_name="Lan Nguyễn")
        first = merge_customers(survivor_id=other.pk, merged_id=third.pk)
        second = merge_customers(survivor_id=lan.pk, merged_id=other.pk)
        assert survivor_of(third.pk) == lan.pk
        with pytest.raises(MergeNotUndoable):
            undo_merge(merge_id=first.pk)
        undo_merge(merge_id=second.pk)
        assert survivor_of(third.pk) == other.pk
        undo_merge(merge_id=first.pk)
        assert survivor_of(third.pk) == third.pk

    def test_people_of_an_organisation_move(self, in_alpha):
        one, two = (create_customer(full_name=name, kind="organization") for name in ("Bình Minh", "Cty Bình Minh"))
        person = create_customer(full_name="Lê An", organization=two)
        merge_customers(survivor_id=one.pk, merged_id=two.pk)
        assert list(one.people.all()) == [person]

    def test_what_comes_to_the_old_record_later_is_gathered(self, pair):
        lan, other = pair
        record = merge_customers(survivor_id=lan.pk, merged_id=other.pk)
        late = Interaction.objects.create(customer_id=other.pk, kind="note", what="note", body="Muộn")
        assert gather_late(merge_id=record.pk) == 1
        assert gather_late(merge_id=record.pk) == 0
        late.refresh_from_db()
        assert late.customer_id == lan.pk
        undo_merge(merge_id=record.pk)
        late.refresh_from_db()
        assert late.customer_id == other.pk
        assert gather_late(merge_id=record.pk) == 0

    def test_refusals_change_nothing(self, pair):
        lan, other = pair
        firm = create_customer(full_name="Bình Minh", kind="organization")
        before = state_of(lan), state_of(other)
        unknown = Survey.objects.first().pk
        for error, values in [
            (MergeInvalid, {"survivor_id": lan.pk, "merged_id": lan.pk}),
            (MergeInvalid, {"survivor_id": lan.pk, "merged_id": firm.pk}),
            (MergeInvalid, {"survivor_id": lan.pk, "merged_id": other.pk, "choices": {"sort_key": "merged"}}),
            (MergeInvalid, {"survivor_id": lan.pk, "merged_id": other.pk, "choices": {"address": "both"}}),
            (CustomerNotFound, {"survivor_id": lan.pk, "merged_id": unknown}),
        ]:
            with pytest.raises(error):
                merge_customers(**values)
        with pytest.raises(MergeNotFound):
            undo_merge(merge_id=unknown)
        assert (state_of(lan), state_of(other)) == before
        assert not MergeRecord.objects.exists()

    def test_fields_of_the_firms_own_and_parts_of_an_address_stay_together(self, in_alpha):
        for key in ("hang", "size"):
            save_custom_field(field=CustomField(key=key, label_vi=key))
        one = create_customer(full_name="Lan", custom={"hang": "vàng"}, ward="Hải Châu", province_code="48")
        two = create_customer(
            full_name="Lan", custom={"hang": "bạc", "size": "38"}, street_line="5 Hùng Vương", ward="Thanh Khê",
            province_code="48",
        )  # fmt: skip
        before = state_of(one), state_of(two)
        record = merge_customers(survivor_id=one.pk, merged_id=two.pk, choices={"address": "merged"})
        one.refresh_from_db()
        assert one.custom == {"hang": "vàng", "size": "38"}
        assert (one.address, one.street_line, one.ward, one.province_code) == (
            two.address, two.street_line, two.ward, two.province_code,
        )  # fmt: skip
        undo_merge(merge_id=record.pk)
        assert (state_of(one), state_of(two)) == before


@pytest.mark.django_db
class TestErased:
    def test_whoever_was_merged_is_forgotten_with_the_survivor_and_stays_merged(self, pair):
        lan, other = pair
        third = create_customer(full_name="Canary Ba", note="canary")
        merge_customers(survivor_id=other.pk, merged_id=third.pk)
        record = merge_customers(survivor_id=lan.pk, merged_id=other.pk)
        erase_customer(customer_id=lan.pk)
        rows = list(Customer.everyone.all())
        assert [(one.full_name, one.note, one.address, one.erased_at is None) for one in rows] == [
            ("Khách đã xoá dữ liệu", "", "", False)
        ] * 3
        told = MergeRecord.objects.values_list("merged_name", "merged_state", "survivor_before", "dropped")
        assert list(told) == [("(đã xoá)", {}, {}, [])] * 2
        assert [one.data for one in Interaction.objects.filter(what="customer.merged")] == [{}, {}]
        with pytest.raises(MergeOfErased):
            undo_merge(merge_id=record.pk)
        fresh = create_customer(full_name="Mới")
        for one, two in ((fresh, lan), (lan, fresh)):
            with pytest.raises(CustomerIsErased):
                merge_customers(survivor_id=one.pk, merged_id=two.pk)
        assert Customer.everyone.filter(merged_into=lan).count() == 2

    def test_after_the_way_back_only_one_is_forgotten(self, pair):
        lan, other = pair
        record = merge_customers(survivor_id=lan.pk, merged_id=other.pk)
        undo_merge(merge_id=record.pk)
        erase_customer(customer_id=other.pk)
        record.refresh_from_db()
        assert "Lan" not in record.merged_name
        lan.refresh_from_db()
        assert lan.full_name == "Nguyễn Thị Lan"
        assert lan.contact_points.count() == 3
        assert {entry.data.get("name") for entry in lan.interactions.all()} == {None}

    def test_a_backup_that_is_older_than_the_way_back_brings_nobody_down_with_them(self, pair):
        lan, other = pair
        third = create_customer(full_name="Lê Ba", phones=["0909111222"])
        merge_customers(survivor_id=other.pk, merged_id=third.pk)
        merge_customers(survivor_id=lan.pk, merged_id=other.pk)
        forget_again(third.pk)
        assert Customer.objects.get(pk=third.pk).erased_at is not None
        assert [Customer.objects.get(pk=one.pk).erased_at for one in pair] == [None, None]
        assert not ContactPoint.objects.filter(value="+84909111222").exists()
        assert ContactPoint.objects.filter(customer=other).count() == 3
        assert {one.data.get("name") for one in Interaction.objects.filter(what="customer.merged")} == {
            None, other.full_name,
        }  # fmt: skip


@pytest.mark.django_db
class TestImports:
    def test_undoing_an_import_spares_who_was_merged_and_says_so(self, in_alpha):
        known = create_customer(full_name="Trần Bình", phones=["0909000111"], external_ids={"file": "KH9"})
        job = take("KH1;Lan;0912345678", "KH2;Nguyễn Lan;0977000111", "KH3;Minh;0988000111", "KH9;Trần Bình;0909000222")
        lan, other, minh = (Customer.objects.get(external_ids__value=f"KH{number}") for number in (1, 2, 3))
        merge_customers(survivor_id=lan.pk, merged_id=other.pk)
        merge_customers(survivor_id=minh.pk, merged_id=known.pk)
        job = undo(job)
        assert [(row.outcome, row.problems[0]["code"]) for row in job.rows.order_by("number")] == [
            ("kept", "kept_in_use")
        ] * 4
        assert (job.undone_count, job.kept_count) == (0, 4)
        assert set(Customer.objects.all()) == {lan, minh}
        assert Customer.everyone.count() == 4
        assert ContactPoint.objects.filter(customer=minh).count() == 3


@pytest.mark.django_db
class TestDuplicates:
    def test_pairs_are_ranked_by_what_they_share(self, pair):
        lan, other = pair
        same = [create_customer(full_name="Trần Hà", address="5 Hùng Vương") for _turn in range(2)]
        twin = create_customer(full_name="Nguyễn Thị Lan", phones=["0987654321"], emails=["lan@khach.example"])
        create_customer(full_name="Trần Hà", address="Chỗ khác")
        create_customer(full_name="Công ty Lan", kind="organization", phones=["0987654321"])
        found = [({pair.first.pk, pair.second.pk}, pair.certainty) for pair in duplicate_pairs()]
        assert found == [({lan.pk, twin.pk}, 99), ({one.pk for one in same}, 85), ({lan.pk, other.pk}, 55)]
        keep_apart(first_id=same[1].pk, second_id=same[0].pk)
        keep_apart(first_id=same[0].pk, second_id=same[1].pk)
        merge_customers(survivor_id=lan.pk, merged_id=twin.pk)
        assert [{one.first.pk, one.second.pk} for one in duplicate_pairs()] == [{lan.pk, other.pk}]
        assert NotDuplicate.objects.count() == 1
        with pytest.raises(MergeInvalid):
            keep_apart(first_id=lan.pk, second_id=lan.pk)
        with pytest.raises(CustomerNotFound):
            keep_apart(first_id=lan.pk, second_id=twin.pk)

    def test_a_number_many_share_says_nothing(self, in_alpha):
        for number in range(7):
            create_customer(full_name=f"Khách {number}", phones=["0912345678"])
        assert duplicate_pairs() == []

    def test_whom_a_new_customer_may_be(self, pair):
        lan, other = pair
        assert [(one, why) for one, why in alike(full_name="X", phones=["0933.444.555"])] == [(other, "phone")]
        assert [(one, why) for one, why in alike(full_name="X", emails=["LAN@khach.example"])] == [(lan, "email")]
        assert alike(full_name="lan", address=" 12 lê lợi, đà nẵng ") == [(other, "place")]
        home = {"ward": "Hải Châu", "province_code": "48"}
        an, twin = (
            create_customer(full_name="Lê An", street_line=street, **home) for street in ("5 Lê Lợi", "5 đường Lê Lợi")
        )
        create_customer(full_name="Lê An", street_line="5 Lê Lợi", ward="Hải Châu", province_code="01")
        assert alike(full_name="Lê An", ward="phường hải châu", province_code="48", but=an.pk) == [(twin, "place")]
        assert [{one.first, one.second} for one in duplicate_pairs() if one.place] == [{an, twin}]
        assert alike(full_name="Lan", address="nơi khác", phones=["nhầm"], emails=["nhầm"]) == []
        assert alike(full_name="X", phones=["0933444555"], but=other.pk) == []


@pytest.mark.django_db
class TestDoors:
    def test_pages(self, staff_client_alpha, pair, run_agenda):
        lan, other = pair
        base = "/admin/customers/customer"
        assert "0912 345 678" in staff_client_alpha.get(f"{base}/duplicates/").content.decode()
        assert "C. Lan" not in staff_client_alpha.get(f"{base}/{lan.pk}/merge/?q=khong+ai").content.decode()
        page = staff_client_alpha.get(f"{base}/{lan.pk}/merge/?with={other.pk}").content.decode()
        assert 'name="side-address"' in page
        done = staff_client_alpha.post(f"{base}/{lan.pk}/merge/?with={other.pk}", {"side-full_name": "merged"})
        assert done["Location"] == f"{base}/{lan.pk}/change/"
        lan.refresh_from_db()
        assert lan.full_name == "Lan"
        old = staff_client_alpha.get(f"{base}/{other.pk}/change/")
        assert old["Location"] == f"{base}/{lan.pk}/change/"
        assert staff_client_alpha.get(done["Location"]).status_code == 200
        record = MergeRecord.objects.get()
        url = f"/admin/customers/mergerecord/{record.pk}"
        assert staff_client_alpha.get(f"{url}/change/").status_code == 200
        assert staff_client_alpha.get(f"{url}/undo/").status_code == 200
        staff_client_alpha.post(f"{url}/undo/")
        record.refresh_from_db()
        assert record.undone_at is not None
        staff_client_alpha.post(f"{base}/duplicates/", {"first": lan.pk, "second": other.pk})
        assert NotDuplicate.objects.count() == 1
        assert staff_client_alpha.post(f"{base}/duplicates/", {"first": "x"}).status_code == 302

    def test_a_new_customer_who_may_be_here_already_is_a_question(self, staff_client_alpha, pair):
        form = {"kind": "person", "full_name": "Lan Mới", "phones": "0912345678", "language": "vi"}
        asked = staff_client_alpha.post("/admin/customers/customer/add/", form)
        assert asked.status_code == 200
        assert "Có thể đã có khách này" in asked.content.decode()
        assert Customer.objects.filter(full_name="Lan Mới").count() == 0
        assert staff_client_alpha.post("/admin/customers/customer/add/", {**form, "anyway": "1"}).status_code == 302
        assert Customer.objects.filter(full_name="Lan Mới").count() == 1

    def test_old_links_lead_on(self, api_alpha, client_alpha, pair):
        lan, other = pair
        client = api_alpha(["customers:write"])
        body = {"survivor": str(lan.pk), "merged": str(other.pk)}
        made = client.post("/api/v1/merges/", body, content_type="application/json")
        assert made.status_code == 201
        gone = client.get(f"/api/v1/customers/{other.pk}/")
        assert (gone.status_code, gone.json()["data"]) == (410, {"customer": str(lan.pk)})
        token = make_token("opt-out", other.pk)
        assert client_alpha.post(f"/u/{token}/", {"choice": "stop"}).status_code in {302, 303}
        assert standing([lan.pk], Consent.Purpose.SURVEY) == {lan.pk: False}
        undone = client.post(f"/api/v1/merges/{made.json()['id']}/undo/", {}, content_type="application/json")
        assert undone.status_code == 200
        assert client.get(f"/api/v1/customers/{other.pk}/").status_code == 200

    def test_pairs_through_the_api_until_somebody_says_they_are_two(self, api_alpha, pair):
        client = api_alpha(["customers:write"])
        (shown,) = client.get("/api/v1/duplicates/").json()
        assert {shown["first"], shown["second"]} == {str(one.pk) for one in pair}
        assert {shown["first_name"], shown["second_name"]} == {one.full_name for one in pair}
        assert (shown["phone"], shown["certainty"] > 25) == (True, True)
        both = {name: shown[name] for name in ("first", "second")}
        keep = "/api/v1/duplicates/keep-apart/"
        assert api_alpha(["customers:read"]).post(keep, both, content_type="application/json").status_code == 403
        same = {"first": both["first"], "second": both["first"]}
        assert client.post(keep, same, content_type="application/json").status_code == 400
        assert not NotDuplicate.objects.exists()
        assert client.post(keep, both, content_type="application/json").status_code == 204
        assert client.get("/api/v1/duplicates/").json() == []

    def test_who_may_not_write_merges_nothing(self, alpha, pair):
        lan, other = pair
        client = FirmClient(alpha)
        client.force_login(create_user(email="doc@alpha.example", full_name="Đọc", role="read_only"))
        assert client.post(f"/admin/customers/customer/{lan.pk}/merge/?with={other.pk}").status_code == 403
        assert (
            client.post("/admin/customers/customer/duplicates/", {"first": lan.pk, "second": other.pk}).status_code
            == 403
        )
        assert client.get("/admin/customers/customer/duplicates/").status_code == 200
        assert (MergeRecord.objects.count(), NotDuplicate.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_overlapping_pairs(self, alpha):
        with in_tenant(alpha):
            ids = [create_customer(full_name=f"Lan {n}", phones=["0912345678"]).pk for n in range(3)]
        outcomes = race(
            alpha,
            *[
                lambda a=a, b=b: merge_customers(survivor_id=ids[a], merged_id=ids[b])
                for a, b in ((0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0))
            ],
        )
        done = [one for one in outcomes if isinstance(one, MergeRecord)]
        assert len(done) == 2
        assert {type(one) for one in outcomes} == {MergeRecord, AlreadyMerged}
        with in_tenant(alpha):
            (last,) = Customer.objects.all()
            assert {survivor_of(pk) for pk in ids} == {last.pk}
            assert ContactPoint.objects.filter(customer=last).count() == 1

    def test_an_import_and_a_merge(self, alpha):
        with in_tenant(alpha):
            job = imports.check_file(data=shop_file(), file_name=SHOP_FILE_NAME)
            imports.start_import(job_id=job.pk)
            phone = next(row.values["phones"][0][0] for row in job.rows.order_by("number") if row.values.get("phones"))
            a, b = (create_customer(full_name=f"Trùng {n}", phones=[phone]).pk for n in range(2))
            AgendaItem.objects.all().delete()
        outcomes = race(
            alpha,
            lambda: import_run.continue_import(job_id=job.pk),
            lambda: merge_customers(survivor_id=a, merged_id=b),
        )
        assert [one for one in outcomes if isinstance(one, Exception)] == []
        with in_tenant(alpha):
            assert Customer.everyone.get(pk=b).merged_into_id == a
            assert not Interaction.objects.filter(customer_id=b).exclude(what="customer.created").exists()

    def test_an_answer_that_waits_for_a_merge_is_kept(self, alpha):
        with in_tenant(alpha):
            a, b = (create_customer(full_name=f"Lan {n}", emails=[f"lan{n}@khach.example"]).pk for n in range(2))
            state_consent(customer_id=b, purpose="survey", granted=True, method="staff")
            sending = send_survey(survey_id=Survey.objects.get(metric="csat").pk, customer_ids=[b])
            invitation = sending.invitations.get()
            Invitation.objects.filter(pk=invitation.pk).update(state="sent")
        merged = threading.Event()

        def merge():
            with transaction.atomic():
                record = merge_customers(survivor_id=a, merged_id=b)
                merged.set()
                with connection.cursor() as cursor:
                    for _look in range(500):
                        cursor.execute("SELECT pg_sleep(0.02), pg_stat_clear_snapshot()")
                        cursor.execute(
                            "SELECT count(*) FROM pg_stat_activity "
                            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
                        )
                        if cursor.fetchone()[0]:
                            return record
            raise AssertionError("nobody waited for the merge")

        def answer():
            assert merged.wait(timeout=30)
            return record_response(invitation_id=invitation.pk, score=1, words="Chờ lâu")

        record, answered = race(alpha, merge, answer)
        assert isinstance(record, MergeRecord), record
        assert isinstance(answered, Response), answered
        with in_tenant(alpha):
            assert Response.objects.get().customer_id == a

    def test_an_answer_and_a_merge(self, alpha):
        with in_tenant(alpha):
            a, b = (create_customer(full_name=f"Lan {n}", emails=[f"lan{n}@khach.example"]).pk for n in range(2))
            state_consent(customer_id=b, purpose="survey", granted=True, method="staff")
            sending = send_survey(survey_id=Survey.objects.get(metric="csat").pk, customer_ids=[b])
            invitation = sending.invitations.get()
            Invitation.objects.filter(pk=invitation.pk).update(state="sent")
        answered, record = race(
            alpha,
            lambda: record_response(invitation_id=invitation.pk, score=1, words="Chờ lâu"),
            lambda: merge_customers(survivor_id=a, merged_id=b),
        )
        assert isinstance(record, MergeRecord)
        assert isinstance(answered, Response)
        with in_tenant(alpha):
            gather_late(merge_id=record.pk)
            assert Response.objects.get().customer_id == a
            assert not Complaint.objects.exclude(customer_id=a).exists()
