"""How many queries each page may ask; the number does not grow with the rows shown."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.services.customers import create_customer
from feedback.services.complaints import open_complaint
from journeys.models import Touchpoint
from tests.conftest import FirmClient

pytestmark = pytest.mark.usefixtures("nothing_expires")

# Session, user, firm and brand are asked for on every page; SET search_path is not counted.
CEILINGS = {
    "/admin/": 42,
    "/admin/unowned/": 18,
    "/admin/flywheel/": 32,
    "/admin/customers/customer/": 13,
    "/admin/customers/attachment/": 8,
    "/admin/customers/customfield/": 7,
    "/admin/customers/importjob/": 8,
    "/admin/customers/purchase/": 9,
    "/admin/customers/quote/": 9,
    "/admin/customers/segment/": 9,
    "/admin/customers/persona/": 12,
    "/admin/customers/personaquiz/": 10,
    "/admin/customers/fact/": 9,
    "/admin/customers/fact/usage/": 7,
    "/admin/customers/fact/habits/": 8,
    "/admin/customers/customer/records/": 14,
    "/admin/words/": 6,
    "/admin/customers/fact/found/": 9,
    "/admin/customers/customer/understanding/": 12,
    "/admin/customers/customer/leaving/": 9,
    "/admin/customers/customer/forecast/": 9,
    "/admin/feedback/complaint/": 15,
    "/admin/feedback/response/": 12,
    "/admin/feedback/response/held/": 13,
    "/admin/feedback/response/heard/": 8,
    "/admin/feedback/response/worth/": 15,
    "/admin/feedback/response/experience/": 10,
    "/admin/feedback/dispatch/": 10,
    "/admin/feedback/contextevent/": 8,
    "/admin/feedback/communityquestion/": 9,
    "/admin/feedback/communityquestion/add/": 8,
    "/admin/feedback/communityquestion/figures/": 13,
    "/admin/feedback/communitytopic/": 9,
    "/admin/feedback/communityimpact/": 8,
    "/admin/feedback/contextevent/add/": 8,
    "/admin/feedback/invitation/": 9,
    "/admin/feedback/belief/": 17,
    "/admin/feedback/belief/add/": 8,
    "/admin/feedback/belief/forecasts/": 7,
    "/admin/feedback/staffturn/": 17,
    "/admin/feedback/staffturn/add/": 7,
    "/admin/feedback/staffturn/pillars/": 11,
    "/admin/feedback/staffturn/orientation/": 7,
    "/admin/feedback/survey/": 9,
    "/admin/feedback/rootcause/": 10,
    "/admin/feedback/remedy/": 9,
    "/admin/journeys/journey/": 8,
    "/admin/feedback/replytemplate/": 8,
    "/admin/workflows/review/": 9,
    "/admin/workflows/review/supervision/": 36,
    "/admin/workflows/review/contradictions/": 17,
    "/admin/workflows/promise/": 10,
    "/admin/workflows/promise/brand/": 11,
    "/admin/workflows/compensation/": 11,
    "/admin/workflows/cxbudget/": 9,
    "/admin/workflows/cxbudget/board/": 14,
    "/admin/workflows/recognition/": 15,
    "/admin/workflows/conductpolicy/": 12,
    "/admin/workflows/clocksegment/": 11,
    "/admin/workflows/pausereason/": 7,
    "/admin/journeys/stage/": 10,
    "/admin/journeys/touchpoint/": 13,
    "/admin/journeys/accountability/": 10,
    "/admin/journeys/brandprofile/": 8,
    "/admin/journeys/brandprofile/thread/": 12,
    "/admin/journeys/insight/": 9,
    "/admin/journeys/insight/needs/": 7,
    "/admin/journeys/decision/": 11,
    "/admin/journeys/journeyversion/": 8,
    "/admin/journeys/journey/map/": 12,
    "/admin/journeys/journey/paths/": 9,
    "/admin/journeys/visitrule/": 9,
    "/admin/journeys/journey/coverage/": 20,
    "/admin/journeys/journeywalk/": 10,
    "/admin/journeys/journeywalk/add/": 9,
    "/admin/journeys/journey/my-part/": 12,
    "/admin/journeys/initiative/": 11,
    "/admin/journeys/environment/": 8,
    "/admin/staff/user/": 11,
    "/admin/staff/department/": 7,
    "/admin/staff/branch/": 7,
    "/admin/staff/absence/": 7,
    "/admin/staff/apikey/": 7,
    "/admin/workflows/calendar/": 7,
    "/admin/workflows/slapolicy/": 7,
    "/admin/workflows/escalationpolicy/": 8,
    "/admin/workflows/event/": 8,
    "/admin/workflows/message/": 7,
    "/admin/workflows/incomingmail/": 7,
    "/admin/workflows/alert/": 7,
    "/admin/workflows/causeproposal/": 12,
    "/admin/workflows/changerequest/": 12,
    "/admin/workflows/wedid/": 8,
}


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [
        row["sql"] for row in captured.captured_queries if not row["sql"].startswith(("SET", "SAVEPOINT", "RELEASE"))
    ]


def fill(desk, count):
    touchpoint = Touchpoint.objects.first()
    for number in range(count):
        customer = create_customer(full_name=f"Khách {number}", phones=[f"09123450{number:02}"])
        open_complaint(
            customer_id=customer.pk, description=f"Chuyện {number}", channel="staff", touchpoint_id=touchpoint.pk
        )


@pytest.mark.parametrize("url", CEILINGS)
def test_lists_stay_under_their_ceiling(staff_client_alpha, desk, url):
    asked = queries(staff_client_alpha, url)
    assert len(asked) <= CEILINGS[url], "\n".join(asked)


@pytest.mark.parametrize(
    "url",
    [
        "/admin/",
        "/admin/customers/customer/",
        "/admin/feedback/complaint/",
        "/admin/feedback/complaint/board/?show=open",
    ],
)
def test_more_rows_ask_no_more(staff_client_alpha, desk, run_agenda, url):
    run_agenda()
    staff_client_alpha.get(url)
    few = queries(staff_client_alpha, url)
    fill(desk, 6)
    run_agenda()
    staff_client_alpha.get(url)  # the host is looked up now and then, not for each page
    many = queries(staff_client_alpha, url)
    assert len(many) == len(few), "\n".join(many)


def test_a_shorter_reach_asks_once_more(client_as, person, alpha, desk, run_agenda):
    """Whose cases somebody sees stands in the queries there are; what that depends on is one more."""
    run_agenda()
    whole, near = client_as("manager"), FirmClient(alpha)
    near.force_login(person("manager", "Ngô Gần", reach="department"))
    for url in (
        "/admin/",
        "/admin/feedback/complaint/",
        "/admin/feedback/complaint/board/",
        "/admin/feedback/response/",
        "/admin/workflows/message/",
        "/admin/workflows/promise/",
        f"/admin/customers/customer/{desk.customer.pk}/change/",
    ):
        for client in (whole, near):
            client.get(url)
        # Which firm's address it is, is looked up now and then, whoever asks.
        asked = [len([one for one in queries(client, url) if "tenants_domain" not in one]) for client in (near, whole)]
        assert asked[0] <= asked[1] + 1, url


def test_the_customers_page(staff_client_alpha, desk, run_agenda):
    run_agenda()
    asked = queries(staff_client_alpha, f"/admin/customers/customer/{desk.customer.pk}/change/")
    assert len(asked) <= 34, "\n".join(asked)


def test_the_complaints_page(staff_client_alpha, desk, run_agenda):
    run_agenda()
    asked = queries(staff_client_alpha, f"/admin/feedback/complaint/{desk.complaint.pk}/change/")
    assert len(asked) <= 80, "\n".join(asked)
