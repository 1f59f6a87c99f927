"""The persona quiz by the API: opened by whoever manages, answered by people, silent until it is over."""

from typing import Any

import pytest

from customers.models import PersonaQuiz, QuizAnswer
from tenants.context import in_tenant
from tenants.staff.models import Department
from tests.api.conftest import JSON
from tests.conftest import FirmClient
from tests.support.gaps import hire
from tests.support.quiz import answer, choices, two_portraits

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"


def log_in(alpha: Any, role: str) -> FirmClient:
    with in_tenant(alpha):
        (user,) = hire(1, role=role)
    client = FirmClient(alpha)
    client.force_login(user)
    return client


def test_a_round_from_opening_to_its_outcome(api: Any, alpha: Any) -> None:
    with in_tenant(alpha):
        first, _second = two_portraits()
    made = api.post(f"{V1}persona-quizzes/", {"persona": str(first.pk), "working_days": 3}, content_type=JSON)
    assert (made.status_code, made.json()["closed_at"]) == (201, None)
    address = f"{V1}persona-quizzes/{made.json()['id']}/"
    again = api.post(f"{V1}persona-quizzes/", {"persona": str(first.pk)}, content_type=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "persona_quiz.already_open")
    with in_tenant(alpha):
        quiz = PersonaQuiz.objects.get()
        chosen = choices(quiz, wrong=2)
    questions = api.get(f"{address}questions/").json()
    assert [one["ask"] for one in questions] == ["need", "emotion", "channel", "share", "sentence"]
    assert {one["is_right"] for question in questions for one in question["options"]} == {None}
    said = {"answers": [{"ask": ask, "option": str(ident)} for ask, ident in chosen.items()]}
    agent = log_in(alpha, "agent")
    for client, sent, code in (
        (api, said, "persona_quiz.staff_only"),
        (agent, {"answers": said["answers"][:4]}, "persona_quiz.incomplete"),
        (agent, {"answers": [*said["answers"], said["answers"][0]]}, "invalid"),
        (log_in(alpha, "read_only"), said, "not_allowed"),
    ):
        refused = client.post(f"{address}answer/", sent, content_type=JSON)
        assert refused.json()["code"] == code
        with in_tenant(alpha):
            assert not QuizAnswer.objects.exists()
    told = agent.post(f"{address}answer/", said, content_type=JSON)
    assert told.status_code == 200
    mine = [one["is_right"] for question in told.json() for one in question["options"] if one["is_mine"]]
    assert mine == [False, False, True, True, True]
    assert agent.post(f"{address}answer/", said, content_type=JSON).json()["code"] == "persona_quiz.answered"
    with in_tenant(alpha):
        team = Department.objects.create(name="Quán")
        answer(quiz, hire(5, team))
        answer(quiz, hire(4))
    silent = {"people": 10, "divergence": None, "recall": None, "teams": [], "hidden_teams": 0}
    assert api.get(f"{address}outcome/").json() == silent
    assert {one["share"] for question in agent.get(f"{address}questions/").json() for one in question["options"]} == {
        None
    }
    assert api.post(f"{address}close/", {}, content_type=JSON).status_code == 200
    found = api.get(f"{address}outcome/").json()
    assert (found["people"], found["recall"], round(found["divergence"], 3)) == (10, 0.96, 0.08)
    assert [(one["department"], one["people"], one["recall"]) for one in found["teams"]] == [(str(team.pk), 5, 1.0)]
    questions = api.get(f"{address}questions/").json()
    assert [one["share"] for one in questions[0]["options"] if one["is_right"]] == [0.9]
    assert api.get(f"{V1}persona-quizzes/", {"open": "true"}).json()["results"] == []
    assert agent.post(f"{address}answer/", said, content_type=JSON).json()["code"] == "persona_quiz.over"
