"""Answering a survey through the page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cxcrm.core.context import TenantRef
from cxcrm.demo.ageing import age
from feedback.models import Complaint, Invitation, Response
from journeys.services.brand import save_brand
from tests.conftest import FirmClient
from tests.workflows.conftest import Crew


def test_the_tapped_number_is_chosen(link: Callable[..., str], invitation: Invitation, client_alpha: Any) -> None:
    page = client_alpha.get(link("survey", invitation.id) + "?score=3").content.decode()
    assert 'value="3" id="id_score_3" checked' in page or 'value="3" required id="id_score_3" checked' in page
    assert page.count(" checked") == 1
    assert page.count('type="radio"') == 11 + 5 + 5
    assert "khả năng chị giới thiệu Cà phê Alpha" in page
    assert '<html lang="vi">' in page


def test_it_speaks_english_when_asked(link: Callable[..., str], invitation: Invitation, client_alpha: Any) -> None:
    response = client_alpha.get(link("survey", invitation.id) + "?score=3&lang=en")
    page = response.content.decode()
    assert '<html lang="en">' in page
    assert "How likely are you to recommend Cà phê Alpha" in page
    assert response["Content-Language"] == "en"
    assert "?score=3&amp;lang=vi" in page or 'formaction="?score=3&amp;lang=vi"' in page


def test_the_readers_language_goes_before_the_browsers(
    link: Callable[..., str], invitation: Invitation, client_alpha: Any
) -> None:
    response = client_alpha.get(link("survey", invitation.id), headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert response["Content-Language"] == "vi"


def test_an_answer(link: Callable[..., str], invitation: Invitation, client_alpha: Any, crew: Crew) -> None:
    path = link("survey", invitation.id)
    posted = client_alpha.post(
        path, {"score": "3", "words": " Chờ lâu quá ", "contact_me": "on", "touchpoint": str(crew.touchpoint.id)}
    )
    assert (posted.status_code, posted["Location"]) == (303, path)
    response = Response.objects.get()
    assert (response.score, response.words, response.contact_me) == (3, "Chờ lâu quá", True)
    assert response.touchpoint == crew.touchpoint
    assert response.language == "vi"
    complaint = Complaint.objects.get()
    thanks = client_alpha.get(path).content.decode()
    assert complaint.number in thanks
    assert "/t/" in thanks
    assert client_alpha.post(path, {"score": "3", "words": "Chờ lâu quá"}).status_code == 303
    assert Response.objects.count() == Complaint.objects.count() == 1


def test_no_cookie_is_needed(link: Callable[..., str], invitation: Invitation, alpha: TenantRef) -> None:
    path = link("survey", invitation.id)
    browser = FirmClient(alpha, enforce_csrf_checks=True)
    answer = browser.post(path + "?lang=en", {"score": "10"}, headers={"Origin": "null"})
    assert (answer.status_code, answer["Location"]) == (303, path + "?lang=en")
    assert Response.objects.get().score == 10


def test_the_answer_can_be_changed_for_a_day(
    link: Callable[..., str], invitation: Invitation, client_alpha: Any, alpha: TenantRef
) -> None:
    path = link("survey", invitation.id)
    client_alpha.post(path, {"score": "9"})
    again = client_alpha.get(path + "?score=2").content.decode()
    assert 'id="id_score_2" checked' in again
    assert 'id="answer"' not in client_alpha.get(path).content.decode()
    assert client_alpha.post(path, {"score": "2"}).status_code == 303
    assert Response.objects.get().score == 2
    age(alpha, timedelta(hours=25))
    late = client_alpha.post(path, {"score": "10"})
    assert late.status_code == 409
    assert 'id="answer"' not in client_alpha.get(path + "?score=10").content.decode()
    assert Response.objects.get().score == 2


def test_an_old_invitation(
    link: Callable[..., str], invitation: Invitation, client_alpha: Any, alpha: TenantRef
) -> None:
    path = link("survey", invitation.id)
    age(alpha, timedelta(days=31))
    for response in (client_alpha.get(path), client_alpha.head(path), client_alpha.post(path, {"score": "3"})):
        assert response.status_code == 410
    assert not Response.objects.exists()


def test_bad_answers_are_explained(link: Callable[..., str], invitation: Invitation, client_alpha: Any) -> None:
    path = link("survey", invitation.id)
    for body in (
        {},
        {"score": "11"},
        {"score": "-1"},
        {"score": "three"},
        {"score": "3", "touchpoint": "nonsense"},
        {"score": "3", "touchpoint": str(invitation.id)},
        {"score": "3", "words": "a\x00b"},
        {"score": "3", "words": "x" * 4001},
    ):
        response = client_alpha.post(path, body)
        assert response.status_code == 400, body
        page = response.content.decode()
        assert 'role="alert"' in page
        assert 'name="score"' in page
    assert not Response.objects.exists()
    kept = client_alpha.post(path, {"words": "Giữ lại lời này"}).content.decode()
    assert "Giữ lại lời này" in kept


def test_switching_the_language_keeps_what_was_typed(
    link: Callable[..., str], invitation: Invitation, client_alpha: Any
) -> None:
    path = link("survey", invitation.id)
    body = {"score": "4", "words": "Chưa gửi đâu", "contact_me": "on", "show_in": "en"}
    page = client_alpha.post(path + "?lang=en", body).content.decode()
    assert '<html lang="en">' in page
    assert "Chưa gửi đâu" in page
    assert page.count(" checked") == 2
    assert 'action="?lang=en"' in page
    assert not Response.objects.exists()


def test_the_brands_character_speaks_before_and_after(
    link: Callable[..., str], invitation: Invitation, client_alpha: Any
) -> None:
    path = link("survey", invitation.id)
    plain = client_alpha.get(path).text
    save_brand(
        positioning="Ngắn", majority="Ai cũng vậy", traits=[{"name": name} for name in "abc"], preset="rebel"
    )  # fmt: skip
    assert ("Nghĩ sao cứ nói vậy." in plain, "Nghĩ sao cứ nói vậy." in client_alpha.get(path).text) == (False, True)
    client_alpha.post(path, {"score": "9"})
    thanks = client_alpha.get(path).text
    assert "Đã nghe. Cảm ơn!" in thanks
    assert "Cà phê Alpha đã nhận đủ, từng chữ một." in thanks
    english = client_alpha.get(path + "?lang=en").text
    assert "Heard. Thanks!" in english
