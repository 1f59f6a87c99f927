"""How each department took part in ninety days, and which did nothing; told only to who sees the whole firm."""

from datetime import timedelta

import pytest
import time_machine

from customers.models import Interaction
from customers.services.contacts import log_contact
from customers.services.quotes import take_quote
from cxcrm.core.clock import now
from feedback.models import RootCause
from feedback.services.complaints import confirm, resolve_complaint
from journeys.models import Touchpoint
from journeys.services.standards import acknowledge_standard, set_standard
from tenants.staff.models import Department
from tenants.staff.selectors.firm import firm_today
from tenants.staff.services.accounts import create_user
from tests.conftest import FirmClient
from tests.support.changes import act, as_person
from workflows.selectors.flywheel import Share
from workflows.selectors.participation import participation
from workflows.services.change_requests import answer_change
from workflows.services.promises import keep_promise, make_promise

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
PAGE = "/admin/journeys/journey/coverage/"


def figures(at):
    return {
        one.department.name: (one.people, one.closed, one.kept, one.signals, one.standards, one.answered)
        for one in participation(at)
    }


def test_what_each_did_and_who_did_nothing(alpha, crew, units, ask, complaint):
    care, money = units
    Department.objects.create(name="Kho")
    before = {name: took for name, took in figures(now()).items() if name not in ("Chăm sóc", "Tiền", "Kho")}
    assert {took[1:4] for took in before.values()} <= {(0, 0, 0)}
    with as_person(crew.owner):
        log_contact(customer_id=complaint.customer_id, how="call", outcome="reached")
        take_quote(interaction_id=Interaction.objects.get(subject_id=complaint.pk, what="complaint.opened").pk)
        promise = make_promise(
            text="Gọi lại", due_at=now() + timedelta(days=1), owner_id=crew.owner.pk, complaint_id=complaint.pk
        )
        keep_promise(promise_id=promise.pk)
        cause = RootCause.objects.earliest("pk")
        resolve_complaint(complaint_id=complaint.pk, root_cause_id=cause.pk, action_taken="Hoàn tiền")
    confirm(complaint_id=complaint.pk)
    Touchpoint.objects.filter(pk=crew.touchpoint.pk).update(department=money)
    standard = set_standard(touchpoint_id=crew.touchpoint.pk, text="Trả trong một phút")
    acknowledge_standard(standard_id=standard.pk, user_id=crew.executive.pk)
    acknowledge_standard(standard_id=standard.pk, user_id=crew.owner.pk)  # of another department
    act(crew.executive, answer_change, ask(), answer="agreed", due_on=firm_today() + timedelta(days=7))
    seen = figures(now())
    assert (seen["Chăm sóc"], seen["Tiền"], seen["Kho"]) == (
        (seen["Chăm sóc"][0], 1, 1, 2, Share(0, 0), 0),
        (1, 0, 0, 0, Share(1, 1), 1),
        (0, 0, 0, 0, Share(0, 0), 0),
    )
    assert [one.is_idle for one in participation(now()) if one.department in (care, money)] == [False, False]
    boss, near = FirmClient(alpha), FirmClient(alpha)
    boss.force_login(crew.chief)
    near.force_login(create_user(email="thia@alpha.example", full_name="Danh Sóc Thia", role="agent", reach="own"))
    page = " ".join(boss.get(PAGE).content.decode().split())
    assert ("Không làm gì trong 90 ngày:" in page, "1 trên 1" in page, "Kho" in page) == (True, True, True)
    assert 'id="cx-took"' not in near.get(PAGE).content.decode()
    with time_machine.travel(now() + timedelta(days=91)):
        assert figures(now())["Chăm sóc"][1:] == (0, 0, 0, Share(0, 0), 0)
        assert figures(now())["Tiền"][1:] == (0, 0, 0, Share(1, 1), 0)


def test_without_departments_nothing_is_shown(alpha, crew):
    Touchpoint.objects.update(department=None)
    Department.objects.all().delete()
    boss = FirmClient(alpha)
    boss.force_login(crew.chief)
    assert (participation(now()), 'id="cx-took"' in boss.get(PAGE).content.decode()) == ([], False)
