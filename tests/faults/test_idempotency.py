"""The same call many times at once is one effect, and many editors of one row lose nothing."""

import json

import pytest

from customers.models import Customer
from customers.services.customers import create_customer
from cxcrm.core.context import TenantRef
from tenants.context import in_tenant
from tenants.staff.models import RepeatableCall
from tenants.staff.services.api_keys import create_api_key
from tests.conftest import FirmClient
from tests.support.race import race

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"


@pytest.fixture
def key(alpha: TenantRef) -> str:
    with in_tenant(alpha):
        return create_api_key(name="race", scopes=["customers:write"])[1]


def caller(alpha: TenantRef, key: str) -> FirmClient:
    return FirmClient(alpha, headers={"Authorization": f"Bearer {key}"})


@pytest.mark.parametrize(("keys", "at_once"), [(6, 4), pytest.param(200, 20, marks=pytest.mark.faults)])
def test_calls_under_one_key_are_one_effect(alpha: TenantRef, key: str, keys: int, at_once: int) -> None:
    """Everybody sends every call in the same order, so that they meet at each key."""

    def post_all() -> list[tuple[int, str, bool]]:
        client, told = caller(alpha, key), []
        for number in range(keys):
            headers = {"Idempotency-Key": f"key-{number}"}
            body = {"full_name": f"Khách {number}"}
            response = client.post("/api/v1/customers/", body, content_type=JSON, headers=headers)
            told.append((response.status_code, response.json()["id"], "Idempotency-Replayed" in response.headers))
        return told

    for answers in zip(*race(alpha, *[post_all] * at_once), strict=True):
        assert {status for status, _id, _replayed in answers} == {201}, answers
        assert len({made for _status, made, _replayed in answers}) == 1
        assert sum(not replayed for _status, _id, replayed in answers) == 1
    with in_tenant(alpha):
        assert Customer.objects.count() == keys
        assert RepeatableCall.objects.filter(status=201).count() == keys


@pytest.mark.parametrize(("writers", "rounds"), [(4, 2), pytest.param(10, 40, marks=pytest.mark.faults)])
def test_no_change_is_lost_to_another_editor(alpha: TenantRef, key: str, writers: int, rounds: int) -> None:
    """Who read an older version is told so; the versions count exactly the changes that were taken."""
    with in_tenant(alpha):
        customer = create_customer(full_name="Lan")
    url, taken = f"/api/v1/customers/{customer.id}/", 0
    for turn in range(rounds):
        with in_tenant(alpha):
            version = Customer.objects.get().version

        def patch(writer: int, turn: int = turn, version: int = version) -> int:
            body = json.dumps({"note": f"{turn}.{writer}", "version": version})
            return int(caller(alpha, key).patch(url, body, content_type=JSON).status_code)

        statuses = race(alpha, *[lambda writer=writer: patch(writer) for writer in range(writers)])
        assert sorted(statuses) == [200] + [409] * (writers - 1)
        taken += 1
    with in_tenant(alpha):
        assert Customer.objects.get().version == 1 + taken
