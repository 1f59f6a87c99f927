"""A small journey with customers' words, for tests of its map."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer, Quote
from customers.services.customers import create_customer
from customers.services.interactions import record_interaction
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from cxcrm.core.context import TenantRef
from journeys.models import Journey, Stage, Touchpoint
from journeys.services.accountability import hand_over
from journeys.services.evidence import cite_at_stage
from journeys.services.journeys import add_stage, add_touchpoint, create_journey
from tenants.staff.models import Department, User
from tenants.staff.services.accounts import create_user

SAID = ("Chờ lâu quá.", "Bạn Hân nhớ món của tôi.", "Quét mãi không được.")


@dataclass
class Drawn:
    """Two stages, complete but for what a test takes away: Mua with a queue and a counter, Dùng with a seat."""

    journey: Journey
    buy: Stage
    use: Stage
    queue: Touchpoint
    counter: Touchpoint
    seat: Touchpoint
    boss: User
    barista: User
    department: Department
    customer: Customer
    quotes: list[Quote] = field(default_factory=list)


def draw() -> Drawn:
    department = Department.objects.create(name="Vận hành")
    boss = create_user(email="duyen@alpha.example", full_name="Lê Thị Mỹ Duyên", role="executive")
    barista = create_user(email="han@alpha.example", full_name="Lý Gia Hân", role="agent")
    User.objects.filter(pk=barista.pk).update(department=department)
    barista.refresh_from_db()
    journey = create_journey(name="Khách ghé quán", name_en="A visit")
    buy, use = (add_stage(journey_id=journey.pk, name=name) for name in ("Mua", "Dùng"))
    queue, counter, seat = (
        add_touchpoint(stage_id=stage.pk, name=name, department_id=department.pk)
        for stage, name in ((buy, "Hàng chờ"), (buy, "Quầy"), (use, "Chỗ ngồi"))
    )
    for stage in (buy, use):
        hand_over(executive_id=boss.pk, stage_id=stage.pk, from_day=timezone.localdate(now()) - timedelta(days=9))
    customer = create_customer(full_name="Nguyễn Thị Lan")
    drawn = Drawn(journey, buy, use, queue, counter, seat, boss, barista, department, customer)
    for words in SAID:
        entry = record_interaction(customer_id=customer.pk, kind="call", what="call.logged", body=words)
        drawn.quotes.append(take_quote(interaction_id=entry.pk))
        for stage in (buy, use):
            cite_at_stage(stage_id=stage.pk, quote_id=drawn.quotes[-1].pk)
    return drawn


@pytest.fixture
def drawn(in_alpha: TenantRef, scene: Callable[..., Any]) -> Drawn:
    return scene("a drawn journey", draw)
