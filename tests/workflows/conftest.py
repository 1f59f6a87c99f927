"""A firm with people on every rung, and a complaint to climb for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Customer
from customers.services.consents import state_consent
from customers.services.customers import create_customer
from cxcrm.core.context import TenantRef
from cxcrm.demo.ageing import age
from feedback.models import Complaint, Remedy, RootCause
from feedback.services import complaints
from journeys.models import Touchpoint
from journeys.services.accountability import hand_over
from tenants.staff.models import Department, Firm, User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_today
from tenants.staff.services.accounts import create_user
from tests.support.changes import act, as_person
from tests.support.people import day_before
from tests.support.side import seen
from workflows.models import Calendar, ChangeRequest, EscalationStep, Ladder
from workflows.services.change_requests import answer_change, ask_for_change

WORDS = (
    "Tôi quét QR 59k mà bị trừ hai lần, lúc 7h42 sáng thứ Ba ở quán Tân Định. Gọi hotline 4 cuộc toàn báo bận, "
    "nhắn Zalo thì bảo chờ kế toán. Giờ 16 ngày rồi vẫn chưa hoàn."
)


@dataclass
class Crew:
    """One person per rung."""

    owner: User
    manager: User
    executive: User
    chief: User
    spare: User
    touchpoint: Touchpoint


@pytest.fixture
def crew(in_alpha: TenantRef, scene: Callable[..., Any]) -> Crew:
    """Owner, manager, accountable executive and chief, and a default executive for what finds nobody."""
    return scene("crew", _hire_crew)


def _hire_crew() -> Crew:
    def hire(name: str, job: str, salutation: str, role: str = Role.AGENT, **fields: Any) -> User:
        local = job.replace(" ", ".").lower()
        return create_user(
            email=f"{local}@alpha.example",
            full_name=name,
            job_title=job,
            salutation=salutation,
            role=role,
            **fields,
        )

    chief = hire("Trần Quốc Bảo", "CEO", "anh", Role.EXECUTIVE)
    spare = hire("Vũ Khánh Linh", "COO", "chi", Role.EXECUTIVE)
    manager = hire("Ngô Thanh Tùng", "Lead", "anh", Role.MANAGER)
    owner = hire("Lý Gia Hân", "Agent", "chi", manager=manager)
    executive = hire("Lê Thị Mỹ Duyên", "Ops", "chi", Role.EXECUTIVE, authority_limit=Decimal(500_000))
    firm = Firm.objects.get()
    firm.chief, firm.default_executive = chief, spare
    firm.save()
    touchpoint = Touchpoint.objects.filter(is_active=True).order_by("code")[0]
    hand_over(executive_id=executive.id, touchpoint_id=touchpoint.id, from_day=day_before())
    # Open day and night: a test says how time passes, not at what hour it happens to run.
    Calendar.objects.filter(is_default=True).update(windows={str(day): [["00:00", "24:00"]] for day in range(7)})
    Calendar.objects.get(is_default=True).days.all().delete()
    return Crew(owner, manager, executive, chief, spare, touchpoint)


@pytest.fixture
def customer(in_alpha: TenantRef, scene: Callable[..., Any]) -> Customer:
    return scene("customer", _make_customer)


def _make_customer() -> Customer:
    made = create_customer(
        full_name="Nguyễn Thị Hà",
        phones=["0912345678"],
        emails=["ha@khach.example"],
        salutation="chi",
        salutation_source="staff",
    )
    state_consent(customer_id=made.id, purpose="survey", granted=True, method="staff")
    return made


@pytest.fixture
def opened(crew: Crew, customer: Customer) -> Callable[..., Complaint]:
    """A complaint on the crew's touchpoint, as it is after its opening was told to everybody."""

    def make(**fields: Any) -> Complaint:
        values = {
            "customer_id": customer.id,
            "description": WORDS,
            "subject": "Trừ tiền hai lần",
            "channel": "page",
            "touchpoint_id": crew.touchpoint.id,
            "owner_id": crew.owner.id,
            "severity": "S2",
            **fields,
        }
        return seen(complaints.open_complaint(**values))

    return make


@pytest.fixture
def complaint(opened: Callable[..., Complaint], run_agenda: Callable[..., int], scene: Callable[..., Any]) -> Complaint:
    """S2, with clocks running and a ladder waiting; the first mails have left."""

    def make() -> Complaint:
        made = opened()
        run_agenda()
        made.refresh_from_db()
        return made

    return scene("complaint", make)


@pytest.fixture
def cheap(crew: Crew, scene: Callable[..., Any]) -> Remedy:
    """An option the executive may grant alone."""
    fields = {"name": "Hoàn 59.000 ₫ ngay và gọi xin lỗi", "cost": 59_000, "is_recommended": True}
    return scene("cheap", lambda: Remedy.objects.create(touchpoint=crew.touchpoint, **fields))


@pytest.fixture
def dear(crew: Crew, scene: Callable[..., Any]) -> Remedy:
    """An option above the executive's limit."""
    fields = {"name": "Tặng thẻ uống miễn phí một năm", "cost": 9_000_000, "position": 2}
    return scene("dear", lambda: Remedy.objects.create(touchpoint=crew.touchpoint, **fields))


@pytest.fixture
def cause(in_alpha: TenantRef) -> RootCause:
    return RootCause.objects.filter(parent__isnull=False).order_by("name")[0]


@pytest.fixture
def told(complaint: Complaint) -> Callable[[], list[tuple[int, str]]]:
    """Who was told on the latest climb: (rung, full name), in order."""

    def names() -> list[tuple[int, str]]:
        ladder = Ladder.objects.filter(complaint=complaint).latest("run")
        steps = ladder.steps.filter(state=EscalationStep.State.TOLD).select_related("recipient")
        return [(step.position, step.recipient.full_name) for step in steps.order_by("position")]

    return names


@pytest.fixture
def wait(alpha: TenantRef, run_agenda: Callable[..., int]) -> Callable[..., None]:
    """Let time pass and do what came due."""

    def pass_time(**amount: float) -> None:
        age(alpha, timedelta(**amount))
        run_agenda()

    return pass_time


@pytest.fixture
def units(crew: Crew, scene: Callable[..., Any]) -> tuple[Department, Department]:
    """The agent's department under the manager, and another under the executive; the chief is above both."""

    def make() -> tuple[Department, Department]:
        care = Department.objects.create(name="Chăm sóc", lead=crew.manager)
        money = Department.objects.create(name="Tiền", lead=crew.executive)
        for person, unit in ((crew.owner, care), (crew.executive, money)):
            User.objects.filter(pk=person.pk).update(department=unit)
        User.objects.filter(pk__in=[crew.manager.pk, crew.executive.pk]).update(manager=crew.chief)
        return care, money

    return scene("two departments", make)


@pytest.fixture
def ask(crew: Crew, units: tuple[Department, Department]) -> Callable[..., ChangeRequest]:
    """The agent asks the other department for a change."""

    def make(**fields: Any) -> ChangeRequest:
        told = {"subject": "Hoàn tiền trong ngày", "hurts": "Khách chờ 16 ngày", "to_department_id": units[1].pk}
        with as_person(crew.owner):
            return ask_for_change(**{**told, **fields})

    return make


@pytest.fixture
def countered(ask: Callable[..., ChangeRequest], crew: Crew) -> Callable[..., ChangeRequest]:
    """Something else was proposed."""

    def make(**fields: Any) -> ChangeRequest:
        told = {"answer": "countered", "words": "Trong ba ngày", "due_on": firm_today()}
        return act(crew.executive, answer_change, ask(**fields), **told)

    return make


@pytest.fixture
def agreed(ask: Callable[..., ChangeRequest], crew: Crew) -> Callable[..., ChangeRequest]:
    """Agreed for three days from now."""

    def make(**fields: Any) -> ChangeRequest:
        told = {"answer": "agreed", "due_on": firm_today() + timedelta(days=3)}
        return act(crew.executive, answer_change, ask(**fields), **told)

    return make
