"""Staff's voice through the API: asked, answered once, read as figures of five and more, and kept with no call."""

from typing import Any

import pytest
import time_machine

from feedback.models import StaffAnswer, StaffTurn
from tenants.context import in_tenant
from tenants.staff.models import RepeatableCall
from tests.api.test_gaps import log_in, post
from tests.support.gaps import hire
from tests.support.staff_voice import say, values

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel("2026-11-30T05:00:00Z", tick=True):
        yield


def test_asked_and_answered_once_without_a_kept_call(api: Any, alpha: Any) -> None:
    agent = log_in(alpha, "agent")
    asked = agent.get(f"{V1}questionnaires/").json()
    assert [(one["questionnaire"], one["period"], one["is_answered"]) for one in asked] == [
        ("pulse", "2026-10-01", False),
        ("pillars", "2026-01-01", False),
    ]
    assert [len(one["items"]) for one in asked] == [7, 20]
    said = {"questionnaire": "pulse", "answers": values("pulse", 1), "words": "Vui"}
    for change, code in (
        ({"answers": {}}, "invalid"),
        ({"answers": {"enps": 1}}, "questionnaire.incomplete"),
        ({"answers": values("pulse", 1, enps=11)}, "questionnaire.off_scale"),
        ({"answers": {**values("pulse", 1), "mood": 1}}, "questionnaire.unknown_item"),
    ):
        refused = post(agent, "questionnaires/", {**said, **change})
        assert (refused.status_code, refused.json()["code"]) == (400, code)
    theirs = post(agent, "questionnaires/", {"questionnaire": "orientation", "answers": values("orientation", 1)})
    assert (theirs.status_code, theirs.json()["code"]) == (403, "questionnaire.not_asked")
    assert post(api, "questionnaires/", said).json()["code"] == "journey.person_only"
    with in_tenant(alpha):
        assert not StaffTurn.objects.exists()
    made = agent.post(
        f"{V1}questionnaires/", said, content_type="application/json", headers={"Idempotency-Key": "once"}
    )
    assert (made.status_code, made.json()[0]["is_answered"]) == (201, True)
    again = post(agent, "questionnaires/", said)
    assert (again.status_code, again.json()["code"]) == (409, "questionnaire.already_answered")
    with in_tenant(alpha):
        assert (StaffTurn.objects.count(), StaffAnswer.objects.count()) == (1, 8)
        assert not RepeatableCall.objects.exists(), "a digest of the call would tell what this person said"


def test_figures_of_five_and_more_of_periods_that_are_over(api: Any, alpha: Any) -> None:
    with in_tenant(alpha), time_machine.travel("2026-08-10T05:00:00Z"):
        people = hire(5)
        say(people[:4], "pulse", 1, enps=10, support=5, words="Thiếu người giờ đông")
    few = api.get(f"{V1}our-people/").json()
    assert few["enps"] == {"value": None, "low": None, "high": None, "n": 4}
    assert (few["support"]["value"], few["words"], few["day"]["moments"][1]["reported"]) == (None, [], None)
    with in_tenant(alpha):
        with time_machine.travel("2026-08-11T05:00:00Z"):
            say(people[4:], "pulse", 1, enps=10, support=5, words="Thiếu người giờ đông")
        with time_machine.travel("2025-08-11T05:00:00Z"):
            say(people, "pillars", 4)
        (boss,) = hire(1, role="executive")
        say([boss], "orientation", 3)
        say(people, "pulse", 1, enps=0)
    told = api.get(f"{V1}our-people/?day=2026-09-24").json()
    assert (told["quarter"], told["enps"]["value"], told["enps"]["n"], told["support"]["value"]) == (
        "2026-07-01", 100.0, 5, 100.0,
    )  # fmt: skip
    assert (told["day"]["moments"][1]["reported"]["value"], told["words"]) == (1.0, [])
    running = api.get(f"{V1}our-people/?day=2026-12-24").json()
    assert (running["enps"]["n"], running["units"], running["day"]["moments"]) == (0, [], [])
    assert log_in(alpha, "manager").get(f"{V1}our-people/").json()["words"] == ["Thiếu người giờ đông"] * 5
    first = api.get(f"{V1}pillars/").json()["pillars"][0]
    assert (first["pillar"], first["standing"], first["staff"]["percent"], first["gap"]) == (
        "people",
        "few",
        100.0,
        None,
    )
    axes = api.get(f"{V1}orientation/").json()
    assert (axes["year"], axes["people"], axes["axes"][0]) == (
        "2026-01-01", 1, {"orientation": "product", "mean": 3.0, "before": None},
    )  # fmt: skip
    assert log_in(alpha, "manager").get(f"{V1}orientation/").status_code == 403
    assert api.get(f"{V1}our-people/?day=soon").status_code == 400
