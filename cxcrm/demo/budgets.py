"""What the demo firms plan and spend on the experience of their customers."""

from decimal import Decimal
from typing import Final

from cxcrm.demo.firms import DemoFirm
from journeys.logic.months import months_after
from tenants.staff.selectors.firm import firm_today
from workflows.models import CxBudget
from workflows.selectors.budgets import AMOUNTS
from workflows.services.budgets import save_budget

# Quarters ago → amounts in the order of AMOUNTS, in millions of dong or in dollars; None is not said yet.
_Row = tuple[int | None, int | None, int | None, int | None, int | None, int | None]
BUDGETS: Final[dict[str, dict[int, _Row]]] = {
    "suongmai": {
        3: (12, 9, 40, 71, 20, 4),
        2: (15, 14, 45, 52, 24, 18),
        1: (18, 18, 40, 33, 30, 29),
        0: (22, 11, 36, 12, 36, 20),
    },
    "kestrel": {
        1: (1200, 900, 3000, 4100, 1500, 600),
        0: (1800, 700, 2500, 800, 2000, 1200),
    },
}
NOTES: Final = {"suongmai": "Thêm khảo sát sau khi ghé quán", "kestrel": "Two days of training on the new stand"}


def lay_budgets(demo: DemoFirm) -> None:
    """Write the last quarters once."""
    if CxBudget.objects.exists():
        return
    unit = 1_000_000 if demo.country == "VN" else 1
    for ago, row in BUDGETS.get(demo.slug, {}).items():
        amounts = {
            name: None if amount is None else Decimal(amount * unit) for name, amount in zip(AMOUNTS, row, strict=True)
        }
        note = NOTES[demo.slug] if ago == 0 else ""
        save_budget(quarter=months_after(firm_today(), -3 * ago), note=note, **amounts)
