"""Who may leave the demo firms, trained on what they sold and tested on it: true of them, as everything in the demo."""

import random
from datetime import timedelta

from customers.logic.forecasting import cold_health, look
from customers.logic.health import HELD_OUT_OF, band
from customers.models import ChurnModel, CustomerHealth, RiskSpell
from customers.services.health import tend, train_forecast
from customers.services.health_reading import day_of, pasts_of, some_repeating
from cxcrm.core.clock import now

SEED = 20261201
LOOKED_AT = 4_000
WEEKS_AGO = 3


def lay_forecast() -> None:
    """Train and count everybody who is there by now; done once, and done again where a load was killed."""
    if RiskSpell.objects.filter(ends_at__lte=now()).exists():
        return
    model = train_forecast()
    tend(model_id=model.pk, budget=3_600)
    model.refresh_from_db()
    if model.horizon:
        _lay_spells(model)


def _lay_spells(model: ChurnModel) -> None:
    """Who would have been at risk a horizon ago, by the rule of thumb; what came of them is in their purchases."""
    ended = now() - timedelta(weeks=WEEKS_AGO)
    began = ended - timedelta(days=model.horizon)
    view = look(
        pasts_of(some_repeating(LOOKED_AT)), lambda _at: {}, day_of(began), model.horizon, model.usual_gap
    )  # fmt: skip
    # By a lot drawn the same at each load: ids differ, and one load in twenty would show by chance that calling harms.
    lot = random.Random(SEED)
    RiskSpell.objects.bulk_create(
        RiskSpell(customer_id=who, began_at=began, ends_at=ended, is_held_out=lot.randrange(HELD_OUT_OF) == 0)
        for who, row in sorted(zip(view.who, view.rows, strict=True))
        if band(cold_health(row, model.ranked, model.means)[0], "") == CustomerHealth.Band.AT_RISK
    )
