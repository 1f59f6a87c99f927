"""Common needs: what most want and do not get comes first, with both factors; what is under way stands beside it."""

import pytest

from journeys.logic.insights import need
from journeys.models import Initiative
from journeys.selectors.insights import common_needs
from journeys.services.initiatives import draft_initiative
from journeys.services.insights import change_insight, retire_insight, write_insight
from tenants.staff.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def wish(want, *numbers):
    told = dict(zip(("shown_by", "out_of", "unserved"), numbers, strict=False))
    return write_insight(want=want, but="chưa có", because="cần mỗi ngày", **told)


def test_prevalence_times_unmet():
    found = need(34, 80, 29)
    assert (found.common.value, round(found.unmet.value, 1), found.together.value) == (42.5, 85.3, 36.25)
    assert found.together.value == pytest.approx(found.common.value * found.unmet.value / 100)
    assert (found.unmet.n, found.together.n, found.is_few) == (34, 80, False)
    assert need(34, 80, None).together is None
    assert (need(0, 80, 0).unmet, need(0, 80, 0).together.value) == (None, 0.0)
    assert need(3, 4, 1).is_few
    assert need(None, None, None) is None


def test_the_most_wanted_first_and_what_is_under_way():
    rare, common, nobody_asked, few = (
        wish("ít ai cần", 5, 50, 5), wish("ai cũng cần", 30, 50, 20), wish("chưa hỏi", 45, 50),
        wish("ít người", 4, 4, 4),
    )  # fmt: skip
    wish("chưa đo")
    served = wish("đã có", 40, 50, 0)
    retire_insight(insight_id=wish("đã bỏ", 50, 50, 50).pk, why="Đã có")
    owner = User.objects.get(role="owner")
    ours, over = (
        draft_initiative(name=name, what="Báo giờ chờ", owner_id=owner.pk, insight_id=common.pk)
        for name in ("Báo giờ chờ", "Đã xong")
    )
    Initiative.objects.filter(pk=over.pk).update(state=Initiative.State.ENDED)
    needs, unasked = common_needs()
    assert [one.insight for one in needs] == [common, rare, served, nobody_asked, few]
    assert [one.under_way for one in needs] == [[ours], [], [], [], []]
    assert unasked == 1
    change_insight(insight_id=rare.pk, shown_by=45, unserved=44)
    assert common_needs()[0][0].insight == rare


def test_the_page_and_the_api(client_alpha, staff_client_alpha):
    assert "Chưa hỏi ai" in staff_client_alpha.get("/admin/journeys/insight/needs/").text
    insight = wish("biết còn chờ bao lâu", 34, 80, 29)
    wish("chưa đo")
    page = staff_client_alpha.get("/admin/journeys/insight/needs/").text
    for words in (
        "36 %",
        "34/80 = 43 %",
        "29/34 = 85 %",
        "chưa làm gì",
        f"?insight={insight.pk}",
        "1 sự thật ngầm hiểu",
    ):
        assert words in page, words
    shown = staff_client_alpha.get("/api/v1/common-needs/").json()
    assert (shown["unasked"], shown["needs"][0]["together"]["value"], shown["needs"][0]["initiatives"]) == (
        1,
        36.25,
        [],
    )
    assert "85 %" in staff_client_alpha.get(f"/admin/journeys/insight/{insight.pk}/change/").text
