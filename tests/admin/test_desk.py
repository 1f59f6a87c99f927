"""The desk: queues with counts, quick filters, the board, and the same done to many."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from customers.services.customers import create_customer
from cxcrm.core.clock import now
from feedback.models import Complaint, RootCause
from feedback.services import complaints
from feedback.services.tagging import tag_complaint
from journeys.models import Touchpoint
from journeys.services.accountability import hand_over
from tenants.context import in_tenant
from tenants.staff.models import Department, User
from tenants.staff.roles import Role
from workflows.models import PauseReason
from workflows.selectors.queues import in_queue, queue_counts, with_next_due
from workflows.services.pauses import pause
from workflows.services.promises import make_promise

LIST = "/admin/feedback/complaint/"
BOARD = f"{LIST}board/"
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def opened(desk, owner_alpha):
    """Three more complaints of the desk's customer, one of them at a touchpoint somebody answers for."""
    touchpoint = Touchpoint.objects.exclude(pk=desk.complaint.touchpoint_id).first()
    hand_over(executive_id=owner_alpha.pk, touchpoint_id=touchpoint.pk, from_day=now().date() - timedelta(days=9))
    made = [
        complaints.open_complaint(
            customer_id=desk.customer.pk,
            description=f"Chuyện {number}",
            channel="staff",
            touchpoint_id=touchpoint.pk,
            severity="S3",
            owner_id=owner_alpha.pk,
        )
        for number in range(3)
    ]
    return made


def resolve(complaint):
    cause = RootCause.objects.exclude(parent=None).first()
    return complaints.resolve_complaint(complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken="Xong.")


def numbers(answer):
    return [row.number for row in answer.context["cl"].result_list]


def test_each_queue_shows_its_own_and_says_how_many(
    staff_client_alpha, alpha, desk, opened, owner_alpha, person, run_agenda, advance
):
    agent, other = person(Role.AGENT), person(Role.AGENT, name="Phạm Đã Nghỉ")
    with in_tenant(alpha):
        bar = Department.objects.create(name="Quầy pha chế")
        User.objects.filter(pk__in=[owner_alpha.pk, agent.pk]).update(department=bar)
        complaints.assign(complaint_id=desk.complaint.pk, owner_id=other.pk)
        complaints.assign(complaint_id=opened[1].pk, owner_id=agent.pk)
        resolve(opened[2])
        User.objects.filter(pk=other.pk).update(is_active=False)
    run_agenda()
    shown = {code: set(numbers(staff_client_alpha.get(LIST, {"show": code}))) for code in ("mine", "team", "unowned")}
    assert shown == {
        "mine": {opened[0].number},
        "team": {opened[0].number, opened[1].number},
        "unowned": {desk.complaint.number},  # its owner has left, and nobody answers for where it happened
    }
    assert numbers(staff_client_alpha.get(LIST, {"show": "waiting"})) == [opened[2].number]
    assert numbers(staff_client_alpha.get(LIST, {"show": "overdue"})) == []
    advance(timedelta(days=30))
    staff_client_alpha.force_login(owner_alpha)
    answer = staff_client_alpha.get(LIST, {"show": "overdue"})
    assert set(numbers(answer)) == {desk.complaint.number, opened[0].number, opened[1].number}
    counts = {code: count for code, _label, count in answer.context["queues"]}
    assert counts == {
        "mine": 1, "team": 2, "overdue": 3, "unowned": 1, "waiting": 1, "paused": 0, "open": 3,
        "closed": None, "all": None,
    }  # fmt: skip
    assert "cx-late" in answer.content.decode()
    with in_tenant(alpha):
        assert queue_counts(User.objects.get(pk=other.pk)) == dict.fromkeys(
            ("mine", "team", "overdue", "unowned", "waiting", "paused", "open"), 0
        )
        assert not in_queue(Complaint.objects.all(), "mine", None).exists()


def test_what_is_due_next_comes_first_and_is_said(staff_client_alpha, alpha, desk, opened, run_agenda):
    run_agenda()
    with in_tenant(alpha):
        complaints.assess(complaint_id=opened[2].pk, severity="S1")
    run_agenda()
    answer = staff_client_alpha.get(LIST)
    assert numbers(answer)[0] == opened[2].number
    page = answer.content.decode()
    assert "ngày 0/7" in page
    with in_tenant(alpha):
        row = with_next_due(Complaint.objects.filter(pk=opened[2].pk)).get()
        complaints.add_note(complaint_id=row.pk, body="Đã nhận ạ.", is_internal=False)
        assert row.next_due_kind == "first_contact"
    run_agenda()
    with in_tenant(alpha):
        assert with_next_due(Complaint.objects.filter(pk=row.pk)).get().next_due_kind == "resolve"


def test_a_paused_case_says_so_in_its_queue_the_list_the_board_and_at_home(
    staff_client_alpha, alpha, desk, owner_alpha, run_agenda
):
    run_agenda()
    with in_tenant(alpha):
        complaints.assign(complaint_id=desk.complaint.pk, owner_id=owner_alpha.pk)
        reason = PauseReason.objects.order_by("position").first()
        pause(complaint_id=desk.complaint.pk, reason_id=reason.pk, by=owner_alpha)
    queue = staff_client_alpha.get(LIST, {"show": "paused"})
    assert (numbers(queue), numbers(staff_client_alpha.get(LIST, {"show": "mine"}))) == ([desk.complaint.number],) * 2
    for page in (queue, staff_client_alpha.get(BOARD), staff_client_alpha.get("/admin/")):
        text = page.content.decode()
        assert text.count(">tạm dừng</span>") == 1
        assert text.count(reason.name) == 1
    with in_tenant(alpha):
        make_promise(
            complaint_id=desk.complaint.pk,
            text="Gọi lại",
            due_at=now() + timedelta(hours=3),
            owner_id=owner_alpha.pk,
        )
    text = staff_client_alpha.get(LIST, {"show": "paused"}).content.decode()
    assert text.count(">lời hứa</span>") == text.count(">tạm dừng</span>") == 1


def test_quick_filters_narrow_and_keep_the_queue(staff_client_alpha, alpha, desk, opened, owner_alpha):
    with in_tenant(alpha):
        tag_complaint(complaint_id=opened[0].pk, add=["hoàn tiền"])
        complaints.assess(complaint_id=opened[1].pk, severity="S1")
    today = now().astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date().isoformat()
    asked = {
        "severity=S1": {opened[1].number},
        "tag=ho%C3%A0n+ti%E1%BB%81n": {opened[0].number},
        f"touchpoint={opened[0].touchpoint_id}": {one.number for one in opened},
        f"owner={owner_alpha.pk}&channel=staff&severity=S1": {opened[1].number},
        f"owner={uuid4()}": set(),
        "owner=nobody": set(),
        "severity=S9": set(),
        f"received_at_from={today}&received_at_to={today}": {desk.complaint.number, *(one.number for one in opened)},
        "received_at_to=2020-01-01": set(),
        "received_at_from=yesterday&branch=": {desk.complaint.number, *(one.number for one in opened)},
    }
    for query, expected in asked.items():
        answer = staff_client_alpha.get(f"{LIST}?show=open&{query}")
        assert set(numbers(answer)) == expected, query
        assert ("show", "open") in answer.context["cl"].kept
    answer = staff_client_alpha.get(f"{LIST}?q=Chuy%E1%BB%87n+1")
    assert (numbers(answer), answer.context["show_now"]) == ([opened[1].number], "all")


def bulk(client, action, ids, **fields):
    data = {"action": action, "index": "0", "select_across": "0", "_selected_action": [str(pk) for pk in ids]}
    return client.post(f"{LIST}?show=open", {**data, **fields}, follow=True)


def test_many_are_handed_over_and_who_was_not_is_said(staff_client_alpha, alpha, desk, opened, person):
    colleague = person(Role.AGENT)
    ids = [one.pk for one in opened]
    page = bulk(staff_client_alpha, "bulk_assign", ids).content.decode()
    assert all(one.number in page for one in opened)
    assert str(colleague.pk) in page
    with in_tenant(alpha):
        complaints.refer(complaint_id=opened[2].pk, note="Hội bảo vệ người tiêu dùng")
    answer = bulk(
        staff_client_alpha, "bulk_assign", ids, apply="1", **{"bulk-owner": colleague.pk, "bulk-note": "Nhờ em"}
    )
    said = [str(message) for message in answer.context["messages"]]
    assert said == [
        "Đã giao 2 vụ.",
        f"1 vụ giữ nguyên: đã chuyển cơ quan bên ngoài ({opened[2].number})",
    ]
    with in_tenant(alpha):
        owners = dict(Complaint.objects.filter(pk__in=ids).values_list("pk", "owner_id"))
        assert [owners[pk] == colleague.pk for pk in ids] == [True, True, False]
        assert Complaint.objects.get(pk=ids[0]).notes.get().body == "Nhờ em"


def test_many_get_tags_severity_and_a_start(staff_client_alpha, alpha, opened):
    ids = [one.pk for one in opened]
    answer = bulk(staff_client_alpha, "bulk_tag", ids, apply="1", **{"bulk-add": "hoàn tiền, VIP", "bulk-remove": ""})
    assert [str(message) for message in answer.context["messages"]] == ["Đã đổi nhãn 3 vụ."]
    bulk(staff_client_alpha, "bulk_tag", ids[:1], apply="1", **{"bulk-add": "", "bulk-remove": "vip"})
    empty = bulk(staff_client_alpha, "bulk_tag", ids, apply="1", **{"bulk-add": " , ", "bulk-remove": ""})
    assert "Ghi ít nhất một" in empty.content.decode()
    bulk(staff_client_alpha, "bulk_assess", ids, apply="1", **{"bulk-severity": "S2"})
    answer = bulk(staff_client_alpha, "bulk_start", ids, apply="1")
    assert [str(message) for message in answer.context["messages"]] == ["Đã bắt đầu xử lý 3 vụ."]
    with in_tenant(alpha):
        rows = Complaint.objects.in_bulk(ids)
        assert [rows[pk].tags for pk in ids] == [["hoàn tiền"], ["hoàn tiền", "VIP"], ["hoàn tiền", "VIP"]]
        assert {(row.severity, row.state) for row in rows.values()} == {("S2", "investigating")}


def test_who_may_not_change_is_offered_nothing_and_changes_nothing(client_as, alpha, desk, opened):
    reader = client_as(Role.READ_ONLY)
    assert "bulk_start" not in reader.get(LIST).content.decode()
    bulk(reader, "bulk_start", [opened[0].pk], apply="1")
    url = f"{LIST}{opened[0].pk}/move/"
    assert reader.post(url, {"to": "working"}).status_code == 403
    board = reader.get(BOARD).content.decode()
    assert opened[0].number in board
    assert 'draggable="true"' not in board
    with in_tenant(alpha):
        assert set(Complaint.objects.values_list("state", flat=True)) == {"received"}


def test_what_is_ticked_must_be_an_id(staff_client_alpha, desk):
    assert bulk(staff_client_alpha, "bulk_start", ["1 OR 1=1"]).status_code == 400


def column(client, code, **query):
    found = client.get(BOARD, query).context["columns"]
    return next(one for one in found if one["place"].code == code)


def test_a_drop_asks_the_service_or_for_what_is_missing(staff_client_alpha, alpha, desk, opened):
    url = f"{LIST}{opened[0].pk}/move/"
    assert staff_client_alpha.post(url, {"to": "working"}, **JSON).json() == {"moved": True}
    assert [card["complaint"].number for card in column(staff_client_alpha, "working")["cards"]] == [opened[0].number]
    wanted = staff_client_alpha.post(url, {"to": "waiting"}, **JSON).json()
    assert wanted == {"form": f"{url}?to=waiting"}
    form = staff_client_alpha.get(wanted["form"], **JSON).content.decode()
    assert "resolve-root_cause" in form
    missing = staff_client_alpha.post(url, {"to": "waiting", "sent": "1", "resolve-action_taken": "Đã hoàn."}, **JSON)
    assert "Đã hoàn." in missing.content.decode()
    with in_tenant(alpha):
        cause = RootCause.objects.exclude(parent=None).first().pk
    data = {"to": "waiting", "sent": "1", "resolve-action_taken": "Đã hoàn.", "resolve-root_cause": cause}
    assert staff_client_alpha.post(url, data, **JSON).json() == {"moved": True}
    with in_tenant(alpha):
        assert Complaint.objects.get(pk=opened[0].pk).state == "communicated"


def test_a_refused_move_changes_nothing_and_says_why(staff_client_alpha, alpha, desk, opened):
    url = f"{LIST}{opened[0].pk}/move/"
    staff_client_alpha.post(url, {"to": "working"})
    back = staff_client_alpha.post(url, {"to": "new"}, **JSON)
    assert (back.status_code, "Chưa làm được việc này" in back.json()["refused"]) == (409, True)
    closed = staff_client_alpha.post(url, {"to": "closed"}, **JSON)
    assert (closed.status_code, "Chỉ khách hàng" in closed.json()["refused"]) == (409, True)
    plain = staff_client_alpha.post(url, {"to": "reopened"}, follow=True)
    assert plain.redirect_chain == [(BOARD, 302)]
    assert len(plain.context["messages"]) == 1
    assert staff_client_alpha.post(url, {"to": "nowhere"}).status_code == 404
    assert staff_client_alpha.get(url, {"to": "working"}).status_code == 302
    with in_tenant(alpha):
        assert Complaint.objects.get(pk=opened[0].pk).state == "investigating"
        complaints.reopen(complaint_id=resolve(opened[1]).pk, words="Chưa xong")
    again = f"{LIST}{opened[1].pk}/move/"
    assert staff_client_alpha.post(again, {"to": "new"}, **JSON).json() == {"moved": True}
    page = staff_client_alpha.get(again, {"to": "refer"})
    assert page.status_code == 200
    staff_client_alpha.post(again, {"to": "refer", "sent": "1", "refer-note": "Hội bảo vệ NTD", "show": "mine"})
    with in_tenant(alpha):
        assert Complaint.objects.get(pk=opened[1].pk).state == "referred_external"
    assert column(staff_client_alpha, "closed")["count"] == 1


def test_the_board_counts_all_and_shows_fifty(
    staff_client_alpha, alpha, desk, owner_alpha, django_assert_max_num_queries
):
    with in_tenant(alpha):
        customer = create_customer(full_name="Khách Đông")
        for number in range(52):
            complaints.open_complaint(
                customer_id=customer.pk, description=f"Chuyện {number}", channel="api", severity="S3",
                owner_id=owner_alpha.pk,
            )  # fmt: skip
    new = column(staff_client_alpha, "new", show="mine", severity="S3")
    assert (len(new["cards"]), new["more"]) == (50, new["count"] - 50)
    assert new["count"] >= 52
    more = staff_client_alpha.get(BOARD + new["more_url"])
    assert len(more.context["columns"][1]["cards"]) == new["count"]
    with django_assert_max_num_queries(24):
        part = staff_client_alpha.get(BOARD, {"part": "1"})
    assert "<html" not in part.content.decode()
    assert "Đã đóng, 30 ngày qua" in part.content.decode()
