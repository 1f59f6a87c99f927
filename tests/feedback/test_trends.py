"""Scores over equal stretches of time, counted as the scores themselves are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cxcrm.core.clock import now
from feedback.models import Dispatch, Invitation, Response, Survey
from feedback.selectors.metrics import score
from feedback.selectors.trends import changes, scores_by

pytestmark = pytest.mark.usefixtures("in_alpha")
Make = Callable[..., Any]


@pytest.fixture
def answer(make_customer: Make) -> Make:
    def make(survey: Survey, value: int, *, customer: Any = None) -> Response:
        customer = customer or make_customer()
        invitation = Invitation.objects.create(
            dispatch=Dispatch.objects.create(survey=survey), survey=survey, customer=customer,
            email="x@example.com", state="answered", expires_at=now(),
        )  # fmt: skip
        return Response.objects.create(
            invitation=invitation, survey=survey, customer=customer, metric=survey.metric, score=value
        )

    return make


def _back(response: Response, days: float) -> None:
    Response.objects.filter(pk=response.pk).update(answered_at=now() - timedelta(days=days))


def test_each_stretch_counts_its_own(nps: Survey, csat: Survey, answer: Make) -> None:
    for value, days in ((10, 1), (10, 2), (0, 8), (9, 200)):
        _back(answer(nps, value), days)
    for value, days in ((5, 1), (1, 95)):
        _back(answer(csat, value), days)
    weeks = scores_by(days=7, stretches=12, until=now())
    assert [(one.n, one.value) for one in weeks["nps"][:3]] == [(2, 100.0), (1, -100.0), (0, None)]
    assert (len(weeks["nps"]), [one.n for one in weeks["csat"][:2]]) == (12, [1, 0])
    found = changes(days=90, until=now())
    assert (found["nps"].score, found["nps"].before.n) == (score("nps", since=now() - timedelta(days=90)), 0)
    assert (found["csat"].score.value, found["csat"].before.value) == (100.0, 0.0)
    assert found["csat"].comparison.difference == 100.0
    assert (found["csat"].comparison.differ, "ces" in found) == (False, False)


def test_of_one_customer_the_latest_of_a_stretch_counts(nps: Survey, answer: Make, make_customer: Make) -> None:
    customer = make_customer()
    for value, days in ((0, 3), (10, 1), (2, 9)):
        _back(answer(nps, value, customer=customer), days)
    weeks = scores_by(days=7, stretches=2, until=now())["nps"]
    assert [(one.n, one.value) for one in weeks] == [(1, 100.0), (1, -100.0)]
    assert changes(days=7, until=now())["nps"].comparison.differ is False
