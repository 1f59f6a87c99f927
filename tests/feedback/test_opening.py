"""Opening a complaint: number, subject, severity, owner."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from cxcrm.core.context import TenantRef
from cxcrm.core.errors import NotFound
from feedback.errors import ComplaintInvalid, PersonNotWorking
from feedback.models import Complaint, ComplaintCounter, Survey
from feedback.services.complaints import open_complaint
from feedback.services.opening import first_words
from feedback.services.responses import record_response
from journeys.models import Touchpoint
from tenants.context import in_tenant
from tenants.staff.models import Branch, Department, Firm, User
from tests.feedback.conftest import events
from tests.support.race import race

pytestmark = pytest.mark.usefixtures("in_alpha")
Make = Callable[..., Any]


def test_numbers_run_on_within_the_year_of_the_firms_clock(make_complaint: Make) -> None:
    # 17:30 UTC on New Year's Eve is half past midnight in Vietnam.
    with time_machine.travel(datetime(2026, 12, 31, 16, 30, tzinfo=UTC)):
        assert [make_complaint().number for _ in range(2)] == ["KN-2026-00001", "KN-2026-00002"]
    with time_machine.travel(datetime(2026, 12, 31, 17, 30, tzinfo=UTC)):
        assert make_complaint().number == "KN-2027-00001"


def test_another_firm_counts_for_itself(beta: TenantRef, make_complaint: Make) -> None:
    make_complaint()
    with in_tenant(beta):
        numbers = [make_complaint().number for _ in range(2)]
    assert [(number[:3], number[-5:]) for number in numbers] == [("CP-", "00001"), ("CP-", "00002")]


def test_a_refused_complaint_leaves_no_gap(make_complaint: Make) -> None:
    first = make_complaint()
    with pytest.raises(ComplaintInvalid):
        make_complaint(description="")
    assert int(make_complaint().number[-5:]) == int(first.number[-5:]) + 1


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Ngắn thôi.", "Ngắn thôi."),
        ("  Hai\n\ndòng  ", "Hai dòng"),
        ("a" * 80, "a" * 80),
        ("a" * 200, "a" * 79 + "…"),
        ("từ " * 40, ("từ " * 26).strip() + "…"),
        ("x" * 78 + ", và nữa", "x" * 78 + "…"),
    ],
)
def test_the_subject_is_the_first_words(text: str, subject: str) -> None:
    assert first_words(text) == subject
    assert len(subject) <= 80


def test_everything_given_is_kept(make_customer: Make, make_user: Make) -> None:
    agent, branch = make_user(), Branch.objects.create(name="Tân Định")
    touchpoint = Touchpoint.objects.get(code="payment")
    customer = make_customer()
    complaint = open_complaint(
        customer_id=customer.pk,
        description="Bị trừ tiền hai lần",
        channel="api",
        touchpoint_id=touchpoint.pk,
        branch_id=branch.pk,
        remedy_sought="Hoàn tiền",
        severity="S4",
        subject="Trừ hai lần",
        owner_id=agent.pk,
    )
    stored = Complaint.objects.get()
    assert stored == complaint
    assert (stored.customer, stored.touchpoint, stored.branch, stored.owner) == (customer, touchpoint, branch, agent)
    assert (stored.severity, stored.severity_reasons, stored.state) == ("S4", ["staff"], "received")
    assert (stored.subject, stored.description, stored.remedy_sought) == (
        "Trừ hai lần", "Bị trừ tiền hai lần", "Hoàn tiền"
    )  # fmt: skip
    assert events() == [("complaint_opened", {"complaint_id": str(complaint.pk)})]


@pytest.mark.parametrize(
    ("description", "remedy", "severity", "reasons"),
    [
        ("Trong ly matcha có miếng nhựa nhỏ", "", "S1", ["food_safety"]),
        ("Tôi quét QR mà bị trừ hai lần", "", "S2", ["money"]),
        ("Chán", "Đừng chửi khách nữa", "S2", ["insult"]),
        ("Bạc xỉu uống như chè", "", "S3", ["unspecified"]),
        ("Wifi rớt hoài", "", "S4", ["suggestion"]),
    ],
)
def test_words_decide_the_first_severity(
    make_complaint: Make, description: str, remedy: str, severity: str, reasons: list[str]
) -> None:
    complaint = make_complaint(description=description, remedy_sought=remedy)
    assert (complaint.severity, complaint.severity_reasons) == (severity, reasons)


def test_the_owner_is_the_first_of_the_route_who_works_here(
    make_customer: Make, make_complaint: Make, make_user: Make, owner_alpha: User
) -> None:
    contact, handler, lead, manager, executive, chief = (make_user() for _ in range(6))
    department = Department.objects.create(name="Kho vận", handler=handler, lead=lead)
    branch = Branch.objects.create(name="Xuân Hòa", manager=manager)
    touchpoint = Touchpoint.objects.get(code="delivery")
    Touchpoint.objects.filter(pk=touchpoint.pk).update(department=department)
    Firm.objects.update(default_executive=executive, chief=chief)
    customer = make_customer(owner=contact, branch=branch)
    found = []
    for leaving in (contact, handler, lead, manager, executive, chief, owner_alpha):
        complaint = make_complaint(customer_id=customer.pk, touchpoint_id=touchpoint.pk)
        found.append(complaint.owner)
        assert complaint.branch == branch
        User.objects.filter(pk=leaving.pk).update(is_active=False)
    assert found == [contact, handler, lead, manager, executive, chief, owner_alpha]
    last = make_user()
    assert make_complaint(customer_id=customer.pk).owner == last


def test_the_branch_it_happened_in_comes_before_the_home_branch(
    make_customer: Make, make_complaint: Make, make_user: Make
) -> None:
    home = Branch.objects.create(name="Nhà", manager=make_user())
    there = Branch.objects.create(name="Đó", manager=make_user())
    customer = make_customer(branch=home)
    complaint = make_complaint(customer_id=customer.pk, branch_id=there.pk)
    assert (complaint.branch, complaint.owner) == (there, there.manager)
    assert make_complaint(customer_id=customer.pk, branch_id=home.pk).owner == home.manager


def test_what_does_not_exist_is_refused_and_nothing_happens(
    make_customer: Make, make_complaint: Make, make_user: Make
) -> None:
    customer = make_customer()
    retired = Touchpoint.objects.get(code="delivery")
    Touchpoint.objects.filter(pk=retired.pk).update(is_active=False)
    for wrong, error, field in [
        ({"customer_id": uuid4()}, NotFound, "customer_id"),
        ({"branch_id": uuid4()}, NotFound, "branch_id"),
        ({"touchpoint_id": retired.pk}, NotFound, "touchpoint_id"),
        ({"response_id": uuid4()}, NotFound, "response_id"),
        ({"owner_id": make_user(is_active=False).pk}, PersonNotWorking, "owner_id"),
        ({"channel": "fax"}, ComplaintInvalid, "channel"),
        ({"severity": "S0"}, ComplaintInvalid, "severity"),
        ({"description": "\x00 "}, ComplaintInvalid, "description"),
        ({"description": "x" * 4001}, ComplaintInvalid, "description"),
        ({"remedy_sought": "x" * 4001}, ComplaintInvalid, "remedy_sought"),
    ]:
        with pytest.raises(error) as refused:
            make_complaint(**{"customer_id": customer.pk, **wrong})
        assert refused.value.data["field"] == field
    assert Complaint.objects.count() == 0
    assert ComplaintCounter.objects.count() == 0
    assert events() == []


def test_an_answer_opens_one_complaint_however_often_it_is_asked_to(nps: Survey, invite: Make) -> None:
    response = record_response(invitation_id=invite(nps).pk, score=3)
    given = {"customer_id": response.customer_id, "channel": "survey", "response_id": response.pk}
    first = open_complaint(description="Chậm", **given)
    assert (first.response, first.severity) == (response, "S3")
    assert open_complaint(description="Khác", **given) == first
    assert len(events("complaint_opened")) == 1


@pytest.mark.django_db(transaction=True)
def test_complaints_opened_at_the_same_moment_have_neither_twins_nor_gaps(
    alpha: TenantRef, make_customer: Make
) -> None:
    customers = [make_customer().pk for _ in range(4)]
    results = race(
        alpha,
        *(
            lambda pk=customers[number % 4]: open_complaint(customer_id=pk, description="Trễ", channel="page")
            for number in range(12)
        ),
    )
    assert sorted(int(result.number[-5:]) for result in results) == list(range(1, 13))
