"""Our people through the pages: answered once, read when the period is over and from five on."""

import pytest
import time_machine

from feedback.admin.people_drawings import scatter_drawing
from feedback.logic.metrics import csat, enps
from feedback.models import StaffAnswer, StaffTurn
from feedback.selectors.pulse import Unit
from journeys.services.initiatives import draft_initiative
from tenants.context import in_tenant
from tenants.staff.models import Branch
from tests.support.gaps import hire
from tests.support.staff_voice import say, values

PAGE = "/admin/feedback/staffturn/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-30T05:00:00Z", tick=True):
        yield


def body(response):
    assert response.status_code == 200
    return response.content.decode()


def test_answering_once_from_home(client_as, alpha):
    agent = client_as("agent")
    home = body(agent.get("/admin/"))
    assert home.count(f"{PAGE}add/?of=") == 2
    form = body(agent.get(f"{PAGE}add/"))
    assert "Bảng này ẩn danh" in form
    assert form.count('role="radiogroup"') == 7
    told = {name: str(value) for name, value in values("pulse", 1).items()}
    wrong = body(agent.post(f"{PAGE}add/?of=pulse", {**told, "enps": "", "day_rush": "7"}))
    assert wrong.count("Vui lòng chọn một mức.") == 2
    with in_tenant(alpha):
        assert not StaffTurn.objects.exists()
    assert agent.post(f"{PAGE}add/?of=pulse", {**told, "words": "Gọi 0912345678"}).url == PAGE
    with in_tenant(alpha):
        assert StaffAnswer.objects.get(item="why").words == "Gọi 091*****78"
    # The next one is offered, and what is answered is offered no more.
    assert body(agent.get(f"{PAGE}add/?of=pulse")).count('role="radiogroup"') == 20
    with in_tenant(alpha):
        turn = StaffTurn.objects.get()
        say([turn.user], "pillars", 4)
    assert "Anh/chị đã trả lời hết rồi" in body(agent.get(f"{PAGE}add/"))
    assert f"{PAGE}add/" not in body(agent.get("/admin/"))
    # Nowhere to read whose turn it was.
    owner = client_as("owner")
    for path in (f"{PAGE}{turn.pk}/change/", f"{PAGE}{turn.pk}/history/", f"{PAGE}{turn.pk}/delete/"):
        assert owner.get(path).status_code in {302, 403}
    assert str(turn.pk) not in body(owner.get(PAGE))
    assert client_as("read_only").get(f"{PAGE}add/").status_code == 403


LAST_YEAR = "2025-11-30T05:00:00Z"


def test_what_staff_said_is_read_when_the_quarter_is_over_and_from_five_on(client_as, alpha):
    def said(people):
        with in_tenant(alpha), time_machine.travel("2026-08-10T05:00:00Z"):
            say(people(), "pulse", 1, enps=10, words="Giờ đông thiếu người")

    said(lambda: hire(4))
    manager = client_as("manager")
    assert "Giờ đông thiếu người" not in body(manager.get(PAGE))
    said(lambda: hire(1))
    with in_tenant(alpha), time_machine.travel("2026-08-11T05:00:00Z"):
        say(hire(1, role="executive"), "assumed", 2)
    with in_tenant(alpha):
        say(hire(6), "pulse", -2, enps=0, support=1, words="Quý này mới nói")
    page = body(manager.get(PAGE))
    assert page.count("Giờ đông thiếu người") == 5
    for piece in ("+100", "cxv-dot-felt", "Nhìn chung lãnh đạo nghĩ dễ chịu hơn thực tế", "quý 4/2026: 6 trong"):
        assert piece in page, piece
    for piece in ("Quý này mới nói", "−100"):
        assert piece not in page, piece
    assert "Giờ đông thiếu người" not in body(client_as("read_only").get(PAGE))
    boss = client_as("executive")
    boss.post("/admin/language/", {"language": "en"})
    assert "is the empathy gap towards our own people" in body(boss.get(f"{PAGE}?period=2026-07-01"))
    assert "Staff would recommend working here (eNPS), quarter 3/2026" in body(boss.get("/admin/"))


def test_the_pillars_the_flywheel_and_whom_leaders_look_at(client_as, alpha):
    boss = client_as("executive")
    assert "Chưa có lãnh đạo nào trả lời" in body(boss.get(f"{PAGE}orientation/"))
    assert "sẽ có điểm khi đủ năm nhân viên" in body(boss.get("/admin/flywheel/"))
    with in_tenant(alpha):
        with time_machine.travel(LAST_YEAR):
            say(hire(5), "pillars", 4, technology_1=1)
        (other,) = hire(1, role="executive")
        say([other], "orientation", 2, customer_1=5)
        draft_initiative(name="Học lắng nghe", what="Người mới học", owner_id=other.pk, pillar="people")
    page = body(boss.get(f"{PAGE}pillars/"))
    for piece in ("Học lắng nghe", "100 %", "75 %", "còn quá ít khách trả lời"):
        assert piece in page, piece
    wheel = body(boss.get("/admin/flywheel/"))
    assert wheel.count("<b>100 %</b>") == 3
    assert "<b>75 %</b>" in wheel
    page = body(boss.get(f"{PAGE}orientation/"))
    assert "3,5" in page
    assert 'class="cxv-now"' in page
    for role in ("manager", "agent", "brand_steward", "read_only"):
        assert client_as(role).get(f"{PAGE}orientation/").status_code == 403


def test_branches_stand_on_the_chart_under_their_numbers():
    def unit(name, promoters, content):
        return Unit(
            Branch(name=name), None, enps(promoters, 0, 10 - promoters), None, csat([0, 0, 10 - content, 0, content])
        )

    none = Unit(Branch(name="An Hải"), None, None, None, csat([0, 0, 0, 0, 9]))
    chart = scatter_drawing([unit("Tân Định", 10, 10), none, unit("Hải Châu", 5, 6)])
    assert [(dot["number"], dot["name"]) for dot in chart["dots"]] == [(1, "Tân Định"), (2, "Hải Châu")]
    high, low = chart["dots"]
    assert (high["x"], high["y"]) == (chart["right"], chart["top"])
    assert (low["x"], low["y"] < chart["floor"]) == ((chart["left"] + chart["right"]) / 2, True)
    assert [mark["value"] for mark in chart["up"]] == [50, 75, 100]
    assert scatter_drawing([unit("Tân Định", 10, 5), none]) is None
    assert scatter_drawing([unit("Tân Định", 10, 5)] * 2)["up"][0]["value"] == 0
