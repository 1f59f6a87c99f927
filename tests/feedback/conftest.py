"""What feedback tests start from: customers who may be asked, invitations, complaints."""

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from customers.models import Customer
from customers.services.consents import state_consent
from customers.services.customers import create_customer
from feedback.models import Complaint, Invitation, RootCause, Survey
from feedback.services.complaints import open_complaint
from feedback.services.dispatches import send_survey
from tenants.staff.models import User
from tenants.staff.services.accounts import create_user
from workflows.models import Event

_numbers = count(1)


@pytest.fixture
def make_customer() -> Callable[..., Customer]:
    """A customer with a deliverable address who agreed to surveys, unless told otherwise."""

    def make(*, email: str | None = None, consent: bool | None = True, **fields: Any) -> Customer:
        number = next(_numbers)
        address = f"khach{number}@example.com" if email is None else email
        customer = create_customer(
            full_name=fields.pop("full_name", f"Nguyễn Thị Khách {number}"),
            emails=[address] if address else [],
            **fields,
        )
        if consent is not None:
            state_consent(customer_id=customer.id, purpose="survey", granted=consent, method="staff")
        return customer

    return make


@pytest.fixture
def make_user() -> Callable[..., User]:
    def make(**fields: Any) -> User:
        number = next(_numbers)
        return create_user(email=f"nv{number}@alpha.example", full_name=f"Nhân Viên {number}", **fields)

    return make


@pytest.fixture
def nps(in_alpha: Any) -> Survey:
    return Survey.objects.get(metric="nps")


@pytest.fixture
def csat(in_alpha: Any) -> Survey:
    return Survey.objects.get(metric="csat")


@pytest.fixture
def invite(make_customer: Callable[..., Customer]) -> Callable[..., Invitation]:
    """An invitation waiting to be sent."""

    def make(survey: Survey, customer: Customer | None = None, **fields: Any) -> Invitation:
        customer = customer or make_customer()
        dispatch = send_survey(survey_id=survey.pk, customer_ids=[customer.pk], **fields)
        return dispatch.invitations.get()

    return make


@pytest.fixture
def make_complaint(make_customer: Callable[..., Customer]) -> Callable[..., Complaint]:
    def make(**fields: Any) -> Complaint:
        if "customer_id" not in fields:
            fields["customer_id"] = make_customer().pk
        return open_complaint(**{"description": "Giao hàng trễ hơn một tiếng.", "channel": "staff", **fields})

    return make


@pytest.fixture
def cause(in_alpha: Any) -> RootCause:
    return RootCause.objects.get(name="Xử lý quá lâu")


def events(*names: str) -> list[tuple[str, dict[str, Any]]]:
    """What was published in this tenant, oldest first: names without the room, and ids; only ``names`` if given."""
    rows = Event.objects.filter(name__startswith="feedback.").order_by("occurred_at", "pk")
    found = [(row.name.removeprefix("feedback."), row.payload) for row in rows]
    return [event for event in found if not names or event[0] in names]


def ids(rows: Iterable[Any]) -> list[UUID]:
    return [row.pk for row in rows]
