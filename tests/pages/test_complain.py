"""Complaining through the page, following the case, and having the last word."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.core.cache import cache

from customers.models import ContactPoint, Customer
from cxcrm.core.context import Actor, TenantRef, acting_as
from cxcrm.demo.ageing import age
from feedback.models import Complaint, ComplaintNote
from feedback.services import complaints
from tests.support.tables import fingerprint
from tests.workflows.conftest import Crew

FORM = {"description": "Ly cà phê có miếng nhựa nhỏ.", "remedy_sought": "Gọi lại cho tôi", "contact": "0912 345 678"}


def test_a_complaint(client_alpha: Any, crew: Crew, run_agenda: Callable[..., int]) -> None:
    posted = client_alpha.post("/c/", {**FORM, "full_name": "Lan", "touchpoint": str(crew.touchpoint.id)})
    complaint = Complaint.objects.get()
    assert posted.status_code == 303
    assert posted["Location"].startswith("/t/")
    assert posted["Location"].endswith("/?new=1")
    assert (complaint.channel, complaint.touchpoint, complaint.remedy_sought) == (
        "page",
        crew.touchpoint,
        "Gọi lại cho tôi",
    )
    assert (complaint.customer.full_name, complaint.severity) == ("Lan", "S1")
    assert ContactPoint.objects.get(customer=complaint.customer).value == "+84912345678"
    run_agenda()
    page = client_alpha.get(posted["Location"]).content.decode()
    assert complaint.number in page
    assert "Ly cà phê có miếng nhựa nhỏ." in page


def test_a_known_customer_is_found_and_not_told(client_alpha: Any, customer: Customer) -> None:
    posted = client_alpha.post("/c/", {**FORM, "contact": "HA@khach.example", "full_name": "Kẻ lạ"})
    assert Complaint.objects.get().customer == customer
    assert "Nguyễn Thị Hà" not in client_alpha.get(posted["Location"]).content.decode()
    customer.refresh_from_db()
    assert customer.full_name == "Nguyễn Thị Hà"


@pytest.mark.parametrize(
    "wrong",
    [
        {"description": ""},
        {"description": "  "},
        {"description": "a\x00b"},
        {"description": "x" * 4001},
        {"contact": ""},
        {"contact": "12"},
        {"contact": "ha@"},
        {"contact": "a\x00@b.example"},
        {"contact": "\ud83d\udc80".encode("utf-16", "surrogatepass").decode("utf-16")},
        {"touchpoint": "'; drop table"},
        {"full_name": "x" * 121},
        {"website": "https://spam.example"},
    ],
)
def test_bad_input_is_explained_and_kept(wrong: dict[str, str], client_alpha: Any, alpha: TenantRef) -> None:
    before = fingerprint(alpha)
    response = client_alpha.post("/c/", {**FORM, **wrong})
    page = response.content.decode()
    assert response.status_code == 400
    assert 'role="alert"' in page
    if "description" not in wrong:
        assert FORM["description"] in page
    assert fingerprint(alpha) == before


@pytest.mark.parametrize(
    "body", [b"description=%ED%A0%80&contact=%ED%A0%80", b"description=%00&contact=%FF%FE", b"\xff\xfe"]
)
def test_broken_bytes_are_a_polite_refusal(body: bytes, client_alpha: Any, in_alpha: Any) -> None:
    response = client_alpha.post("/c/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert not Complaint.objects.exists()


def test_too_many_fields(client_alpha: Any) -> None:
    response = client_alpha.post("/c/", {f"f{number}": "" for number in range(2500)})
    assert response.status_code == 400
    assert "<html" in response.content.decode()


def test_problems_are_tied_to_their_fields(client_alpha: Any) -> None:
    page = client_alpha.post("/c/", {"description": "x"}).content.decode()
    assert 'href="#id_contact"' in page
    assert 'aria-invalid="true"' in page
    assert "id_contact_error" in page


def test_a_visitor_is_slowed_down(client_alpha: Any, client_beta: Any, in_alpha: Any) -> None:
    for _ in range(20):
        assert client_alpha.post("/c/", FORM).status_code == 303
    refused = client_alpha.post("/c/", FORM)
    assert refused.status_code == 429
    assert FORM["description"] in refused.content.decode()
    assert Complaint.objects.count() == 20
    assert client_beta.post("/c/", {**FORM, "contact": "ann@example.com"}).status_code == 303


def test_without_the_cache_nobody_is_refused(client_alpha: Any, monkeypatch: pytest.MonkeyPatch, in_alpha: Any) -> None:
    def down(*_args: Any, **_kwargs: Any) -> None:
        raise redis.ConnectionError("down")

    monkeypatch.setattr(type(cache._connections.create_connection("default")), "add", down)
    assert client_alpha.post("/c/", FORM).status_code == 303
    assert Complaint.objects.count() == 1


def test_tracking_shows_only_what_is_public(
    complaint: Complaint, crew: Crew, link: Callable[..., str], client_alpha: Any
) -> None:
    with acting_as(Actor("user", crew.manager.id, crew.manager.full_name)):
        complaints.add_note(complaint_id=complaint.id, body="BÍ MẬT: khách hay than phiền")
        complaints.add_note(complaint_id=complaint.id, body="Em gọi chị trước 17 giờ ạ.", is_internal=False)
    page = client_alpha.get(link("track", complaint.id)).content.decode()
    assert complaint.number in page
    assert "Em gọi chị trước 17 giờ ạ." in page
    assert "BÍ MẬT" not in page
    for person in (crew.owner, crew.manager, crew.executive):
        assert person.email not in page
        assert person.full_name not in page


def test_a_message_from_the_customer(complaint: Complaint, link: Callable[..., str], client_alpha: Any) -> None:
    path = link("track", complaint.id)
    posted = client_alpha.post(path, {"do": "message", "body": "Tôi có chụp hình."})
    assert (posted.status_code, posted["Location"]) == (303, path + "?sent=1")
    note = ComplaintNote.objects.get()
    assert (note.body, note.from_customer, note.author) == ("Tôi có chụp hình.", True, None)
    assert "Tôi có chụp hình." in client_alpha.get(path).content.decode()
    for body in ("", "   ", "x" * 4001, "a\x00"):
        assert client_alpha.post(path, {"do": "message", "body": body}).status_code == 400
    assert ComplaintNote.objects.count() == 1


def test_yes_closes_and_no_reopens(answered: Complaint, link: Callable[..., str], client_alpha: Any) -> None:
    path = link("solved", answered.id)
    page = client_alpha.get(path + "?answer=yes").content.decode()
    assert "Đã hoàn 59.000 ₫ và gọi xin lỗi." in page
    assert page.count(" checked") == 1
    assert client_alpha.post(path, {}).status_code == 400
    assert client_alpha.post(path, {"answer": "perhaps"}).status_code == 400
    assert client_alpha.post(path, {"answer": "no", "words": "Chưa nhận được tiền"}).status_code == 303
    answered.refresh_from_db()
    assert (answered.state, answered.reopened_count) == ("reopened", 1)
    assert ComplaintNote.objects.get(from_customer=True).body == "Chưa nhận được tiền"
    assert client_alpha.post(path, {"answer": "yes"}).status_code == 409
    answered.refresh_from_db()
    assert answered.state == "reopened"


def test_yes_twice_is_harmless(answered: Complaint, link: Callable[..., str], client_alpha: Any) -> None:
    path = link("solved", answered.id)
    for _ in range(2):
        assert client_alpha.post(path, {"answer": "yes"}).status_code == 303
    answered.refresh_from_db()
    assert answered.state == "closed_confirmed"
    assert "<form" not in client_alpha.get(path).content.decode()


def test_reopening_from_the_tracking_page(
    answered: Complaint, link: Callable[..., str], client_alpha: Any, alpha: TenantRef
) -> None:
    complaints.confirm(complaint_id=answered.id)
    path = link("track", answered.id)
    assert 'value="reopen"' in client_alpha.get(path).content.decode()
    age(alpha, timedelta(days=31))
    assert 'value="reopen"' not in client_alpha.get(path).content.decode()
    assert client_alpha.post(path, {"do": "reopen", "body": "Lại bị nữa"}).status_code == 410
    age(alpha, timedelta(days=-20))
    assert client_alpha.post(path, {"do": "reopen", "body": "Lại bị nữa"}).status_code == 303
    answered.refresh_from_db()
    assert answered.state == "reopened"
