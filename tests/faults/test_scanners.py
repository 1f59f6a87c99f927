"""Programs open every link of every mail before people do: nothing happens, and every person's answer still counts."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Consent
from cxcrm.core.context import TenantRef
from cxcrm.core.tokens import make_token
from feedback.models import Complaint, Invitation, Response
from tenants.context import in_tenant
from tests.isolation.asking import Browser
from tests.pages.conftest import _fresh_limits
from tests.support.tables import fingerprint

__all__ = ["_fresh_limits"]
pytestmark = pytest.mark.django_db
SCANNERS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (compatible; Microsoft Outlook SafeLinks)",
    "Mozilla/5.0",  # what Apple's mail privacy protection says
    "Mimecast/1.0",
    "",
]
SCORES = range(11)


@pytest.mark.parametrize("people", [6, pytest.param(500, marks=pytest.mark.faults)])
def test_programs_change_nothing_and_people_are_heard(
    people: int, alpha: TenantRef, invitations: Callable[[int], list[Invitation]]
) -> None:
    asked = invitations(people)
    surveys = [f"/s/{make_token('survey', one.id)}/" for one in asked]
    ways_out = [f"/u/{make_token('opt-out', one.customer_id)}/" for one in asked]
    before, opened = fingerprint(alpha), 0
    for number, (survey, way_out) in enumerate(zip(surveys, ways_out, strict=True)):
        scanner = Browser(HTTP_HOST=alpha.host, HTTP_USER_AGENT=SCANNERS[number % len(SCANNERS)])
        paths = [survey, *(f"{survey}?score={score}" for score in SCORES), way_out, f"{way_out}?choice=stop"]
        for path in paths:
            assert scanner.get(path, HTTP_SEC_PURPOSE="prefetch").status_code == 200
        for path in (survey, f"{survey}?score=9", way_out):
            assert scanner.head(path).status_code == 200
        opened += len(paths) + 3
    assert opened == people * 17
    assert fingerprint(alpha) == before

    for number, survey in enumerate(surveys):
        person = Browser(HTTP_HOST=alpha.host, HTTP_USER_AGENT=SCANNERS[0])
        assert person.get(f"{survey}?score={number % 11}").status_code == 200
        assert person.post(survey, {"score": str(number % 11)}).status_code == 303
    with in_tenant(alpha):
        scores = dict(Response.objects.values_list("invitation_id", "score"))
    assert [scores[one.id] for one in asked] == [number % 11 for number in range(people)]
    for way_out in ways_out:
        answer = Browser(HTTP_HOST=alpha.host).post(way_out, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.content) == (200, b"OK")
    with in_tenant(alpha):
        assert Consent.objects.filter(purpose="survey", granted=False).count() == people


@pytest.mark.parametrize("people", [1, pytest.param(40, marks=pytest.mark.faults)])
def test_links_to_act_do_nothing_when_looked_at(
    people: int, alpha: TenantRef, opened: Callable[..., Complaint], run_agenda: Any, wait: Any
) -> None:
    """What the executive and the customer get: to decide, to say whether it is solved, to follow."""
    from workflows.models import EscalationStep

    cases = [opened(severity="S1") for _person in range(people)]
    run_agenda(limit=5_000)
    steps = EscalationStep.objects.filter(state="told", audience="executive")
    assert steps.count() == people
    paths = [f"/d/{make_token('decide', step.id)}/" for step in steps]
    paths += [f"/{letter}/{make_token(purpose, case.id)}/" for case in cases
              for letter, purpose in (("r", "solved"), ("t", "track"))]  # fmt: skip
    before = fingerprint(alpha)
    for number, path in enumerate(paths):
        scanner = Browser(HTTP_HOST=alpha.host, HTTP_USER_AGENT=SCANNERS[number % len(SCANNERS)])
        for query in ("", "?do=take", "?do=more_time", "?answer=yes", "?answer=no", "?done=1"):
            assert scanner.get(path + query).status_code in {200, 410}
            assert scanner.head(path + query).status_code in {200, 410}
    assert fingerprint(alpha) == before
