"""The gaps through the API: the golden values, nothing of a single person, sealed until the month is over."""

from typing import Any

import pytest
import time_machine

from feedback.models import Belief, Forecast
from tenants.context import in_tenant
from tests.api.conftest import JSON
from tests.conftest import FirmClient
from tests.support.gaps import agreed, answered, ask_both_sides, believe, hire

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel("2026-11-30T05:00:00Z", tick=True):
        yield


@pytest.fixture
def sentence(alpha: Any) -> Any:
    with in_tenant(alpha):
        return ask_both_sides()


def log_in(alpha: Any, role: str) -> FirmClient:
    with in_tenant(alpha):
        (user,) = hire(1, role=role)
    client = FirmClient(alpha)
    client.force_login(user)
    return client


def post(client: Any, path: str, body: Any) -> Any:
    return client.post(f"{V1}{path}", body, content_type=JSON)


def test_the_golden_gap(api: Any, alpha: Any, sentence: Any) -> None:
    few = api.get(f"{V1}gaps/").json()["lines"][0]
    assert few["standing"] == "few"
    assert {few[name] for name in ("ours", "theirs", "gap", "low", "high", "ours_n", "theirs_n")} == {None}
    with in_tenant(alpha):
        believe(sentence, hire(24), 20)
        answered(sentence, agreed(52, 140))
    told = api.get(f"{V1}gaps/?quarter=2026-12-24").json()
    (line,) = told["lines"]
    assert (told["quarter"], told["teams"], told["hidden_teams"]) == ("2026-10-01", [], 0)
    assert (line["teams"], line["hidden_teams"]) == ([], 0)
    # A person who is asked too says first what they believe; of a quarter that is over they are asked no more.
    boss = log_in(alpha, "executive")
    (closed,) = boss.get(f"{V1}gaps/").json()["lines"]
    assert closed["standing"] == "unsaid"
    assert {closed[name] for name in ("ours", "theirs", "gap", "low", "high", "ours_n", "theirs_n")} == {None}
    assert boss.get(f"{V1}gaps/?quarter=2026-08-01").json()["lines"][0]["standing"] == "few"
    post(boss, "beliefs/", {"answers": [{"question": str(sentence.pk), "value": 5}]})
    assert [boss.get(f"{V1}gaps/").json()["lines"][0][name] for name in ("standing", "ours_n")] == ["real", 25]
    assert (line["standing"], line["ours_n"], line["theirs_n"], line["touchpoint"]) == ("real", 24, 140, None)
    assert [round(line[name], 1) for name in ("ours", "theirs", "gap", "low", "high")] == [83.3, 37.1, 46.2, 25.3, 58.7]
    assert api.get(f"{V1}gaps/?quarter=soon").status_code == 400
    assert api.get(f"{V1}gaps/?quarter=2026-08-01").json()["lines"][0]["standing"] == "few"


def test_believing_once(api: Any, alpha: Any, sentence: Any) -> None:
    agent = log_in(alpha, "agent")
    said = {"answers": [{"question": str(sentence.pk), "value": 4}]}
    assert agent.get(f"{V1}beliefs/").json()[0]["is_said"] is False
    for body, code in (
        ({"answers": []}, "invalid"),
        ({"answers": said["answers"] * 2}, "invalid"),
        ({"answers": [{"question": str(sentence.pk), "value": 6}]}, "belief.off_scale"),
    ):
        refused = post(agent, "beliefs/", body)
        assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert post(api, "beliefs/", said).json()["code"] == "journey.person_only"
    with in_tenant(alpha):
        assert not Belief.objects.exists()
    made = post(agent, "beliefs/", said)
    assert (made.status_code, made.json()[0]["is_said"]) == (201, True)
    assert set(made.json()[0]) == {"question", "sentence", "touchpoint", "is_said"}
    again = post(agent, "beliefs/", said)
    assert (again.status_code, again.json()["code"]) == (409, "belief.already_said")
    with in_tenant(alpha):
        assert Belief.objects.count() == 1


def test_sealed_until_the_month_is_over(api: Any, alpha: Any) -> None:
    boss, other = log_in(alpha, "executive"), log_in(alpha, "owner")
    told = {"metric": "nps", "month": "2026-12-24", "value": 47}
    begun = post(boss, "forecasts/", {**told, "month": "2026-11-30"})
    assert (begun.status_code, begun.json()["code"]) == (409, "forecast.month_begun")
    assert post(api, "forecasts/", told).status_code == 403
    assert post(log_in(alpha, "manager"), "forecasts/", told).status_code == 403
    with in_tenant(alpha):
        assert not Forecast.objects.exists()
    made = post(boss, "forecasts/", told)
    assert (made.status_code, made.json()["month"], made.json()["value"]) == (201, "2026-12-01", 47)
    assert post(boss, "forecasts/", {**told, "value": 1}).json()["code"] == "forecast.sealed"
    for method in ("put", "patch", "delete"):
        assert getattr(boss, method)(f"{V1}forecasts/", {**told, "value": 1}, content_type=JSON).status_code == 405
    assert boss.get(f"{V1}forecasts/").json()[0]["value"] == 47
    for reader in (other, api):
        (seen,) = reader.get(f"{V1}forecasts/").json()
        assert (seen["value"], seen["actual"], seen["gap"], seen["is_open"]) == (None, None, None, False)
    assert log_in(alpha, "manager").get(f"{V1}forecasts/").status_code == 403
    with time_machine.travel("2027-01-02T05:00:00Z", tick=True):
        (seen,) = api.get(f"{V1}forecasts/").json()
    assert (seen["value"], seen["is_open"], seen["n"], seen["actual"]) == (47, True, 0, None)


def test_a_question_is_marked_and_words_are_mixed(api: Any, alpha: Any, world: Any) -> None:
    survey = f"surveys/{world['survey']}/questions/"
    mirror = {
        "position": 7,
        "kind": "csat",
        "text_vi": "{brand} tốt.",
        "text_en": "{brand} is good.",
        "is_mirror": True,
    }
    made = post(api, survey, {**mirror, "touchpoint": str(world["touchpoint"])})
    assert (made.status_code, made.json()["touchpoint"]) == (201, str(world["touchpoint"]))
    wrong = post(api, survey, {**mirror, "position": 8, "kind": "text"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "question.mirror_kind")
    words = post(api, survey, {"position": 9, "kind": "words", "text_vi": "Chọn ba từ", "text_en": "Pick three"})
    assert words.status_code == 201
    values = [one["value"] for one in words.json()["choices"]]
    answers = {words.json()["id"]: [values[2], values[0], values[1]]}
    sent = post(api, f"invitations/{world['invitation']}/response/", {"score": 9, "answers": answers})
    assert sent.status_code == 201
    stored = next(one for one in sent.json()["answers"] if one["kind"] == "words")
    assert stored["text"] == "\n".join(sorted(values[:3]))
    match = api.get(f"{V1}brand-match/").json()
    assert (match["whole"]["people"], match["whole"]["match"], match["whole"]["picks"], match["words"]) == (
        1,
        None,
        None,
        [],
    )
