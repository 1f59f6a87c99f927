"""The gaps through the pages: what one person believes is seen by nobody, what an executive foretells by nobody yet."""

from datetime import date

import pytest
import time_machine

from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.tokens import make_token
from feedback.models import Answer, Belief, Forecast, Question, Survey
from feedback.services.dispatches import send_survey
from feedback.services.gaps import seal_forecast, watch_gaps
from journeys.services.brand import save_brand
from tenants.context import in_tenant
from tenants.staff.models import Department, User
from tests.conftest import FirmClient
from tests.support.gaps import agreed, answered, ask_both_sides, believe, hire
from workflows.models import Alert, Event

PAGE = "/admin/feedback/belief/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-30T05:00:00Z", tick=True):
        yield


@pytest.fixture
def sentence(alpha):
    with in_tenant(alpha):
        return ask_both_sides()


def body(response):
    assert response.status_code == 200
    return response.content.decode()


def test_a_firm_that_asks_nothing_is_told_how(client_as):
    assert "Chưa có câu nào hỏi cả hai bên" in body(client_as("read_only").get(PAGE))
    manager = client_as("manager")
    assert "/admin/feedback/survey/" in body(manager.get(PAGE))
    assert "Chưa có câu nào hỏi cả hai bên" in body(manager.get(f"{PAGE}add/"))


def test_believing_once_and_what_is_shown_of_it(client_as, alpha, sentence):
    agent = client_as("agent")
    assert "còn 1 câu chưa trả lời" in body(agent.get(PAGE))
    assert "Hãy trả lời ít nhất một câu" in body(agent.post(f"{PAGE}add/", {}))
    wrong = body(agent.post(f"{PAGE}add/", {str(sentence.pk): "9"}))
    assert "cx-late" in wrong
    with in_tenant(alpha):
        assert not Belief.objects.exists()
    assert agent.post(f"{PAGE}add/", {str(sentence.pk): "5"}).url == PAGE
    assert "Anh/chị đã trả lời đủ cho quý 4/2026" in body(agent.get(f"{PAGE}add/"))
    with in_tenant(alpha):
        row = Belief.objects.get()
        assert row.value == 5
    # Nowhere to read a single one.
    owner = client_as("owner")
    owner.post(f"{PAGE}add/", {str(sentence.pk): "2"})
    for path in (f"{PAGE}{row.pk}/change/", f"{PAGE}{row.pk}/history/", f"{PAGE}{row.pk}/delete/"):
        assert owner.get(path).status_code in {302, 403}
    shown = body(owner.get(PAGE))
    assert "quá ít câu trả lời để hiện" in shown
    assert "cxg-dot-ours" not in shown
    assert client_as("read_only").get(f"{PAGE}add/").status_code == 403


def test_the_chart_says_it_in_one_sentence(client_as, alpha, sentence):
    with in_tenant(alpha):
        shops, office = (Department.objects.create(name=name) for name in ("Vận hành", "Kế toán"))
        believe(sentence, hire(19, shops), 16)
        believe(sentence, hire(5, office), 4)
        answered(sentence, agreed(52, 140))
    # Whoever is asked too says first what they believe: no number, no team, no drawing before.
    boss = client_as("executive")
    closed = body(boss.get(PAGE))
    for piece in ("83 %", "37 %", "Vận hành</b>", "cxg-dot-ours", "cxg-said"):
        assert piece not in closed, piece
    assert "Anh/chị xem được sau khi tự trả lời câu này" in closed
    page = body(client_as("read_only").get(PAGE))
    for piece in (
        "83 %",
        "37 %",
        "46,2 [25,3; 58,7]",
        "Ta quá tự tin 46 điểm",
        "Vận hành",
        "24 người của ta, 140 khách",
    ):
        assert piece in page, piece
    assert 'cx="83.33%"' in page  # a drawing's numbers have a point in every language
    assert page.count("cxg-dot-ours") == 3
    boss.post(f"{PAGE}add/", {str(sentence.pk): "5"})
    boss.post("/admin/language/", {"language": "en"})
    page = body(boss.get(f"{PAGE}?quarter=2026-10-01"))
    for piece in ("We believe", "customers say", "46.9 [26.5; 59.1]", "25 of us, 140 customers"):
        assert piece in page, piece


def test_a_forecast_is_sealed_through_the_page(client_as, alpha, person):
    boss, owner = client_as("executive"), client_as("owner")
    told = {"metric": "nps", "month": "2026-12-01", "value": "47"}
    for wrong in ({"month": "2026-11-01"}, {"value": "101"}, {"value": ""}, {"metric": "ces"}):
        page = body(boss.post(f"{PAGE}forecasts/", {**told, **wrong}))
        assert "cx-errors" in page
    with in_tenant(alpha):
        assert not Forecast.objects.exists()
    assert boss.post(f"{PAGE}forecasts/", told).status_code == 302
    again = body(boss.post(f"{PAGE}forecasts/", {**told, "value": "20"}))
    assert "đã niêm phong và giữ nguyên" in again
    with in_tenant(alpha):
        assert Forecast.objects.get().value == 47
        assert [set(one.payload) for one in Event.objects.filter(name="feedback.forecast_sealed")] == [{"forecast_id"}]
    assert ">47</td>" in body(boss.get(f"{PAGE}forecasts/"))
    theirs = body(owner.get(f"{PAGE}forecasts/"))
    assert ">47</td>" not in theirs
    assert "đã niêm phong" in theirs
    for role in ("manager", "agent", "brand_steward", "read_only"):
        client = client_as(role)
        assert client.get(f"{PAGE}forecasts/").status_code == 403
        assert "Lãnh đạo đã dự báo" not in body(client.get(PAGE))
        assert client.post(f"{PAGE}forecasts/", told).status_code == 403
    later = FirmClient(alpha)
    with time_machine.travel("2027-01-02T05:00:00Z", tick=True):
        with in_tenant(alpha):
            later.force_login(hire(1, role="executive")[0])
        assert ">47</td>" in body(later.get(f"{PAGE}forecasts/"))
    with in_tenant(alpha):
        assert Forecast.objects.count() == 1


def test_what_was_measured_stands_beside_it(client_as, alpha):
    with in_tenant(alpha):
        boss = hire(1, role="executive")[0]
        with time_machine.travel("2026-09-15T05:00:00Z", tick=True):
            seal_forecast(user_id=boss.pk, metric="nps", month=date(2026, 10, 1), value=20)
        with time_machine.travel("2026-10-15T05:00:00Z", tick=True):
            answered(Question.objects.get(survey__metric="nps", position=1), [9] * 40)
    page = body(client_as("owner").get(f"{PAGE}forecasts/"))
    assert "thấp hơn 80 điểm" in page
    assert "lệch trung bình 80 điểm" in page
    assert "Lãnh đạo đã dự báo" in body(client_as("executive").get(PAGE))


def test_the_words_stand_on_the_brands_page(client_as, alpha):
    with in_tenant(alpha):
        save_brand(
            positioning="Cà phê tử tế",
            majority="Dân văn phòng",
            traits=[{"name": name} for name in ("Gần gũi", "Mộc mạc", "Tử tế")],
        )
        survey = Question.objects.get(survey__metric="nps", position=1).survey
        choices = [
            {"value": str(n), "vi": vi, "en": vi}
            for n, vi in enumerate(("Gần gũi", "Mộc mạc", "Sang trọng", "Mạnh mẽ"))
        ]
        words = Question.objects.create(
            survey=survey, position=13, kind="words", text_vi="Chọn ba từ", text_en="Pick three", choices=choices
        )
    steward = client_as("brand_steward")
    assert "Chưa đến năm khách chọn từ" in body(steward.get("/admin/journeys/brandprofile/"))
    with in_tenant(alpha):
        answered(words, ["0\n1\n2"] * 6)
    for path in ("/admin/journeys/brandprofile/", PAGE):
        page = body(steward.get(path))
        assert "67 %" in page
        assert page.count(">của ta<") == 2


def test_the_survey_page_takes_three_words(client_alpha, alpha):
    with in_tenant(alpha):
        survey = Survey.objects.get(metric="nps")
        choices = [{"value": str(n), "vi": f"từ {n}", "en": f"word {n}"} for n in range(5)]
        words = Question.objects.create(
            survey=survey,
            position=13,
            kind="words",
            text_vi="Chọn ba từ",
            text_en="Pick three",
            choices=choices,
            required=True,
        )
        customer = create_customer(full_name="Thu Hà", emails=["ha@khach.example"])
        state_consent(customer_id=customer.pk, purpose="survey", granted=True, method="staff")
        invitation = send_survey(survey_id=survey.pk, customer_ids=[customer.pk]).invitations.get()
        path = f"/s/{make_token('survey', invitation.pk)}/"
    name = f"q-{words.pk}"
    two = client_alpha.post(path, {"score": "9", name: ["0", "3"]})
    assert two.status_code == 400
    page = two.content.decode()
    assert "Vui lòng chọn đúng ba từ." in page
    assert page.count("checked") == 3  # the score and both words are kept
    switched = client_alpha.post(f"{path}?lang=en", {"score": "9", name: ["0", "3"], "lang": "en"})
    assert switched.status_code in {200, 400}
    assert client_alpha.post(path, {"score": "9", name: ["3", "0", "1"]}).status_code in {302, 303}
    with in_tenant(alpha):
        assert Answer.objects.get(question=words).text == "0\n1\n3"
    assert client_alpha.get(f"{path}?edit=1").content.decode().count("checked") == 4


def test_the_alert_leads_to_the_page(client_as, staff_client_alpha, alpha, sentence, run_agenda):
    with in_tenant(alpha):
        believe(sentence, hire(24), 20)
        answered(sentence, agreed(52, 140))
        watch_gaps()
        run_agenda()
        alert = Alert.objects.get(kind="gap")
        assert User.objects.get(role="owner").full_name in alert.detail
    url = f"/admin/workflows/alert/{alert.pk}/change/"
    assert f'href="{PAGE}"' in body(staff_client_alpha.get(url))
    assert client_as("owner").get(url).status_code == 302  # has not said what they believe
