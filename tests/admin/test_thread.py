"""The red thread, from the positioning to what somebody does; where it breaks it says so, and where to mend it."""

import re

import pytest

from journeys.models import Insight, Touchpoint
from journeys.selectors.thread import the_thread
from journeys.services.brand import save_brand
from journeys.services.insights import retire_insight, write_insight
from journeys.services.journeys import update_touchpoint
from journeys.services.standards import acknowledge_standard, set_standard
from tests.admin.test_ceilings import CEILINGS, queries
from tests.journeys.conftest import draw

TRAITS = [{"name": one, "do": "Nói rõ", "dont": "Nói vòng"} for one in ("Gần gũi", "Thật", "Vui")]
URL = "/admin/journeys/brandprofile/thread/"


@pytest.fixture
def drawn(in_alpha, scene):
    return scene("a drawn journey", draw)


def wish(want, level="execution", **told):
    return write_insight(want=want, but="chưa có", because="cần mỗi ngày", level=level, **told)


def text(client, url=URL):
    answer = client.get(url)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_an_empty_thread_begins_with_who_we_are(staff_client_alpha, in_alpha):
    thread = the_thread()
    assert (thread.breaks, thread.broken, thread.strands, thread.loose) == (
        ("no_positioning", "no_strategy"),
        2,
        [],
        [],
    )
    page = text(staff_client_alpha)
    assert ("đứt ở 2 chỗ" in page, "/admin/journeys/brandprofile/add/" in page) == (True, True)


def test_each_break_is_told_and_leads_to_where_it_is_mended(client_as, drawn):
    above, bare = wish("nhanh", "strategy"), wish("gần", "strategy")
    gone = wish("rẻ", "strategy")
    Insight.objects.filter(pk=above.pk).update(state="validated")
    mended = wish("biết chờ mấy phút", parent_id=above.pk, touchpoint_id=drawn.queue.pk)
    silent = wish("trả tiền gọn", parent_id=above.pk, touchpoint_id=drawn.counter.pk)
    nowhere = wish("dễ gọi", parent_id=above.pk)
    closed = wish("ghế êm", touchpoint_id=drawn.seat.pk)
    orphan = wish("giá tốt", parent_id=gone.pk, touchpoint_id=drawn.queue.pk)
    retire_insight(insight_id=gone.pk, why="Không còn đúng")
    update_touchpoint(touchpoint_id=drawn.seat.pk, is_active=False)
    Touchpoint.objects.filter(pk=drawn.queue.pk).update(department=drawn.department)
    Touchpoint.objects.filter(pk=drawn.counter.pk).update(department=None)
    standard = set_standard(touchpoint_id=drawn.queue.pk, text="Nói thời gian chờ", behaviours=["Chào khách"])
    for reader in (drawn.barista, drawn.boss):  # the boss is of another department
        acknowledge_standard(standard_id=standard.pk, user_id=reader.pk)
    thread = the_thread()
    assert [(strand.insight, strand.breaks) for strand in thread.strands] == [
        (above, ()),
        (bare, ("not_borne_out", "no_execution")),
    ]
    assert [(end.insight, end.breaks) for end in thread.strands[0].ends] == [
        (mended, ()),
        (silent, ("no_standard", "no_department")),
        (nowhere, ("no_touchpoint",)),
    ]
    assert [(end.insight, end.breaks) for end in thread.loose] == [
        (closed, ("no_parent", "out_of_use")),
        (orphan, ("no_parent",)),
    ]
    first = thread.strands[0].ends[0]
    assert (first.standard, first.department, first.read, first.people) == (standard, drawn.department, 1, 1)
    assert thread.broken == 1 + 2 + 3 + 3
    owner = client_as("owner")
    assert len(queries(owner, URL)) <= CEILINGS[URL]
    page = text(owner)
    assert ("Chào khách" in page, "1 trên 1 người đã đọc" in page) == (True, True)
    for address in (
        f"insight/add/?parent={bare.pk}",
        f"insight/{bare.pk}/change/",
        f"insight/{nowhere.pk}/edit/",
        f"touchpoint/{drawn.counter.pk}/standard/",
        f"touchpoint/{drawn.counter.pk}/change/",
    ):
        assert address in page
    reader = client_as("read_only")
    assert ("Chào khách" in text(reader), f"insight/{nowhere.pk}/edit/" in text(reader)) == (True, False)
    assert URL in text(reader, "/admin/journeys/journey/my-part/")
    form = owner.get(f"/admin/journeys/insight/add/?parent={bare.pk}")
    assert form.context["form"]["parent"].value() == bare.pk
    set_standard(touchpoint_id=drawn.counter.pk, text="Trả tiền trong một phút")
    assert the_thread().strands[0].ends[1].breaks == ("no_behaviours", "no_department")


def test_an_unbroken_thread_says_so(staff_client_alpha, drawn):
    save_brand(positioning="Cà phê rang tươi", majority="Dân văn phòng", preset="friendly", traits=TRAITS)
    above = wish("nhanh", "strategy")
    Insight.objects.filter(pk=above.pk).update(state="validated")
    wish("biết chờ mấy phút", parent_id=above.pk, touchpoint_id=drawn.queue.pk)
    Touchpoint.objects.filter(pk=drawn.queue.pk).update(department=drawn.department)
    set_standard(touchpoint_id=drawn.queue.pk, text="Nói thời gian chờ", behaviours=["Chào khách"])
    page = text(staff_client_alpha)
    assert ("Cà phê rang tươi" in page, "liền mạch" in page, "0 trên 1 người đã đọc" in page) == (True, True, True)
