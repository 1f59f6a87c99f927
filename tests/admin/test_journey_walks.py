"""Walking on a phone: asked for on home, told stage by stage, seen beside customers, and who has not yet."""

import pytest

from journeys.models import Journey, JourneyWalk, Stage, Touchpoint
from journeys.services.emotions import draw_assumed_curve, report_emotion
from tenants.staff.models import User
from tests.journeys.conftest import draw

WALKS = "/admin/journeys/journeywalk/"


@pytest.fixture
def drawn(in_alpha, scene):
    return scene("a drawn journey", draw)


def test_from_home_to_the_page_beside_customers(client_as, drawn):
    executive, reader = client_as("executive"), client_as("read_only")
    assert f"{WALKS}add/?journey={Journey.objects.get(is_default=True).pk}" in executive.get("/admin/").content.decode()
    report_emotion(stage_id=drawn.buy.pk, valence=-2, source="stated", customer_id=drawn.customer.pk)
    address = f"{WALKS}add/?journey={drawn.journey.pk}"
    page = executive.get(address).content.decode()
    assert ("Mua" in page, "Chờ lâu quá" in page, reader.get(address).status_code) == (True, False, 403)
    buy, use = drawn.buy.pk, drawn.use.pk
    half = executive.post(address, {"how": "call", f"face_{buy}": "-1", f"note_{use}": "Ghế êm"}).content.decode()
    assert ("Chỉ cần một câu" in half, "hãy chọn một khuôn mặt" in half, "Ghế êm" in half) == (True, True, True)
    assert "ít nhất một giai đoạn" in executive.post(address, {"how": "call"}).content.decode()
    told = {"how": "call", f"face_{buy}": "1", f"note_{buy}": "Nhấc máy ngay"}
    sent = executive.post(address, told)
    walk = JourneyWalk.objects.get()
    assert sent["Location"] == f"{WALKS}{walk.pk}/change/"
    assert "hôm nay rồi" in executive.post(address, told).content.decode()
    shown = executive.get(sent["Location"]).content.decode()
    assert ("Nhấc máy ngay" in shown, "n = 1" in shown) == (True, False)
    user = User.objects.get(role="executive", email__startswith="executive")
    draw_assumed_curve(journey_id=drawn.journey.pk, user_id=user.pk, valences={str(buy): 0, str(use): 0})
    shown = executive.get(sent["Location"]).content.decode()
    assert ("n = 1" in shown, "+3" in shown) == (True, True)
    assert "cxm-dot-walked" in executive.get(f"/admin/journeys/journey/{drawn.journey.pk}/map/").content.decode()
    assert "cxm-dot-walked" not in reader.get(f"/admin/journeys/journey/{drawn.journey.pk}/map/").content.decode()
    assert WALKS + "add/" not in executive.get("/admin/").content.decode()
    for path in (WALKS, "/admin/journeys/journey/coverage/", "/admin/workflows/review/supervision/"):
        assert str(user) in reader.get(path).content.decode()
    assert str(walk.pk) in executive.get("/admin/journeys/journey/my-part/").content.decode()


def test_without_a_journey_there_is_nothing_to_walk(staff_client_alpha, in_alpha):
    Touchpoint.objects.all().delete()
    Stage.objects.all().delete()
    assert staff_client_alpha.get(f"{WALKS}add/")["Location"] == WALKS
