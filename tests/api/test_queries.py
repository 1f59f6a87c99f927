"""Query ceilings: the number of queries of every list, whatever the number of its rows."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.context import TenantRef
from feedback.services.complaints import add_note, open_complaint
from tenants.context import in_tenant
from tests.api.conftest import World, results

# Key and firm are remembered; a list is one query, two where it belongs to one row of another list.
CEILINGS = {
    "me/": 1,
    "users/": 1,
    "departments/": 1,
    "branches/": 1,
    "absences/": 1,
    "customers/": 1,
    "customers/?search=huong": 1,
    "customers/?tag=vip&ordering=name": 1,
    "customers/{customer}/consents/": 2,
    "customers/{customer}/timeline/": 2,
    "customers/{customer}/files/": 2,
    "custom-fields/": 1,
    "customers/?custom=level:gold": 3,
    "imports/": 1,
    "imports/{import}/rows/": 2,
    "imports/{import}/changes/": 2,
    "purchases/": 1,
    "quotes/": 1,
    "segments/": 1,
    "segments/fields/": 4,
    "segments/{segment}/members/": 2,
    "segments/{segment}/sizes/": 2,
    "personas/": 1,
    "personas/shares/": 5,
    "personas/{persona}/citations/": 2,
    "persona-assignments/": 1,
    "persona-quizzes/": 1,
    "persona-quizzes/{quiz}/questions/": 5,
    "persona-quizzes/{quiz}/outcome/": 3,
    "facts/": 1,
    "how-found/": 4,
    "channel-drift/": 2,
    "data-requests/": 1,
    "facts/?kind=need&standing=true": 1,
    "customers/?level=2": 1,
    "customers/{customer}/understanding/": 6,
    "understanding/": 7,
    "customers/{customer}/health/": 2,
    "customers/?band=at_risk": 1,
    "at-risk/": 2,
    "churn-models/": 1,
    "customers/{customer}/purchase-figures/": 3,
    "journeys/": 1,
    "stages/": 1,
    "touchpoints/": 1,
    "touchpoints/?unowned=true": 2,
    "accountabilities/": 1,
    "brand/": 2,
    "insights/": 1,
    "common-needs/": 2,
    "contradictions/": 12,
    "insights/{insight}/evidence/": 2,
    "decisions/": 1,
    "stage-links/": 1,
    "stage-quotes/": 1,
    "standards/": 1,
    "proposed-standards/": 1,
    "reviews/": 1,
    "standard-acknowledgements/": 1,
    "reported-emotions/": 1,
    "stage-visits/": 1,
    "visit-rules/": 1,
    "journeys/{journey}/paths/": 5,
    "journeys/{journey}/versions/": 2,
    "journeys/{journey}/missing/": 4,
    "journeys/{journey}/map/": 4,
    "journeys/{journey}/curves/": 5,
    "initiatives/": 1,
    "initiatives/{initiative}/personas/": 2,
    "environments/": 1,
    "environment-walks/": 1,
    "environment-walks/{walk}/points/": 2,
    "initiatives/{initiative}/guardrails/": 2,
    "surveys/": 1,
    "surveys/{survey}/questions/": 2,
    "dispatches/": 1,
    "contexts/": 1,
    "community-questions/": 1,
    "community-questions/{community_question}/answers/": 2,
    "community-topics/": 2,
    "community-impacts/": 1,
    "community-figures/": 7,
    "contexts/{context}/held/": 4,
    "contexts/{context}/outreach/": 3,
    "invitations/": 1,
    "responses/": 1,
    "metrics/?metric=nps": 2,
    "gaps/": 5,
    "forecasts/": 2,
    "brand-match/": 5,
    "held-of-us/": 11,
    "heard-from/": 2,
    "customers-worth/": 9,
    "usage-modes/": 2,
    "changed-habits/": 4,
    "records/": 10,
    "experience-index/": 6,
    "complaints/": 1,
    "complaints/?open=true&severity=S3": 1,
    "complaints/?tag=vip": 1,
    "desk/": 1,
    "desk/?queue=overdue": 1,
    "desk/?queue=unowned": 2,
    "complaints/{complaint}/notes/": 2,
    "complaints/{complaint}/clocks/": 2,
    "complaints/{complaint}/ladders/": 2,
    "complaints/{complaint}/decisions/": 2,
    "complaints/{complaint}/perspective/": 2,
    "complaints/{complaint}/pauses/": 2,
    "complaints/{complaint}/segments/": 2,
    "complaints/{complaint}/ready-replies/": 10,
    "reply-templates/": 1,
    "promises/": 1,
    "journey-walks/": 1,
    "journey-walks/{journey_walk}/steps/": 5,
    "brand-promises/": 1,
    "budgets/": 1,
    "conduct-policies/": 1,
    "thanks/": 1,
    "coachings/": 1,
    "decisions/{decision}/figures/": 5,
    "compensations/": 1,
    "cause-proposals/": 1,
    "change-requests/": 1,
    "we-did/": 1,
    "pause-reasons/": 1,
    "duplicates/": 3,
    "reports/changes-answered/": 2,
    "reports/promises-kept/": 1,
    "reports/compensations/": 2,
    "reports/time-spent/": 3,
    "root-causes/": 1,
    "remedies/": 1,
    "events/": 1,
    "messages/": 1,
    "alerts/": 1,
    "calendars/": 1,
    "calendars/{calendar}/days/": 2,
    "sla-policies/": 1,
    "escalation-policies/": 1,
    "escalation-policies/{policy}/levels/": 2,
}

pytestmark = pytest.mark.usefixtures("nothing_expires")


def queries(client: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, response.content
    # A list is sent in one message with its SET; calls are written down by the twenties.
    ours = [q["sql"] for q in captured if "tenants_usage" not in q["sql"]]
    return [sql for sql in ours if not re.fullmatch("SET search_path = [^;]*", sql)]


def test_no_list_takes_more_queries_than_its_ceiling(api: Client, world: World) -> None:
    ids = {name: str(ident) for name, ident in world.ids.items()}
    api.get("/api/v1/me/")  # the key's stamp is written once in five minutes, the host is looked up once
    made = {path: queries(api, "/api/v1/" + path.format(**ids)) for path in CEILINGS}
    assert {path: sql for path, sql in made.items() if len(sql) > CEILINGS[path]} == {}


def _fifty(tenant: TenantRef) -> None:
    with in_tenant(tenant):
        for number in range(50):
            customer = create_customer(
                full_name=f"Khách {number}",
                phones=[f"+84 912 000 {number:03}", f"+84 913 000 {number:03}"],
                emails=[f"khach{number}@example.com"],
                external_ids={"pos": f"KH-{number}", "web": f"W-{number}"},
                tags=["vip"],
            )
            state_consent(customer_id=customer.id, purpose="survey", granted=True, method="staff")
            state_consent(customer_id=customer.id, purpose="marketing", granted=False, method="staff")


def test_fifty_customers_take_as_many_queries_as_one(api: Client, staff_client_alpha: Client, alpha: TenantRef) -> None:
    """Also the very first request of a key, which stamps its use, and that of a session."""
    _fifty(alpha)
    first = queries(api, "/api/v1/customers/?limit=50")
    rows: list[Any] = results(api.get("/api/v1/customers/"))
    assert len(rows) == 50
    assert all(len(row["phones"]) == 2 and row["consents"] == {"marketing": False, "survey": True} for row in rows)
    of_fifty = queries(api, "/api/v1/customers/?limit=50")
    assert len(of_fifty) == len(queries(api, "/api/v1/customers/?limit=1")) == 1
    assert len(first) <= 6
    assert len(queries(staff_client_alpha, "/api/v1/customers/")) <= 6


def test_many_complaints_take_as_many_queries_as_one(api: Client, alpha: TenantRef, world: World) -> None:
    api.get("/api/v1/me/")
    one = {path: len(queries(api, f"/api/v1/{path}/")) for path in ("complaints", "events", "messages", "responses")}
    with in_tenant(alpha):
        customer = Customer.objects.first()
        for number in range(20):
            complaint = open_complaint(customer_id=customer.id, description=f"Chờ lâu {number}", channel="staff")
            add_note(complaint_id=complaint.id, body="Đã gọi")
    many = {path: len(queries(api, f"/api/v1/{path}/")) for path in one}
    assert many == one
