"""The budget for the experience: said amount by amount, one row a quarter, beside what customers were granted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cxcrm.core.context import Actor, acting_as
from journeys.logic.months import months_after, quarter_of
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_midnight, firm_today
from workflows.errors import BudgetInvalid
from workflows.models import Compensation, CxBudget, Event
from workflows.selectors.budgets import budgets_for
from workflows.services.budgets import save_budget

READER = User(role="owner")


def test_what_is_not_named_stays(complaint, crew):
    today = firm_today()
    first = quarter_of(today)
    with acting_as(Actor("user", crew.chief.pk, crew.chief.full_name)):
        row = save_budget(quarter=today, listening_planned=Decimal(9_000_000), fixing_planned=Decimal(5_000_000))
    again = save_budget(quarter=first, listening_spent=Decimal(12_000_000), fixing_planned=None, note=" Thêm  quầy ")
    assert (again.pk, again.quarter, again.written_by, row.written_by) == (row.pk, first, None, crew.chief)
    assert (again.listening_planned, again.fixing_planned, again.note) == (9_000_000, None, "Thêm quầy")
    assert Event.objects.filter(name="workflows.budget_said").count() == 2
    for days, amount, state in ((0, 150_000, "granted"), (1, 70_000, "granted"), (0, 900_000, "declined")):
        Compensation.objects.create(
            complaint=complaint, amount=amount, reason="Bù ly", state=state, asked_by=crew.owner,
            decided_at=firm_midnight(first) - timedelta(days=days),
        )  # fmt: skip
    found = budgets_for(READER, today)
    assert [one.quarter for one in found.quarters] == [months_after(first, 3 - 3 * number) for number in range(6)]
    coming, this, before = found.quarters[:3]
    assert (this.planned, this.spent, this.is_over, this.granted) == (9_000_000, 12_000_000, True, 150_000)
    assert (before.budget, before.granted, coming.planned, coming.is_over) == (None, 70_000, None, False)
    assert (found.customers, found.people) == (1, User.objects.working().count())


def test_what_is_refused_changes_nothing(in_alpha):
    today = firm_today()
    for told, field in (
        ({"quarter": date(today.year - 4, 1, 1)}, "quarter"),
        ({"quarter": date(today.year + 2, 1, 1)}, "quarter"),
        ({"quarter": today, "lobbying_spent": Decimal(1)}, "lobbying_spent"),
        ({"quarter": today, "fixing_spent": Decimal(-1)}, "fixing_spent"),
        ({"quarter": today, "note": "x" * 301}, "note"),
    ):
        with pytest.raises(BudgetInvalid) as refused:
            save_budget(**told)
        assert refused.value.data["field"] == field
    assert not CxBudget.objects.exists()
