"""Customers at the desk: finding, adding, editing side by side, noting, importing, asking."""

import io

import pytest

from customers.models import Consent, Customer, ImportJob, Interaction, Purchase
from customers.services.customers import create_customer
from cxcrm.core.clock import now
from feedback.models import Complaint, Dispatch, Invitation, Survey
from tenants.staff.models import Branch
from tenants.staff.roles import Role
from tenants.staff.services.configuration import save_branch


def form_of(customer, **changes):
    points = list(customer.contact_points.all())
    return {
        "kind": customer.kind,
        "full_name": customer.full_name,
        "salutation": customer.salutation,
        "formal_title": "",
        "phones": "\n".join(point.value for point in points if point.kind == "phone"),
        "emails": "\n".join(point.value for point in points if point.kind == "email"),
        "language": customer.language,
        "note": customer.note,
        "version": customer.version,
        **changes,
    }


def test_a_customer_is_added_by_the_service(staff_client_alpha, in_alpha):
    form = {"kind": "person", "full_name": "C. Hà", "language": "vi", "phones": "0987 654 321"}
    answer = staff_client_alpha.post("/admin/customers/customer/add/", form)
    made = Customer.objects.get(full_name="Hà")
    assert answer["Location"] == f"/admin/customers/customer/{made.pk}/change/"
    assert made.salutation == "chi"
    assert made.contact_points.get().value == "+84987654321"


def test_a_refusal_stands_at_its_field(staff_client_alpha, in_alpha):
    form = {"kind": "person", "full_name": "Hà", "language": "vi", "emails": "không phải thư"}
    answer = staff_client_alpha.post("/admin/customers/customer/add/", form)
    assert answer.status_code == 200
    assert answer.context["form"].errors["emails"]
    assert not Customer.objects.exists()


def test_the_second_editor_sees_the_conflict_and_loses_nothing(staff_client_alpha, desk):
    url = f"/admin/customers/customer/{desk.customer.pk}/edit/"
    first = form_of(desk.customer, note="Thích ngồi gần cửa sổ.")
    second = form_of(desk.customer, street_line="12 Lê Lợi", note="Không uống sữa bò.")
    assert staff_client_alpha.post(url, first).status_code == 302
    answer = staff_client_alpha.post(url, second)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Không uống sữa bò." in page
    assert "Thích ngồi gần cửa sổ." in page
    assert Customer.objects.get(pk=desk.customer.pk).note == "Thích ngồi gần cửa sổ."
    again = second | {"version": answer.context["form"]["version"].value()}
    assert staff_client_alpha.post(url, again).status_code == 302
    stored = Customer.objects.get(pk=desk.customer.pk)
    assert (stored.note, stored.address) == ("Không uống sữa bò.", "12 Lê Lợi")


def test_a_chosen_salutation_is_confirmed_by_staff(staff_client_alpha, desk):
    url = f"/admin/customers/customer/{desk.customer.pk}/edit/"
    staff_client_alpha.post(url, form_of(desk.customer, salutation="co"))
    stored = Customer.objects.get(pk=desk.customer.pk)
    assert (stored.salutation, stored.salutation_source) == ("co", "staff")


@pytest.mark.parametrize("text", ["nguyen thi lan", "LAN", "0912345", "345 678", "lan@khach"])
def test_found_without_accents_or_by_part_of_a_number(staff_client_alpha, desk, text):
    page = staff_client_alpha.get("/admin/customers/customer/", {"q": text}).content.decode()
    assert "Nguyễn Thị Lan" in page


def test_a_call_is_noted_in_two_taps(staff_client_alpha, desk):
    url = f"/admin/customers/customer/{desk.customer.pk}/change/"
    answer = staff_client_alpha.post(
        url, {"do": "log", "log-what": "call", "log-direction": "in", "log-body": "Khách hỏi giờ mở cửa."}
    )
    assert answer.status_code == 302
    noted = Interaction.objects.get(what="call.logged")
    assert (noted.kind, noted.direction, noted.body) == ("call", "in", "Khách hỏi giờ mở cửa.")
    assert "Khách hỏi giờ mở cửa." in staff_client_alpha.get(url).content.decode()


def test_two_taps_note_what_came_of_a_call_from_the_page_and_from_the_list(staff_client_alpha, client_as, desk):
    page = f"/admin/customers/customer/{desk.customer.pk}/change/"
    tap = {"do": "contact", "contact-how": "call", "contact-outcome": "no_answer", "contact-body": ""}
    assert staff_client_alpha.post(page, tap).status_code == 302
    log = f"/admin/customers/customer/{desk.customer.pk}/log/"
    assert log in staff_client_alpha.get("/admin/customers/customer/").content.decode()
    assert "tel:+84912345678" in staff_client_alpha.get(log).content.decode()
    came = {"contact-how": "visit", "contact-outcome": "came_by", "contact-body": "Mua hai ly"}
    assert staff_client_alpha.post(log, came)["Location"] == "/admin/customers/customer/"
    noted = [(row.what, row.data, row.body) for row in Interaction.objects.filter(kind__in=["call", "visit"])]
    assert noted == [
        ("visit.logged", {"outcome": "came_by"}, "Mua hai ly"),
        ("call.logged", {"outcome": "no_answer"}, ""),
    ]
    assert "Gọi điện: không bắt máy" in staff_client_alpha.get(f"{page}?kind=call&text=&since=x").content.decode()
    assert staff_client_alpha.post(log, {**came, "contact-how": "call"}).status_code == 200
    reader = client_as(Role.READ_ONLY)
    assert reader.post(log, came).status_code == 403
    assert log not in reader.get("/admin/customers/customer/").content.decode()
    assert Interaction.objects.filter(kind__in=["call", "visit"]).count() == 2


def test_a_withdrawn_consent_is_noted_with_its_evidence(staff_client_alpha, desk):
    url = f"/admin/customers/customer/{desk.customer.pk}/change/"
    form = {"do": "consent", "consent-purpose": "survey", "consent-granted": "0", "consent-evidence": "Gọi điện"}
    assert staff_client_alpha.post(url, form).status_code == 302
    latest = Consent.objects.filter(customer=desk.customer).first()
    assert (latest.granted, latest.method, latest.evidence) == (False, "staff", "Gọi điện")


def test_a_purchase_no_till_knows_of_is_added_by_hand(staff_client_alpha, client_as, desk):
    url = f"/admin/customers/customer/{desk.customer.pk}/change/"
    branch = Branch.objects.filter(is_active=True).first() or save_branch(branch=Branch(name="Tân Định"))
    form = {
        "do": "purchase", "purchase-items": "2 bạc xỉu", "purchase-amount": "1tr2",
        "purchase-occurred_at": "2026-03-02T07:30", "purchase-branch": str(branch.pk), "purchase-kind": "order",
        "purchase-state": "paid", "purchase-note": "", "purchase-covers_until": "2026-04-01",
    }  # fmt: skip
    assert staff_client_alpha.post(url, form).status_code == 302
    one = Purchase.objects.get()
    assert (one.items, one.amount, one.currency, one.branch, one.branch_name, one.source, one.external_id) == (
        "2 bạc xỉu", 1_200_000, "VND", branch, branch.name, "", "",
    )  # fmt: skip
    assert one.occurred_at.isoformat() == "2026-03-02T00:30:00+00:00"
    assert one.covers_until.isoformat() == "2026-04-01"
    entry = desk.customer.interactions.get(what="purchase.recorded")
    assert (entry.actor_kind, entry.body) == ("user", "2 bạc xỉu")
    assert "1.200.000" in staff_client_alpha.get(url).content.decode()
    for wrong in ({"purchase-amount": "nhiều"}, {"purchase-amount": "-5"}, {"purchase-amount": "1.5"},
                  {"purchase-occurred_at": "2999-01-01T00:00"}, {"purchase-occurred_at": ""},
                  {"purchase-covers_until": "2026-03-01"}, {"purchase-covers_until": "mai"},
                  {"purchase-kind": "loan"}, {"purchase-branch": str(desk.customer.pk)}):  # fmt: skip
        refused = staff_client_alpha.post(url, {**form, **wrong})
        assert refused.status_code == 200, wrong
        assert '<details id="purchase" open' in refused.content.decode()
    reader = client_as(Role.READ_ONLY)
    assert reader.post(url, form).status_code == 403
    assert 'id="purchase"' not in reader.get(url).content.decode()
    assert Purchase.objects.count() == 1


def test_read_only_changes_nothing(client_as, desk):
    client = client_as(Role.READ_ONLY)
    before = Interaction.objects.count()
    url = f"/admin/customers/customer/{desk.customer.pk}/change/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"do": "log", "log-what": "note", "log-body": "x"}).status_code == 403
    assert client.get(f"/admin/customers/customer/{desk.customer.pk}/edit/").status_code == 403
    assert client.get("/admin/customers/importjob/add/").status_code == 403
    assert Interaction.objects.count() == before


def test_another_firms_customer_does_not_exist_here(client_beta, owner_beta, desk):
    client_beta.force_login(owner_beta)
    for page in ("change", "edit", "log"):
        answer = client_beta.get(f"/admin/customers/customer/{desk.customer.pk}/{page}/")
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("ident", ["nonsense", "019a0000-0000-7000-8000-000000000000", "%00"])
def test_an_unknown_customer_leads_home_with_a_word(staff_client_alpha, ident):
    answer = staff_client_alpha.get(f"/admin/customers/customer/{ident}/change/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def upload(client, text):
    file = io.BytesIO(text.encode())
    file.name = "khach.csv"
    return client.post("/admin/customers/importjob/add/", {"file": file})


CSV = "Tên khách hàng,Điện thoại,Email,Đồng ý khảo sát\nTrần An,0903111222,an@khach.example,có\n,,,\nVũ Bê,,khong,\n"


def test_an_import_is_checked_first_and_then_carried_out(staff_client_alpha, in_alpha, run_agenda):
    answer = upload(staff_client_alpha, CSV)
    job = ImportJob.objects.get()
    assert answer["Location"] == f"/admin/customers/importjob/{job.pk}/change/"
    page = staff_client_alpha.get(answer["Location"]).content.decode()
    assert "Trần An" in page
    assert not Customer.objects.exists()
    refused = staff_client_alpha.get(f"/admin/customers/importjob/{job.pk}/refused.csv")
    assert "Vũ Bê" in refused.content.decode()
    assert staff_client_alpha.post(answer["Location"], {"do": "start"}).status_code == 302
    assert 'http-equiv="refresh"' in staff_client_alpha.get(answer["Location"]).content.decode()
    run_agenda()
    assert Customer.objects.get().full_name == "Trần An"
    assert staff_client_alpha.get(answer["Location"]).context["job"].created_count == 1


def test_columns_may_be_read_otherwise(staff_client_alpha, in_alpha):
    url = upload(staff_client_alpha, CSV)["Location"]
    staff_client_alpha.post(url, {"do": "remap", "column-0": "full_name", "column-1": "phone"})
    assert ImportJob.objects.get().mapping == {"0": "full_name", "1": "phone"}


def test_a_discarded_file_changes_nothing(staff_client_alpha, in_alpha):
    url = upload(staff_client_alpha, CSV)["Location"]
    staff_client_alpha.post(url, {"do": "discard"})
    assert ImportJob.objects.get().state == "discarded"
    staff_client_alpha.post(url, {"do": "start"})
    assert ImportJob.objects.get().state == "discarded"


def test_what_is_no_table_is_refused_with_a_reason(staff_client_alpha, in_alpha):
    answer = upload(staff_client_alpha, "")
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not ImportJob.objects.exists()


def test_a_survey_is_previewed_and_sent(staff_client_alpha, desk):
    Survey.objects.filter(metric="nps").update(is_active=True)
    survey = Survey.objects.filter(metric="nps").first()
    stranger = Customer.objects.create(full_name="Chưa Hỏi")
    asked = {"survey": survey.pk, "ids": f"{desk.customer.pk},{stranger.pk}"}
    desk.complaint.delete()
    page = staff_client_alpha.get("/admin/feedback/dispatch/add/", asked)
    assert page.context["preview"].sendable == [desk.customer.pk]
    assert page.context["preview"].skipped == {"no_consent": 1}
    assert not Invitation.objects.exists()
    answer = staff_client_alpha.post("/admin/feedback/dispatch/add/", asked)
    dispatch = Dispatch.objects.get()
    assert answer["Location"] == f"/admin/feedback/dispatch/{dispatch.pk}/change/"
    assert (dispatch.matched, dispatch.invited) == (2, 1)
    assert dispatch.sent_by.full_name == "Trần Thị Chủ"
    assert staff_client_alpha.get(answer["Location"]).status_code == 200


def test_the_audience_may_be_a_filter(staff_client_alpha, desk):
    survey = Survey.objects.filter(is_active=True).first()
    page = staff_client_alpha.get("/admin/feedback/dispatch/add/", {"survey": survey.pk, "q": "lan"})
    assert page.context["preview"].matched == 1
    page = staff_client_alpha.get("/admin/feedback/dispatch/add/", {"survey": survey.pk, "tag": "vip"})
    assert page.context["preview"].matched == 0


def test_from_the_list_of_customers_to_the_sending_page(staff_client_alpha, desk):
    url = "/admin/customers/customer/"
    chosen = {"action": "ask_customers", "_selected_action": [desk.customer.pk], "index": 0, "select_across": 0}
    answer = staff_client_alpha.post(url, chosen)
    assert answer["Location"] == f"/admin/feedback/dispatch/add/?ids={desk.customer.pk}"
    answer = staff_client_alpha.post(f"{url}?q=lan", chosen | {"select_across": 1})
    assert answer["Location"] == "/admin/feedback/dispatch/add/?q=lan"


def test_ids_that_are_none_are_refused(staff_client_alpha, desk):
    survey = Survey.objects.filter(is_active=True).first()
    page = staff_client_alpha.get("/admin/feedback/dispatch/add/", {"survey": survey.pk, "ids": "x"})
    assert page.context["preview"] is None


class TestErasing:
    @pytest.fixture
    def url(self, desk):
        return f"/admin/customers/customer/{desk.customer.pk}/erase/"

    def close(self, desk):
        Complaint.objects.filter(pk=desk.complaint.pk).update(state="referred_external", closed_at=now())

    def test_it_is_asked_first_and_then_for_good(self, staff_client_alpha, desk, url):
        self.close(desk)
        page = staff_client_alpha.get(url).text
        assert "Xoá dữ liệu cá nhân của" in page
        assert "Lan" in page
        assert Customer.objects.get(pk=desk.customer.pk).full_name != "Khách đã xoá dữ liệu"
        answer = staff_client_alpha.post(url, follow=True).text
        assert "Dữ liệu cá nhân đã được xoá ngày" in answer
        assert "Lan" not in answer
        assert f"{desk.customer.pk}/edit/" not in answer
        assert url not in answer
        stored = Customer.objects.get(pk=desk.customer.pk)
        assert (stored.full_name, stored.given_name, stored.contact_points.count()) == ("Khách đã xoá dữ liệu", "", 0)
        assert staff_client_alpha.get("/admin/customers/customer/?q=0912345678").context["cl"].result_count == 0

    def test_an_open_case_holds_it_up(self, staff_client_alpha, desk, url):
        answer = staff_client_alpha.post(url, follow=True).text
        assert f"Khiếu nại {desk.complaint.number} vẫn đang mở" in answer
        assert Customer.objects.get(pk=desk.customer.pk).erased_at is None

    @pytest.mark.parametrize(
        ("role", "status"),
        [(Role.MANAGER, 200), (Role.AGENT, 403), (Role.EXECUTIVE, 403), (Role.READ_ONLY, 403)],
    )
    def test_it_takes_the_right_to_manage_customers(self, client_as, desk, url, role, status):
        self.close(desk)
        client = client_as(role)
        assert client.get(url).status_code == status
        assert (url in client.get(f"/admin/customers/customer/{desk.customer.pk}/change/").text) == (status == 200)
        client.post(url)
        assert (Customer.objects.get(pk=desk.customer.pk).erased_at is not None) == (status == 200)


def test_choices_above_the_list_narrow_it(staff_client_alpha, desk):
    create_customer(full_name="Trần Văn Nam", tags=["sỉ"], language="en")
    listed = "/admin/customers/customer/"
    found = {
        query: [row.full_name for row in staff_client_alpha.get(f"{listed}?{query}").context["cl"].result_list]
        for query in ("tag=s%E1%BB%89", "language__exact=vi", "kind__exact=organization", "branch__id__exact=x", "")
    }
    assert found == {
        "tag=s%E1%BB%89": ["Trần Văn Nam"],
        "language__exact=vi": ["Nguyễn Thị Lan"],
        "kind__exact=organization": [],
        "branch__id__exact=x": [],
        "": ["Trần Văn Nam", "Nguyễn Thị Lan"],
    }
    assert '<option value="sỉ"' in staff_client_alpha.get(listed).content.decode()
