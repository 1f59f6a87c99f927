"""Causes that come back, on the home page, the list, their own page and the initiative's; telling who raised them."""

import pytest

from customers.services.customers import create_customer
from feedback.models import Complaint, RootCause
from feedback.services.complaints import open_complaint
from journeys.models import Initiative, Touchpoint
from tenants.context import in_tenant
from tenants.staff.models import User
from tests.conftest import FirmClient
from workflows.models import CauseProposal, WeDid
from workflows.services.causes import look_at_cause


@pytest.fixture
def proposal(in_alpha):
    cause = RootCause.objects.filter(parent__isnull=False).order_by("name").first()
    for number in range(3):
        person = create_customer(
            full_name=f"Nguyễn Thị {number}", emails=[f"k{number}@khach.example"], language="en" if number else "vi"
        )
        made = open_complaint(
            customer_id=person.pk, description="Chờ lâu", channel="staff", touchpoint_id=Touchpoint.objects.first().pk
        )
        Complaint.objects.filter(pk=made.pk).update(root_cause=cause)
    return look_at_cause(root_cause_id=cause.pk)


def text(client, url, **data):
    answer = client.post(url, data, follow=True) if data else client.get(url)
    return answer.content.decode()


def test_from_the_home_page_to_an_initiative_and_back_to_the_customers(staff_client_alpha, proposal, run_agenda):
    url = f"/admin/workflows/causeproposal/{proposal.pk}/change/"
    CauseProposal.objects.update(owner=User.objects.get(role="owner"))
    assert url in text(staff_client_alpha, "/admin/")
    listed = text(staff_client_alpha, "/admin/workflows/causeproposal/")
    assert (url in listed, "Vì sao khách khiếu nại" in listed) == (True, True)
    page = text(staff_client_alpha, url)
    assert all(number in page for number in Complaint.objects.values_list("number", flat=True))
    taken = text(staff_client_alpha, url, do="take")
    initiative = Initiative.objects.get()
    assert initiative.name in taken
    assert "Nguyên nhân dẫn đến sáng kiến này" in taken
    assert "Báo cho khách việc đã làm" not in taken
    assert "Đã có người quyết định" in text(staff_client_alpha, url, do="take")
    Initiative.objects.update(state="running", launched_on="2026-01-01")
    page = text(staff_client_alpha, f"/admin/journeys/initiative/{initiative.pk}/change/")
    tell = f"/admin/workflows/wedid/tell/?initiative={initiative.pk}"
    assert tell in page
    assert "3 khách" in text(staff_client_alpha, tell)
    text(staff_client_alpha, tell, do="send", said_vi="")
    assert not WeDid.objects.exists()
    said = {"said_vi": "Có quầy lấy nhanh.", "said_en": "There is a fast lane."}
    shown = text(staff_client_alpha, tell, do="preview", **said)
    assert shown.count("There is a fast lane.") == 2
    assert shown.count("như Nguyễn Thị sẽ đọc") == 2
    assert not WeDid.objects.exists()
    sent = text(staff_client_alpha, tell, do="send", **said)
    assert "Đang gửi tới 3 khách" in sent
    run_agenda()
    page = text(staff_client_alpha, f"/admin/journeys/initiative/{initiative.pk}/change/")
    assert "Đã báo tới 3 trên 3 khách" in page
    again = text(staff_client_alpha, tell, do="send", **said)
    assert "Không có gì để gửi" in again
    assert WeDid.objects.count() == 1


def test_left_with_a_reason_which_is_asked_for(staff_client_alpha, proposal):
    url = f"/admin/workflows/causeproposal/{proposal.pk}/change/"
    text(staff_client_alpha, url, do="leave", because="")
    proposal.refresh_from_db()
    assert proposal.state == "waiting"
    assert "Máy mới về" in text(staff_client_alpha, url, do="leave", because="Máy mới về tuần sau")


def test_who_may_not_decide_sees_no_more_than_their_cases(alpha, person, proposal):
    agent = person("agent", reach="own")
    client = FirmClient(alpha)
    client.force_login(agent)
    url = f"/admin/workflows/causeproposal/{proposal.pk}/change/"
    page = text(client, url)
    assert "0 trên 3 vụ việc" in page.replace("Anh/chị được xem ", "")
    with in_tenant(alpha):
        assert not any(number in page for number in Complaint.objects.values_list("number", flat=True))
        initiative = Initiative.objects.create(name="x", what="x", owner=User.objects.get(role="owner"))
    assert client.post(url, {"do": "take"}).status_code == 403
    assert client.get(f"/admin/workflows/wedid/tell/?initiative={initiative.pk}").status_code == 403
    assert client.get("/admin/workflows/wedid/tell/").status_code == 404
    assert client.get(f"/admin/workflows/causeproposal/{initiative.pk}/change/").status_code == 302
    with in_tenant(alpha):
        assert CauseProposal.objects.get().state == "waiting"
