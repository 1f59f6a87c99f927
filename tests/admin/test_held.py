"""What customers think of us, on its page and through the API: shares with their intervals, nothing under five."""

import pytest
import time_machine

from feedback.models import Question, Survey
from feedback.services.configuration import save_question
from tenants.context import in_tenant
from tests.support.gaps import agreed, answered

PAGE, ADDRESS = "/admin/feedback/response/held/", "/api/v1/held-of-us/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-30T05:00:00Z", tick=True):
        yield


def test_few_are_not_shown_and_many_are(client_as, alpha):
    with in_tenant(alpha):
        survey = Survey.objects.get(metric="nps")
        trust = survey.questions.get(item="trust")
        love, choice = (
            save_question(question=Question(survey=survey, position=position, item=item))
            for position, item in ((8, "love"), (9, "compared"))
        )
        answered(trust, agreed(17, 20))
        answered(love, [5] * 4)
        answered(choice, ["better"] * 6 + ["same"] * 3 + ["worse"])
    client = client_as("agent")
    page = client.get(PAGE).text
    for words in (
        "85 %",
        "[64; 95] · 20 khách",
        "quá ít để kết luận: 4 câu trả lời",
        "60 %",
        "30 %",
        "10 %",
        "Chưa hỏi:",
    ):
        assert words in page, words
    assert "/admin/feedback/survey/" not in page.split("Chưa hỏi:")[1].split("</p>")[0]  # an agent sets nothing up
    shown = client.get(ADDRESS).json()
    items = {one["item"]: one["quarters"] for one in shown["items"]}
    assert set(items) == {"love", "trust", "understood"}
    (quarter,) = items["trust"]
    assert {name: quarter[name] for name in ("quarter", "n", "share", "mean")} == {
        "quarter": "2026-10-01", "n": 20, "share": 85.0, "mean": 4.55,
    }  # fmt: skip
    assert (round(quarter["low"], 1), round(quarter["high"], 1)) == (64.0, 94.8)
    assert items["love"] == [{"quarter": "2026-10-01", "n": 4, "share": None, "low": None, "high": None, "mean": None}]
    (compared,) = shown["compared"]
    assert [compared[one]["share"] for one in ("better", "same", "worse")] == [60.0, 30.0, 10.0]
    assert shown["chain"]["again"] is None
    assert shown["chain"]["trusting"]["points"] is None
    assert shown["missing"] == ["values_fit", "community"]
    assert shown["brand_values"] == {"n": 0, "good": None, "share": None, "low": None, "high": None}


def test_a_firm_that_asks_nothing_is_told_how(client_as, alpha):
    with in_tenant(alpha):
        Question.objects.exclude(item="").delete()
    assert "Chưa có khảo sát nào hỏi" in client_as("read_only").get(PAGE).text
    assert "/admin/feedback/survey/" in client_as("manager").get(PAGE).text
