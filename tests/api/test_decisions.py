"""Deciding through the API: by the person who was told, logged in; never by a partner's key."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cxcrm.core.clock import now
from feedback.models import Complaint, Remedy
from tests.api.conftest import JSON, results
from tests.conftest import FirmClient
from tests.workflows.conftest import Crew, cause, cheap, complaint, crew, customer, dear, opened, wait
from workflows.models import EscalationStep, LadderDecision

__all__ = ["cause", "cheap", "complaint", "crew", "customer", "dear", "opened", "wait"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def url(complaint: Complaint, wait: Callable[..., None]) -> str:
    """The decisions of a complaint whose executive has been told."""
    wait(hours=17)
    return f"/api/v1/complaints/{complaint.id}/decisions/"


@pytest.fixture
def executive(client_alpha: FirmClient, crew: Crew) -> Client:
    client_alpha.force_login(crew.executive)
    return client_alpha


def post(client: Client, url: str, **body: Any) -> Any:
    return client.post(url, body, content_type=JSON)


def test_the_executive_chooses_a_remedy(url: str, executive: Client, crew: Crew, cheap: Remedy) -> None:
    response = post(executive, url, kind="choose", remedy=str(cheap.id), note="Hoàn ngay.")
    told = response.json()
    step = EscalationStep.objects.get(position=3)
    assert response.status_code == 201
    assert (told["kind"], told["remedy"], told["note"]) == ("choose", str(cheap.id), "Hoàn ngay.")
    assert (told["step"], told["decided_by"]) == (str(step.id), str(crew.executive.id))
    assert results(executive.get(url)) == [told]
    again = post(executive, url, kind="take")
    assert (again.status_code, again.json()["code"]) == (410, "workflows.decision_over")


def test_handing_over_and_asking_for_time_say_what_is_missing(url: str, executive: Client, crew: Crew) -> None:
    for body, field in (
        ({"kind": "choose"}, "remedy_id"),
        ({"kind": "delegate"}, "delegate_id"),
        ({"kind": "more_time"}, "until"),
        ({"kind": "more_time", "until": (now() + timedelta(days=1)).isoformat()}, "note"),
    ):
        refused = post(executive, url, **body)
        assert (refused.status_code, refused.json()["code"]) == (400, "workflows.decision_invalid")
        assert refused.json()["data"]["field"] == field
    assert LadderDecision.objects.count() == 0
    assert post(executive, url, kind="delegate", delegate=str(crew.spare.id)).status_code == 201
    assert Complaint.objects.get().owner == crew.spare


def test_nobody_else_decides(url: str, client_alpha: FirmClient, crew: Crew, api_alpha: Callable[..., Client]) -> None:
    client_alpha.force_login(crew.spare)
    stranger = post(client_alpha, url, kind="take")
    assert (stranger.status_code, stranger.json()["code"]) == (403, "workflows.not_your_decision")
    key = post(api_alpha(["workflows:manage"]), url, kind="take")
    assert (key.status_code, key.json()["code"]) == (403, "workflows.decision_personal")
    assert LadderDecision.objects.count() == 0
