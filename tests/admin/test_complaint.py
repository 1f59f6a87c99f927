"""Working a complaint from its page: each act asks its service, a refusal keeps the words."""

from decimal import Decimal

import pytest

from feedback.models import Complaint, Remedy, RootCause
from tenants.context import in_tenant
from tenants.staff.roles import Role
from tests.support.side import seen
from workflows.models import Compensation, Event


@pytest.fixture
def url(desk):
    return f"/admin/feedback/complaint/{desk.complaint.pk}/change/"


def act(client, url, do, **fields):
    return client.post(url, {"do": do, **{f"{do}-{name}": value for name, value in fields.items()}})


def state(desk):
    return Complaint.objects.get(pk=desk.complaint.pk)


def test_from_received_to_resolved(staff_client_alpha, desk, url):
    assert act(staff_client_alpha, url, "start").status_code == 302
    assert state(desk).state == "investigating"
    remedy = Remedy.objects.filter(touchpoint=None).first()
    act(staff_client_alpha, url, "remedy", remedy=remedy.pk, note="")
    assert state(desk).remedy_id == remedy.pk
    act(staff_client_alpha, url, "note", body="Đã gọi khách.")
    act(staff_client_alpha, url, "reply", body="Chào chị Lan, em xin lỗi.")
    assert list(state(desk).notes.values_list("body", "is_internal")) == [
        ("Đã gọi khách.", True),
        ("Chào chị Lan, em xin lỗi.", False),
    ]
    cause = RootCause.objects.exclude(parent=None).first()
    answer = act(staff_client_alpha, url, "resolve", root_cause=cause.pk, action_taken="Pha lại ly mới.")
    assert answer.status_code == 302
    row = state(desk)
    assert (row.state, row.root_cause_id, row.action_taken) == ("communicated", cause.pk, "Pha lại ly mới.")
    assert Event.objects.filter(name="feedback.complaint_resolved").get().actor_label == "Trần Thị Chủ"


def test_resolving_without_cause_keeps_the_words(staff_client_alpha, desk, url):
    answer = act(staff_client_alpha, url, "resolve", root_cause="", action_taken="Đã hoàn tiền cho khách")
    assert answer.status_code == 200
    assert "Đã hoàn tiền cho khách" in answer.content.decode()
    assert state(desk).state == "received"


def test_what_a_service_refuses_is_one_sentence(staff_client_alpha, desk, url):
    cause = RootCause.objects.exclude(parent=None).first()
    act(staff_client_alpha, url, "resolve", root_cause=cause.pk, action_taken="Xong.")
    answer = act(staff_client_alpha, url, "start")
    assert answer.status_code == 200
    assert 'class="cx-alarm"' in answer.content.decode()
    assert state(desk).state == "communicated"


def test_severity_owner_reopen_and_refer(staff_client_alpha, desk, url, person):
    act(staff_client_alpha, url, "assess", severity="S1")
    assert state(desk).severity == "S1"
    colleague = person(Role.AGENT)
    act(staff_client_alpha, url, "assign", owner=colleague.pk, note="Nhờ em.")
    assert state(desk).owner_id == colleague.pk
    seen(desk.complaint)
    cause = RootCause.objects.exclude(parent=None).first()
    act(staff_client_alpha, url, "resolve", root_cause=cause.pk, action_taken="Xong.")
    act(staff_client_alpha, url, "reopen", words="Vẫn chưa nhận được tiền.")
    assert (state(desk).state, state(desk).reopened_count) == ("reopened", 1)
    act(staff_client_alpha, url, "refer", note="Hội bảo vệ người tiêu dùng.")
    assert state(desk).state == "referred_external"


def test_the_authority_limit_holds_at_the_desk_too(client_as, desk, url):
    dear = Remedy.objects.create(name="Hoàn tiền cả năm", cost=Decimal(5_000_000))
    answer = act(client_as(Role.AGENT), url, "remedy", remedy=dear.pk, note="")
    assert answer.status_code == 302
    assert state(desk).remedy_id is None
    row = Compensation.objects.get()
    assert (row.state, row.remedy_id, row.amount) == ("waiting", dear.pk, Decimal(5_000_000))


def test_read_only_sees_and_cannot_act(client_as, desk, url):
    client = client_as(Role.READ_ONLY)
    page = client.get(url)
    assert page.status_code == 200
    assert 'name="do"' not in page.content.decode()
    assert act(client, url, "start").status_code == 403
    assert state(desk).state == "received"


def test_an_unknown_act_is_refused(staff_client_alpha, desk, url):
    assert act(staff_client_alpha, url, "delete").status_code == 403
    assert state(desk).state == "received"


def test_staff_take_a_complaint(staff_client_alpha, desk):
    form = {"description": "Wifi tầng 2 rớt hoài.", "severity": "S4"}
    answer = staff_client_alpha.post(f"/admin/feedback/complaint/add/?customer={desk.customer.pk}", form)
    made = Complaint.objects.exclude(pk=desk.complaint.pk).get()
    assert answer["Location"] == f"/admin/feedback/complaint/{made.pk}/change/"
    assert (made.customer_id, made.channel, made.severity) == (desk.customer.pk, "staff", "S4")


@pytest.mark.parametrize("customer", ["", "nonsense", "019a0000-0000-7000-8000-000000000000"])
def test_a_complaint_needs_a_customer(staff_client_alpha, customer):
    answer = staff_client_alpha.get(f"/admin/feedback/complaint/add/?customer={customer}")
    assert answer["Location"] == "/admin/customers/customer/"


@pytest.mark.parametrize(
    ("show", "found"),
    [("open", True), ("mine", True), ("overdue", False), ("waiting", False), ("closed", False), ("all", True)],
)
def test_the_tabs_of_the_list(staff_client_alpha, desk, show, found, run_agenda):
    desk.complaint.owner = desk.complaint.owner.__class__.objects.get(email="chu@alpha.example")
    desk.complaint.save(update_fields=["owner"])
    run_agenda()
    page = staff_client_alpha.get(f"/admin/feedback/complaint/?show={show}").content.decode()
    assert (desk.complaint.number in page) is found


@pytest.mark.parametrize("text", ["lan", "345678", "bạc xỉu"])
def test_complaints_are_found_by_customer_and_words(staff_client_alpha, desk, text):
    page = staff_client_alpha.get("/admin/feedback/complaint/", {"q": text}).content.decode()
    assert desk.complaint.number in page


def test_another_firms_complaint_does_not_exist_here(client_beta, owner_beta, desk, url):
    client_beta.force_login(owner_beta)
    answer = client_beta.get(url)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert act(client_beta, url, "start").status_code == 302
    assert state(desk).state == "received"


def test_home_shows_what_is_mine_and_what_nobody_owns(staff_client_alpha, desk, owner_alpha, run_agenda):
    with in_tenant(staff_client_alpha.tenant):
        Complaint.objects.filter(pk=desk.complaint.pk).update(owner=owner_alpha)
    run_agenda()
    page = staff_client_alpha.get("/admin/").content.decode()
    assert desk.complaint.number in page
    assert "/admin/unowned/" in page
    assert "?target=touchpoint:" in staff_client_alpha.get("/admin/unowned/").content.decode()
