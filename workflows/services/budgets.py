"""The budget for the experience: one row a quarter, of which each amount is said when it is known."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.events import publish
from journeys.logic.months import months_after, quarter_of
from tenants.staff.selectors.firm import firm_today
from workflows.errors import BudgetInvalid
from workflows.events import BudgetSaid
from workflows.models import CxBudget
from workflows.selectors.budgets import AMOUNTS

# How far ahead somebody plans, and how far back it is put right, in months.
AHEAD, BACK = 12, 36
_NOTE: Final = 300


@transaction.atomic
def save_budget(*, quarter: date, note: str | None = None, **amounts: Decimal | None) -> CxBudget:
    """Say what is planned or was spent in the quarter of a day; what is not named is left as it is.

    ``amounts`` by the names of ``AMOUNTS``; None takes one away. Raises BudgetInvalid with the field it is about.
    """
    first, today = quarter_of(quarter), quarter_of(firm_today())
    if not months_after(today, -BACK) <= first <= months_after(today, AHEAD):
        raise BudgetInvalid(field="quarter")
    if unknown := sorted(set(amounts) - set(AMOUNTS)):
        raise BudgetInvalid(field=unknown[0])
    CxBudget.objects.get_or_create(quarter=first)
    row = CxBudget.objects.select_for_update(no_key=True).get(quarter=first)
    told: dict[str, Any] = dict(amounts)
    if note is not None:
        told["note"] = " ".join(note.split())
        if len(told["note"]) > _NOTE:
            raise BudgetInvalid(field="note")
    for name, value in told.items():
        setattr(row, name, value)
    _check(row, told)
    row.written_by_id, row.updated_at = current_actor().user_id, now()
    row.save()
    publish(BudgetSaid(budget_id=row.pk))
    return row


def _check(row: CxBudget, told: dict[str, Any]) -> None:
    others = {field.name for field in row._meta.concrete_fields} - set(told)
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        raise BudgetInvalid(field=next(iter(error.message_dict))) from error
