"""Odd answers in the list, on their page, and in the month's report."""

import pytest

from cxcrm.core.clock import now
from feedback.models import Dispatch, Invitation, Response, Survey

LIST = "/admin/feedback/response/"


@pytest.fixture
def answer(desk):
    survey = Survey.objects.get(metric="nps")
    dispatch = Dispatch.objects.create(survey=survey)
    invitation = Invitation.objects.create(
        dispatch=dispatch, survey=survey, customer=desk.customer, expires_at=now(), state="answered"
    )
    return Response.objects.create(
        invitation=invitation, survey=survey, customer=desk.customer, metric="nps", score=10, words="Tốt", odd=["quick"]
    )


def test_marked_set_aside_and_counted_again(client_as, answer):
    steward, manager = client_as("brand_steward"), client_as("manager")
    url, page = f"{LIST}{answer.pk}/set-aside/", f"{LIST}{answer.pk}/change/"
    assert "dưới năm giây" in manager.get(page).content.decode()
    assert (url in steward.get(page).content.decode(), url in manager.get(page).content.decode()) == (True, False)
    assert manager.get(url).status_code == 403
    assert "?odd=open" in steward.get("/admin/workflows/review/supervision/").content.decode()
    for query, seen in (("", True), ("?odd=open", True), ("?odd=quick", True), ("?odd=aside", False)):
        assert (str(answer.pk) in steward.get(LIST + query).content.decode()) is seen
    assert steward.post(url, {"because": ""}).status_code == 200
    assert steward.post(url, {"because": "Nhân viên bấm hộ"})["Location"] == page
    assert "Nhân viên bấm hộ" in manager.get(page).content.decode()
    assert str(answer.pk) in steward.get(f"{LIST}?odd=aside").content.decode()
    assert steward.get(url).status_code == 200
    assert steward.post(url)["Location"] == page
    assert Response.objects.get().set_aside_at is None
    Response.objects.update(odd=[])
    assert steward.post(url, {"because": "x"}).status_code == 200  # nothing odd about it
    assert steward.get(f"{LIST}{answer.customer_id}/set-aside/").status_code == 302
