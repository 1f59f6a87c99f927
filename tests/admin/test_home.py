"""The home page and the page of what nobody answers for."""

from datetime import timedelta

import pytest
from django.db.models import Case, When

from customers.models import Purchase, RiskSpell
from customers.services.customers import create_customer
from cxcrm.core.clock import now
from feedback.logic.metrics import nps
from feedback.models import Complaint
from feedback.services import complaints
from journeys.services.accountability import hand_over
from tenants.context import in_tenant
from tenants.staff.models import Absence, Department, User
from tenants.staff.roles import Role
from workflows.admin.charts import days_chart, places_chart, trend_chart
from workflows.selectors.changes import AtTouchpoint, Day
from workflows.selectors.unowned import unowned_for

HOME, UNOWNED = "/admin/", "/admin/unowned/"


def test_the_drawings_fit_their_frame():
    today = now().date()
    days = [Day(today - timedelta(days=29 - ago), ago % 4, ago % 3) for ago in range(30)]
    drawn = days_chart(days)
    assert (len(drawn["opened"]), len(drawn["closed"]), drawn["most"]) == (22, 20, 3)
    assert all(0 <= bar.x <= 400 - bar.width and bar.y + bar.height == pytest.approx(128) for bar in drawn["opened"])
    assert max(bar.height for bar in drawn["opened"]) == 116
    assert (drawn["rows"][0].day, drawn["total_opened"], len(drawn["marks"])) == (today, 43, 5)
    assert days_chart([Day(today, 0, 0)])["opened"] == []


def test_weeks_with_too_few_answers_are_not_drawn():
    none, few, many = nps(1, 0, 0), nps(6, 2, 2), nps(20, 10, 10)
    drawn = trend_chart([many, none, few], -100)
    assert [dot["few"] for dot in drawn["dots"]] == [True, False]
    assert [(row["ago"], row["score"]) for row in drawn["rows"]] == [(0, many), (2, few)]
    assert len(drawn["band"].split()) == 4
    assert trend_chart([many, none], -100) is None
    assert trend_chart([], 0) is None


def test_bars_of_places_are_as_long_as_their_share():
    rows = [AtTouchpoint(None, 8, 1, 0), AtTouchpoint(None, 2, 0, 0)]
    assert [one["width"] for one in places_chart(rows)] == [100, 25]
    assert places_chart([AtTouchpoint(None, 0, 1, 0)])[0]["width"] == 0


def test_the_home_page_says_what_is_next_and_what_moved(staff_client_alpha, client_as, alpha, desk, run_agenda):
    run_agenda()
    page = staff_client_alpha.get(HOME)
    text = page.content.decode()
    assert [row["complaint"].number for row in page.context["mine"]] == [desk.complaint.number]
    assert "liên hệ trực tiếp lần đầu" in text
    assert [(row["today"], row["yesterday"]) for row in page.context["moves"]] == [(1, 0), (0, 0)]
    assert "Trong 30 ngày có 1 vụ mở và 0 vụ đóng." in text
    assert page.context["days"]["rows"][0].opened == 1
    assert text.count("Xem dạng bảng") == 1
    with in_tenant(alpha):
        leader = User.objects.get(role=Role.OWNER)
        hand_over(
            executive_id=leader.pk,
            touchpoint_id=desk.complaint.touchpoint_id,
            from_day=now().date() - timedelta(days=2),
        )
    assert "Phần anh/chị chịu trách nhiệm" in staff_client_alpha.get(HOME).content.decode()
    agent = client_as(Role.AGENT).get(HOME)
    assert "Phần anh/chị chịu trách nhiệm" not in agent.content.decode()
    assert (agent.context["mine"], agent.context["home"].counts["open"]) == ([], 1)


def test_who_leads_reads_whether_looking_after_customers_helps_once_it_can_be_told(
    staff_client_alpha, client_as, alpha
):
    def home(client):
        page = client.get(HOME).content.decode()
        return ('id="cx-leaving"' in page, "nhiều hơn" in page, "ít hơn" in page)

    told = (False, False, False)
    assert home(staff_client_alpha) == told
    with in_tenant(alpha):
        people = [create_customer(full_name=f"Khách {n}", phones=[f"09123450{n:02}"]) for n in range(20)]
        began, ends = now() - timedelta(days=70), now() - timedelta(days=10)
        RiskSpell.objects.bulk_create(
            RiskSpell(customer=one, began_at=began, ends_at=ends, is_held_out=n % 2 == 0)
            for n, one in enumerate(people)
        )
    assert home(staff_client_alpha) == told  # nobody came back on either side: nothing to tell
    with in_tenant(alpha):
        Purchase.objects.bulk_create(
            Purchase(customer=one, amount=9, occurred_at=ends - timedelta(days=5)) for one in people[1::2]
        )
    assert home(staff_client_alpha) == (True, True, False)
    assert home(client_as(Role.AGENT)) == told
    with in_tenant(alpha):
        RiskSpell.objects.update(is_held_out=Case(When(is_held_out=True, then=False), default=True))
    assert home(staff_client_alpha) == (True, False, True)


def test_what_nobody_answers_for_stands_on_one_page(staff_client_alpha, client_as, alpha, desk, person, owner_alpha):
    gone, away = person(Role.EXECUTIVE, name="Đỗ Đã Nghỉ"), person(Role.AGENT, name="Hồ Đang Nghỉ")
    with in_tenant(alpha):
        today = now().date()
        hand_over(executive_id=gone.pk, touchpoint_id=desk.complaint.touchpoint_id, from_day=today - timedelta(days=9))
        complaints.assign(complaint_id=desk.complaint.pk, owner_id=away.pk)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        Absence.objects.create(user=away, starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=3))
        Department.objects.create(name="Kho hàng")
        found = unowned_for(owner_alpha, now())
        assert [row.executive for row in found.gone] == [gone]
        assert [row.user for row in found.away] == [away]
        assert "Kho hàng" in [row.name for row in found.departments]
        assert desk.complaint.touchpoint not in found.touchpoints
        assert (found.customers, found.complaint_count, found.is_empty) == (0, 0, False)
        User.objects.filter(pk=away.pk).update(is_active=False)
        assert unowned_for(owner_alpha, now()).complaints == [Complaint.objects.get()]
    page = staff_client_alpha.get(UNOWNED).content.decode()
    for words in ("Đỗ Đã Nghỉ", "Kho hàng", desk.complaint.number, "Chỉ định"):
        assert words in page, words
    assert UNOWNED in staff_client_alpha.get(HOME).content.decode()
    assert "accountability/add" not in client_as(Role.READ_ONLY).get(UNOWNED).content.decode()
