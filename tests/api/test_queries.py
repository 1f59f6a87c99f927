"""Query ceilings: the number of queries of every list, whatever the number of its rows."""

from typing import Any

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

# One each for the key and the firm's clock are in every number; the rest is the list itself.
CEILINGS = {
    "me/": 3,
    "users/": 3,
    "departments/": 3,
    "branches/": 3,
    "absences/": 3,
    "customers/": 3,
    "customers/?search=huong": 3,
    "customers/?tag=vip&ordering=name": 3,
    "customers/{customer}/consents/": 4,
    "customers/{customer}/timeline/": 4,
    "imports/": 3,
    "imports/{import}/rows/": 4,
    "journeys/": 3,
    "stages/": 3,
    "touchpoints/": 3,
    "touchpoints/?unowned=true": 4,
    "accountabilities/": 3,
    "surveys/": 4,
    "surveys/{survey}/questions/": 4,
    "dispatches/": 3,
    "invitations/": 3,
    "responses/": 4,
    "metrics/?metric=nps": 4,
    "complaints/": 3,
    "complaints/?open=true&severity=S3": 3,
    "complaints/{complaint}/notes/": 4,
    "complaints/{complaint}/clocks/": 4,
    "complaints/{complaint}/ladders/": 5,
    "complaints/{complaint}/decisions/": 4,
    "root-causes/": 3,
    "remedies/": 3,
    "events/": 3,
    "messages/": 3,
    "alerts/": 3,
    "calendars/": 3,
    "calendars/{calendar}/days/": 4,
    "sla-policies/": 3,
    "escalation-policies/": 4,
    "escalation-policies/{policy}/levels/": 4,
}


def queries(client: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, response.content
    return [q["sql"] for q in captured if not q["sql"].startswith("SET search_path")]


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
    assert len(of_fifty) == len(queries(api, "/api/v1/customers/?limit=1")) == 3
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
