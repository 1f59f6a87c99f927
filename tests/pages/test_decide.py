"""Deciding through the link in an escalation mail."""

from collections.abc import Callable
from typing import Any

import pytest

from cxcrm.core.context import TenantRef
from feedback.models import Complaint, Remedy
from feedback.services import complaints
from tests.support.tables import fingerprint
from tests.workflows.conftest import Crew
from workflows.models import EscalationStep, Ladder, LadderDecision


@pytest.fixture
def path(link: Callable[..., str], step: EscalationStep) -> str:
    return link("decide", step.id)


def test_the_tapped_way_stands_first(path: str, client_alpha: Any, cheap: Remedy, crew: Crew) -> None:
    page = client_alpha.get(f"{path}?do=choose&remedy={cheap.id}").content.decode()
    first = page.index('id="chosen"')
    assert page[first:].split("<", 1)[0].endswith(cheap.name)
    assert crew.executive.full_name in page
    assert crew.executive.email not in page
    assert "0912" not in page
    assert page.count("<details") >= 4
    for way, words in (("take", "take"), ("delegate", "delegate"), ("more_time", "more_time")):
        tapped = client_alpha.get(f"{path}?do={way}").content.decode()
        assert f'name="kind" value="{words}"' in tapped[tapped.index('id="chosen"') :].split("</form>")[0]


def test_taking_it(path: str, client_alpha: Any, complaint: Complaint, crew: Crew, step: EscalationStep) -> None:
    posted = client_alpha.post(path, {"kind": "take"})
    assert (posted.status_code, posted["Location"]) == (303, path + "?done=1")
    decision = LadderDecision.objects.get()
    assert (decision.kind, decision.decided_by, decision.step) == ("take", crew.executive, step)
    complaint.refresh_from_db()
    assert complaint.owner == crew.executive
    assert Ladder.objects.get(complaint=complaint).state == "held"
    assert client_alpha.get(path + "?done=1").status_code == 200
    used = client_alpha.post(path, {"kind": "take"})
    assert used.status_code == 410
    assert crew.executive.full_name in used.content.decode()
    assert LadderDecision.objects.count() == 1


def test_choosing_within_ones_limit(
    path: str, client_alpha: Any, complaint: Complaint, cheap: Remedy, dear: Remedy
) -> None:
    above = client_alpha.post(path, {"kind": "choose", "remedy_id": str(dear.id)})
    assert above.status_code == 400
    assert not LadderDecision.objects.exists()
    assert (
        client_alpha.post(path, {"kind": "choose", "remedy_id": str(cheap.id), "note": "Làm ngay"}).status_code == 303
    )
    complaint.refresh_from_db()
    assert complaint.remedy == cheap


def test_giving_it_to_somebody(path: str, client_alpha: Any, complaint: Complaint, crew: Crew) -> None:
    assert client_alpha.post(path, {"kind": "delegate"}).status_code == 400
    assert client_alpha.post(path, {"kind": "delegate", "delegate_id": str(complaint.id)}).status_code == 400
    assert client_alpha.post(path, {"kind": "delegate", "delegate_id": str(crew.spare.id)}).status_code == 303
    complaint.refresh_from_db()
    assert complaint.owner == crew.spare


def test_asking_for_time(path: str, client_alpha: Any) -> None:
    assert client_alpha.post(path, {"kind": "more_time", "days": "2"}).status_code == 400
    assert client_alpha.post(path, {"kind": "more_time", "days": "9", "note": "Chờ kế toán"}).status_code == 400
    kept = client_alpha.post(path, {"kind": "more_time", "days": "", "note": "Chờ kế toán"}).content.decode()
    assert "Chờ kế toán" in kept
    assert client_alpha.post(path, {"kind": "more_time", "days": "2", "note": "Chờ kế toán"}).status_code == 303
    assert LadderDecision.objects.get().note == "Chờ kế toán"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "nonsense"},
        {"kind": "choose"},
        {"kind": "choose", "remedy_id": "nonsense"},
        {"kind": "take", "note": "a\x00b"},
        {"kind": "take", "note": "x" * 2001},
        {"kind": "take", "show_in": "en"},
    ],
)
def test_what_is_not_a_decision_changes_nothing(
    body: dict[str, str], path: str, client_alpha: Any, alpha: TenantRef
) -> None:
    before = fingerprint(alpha)
    assert client_alpha.post(path, body).status_code == (200 if "show_in" in body else 400)
    assert fingerprint(alpha) == before


def test_after_the_answer_there_is_nothing_to_decide(
    path: str, client_alpha: Any, complaint: Complaint, cause: Any, alpha: TenantRef
) -> None:
    complaints.resolve_complaint(complaint_id=complaint.id, root_cause_id=cause.id, action_taken="Đã hoàn tiền.")
    before = fingerprint(alpha)
    assert client_alpha.get(path).status_code == 410
    assert client_alpha.post(path, {"kind": "take"}).status_code == 410
    assert fingerprint(alpha) == before


def test_a_step_that_told_nobody_has_no_page(link: Callable[..., str], complaint: Complaint, client_alpha: Any) -> None:
    waiting = EscalationStep.objects.filter(ladder__complaint=complaint, state="waiting").latest("position")
    assert client_alpha.get(link("decide", waiting.id)).status_code == 404


def test_it_speaks_the_deciders_language(path: str, client_alpha: Any, crew: Crew) -> None:
    crew.executive.language = "en"
    crew.executive.save()
    page = client_alpha.get(path, headers={"Accept-Language": "vi"}).content.decode()
    assert '<html lang="en">' in page
    assert "You decide here as" in page
