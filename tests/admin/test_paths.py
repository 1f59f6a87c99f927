"""The page of paths and the rules behind it: drawn, empty, refused; and the numbers on the map."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from customers.services.customers import create_customer
from cxcrm.core.clock import now
from journeys.admin.paths import took
from journeys.models import StageVisit, VisitRule
from journeys.services.journeys import add_stage
from journeys.services.visit_reading import count_flows
from tenants.staff.models import User
from tests.admin.test_journey_map import as_, drawn, text
from tests.journeys.conftest import Drawn

__all__ = ["as_", "drawn"]
J = "/admin/journeys"


def walk(drawn: Drawn, *stages: Any, people: int = 1) -> None:
    for number in range(people):
        customer = create_customer(full_name=f"Khách {number}")
        StageVisit.objects.bulk_create(
            StageVisit(customer=customer, stage=stage, visited_at=now() - timedelta(days=20 - 3 * place))
            for place, stage in enumerate(stages)
        )


def test_ways_are_drawn_on_what_was_designed(drawn: Drawn, as_: Callable[..., Any]) -> None:
    third = add_stage(journey_id=drawn.journey.pk, name="Kể lại")
    walk(drawn, drawn.buy, third, people=6)
    walk(drawn, drawn.buy, drawn.use, drawn.buy, people=2)
    page = text(as_(drawn.barista).get(f"{J}/journey/{drawn.journey.pk}/paths/?days=30"))
    assert page.count('class="cxp-designed"') == 2  # the key and one way
    assert page.count('class="cxp-untaken"') == 2
    assert page.count('class="cxp-undesigned"') == 3
    assert "<b>25%</b>" in page
    assert "7–59% · n = 8" in page
    assert "<span>Mua → Kể lại</span> <b>6×</b>" in page
    assert "3 ngày" in page
    older = text(as_(drawn.barista).get(f"{J}/journey/{drawn.journey.pk}/paths/?days=x"))
    assert "<b>25%</b>" in older


def test_a_journey_nobody_was_seen_on_says_what_to_do(drawn: Drawn, as_: Callable[..., Any]) -> None:
    page = f"{J}/journey/{drawn.journey.pk}/paths/"
    assert f"{J}/visitrule/" not in text(as_(drawn.barista).get(page)).split("cx-nothing")[1].split("</div>")[0]
    StageVisit.objects.create(customer=drawn.customer, stage=drawn.buy, visited_at=now() - timedelta(days=400))
    assert "cxp-graph" not in text(as_(drawn.boss).get(page))
    assert as_(drawn.boss).get(f"{J}/journey/{uuid4()}/paths/").status_code == 404
    assert as_(drawn.boss).get(f"{J}/journey/paths/").status_code == 200


def test_the_map_says_how_many_come_on(drawn: Drawn, as_: Callable[..., Any]) -> None:
    url = f"{J}/journey/{drawn.journey.pk}/map/"
    walk(drawn, drawn.buy, people=3)
    count_flows()
    assert "cxm-goes" not in text(as_(drawn.barista).get(url))  # three are too few
    walk(drawn, drawn.buy, drawn.use, people=3)
    count_flows()
    page = text(as_(drawn.barista).get(url))
    assert page.count('class="cxm-goes"') == 1
    assert '>50%<span aria-hidden="true">→</span>' in page


def test_rules_are_written_by_managers(drawn: Drawn, as_: Callable[..., Any]) -> None:
    url = f"{J}/visitrule/"
    desk = as_(User.objects.get(role="owner"))
    assert as_(drawn.barista).get(f"{url}add/").status_code == 403
    assert as_(drawn.barista).post(f"{url}add/", {"kind": "order"}).status_code == 403
    refused = desk.post(f"{url}add/", {"kind": "order", "channel": "app", "touchpoint": "", "stage": ""})
    assert "app" in text(refused)
    assert not VisitRule.objects.exists()
    sent = {"kind": "order", "channel": "app", "touchpoint": "", "stage": str(drawn.buy.pk)}
    assert desk.post(f"{url}add/", sent).status_code == 302
    rule = VisitRule.objects.get()
    assert desk.post(f"{url}{rule.pk}/change/", {**sent, "channel": ""}).status_code == 302
    rule.refresh_from_db()
    assert (rule.channel, rule.stage) == ("", drawn.buy)
    assert "Mua" in text(desk.get(url))
    assert desk.post(f"{url}{rule.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not VisitRule.objects.exists()


@pytest.mark.parametrize(
    ("seconds", "said"), [(59 * 60, "59"), (2 * 3600, "2"), (47 * 3600, "47"), (48 * 3600, "2"), (30 * 86400, "30")]
)
def test_times_are_said_in_the_largest_unit(seconds: float, said: str) -> None:
    assert took(seconds).split()[0] == said
