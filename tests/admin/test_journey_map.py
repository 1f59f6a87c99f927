"""The pages of the journey map: shown to whom, arranged, felt, published; nothing happens to whoever may not."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from feedback.services.complaints import open_complaint
from journeys.models import (
    AssumedEmotion,
    Environment,
    EnvironmentAudit,
    Initiative,
    JourneyVersion,
    ReportedEmotion,
    Stage,
    StageLink,
    StageQuote,
    Standard,
    StandardAcknowledgement,
    Touchpoint,
)
from journeys.selectors.coverage import coverage_of, people_without_part
from journeys.selectors.emotions import spots_of
from journeys.services.emotions import draw_assumed_curve, report_emotion
from journeys.services.environments import Found, add_environment, change_environment, record_walk
from journeys.services.journeys import add_stage, add_touchpoint, create_journey, update_touchpoint
from journeys.services.standards import set_standard
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today
from tests.conftest import FirmClient
from tests.journeys.conftest import Drawn, draw

J = "/admin/journeys"


@pytest.fixture
def drawn(in_alpha: Any, scene: Callable[..., Any]) -> Drawn:
    return scene("a drawn journey", draw)


@pytest.fixture
def as_(alpha: Any) -> Callable[[Any], FirmClient]:
    def log_in(user: Any) -> FirmClient:
        client = FirmClient(alpha)
        client.force_login(user)
        return client

    return log_in


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return re.sub(r"\s+", " ", answer.content.decode())


def feel(drawn: Drawn, user: Any, *values: int) -> None:
    keys = [spot.key for spot in spots_of(drawn.journey.pk)]
    draw_assumed_curve(journey_id=drawn.journey.pk, user_id=user.pk, valences=dict(zip(keys, values, strict=True)))


def test_the_map_shows_everything_in_place(drawn: Drawn, as_: Callable[..., FirmClient], owner_alpha: Any) -> None:
    update_touchpoint(touchpoint_id=drawn.queue.pk, is_moment_of_truth=True, customer_outcome="Biết còn chờ mấy phút")
    set_standard(touchpoint_id=drawn.queue.pk, text="Nói thời gian chờ")
    open_complaint(customer_id=drawn.customer.pk, description="Chờ lâu", channel="staff", touchpoint_id=drawn.queue.pk)
    client = as_(owner_alpha)
    page = text(client.get(f"{J}/journey/{drawn.journey.pk}/map/"))
    for said in (
        "Hàng chờ",
        "Biết còn chờ mấy phút",
        "Lê Thị Mỹ Duyên",
        "Quét mãi không được.",
        "khoảnh khắc quyết định",
    ):
        assert said in page
    assert "1 khiếu nại đang mở" in re.sub(r"<[^>]+>", "", page).replace("  ", " ")
    assert "1 trong 90 ngày" in page
    part = text(client.get(f"{J}/journey/{drawn.journey.pk}/map/?part"))
    assert part.startswith(' <div class="cxm-scroll"')
    assert client.get(f"{J}/journey/{uuid4()}/map/").status_code == 404
    assert client.get(f"{J}/journey/not-an-id/map/").status_code == 404
    empty = create_journey(name="Khách sỉ")
    assert "Thêm giai đoạn đầu tiên" in text(client.get(f"{J}/journey/{empty.pk}/map/"))
    assert "Hành trình khách hàng" in text(client.get(f"{J}/journey/map/"))  # the default one


def test_curves_are_hidden_until_one_has_drawn_ones_own(drawn: Drawn, as_: Callable[..., FirmClient]) -> None:
    report_emotion(stage_id=drawn.buy.pk, valence=-2, source="survey")
    report_emotion(stage_id=drawn.use.pk, valence=1, source="survey")
    feel(drawn, drawn.boss, 1, 1)
    client = as_(drawn.barista)
    url = f"{J}/journey/{drawn.journey.pk}/map/"
    page = text(client.get(url))
    assert "Vẽ đường của tôi" in page
    assert "cxm-dot" not in page
    assert "−2" not in re.sub(r"<[^>]+>", "", page)
    answer = client.post(f"{J}/journey/{drawn.journey.pk}/draw/", {str(drawn.buy.pk): "0"})
    assert answer.context["form"].errors == {
        str(drawn.use.pk): ["Hãy chọn một khuôn mặt, kể cả khi anh/chị chưa chắc."]
    }
    assert AssumedEmotion.objects.filter(user=drawn.barista).count() == 0
    answer = client.post(f"{J}/journey/{drawn.journey.pk}/draw/", {str(drawn.buy.pk): "0", str(drawn.use.pk): "2"})
    assert (answer.status_code, answer.headers["Location"]) == (302, url)
    page = text(client.get(url))
    assert page.count('class="cxm-dot-few"') == 2
    assert "1,50" in page  # |0.5 − (−2)| and |1.5 − 1|, halved
    assert "Mua" in page
    assert client.get(f"{J}/journey/{drawn.journey.pk}/draw/").status_code == 302  # said once
    assert client.get(f"{J}/journey/{uuid4()}/draw/").status_code in {302, 404}


def test_arranging_is_for_those_who_manage(drawn: Drawn, as_: Callable[..., FirmClient], owner_alpha: Any) -> None:
    url = f"{J}/journey/{drawn.journey.pk}/arrange/"
    first = {"touchpoint": str(drawn.counter.pk), "stage": str(drawn.buy.pk), "position": "1"}
    assert as_(drawn.barista).post(url, first).status_code == 403
    assert list(Touchpoint.objects.filter(stage=drawn.buy)) == [drawn.queue, drawn.counter]
    client = as_(owner_alpha)
    json = {"HTTP_ACCEPT": "application/json"}
    assert client.post(url, first, **json).json() == {"moved": True}
    assert list(Touchpoint.objects.filter(stage=drawn.buy)) == [drawn.counter, drawn.queue]
    assert client.post(url, {"touchpoint": str(drawn.queue.pk), "at": f"{drawn.use.pk}:99"}).status_code == 302
    assert list(Touchpoint.objects.filter(stage=drawn.use)) == [drawn.seat, drawn.queue]
    assert client.post(url, {"stage": str(drawn.use.pk), "position": "1"}).status_code == 302
    assert list(Stage.objects.filter(journey=drawn.journey)) == [drawn.use, drawn.buy]
    for wrong in ({}, {"stage": "x", "position": "1"}, {"stage": str(drawn.use.pk), "position": "0"}):
        refused = client.post(url, wrong, **json)
        assert (refused.status_code, bool(refused.json()["refused"])) == (409, True)
    assert client.get(url).status_code == 302
    assert list(Stage.objects.filter(journey=drawn.journey)) == [drawn.use, drawn.buy]


def test_a_stage_takes_words_and_feelings_in_two_taps(
    drawn: Drawn, as_: Callable[..., FirmClient], client_as: Callable[..., FirmClient], owner_alpha: Any
) -> None:
    url = f"{J}/stage/{drawn.buy.pk}/page/"
    entry = record_interaction(
        customer_id=drawn.customer.pk, kind="visit", what="visit.logged", body="Ly nào cũng ngon."
    )
    quote = take_quote(interaction_id=entry.pk)
    client = as_(drawn.barista)
    page = text(client.get(url))
    assert "Chờ lâu quá." in page
    assert "Ly nào cũng ngon." in page
    assert "Ly nào cũng ngon." not in text(client.get(f"{url}?q=quet mai"))
    client.post(url, {"cite": str(quote.pk)})
    assert StageQuote.objects.filter(stage=drawn.buy, quote=quote).count() == 1
    client.post(url, {"valence": "2", "feeling": "joyful", "quote": str(quote.pk)})
    client.post(url, {"valence": "-1", "feeling": "", "touchpoint": str(drawn.queue.pk)})
    rows = ReportedEmotion.objects.order_by("-valence")
    assert [(row.valence, row.source, row.coder, row.customer) for row in rows] == [
        (2, "coded", drawn.barista, drawn.customer),
        (-1, "stated", drawn.barista, None),
    ]
    for wrong in (
        {"feeling": "joyful"},
        {"valence": "9"},
        {"valence": "1", "feeling": "annoyed"},
        {"cite": str(uuid4())},
    ):
        client.post(url, wrong)
    assert ReportedEmotion.objects.count() == 2
    client.post(url, {"take": str(StageQuote.objects.get(stage=drawn.buy, quote=quote).pk)})
    assert StageQuote.objects.filter(quote=quote).count() == 0
    assert client.post(url, {"ways": "1", "to": str(drawn.use.pk)}).status_code == 403
    assert as_(owner_alpha).post(url, {"ways": "1", "to": str(drawn.use.pk)}).status_code == 302
    assert StageLink.objects.get().to_stage == drawn.use
    looker = client_as("read_only")
    assert "Hàng chờ" in text(looker.get(url))
    for act in ({"cite": str(quote.pk)}, {"valence": "1"}, {"ways": "1"}):
        assert looker.post(url, act).status_code == 403
    assert (StageQuote.objects.filter(quote=quote).count(), ReportedEmotion.objects.count()) == (0, 2)
    page = text(client.get(f"/admin/customers/quote/{quote.pk}/change/"))
    assert "Đặt vào giai đoạn…" in page
    answer = client.post(f"{J}/stage/cite/", {"quote": str(quote.pk), "stage": str(drawn.use.pk)})
    assert answer.headers["Location"] == f"{J}/stage/{drawn.use.pk}/page/"
    assert StageQuote.objects.get(quote=quote).stage == drawn.use
    assert looker.post(f"{J}/stage/cite/", {"quote": str(quote.pk), "stage": str(drawn.buy.pk)}).status_code == 403
    assert client.post(f"{J}/stage/cite/", {"quote": str(uuid4()), "stage": str(drawn.buy.pk)}).status_code == 404
    assert client.post(f"{J}/stage/cite/", {"quote": "x", "stage": str(drawn.buy.pk)}).status_code == 404
    assert client.get(f"{J}/stage/cite/").status_code == 302


def test_publishing_says_what_is_missing(drawn: Drawn, as_: Callable[..., FirmClient], owner_alpha: Any) -> None:
    url = f"{J}/journey/{drawn.journey.pk}/publish/"
    sign = add_touchpoint(stage_id=add_stage(journey_id=drawn.journey.pk, name="Kể lại").pk, name="Biển hiệu")
    client = as_(owner_alpha)
    page = text(client.get(url))
    assert "“Kể lại” mới có 0 trong 3 câu nói của khách cần có." in page
    assert f"?target=touchpoint:{sign.pk}" in page
    client.post(url, {"act": "publish"})
    assert JourneyVersion.objects.count() == 0
    Touchpoint.objects.filter(pk=sign.pk).delete()
    Stage.objects.filter(name="Kể lại").delete()
    assert "Không thiếu gì" in text(client.get(url))
    assert as_(drawn.barista).post(url, {"act": "publish"}).status_code == 403
    assert client.post(url, {"act": "burn"}).status_code == 404
    for act in ("submit", "send_back", "publish"):
        assert client.post(url, {"act": act}).status_code == 302
    version = JourneyVersion.objects.get()
    assert version.published_by == owner_alpha
    assert "giống hệt lần công bố" in text(client.get(url))
    assert "Hàng chờ" in text(client.get(f"{J}/journeyversion/{version.pk}/change/"))
    page = text(client.get(f"{J}/journey/{drawn.journey.pk}/map/"))
    assert "phiên bản 1" in page
    assert "đã sửa từ đó" not in page
    update_touchpoint(touchpoint_id=drawn.queue.pk, name="Xếp hàng")
    assert "đã sửa từ đó" in text(client.get(f"{J}/journey/{drawn.journey.pk}/map/"))
    assert "Xếp hàng" not in text(client.get(f"{J}/journeyversion/{version.pk}/change/"))


def test_places_stand_where_customers_come_upon_them(
    drawn: Drawn, as_: Callable[..., FirmClient], owner_alpha: Any
) -> None:
    url, whose = f"{J}/journey/{drawn.journey.pk}", {"accountable_id": drawn.boss.pk, "items": ["Sạch", "Wifi"]}
    shops = [add_environment(name=f"Quán {number}", stage_id=drawn.buy.pk, **whose) for number in range(5)]
    seats = add_environment(name="Tầng 2", touchpoint_id=drawn.seat.pk, **whose)
    line = add_environment(name="Hotline", kind="phone", **whose)
    for results in (("fail", "fail"), ("ok", "fail")):
        found = [Found(text, one, "hỏng") for text, one in zip(("Sạch", "Wifi"), results, strict=True)]
        record_walk(environment_id=shops[3].pk, found=found)
        EnvironmentAudit.objects.update(done_on=F("done_on") - timedelta(days=30))
    Environment.objects.filter(pk=shops[4].pk).update(due_on=firm_today() - timedelta(days=3))
    User.objects.filter(pk=drawn.barista.pk).update(is_active=False)
    Environment.objects.filter(pk=seats.pk).update(accountable=drawn.barista)
    client = as_(owner_alpha)
    page = text(client.get(f"{url}/map/?part"))
    buying, using = (part.split('class="cxm-quotes"')[0] for part in page.split('class="cxm-places"')[1:])
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", buying)).replace("\xa0", " ").replace("&nbsp;", " ")
    # What is late in front, then what is worst; the fifth is one tap away.
    assert [buying.find(f"/environment/{shop.pk}/") > 0 for shop in shops] == [True, True, False, True, True]
    assert buying.index(str(shops[4].pk)) < buying.index(str(shops[3].pk)) < buying.index(str(shops[0].pk))
    for said in ("50 % 5 nơi 1 nơi trễ", "50 % +50", "trễ từ", "Xem thêm 1"):
        assert said in plain, plain
    assert ("Chỗ ngồi" in using, "chưa có ai" in using, str(line.pk) in page) == (True, True, False)
    assert client.get(f"{url}/map/").context["summary"]["unowned"] == 1
    # Who answers for each; the one nobody answers for counts, and stands where everything without anybody does.
    cover = text(client.get(f"{url}/coverage/"))
    assert "trên 10 điểm chạm và nơi; mục tiêu là 0" in cover
    assert all(str(place.pk) in cover for place in (*shops, seats, line))
    assert f"/environment/{seats.pk}/edit/" in cover
    assert [stage.standing for stage in coverage_of(drawn.journey, firm_today()).stages] == ["one_alone", "nobody"]
    assert "Tầng 2" in text(client.get("/admin/unowned/"))
    assert owner_alpha in people_without_part(firm_today())
    change_environment(environment_id=line.pk, accountable_id=owner_alpha.pk)
    assert owner_alpha not in people_without_part(firm_today())
    assert f"/environment/{line.pk}/" in text(client.get(f"{J}/journey/my-part/"))
    reader = as_(drawn.boss)
    assert f"/environment/{seats.pk}/edit/" not in text(reader.get(f"{url}/coverage/"))
    change_environment(environment_id=seats.pk, accountable_id=drawn.boss.pk)
    assert "Tầng 2" not in text(client.get("/admin/unowned/"))


def test_a_standard_is_written_and_read(drawn: Drawn, as_: Callable[..., FirmClient], owner_alpha: Any) -> None:
    url = f"{J}/touchpoint/{drawn.queue.pk}/standard/"
    sent = {"text": "Nói thời gian chờ", "behaviour_0": "Chào khách", "behaviour_2": "Cười"}
    barista, owner = as_(drawn.barista), as_(owner_alpha)
    assert barista.post(url, sent).status_code == 403
    assert Standard.objects.count() == 0
    assert "text" in owner.post(url, {"text": ""}).context["form"].errors
    assert owner.post(url, sent).status_code == 302
    standard = Standard.objects.get()
    assert (standard.behaviours, standard.written_by) == (["Chào khách", "Cười"], owner_alpha)
    assert owner.post(url, sent | {"behaviour_1": "Cười", "behaviour_2": ""}).status_code == 200  # it says so already
    assert "0/2 người liên quan đã đọc" in text(barista.get(url))
    mine = f"{J}/journey/my-part/"
    assert "1 cần đọc" in text(barista.get(mine))
    assert barista.post(mine, {"standard": str(standard.pk)}).status_code == 302
    assert StandardAcknowledgement.objects.get().user == drawn.barista
    assert "đã đọc hết" in text(barista.get(mine))
    assert barista.post(mine, {"standard": "x"}).status_code == 404
    owner.post(url, sent | {"text": "Nói trước khi khách hỏi"})
    barista.post(mine, {"standard": str(standard.pk)})  # that one was replaced meanwhile
    assert "1 cần đọc" in text(barista.get(mine))
    assert StandardAcknowledgement.objects.count() == 1
    assert "Nói thời gian chờ" in text(owner.get(url))


def test_the_heat_map_and_who_has_no_part(drawn: Drawn, as_: Callable[..., FirmClient], owner_alpha: Any) -> None:
    client = as_(owner_alpha)
    page = text(client.get(f"{J}/journey/{drawn.journey.pk}/coverage/"))
    assert "Vận hành" in page
    assert "một phòng lo" in page
    assert "Trần Thị Chủ" in page  # has no part
    default = text(client.get(f"{J}/journey/coverage/"))
    assert "Giao hàng: chưa có ai" in default
    assert client.get(f"{J}/journey/{uuid4()}/coverage/").status_code == 404
    assert "chưa có phần nào" in text(client.get(f"{J}/journey/my-part/"))


def queries(client: FirmClient, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [
        row["sql"]
        for row in captured.captured_queries
        if not row["sql"].startswith(("SET", "SAVEPOINT", "RELEASE")) and "tenants_domain" not in row["sql"]
    ]


def draw_what_is_left(drawn: Drawn, user: Any, said: set[str]) -> set[str]:
    valences = {spot.key: 1 for spot in spots_of(drawn.journey.pk) if spot.key not in said}
    draw_assumed_curve(journey_id=drawn.journey.pk, user_id=user.pk, valences=valences)
    return set(valences)


@pytest.mark.usefixtures("nothing_expires")
def test_a_map_of_any_size_asks_twelve_times(drawn: Drawn, as_: Callable[..., FirmClient], owner_alpha: Any) -> None:
    """With complaints, and with what is being done about them."""
    Initiative.objects.create(
        name="Làn lấy nhanh", what="Hẹn giờ", owner=drawn.boss, touchpoint=drawn.queue, state="running"
    )
    client = as_(owner_alpha)
    url = f"{J}/journey/{drawn.journey.pk}/map/"
    said = draw_what_is_left(drawn, owner_alpha, set())
    client.get(url)
    assert "Làn lấy nhanh" in text(client.get(url))
    small = queries(client, url)
    for number in range(8):
        stage = add_stage(journey_id=drawn.journey.pk, name=f"Bước {number}")
        for place in range(4):
            point = add_touchpoint(stage_id=stage.pk, name=f"Điểm {number} {place}", has_own_feeling=place < 2)
            set_standard(touchpoint_id=point.pk, text="Tốt")
            report_emotion(stage_id=stage.pk, touchpoint_id=point.pk, valence=1, source="survey")
            open_complaint(customer_id=drawn.customer.pk, description="Chờ", channel="staff", touchpoint_id=point.pk)
            shop = add_environment(
                name=f"Nơi {number} {place}", accountable_id=drawn.boss.pk, touchpoint_id=point.pk, items=["Sạch"]
            )
            record_walk(environment_id=shop.pk, found=[Found("Sạch", "ok")])
    draw_what_is_left(drawn, owner_alpha, said)
    large = queries(client, url)
    assert len(large) <= len(small), "\n".join(large)
    assert len(large) <= 12, "\n".join(large)
