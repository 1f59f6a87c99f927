"""The steward's pages: submitting instead of publishing, the queue, the two answers, the month's report."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.services.customers import create_customer
from cxcrm.core.context import Actor, acting_as
from feedback.models import ReplyTemplate
from feedback.services.complaints import add_note, open_complaint
from journeys.models import Initiative, JourneyVersion, Standard, StandardProposal
from journeys.services import initiatives, standards
from tenants.staff.roles import Role
from tests.journeys.conftest import Drawn, draw
from workflows.models import ReplyAudit, Review
from workflows.services.reviews import open_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(in_alpha: Any, scene: Callable[..., Any]) -> Drawn:
    return scene("a drawn journey", draw)


@pytest.fixture
def manager(client_as: Callable[[str], Any]) -> Any:
    return client_as(Role.MANAGER)


@pytest.fixture
def steward(client_as: Callable[[str], Any]) -> Any:
    return client_as(Role.BRAND_STEWARD)


def page(client: Any, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    return response.content.decode()


def act_as(person: Any) -> Any:
    return acting_as(Actor("user", person.pk, person.full_name))


def test_a_map_is_submitted_and_approved(drawn, steward, manager, run_agenda):
    url = f"/admin/journeys/journey/{drawn.journey.pk}/publish/"
    text = page(manager, url)
    assert "Gửi người giữ thương hiệu duyệt" in text
    assert 'value="publish"' not in text
    assert manager.post(url, {"act": "publish"}).status_code == 302
    assert JourneyVersion.objects.count() == 0
    manager.post(url, {"act": "submit"})
    assert "Đang ở chỗ người giữ thương hiệu" in page(manager, url)
    run_agenda()
    review = Review.objects.get()
    own = f"/admin/workflows/review/{review.pk}/change/"
    assert "Hành trình: Khách ghé quán" in page(steward, "/admin/workflows/review/")
    assert f'href="{own}"' in page(steward, "/admin/")
    assert 'name="seen"' not in page(manager, own)
    assert manager.post(own, {"do": "approve"}).status_code == 403
    assert f'href="/admin/journeys/journey/{drawn.journey.pk}/map/"' in page(steward, own)
    assert steward.post(own, {"do": "approve", "seen": "khác"}).status_code == 200
    assert JourneyVersion.objects.count() == 0
    assert steward.post(own, {"do": "approve"}).status_code == 302
    assert JourneyVersion.objects.count() == 1
    assert 'name="do"' not in page(steward, own)
    assert "Hành trình: Khách ghé quán" not in page(steward, "/admin/workflows/review/")
    assert "Hành trình: Khách ghé quán" in page(steward, "/admin/workflows/review/?state=all")


def test_a_standard_is_submitted_and_sent_back(drawn, steward, manager, run_agenda):
    url = f"/admin/journeys/touchpoint/{drawn.queue.pk}/standard/"
    assert "Gửi người giữ thương hiệu duyệt" in page(manager, url)
    assert manager.post(url, {"text": "Nói thời gian chờ", "behaviour_0": "Chào khách"}).status_code == 302
    assert (Standard.objects.count(), StandardProposal.objects.get().behaviours) == (0, ["Chào khách"])
    assert "Đang chờ người giữ thương hiệu" in page(manager, url)
    run_agenda()
    own = f"/admin/workflows/review/{Review.objects.get().pk}/change/"
    text = page(steward, own)
    for told in ("Nói thời gian chờ", "Chào khách", "Chưa có gì được áp dụng."):
        assert told in text
    refused = steward.post(own, {"do": "send_back", "note": ""})
    assert (refused.status_code, Review.objects.get().state) == (200, "waiting")
    assert steward.post(own, {"do": "send_back", "note": "Mấy phút?"}).status_code == 302
    assert (Review.objects.get().note, StandardProposal.objects.count()) == ("Mấy phút?", 0)
    assert steward.post(own, {"do": "nonsense"}).status_code == 200
    # The steward's own goes straight into force.
    assert "Gửi người giữ thương hiệu duyệt" not in page(steward, url)
    assert steward.post(url, {"text": "Nói còn mấy phút"}).status_code == 302
    assert Standard.objects.get().text == "Nói còn mấy phút"


def test_an_initiative_is_signed_in_the_queue_or_sent_back_on_its_page(drawn, steward):
    made = initiatives.draft_initiative(name="Làn lấy nhanh", what="x", owner_id=drawn.boss.pk)
    Initiative.objects.update(state="proposed")
    review = open_review(kind="initiative", ref=made.pk)
    own = f"/admin/workflows/review/{review.pk}/change/"
    assert steward.post(own, {"do": "approve", "mark0": "4"}).status_code == 200
    assert Initiative.objects.get().signed_at is None
    assert steward.post(own, {"do": "approve", **{f"mark{number}": "3" for number in range(5)}}).status_code == 302
    assert Initiative.objects.get().marks == [3] * 5
    url = f"/admin/journeys/initiative/{made.pk}/change/"
    assert "Cần sửa gì?" in page(steward, url)
    steward.post(url, {"do": "send_back", "because": "Ai chờ lâu hơn?"})
    assert (Initiative.objects.get().state, Initiative.objects.get().signed_at) == ("draft", None)
    assert "Ai chờ lâu hơn?" in page(steward, url)


def test_new_words_for_replies_wait(drawn, steward, manager):
    fields = {"name": "Cảm ơn", "language": "vi", "text": "Cảm ơn bạn", "position": "1", "is_active": "on"}
    response = manager.post("/admin/feedback/replytemplate/add/", fields, follow=True)
    assert "Lời mới đang chờ người giữ thương hiệu" in response.content.decode()
    made = ReplyTemplate.objects.get(name="Cảm ơn")
    assert (made.is_active, made.proposed_text) == (False, "Cảm ơn bạn")
    assert "Cảm ơn bạn" in page(steward, f"/admin/feedback/replytemplate/{made.pk}/change/")


def test_the_months_report(drawn, steward, manager, run_agenda):
    customer = create_customer(full_name="Hà", phones=["0912345678"])
    case = open_complaint(customer_id=customer.pk, description="Chờ lâu", channel="staff")
    with act_as(drawn.boss):
        note = add_note(complaint_id=case.pk, body="Gọi em 0912345678", is_internal=False)
    url = "/admin/workflows/review/supervision/"
    text = page(steward, url)
    assert "0912345678" not in text  # a steward sees no contacts
    assert "Đúng giọng mình" in text
    assert "Đúng giọng mình" not in page(manager, url)
    assert steward.post(url, {"note": str(note.pk), "fits": "yes"}).status_code == 302
    assert ReplyAudit.objects.get().fits is True
    assert "1/1" in page(steward, url)
    for wrong in ({"note": "x", "fits": "yes"}, {"note": str(note.pk), "fits": "perhaps"}):
        assert steward.post(url, wrong).status_code == 404
    manager.post(url, {"note": str(note.pk), "fits": "no"})
    assert ReplyAudit.objects.get().fits is True
    assert "Thương hiệu tháng 05/2020" in page(steward, url + "?month=2020-05")
    assert page(steward, url + "?month=2999-01").count("tháng sau") == 0
    assert "Tháng này chưa có thư trả lời" in page(steward, url + "?month=2020-05")


def test_the_api_answers_as_the_pages_do(drawn, steward, manager, api_alpha):
    with act_as(drawn.boss):
        standards.propose_standard(touchpoint_id=drawn.queue.pk, text="Nói thời gian chờ")
    review = open_review(kind="touchpoint", ref=drawn.queue.pk)
    key = api_alpha(["journeys:manage"])
    (row,) = key.get("/api/v1/reviews/?state=waiting").json()["results"]
    assert (row["touchpoint"], row["journey"], row["state"]) == (str(drawn.queue.pk), None, "waiting")
    (waits,) = key.get("/api/v1/proposed-standards/").json()["results"]
    assert waits["text"] == "Nói thời gian chờ"
    for url, told in (
        (f"/api/v1/reviews/{review.pk}/approve/", {}),
        (f"/api/v1/reviews/{review.pk}/send-back/", {"note": "x"}),
    ):
        refused = key.post(url, told, content_type="application/json")
        assert (refused.status_code, refused.json()["code"]) == (403, "initiative.not_the_steward")
    refused = key.post(
        "/api/v1/standards/", {"touchpoint": str(drawn.queue.pk), "text": "Khác"}, content_type="application/json"
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "brand.ask_the_steward")
    made = key.post(
        "/api/v1/proposed-standards/",
        {"touchpoint": str(drawn.seat.pk), "text": "Lau bàn"},
        content_type="application/json",
    )
    assert (made.status_code, StandardProposal.objects.count()) == (201, 2)
    done = steward.post(f"/api/v1/reviews/{review.pk}/approve/", {}, content_type="application/json")
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    assert Standard.objects.get().text == "Nói thời gian chờ"
