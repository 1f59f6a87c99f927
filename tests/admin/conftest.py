"""A firm with something in it, and a browser for every role."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from customers.models import Customer
from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.context import TenantRef
from feedback.models import Complaint
from feedback.services.complaints import open_complaint
from journeys.models import Touchpoint
from tenants.context import in_tenant, ref_of
from tenants.models import Tenant
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.services.accounts import create_user
from tests.conftest import FirmClient


@dataclass
class Desk:
    """What a test of the admin works on."""

    customer: Customer
    complaint: Complaint


@pytest.fixture
def desk(in_alpha: TenantRef, scene: Callable[..., Any]) -> Desk:
    return scene("desk", _set_desk)


def _set_desk() -> Desk:
    customer = create_customer(full_name="Nguyễn Thị Lan", phones=["0912345678"], emails=["lan@khach.example"])
    state_consent(customer_id=customer.pk, purpose="survey", granted=True, method="staff", evidence="test")
    complaint = open_complaint(
        customer_id=customer.pk,
        description="Ly bạc xỉu ít ngọt mà uống như chè.",
        channel="staff",
        touchpoint_id=Touchpoint.objects.first().pk,
    )
    return Desk(customer, complaint)


@pytest.fixture
def person(alpha: TenantRef) -> Callable[..., User]:
    def make(role: str, name: str = "Lê Văn Thử", **fields: Any) -> User:
        with in_tenant(alpha):
            return create_user(
                email=f"{role}.{name.split()[-1].lower()}@alpha.example", full_name=name, role=role, **fields
            )

    return make


@pytest.fixture
def client_as(alpha: TenantRef, person: Callable[..., User]) -> Callable[[str], FirmClient]:
    def log_in(role: str) -> FirmClient:
        client = FirmClient(alpha)
        client.force_login(person(role))
        return client

    return log_in


@pytest.fixture
def platform(beta: TenantRef) -> TenantRef:
    """The operators' own tenant: beta, marked as such for one test; making one for real takes seconds."""
    Tenant.objects.filter(pk=beta.id).update(is_platform=True)
    return ref_of(Tenant.objects.get(pk=beta.id))


@pytest.fixture
def operator_client(platform: TenantRef) -> FirmClient:
    client = FirmClient(platform)
    with in_tenant(platform):
        operator = User.objects.filter(role=Role.OWNER).first()
    client.force_login(operator)
    return client
